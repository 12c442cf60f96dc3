"""The outside recogniser of names that this installation masks with, if it has one."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core import checks

from core.errors import Problem
from masking import Recognised, Recogniser, RecogniserError, Turn
from masking.recognisers import checked, load

logger = logging.getLogger(__name__)

RETRY_AFTER = 60


class MaskingUnavailable(Problem):
    """The recogniser failed (503): nothing is stored that it has not looked at."""

    code, status, title = "masking-unavailable", 503, "Masking unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The recogniser of names does not answer. Nothing was stored: try again later.",
            headers={"Retry-After": str(RETRY_AFTER)},
        )


def recogniser() -> Recogniser | None:
    """The one that ``MASKING_RECOGNISER`` names; None where it names none. Both it and what it
    gives raise MaskingUnavailable."""
    path: str = settings.MASKING_RECOGNISER
    if not path:
        return None
    try:
        return _guarded(_loaded(path))
    except RecogniserError as error:
        logger.error("MASKING_RECOGNISER: %s", error)
        raise MaskingUnavailable from None


_loaded = functools.cache(load)


def _guarded(recognise: Recogniser) -> Recogniser:
    def guarded(turns: Sequence[Turn], language: str) -> Iterable[Recognised]:
        try:
            return list(checked(turns, recognise(turns, language)))
        except Exception as error:  # noqa: BLE001 - a model may raise anything
            # Its kind alone: a message may quote what was said.
            logger.error("the recogniser of names failed: %s", type(error).__name__)
            raise MaskingUnavailable from None

    return guarded


def check_recogniser(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """operations.E001: the recogniser that is named can be had."""
    try:
        if settings.MASKING_RECOGNISER:
            _loaded(settings.MASKING_RECOGNISER)
    except RecogniserError as error:
        return [checks.Error(f"MASKING_RECOGNISER: {error}", id="operations.E001")]
    return []

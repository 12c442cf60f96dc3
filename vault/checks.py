"""A wrong or missing key stops the start."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, ProgrammingError

logger = logging.getLogger(__name__)

PUT_BACK = "Put that key back into the list (docs/keys.md, A key is lost)."


def stop_on_wrong_keys() -> None:
    """For the start of a process that serves: raises ImproperlyConfigured for a wrong or missing
    key. A database that cannot be asked yet is /readyz's to tell."""
    from vault.services import verify_keys

    try:
        verify_keys()
    except DatabaseError as error:
        logger.warning("The keys could not be checked: %s", type(error).__name__)


def check_keys(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """System check (with a database): the keys are those the data was written with. A warning for
    each one that the list lacks: what other keys cover still opens."""
    if not databases:
        return []
    from vault.keys import missing_keys
    from vault.services import verify_keys

    try:
        verify_keys()
        return [
            CheckWarning(each.sentence, hint=PUT_BACK, id="vault.W001") for each in missing_keys()
        ]
    except ImproperlyConfigured as error:
        return [Error(str(error), id="vault.E001")]
    except ProgrammingError:
        # Not migrated yet: there is nothing that a wrong key could spoil.
        return []

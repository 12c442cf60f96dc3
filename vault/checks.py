"""A wrong or missing key stops the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError


def check_keys(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """System check (with a database): the keys are those the data was written with."""
    if not databases:
        return []
    from vault.services import verify_keys

    try:
        verify_keys()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="vault.E001")]
    except ProgrammingError:
        # Not migrated yet: there is nothing that a wrong key could spoil.
        return []
    return []

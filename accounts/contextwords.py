"""Words that everybody here would guess in a password."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

WORDS = (
    "administrator admin audit auditor call care caller clinic compliance consent data dpo officer"
    " passphrase password phi protection recording security staff transcript voice welcome"
).split()
"""The product's, the roles' and the work's own; docs/security.md lists them."""

LEAST = 8
"""Characters that must be left beside such words and what parts them."""

_BETWEEN = re.compile(r"[\s\-_.,]+")


class ContextWordsValidator:
    """Refuses a password that is hardly more than words of this place (ASVS 5.0, V6.2.11; NIST SP
    800-63B-4, 3.1.1.2: context-specific words): ``WORDS``, and those of the organisation's
    name. It does not ask for any kind of letter."""

    def validate(self, password: str, user: Any = None) -> None:
        left = whole = _plain(password)
        for word in sorted({*WORDS, *organisation_words()}, key=len, reverse=True):
            left = left.replace(word, "")
        if left != whole and len(left) < LEAST:
            raise ValidationError(
                "This is hardly more than words that everybody here would try first.",
                code="password_of_context_words",
            )

    def get_help_text(self) -> str:
        return "It says more than the names of this product, your organisation and the roles."


def organisation_words() -> set[str]:
    """The words of ``ORGANISATION`` with four letters or more."""
    words = (_plain(word) for word in settings.ORGANISATION.split())
    return {word for word in words if len(word) >= 4}


def _plain(text: str) -> str:
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())

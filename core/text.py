"""Text from outside: what no reader can see is refused."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

_LAID_OUT = frozenset("\t\n\r")
# Embeddings, overrides and isolates (Unicode UAX #9): they make a text read otherwise than it is.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_plain(text: str) -> bool:
    """Whether ``text`` has no control character, but for tabs and ends of lines, and none that
    turns the direction of reading."""
    return not any(
        each in _TURNING or (unicodedata.category(each) == "Cc" and each not in _LAID_OUT)
        for each in text
    )


def require_plain(text: str) -> None:
    """A validator of forms and bodies. Raises ValidationError for text that is not plain."""
    if not is_plain(text):
        raise ValidationError("Control characters and changes of direction are not taken.")

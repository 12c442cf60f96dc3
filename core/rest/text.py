"""Text that PostgreSQL and JSON can hold: no NUL, no lone surrogates."""

from __future__ import annotations

from typing import Any

from core.errors import Malformed


def refuse_unstorable(value: Any, path: str = "") -> None:
    """Walk decoded JSON. Raises Malformed for a string, key or value, that holds U+0000 or half
    a surrogate pair: no database text can hold either, and half of one is not text."""
    if isinstance(value, str):
        if "\x00" in value:
            raise Malformed(f"{path or 'The body'} holds a NUL character.", code="invalid-text")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Malformed(
                f"{path or 'The body'} holds a lone surrogate.", code="invalid-text"
            ) from None
    elif isinstance(value, dict):
        for key, item in value.items():
            refuse_unstorable(key, f"A name in {path or 'the body'}")
            refuse_unstorable(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            refuse_unstorable(item, f"{path}[{place}]")

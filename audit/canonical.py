"""The canonical bytes of an event: RFC 8785 (JSON Canonicalization Scheme), version 1.

The values are strings, null, booleans, safe integers, lists and objects; a float is written as
its shortest decimal string, because RFC 8785 and fast encoders differ on numbers such as 1.0.
With ASCII keys orjson's sorted output is RFC 8785's byte for byte (a property test compares
them); any other key goes through the reference library.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import rfc8785

VERSION = 1
SAFE_INTEGER = 2**53 - 1


def moment(value: datetime) -> str:
    """UTC, microseconds, ``Z``: 2026-11-24T09:49:33.000000Z."""
    # Only UTC is remembered: elsewhere the two passes of an hour that comes twice are equal.
    return _moment(value if value.tzinfo is UTC else value.astimezone(UTC))


@lru_cache(maxsize=256)
def _moment(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain(value: Any) -> Any:
    """``value`` in the types that canonical JSON can hold. Raises TypeError for others."""
    # Exact types first: they are nearly all there is.
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else str(value)
    if kind is dict:
        return {
            key if type(key) is str else str(key): item if type(item) is str else plain(item)
            for key, item in value.items()
        }
    if kind is list:
        return [plain(item) for item in value]
    match value:
        case None | bool():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return value
        case int():
            return value if abs(value) <= SAFE_INTEGER else str(value)
        case float():
            return repr(value)
        case Decimal() | UUID():
            return str(value)
        case datetime():
            return moment(value)
        case date():
            return value.isoformat()
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return [plain(item) for item in items]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def encode(value: dict[str, Any]) -> bytes:
    """Canonical bytes of what ``plain`` returned."""
    encoded = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if encoded.isascii() or _ascii_keys(value):
        return encoded
    return rfc8785.dumps(value)


def _ascii_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() and _ascii_keys(item) for key, item in value.items())
    if isinstance(value, list):
        return all(_ascii_keys(item) for item in value)
    return True

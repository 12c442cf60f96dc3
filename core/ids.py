"""Row ids: UUID version 7 (RFC 9562, 5.7), so that a new row lands at an index's right edge."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new UUID version 7 as the standard library's type."""
    return _uuid7()


def moment_of(id_: UUID) -> datetime | None:
    """When a version 7 id was made (UTC, to the millisecond); None for any other version."""
    if id_.version != 7:
        return None
    return datetime.fromtimestamp((id_.int >> 80) / 1000, tz=UTC)

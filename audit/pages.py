"""Pages of the log, newest first by the time of receipt and the id.

A batch has one time of receipt, so that a page may begin in the midst of it: the cursor is the
place of a row and not a number of rows, and what arrives meanwhile moves nothing.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from audit.models import AuditEvent
from core.errors import Invalid
from core.rest.pagination import Pages

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OLDER, _NEWER = b"o", b"n"


class EventPages(Pages):
    """``next`` leads to older events, ``previous`` to newer ones. Nothing is counted."""

    base_url: str
    page: list[AuditEvent]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """Raises Invalid for a cursor that is none of ours."""
        self.base_url = request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        text = request.query_params.get(self.cursor_query_param)
        newer = False
        if text is not None:
            newer, moment, id_ = _read(text)
            # Bounds on the time by itself, for partitions to be skipped.
            if newer:
                queryset = queryset.filter(
                    Q(received_at__gt=moment) | Q(id__gt=id_), received_at__gte=moment
                )
            else:
                queryset = queryset.filter(
                    Q(received_at__lt=moment) | Q(id__lt=id_), received_at__lte=moment
                )
        order = ("received_at", "id") if newer else ("-received_at", "-id")
        rows = list(queryset.order_by(*order)[: size + 1])
        more = len(rows) > size
        self.page = rows[:size]
        if newer:
            self.page.reverse()
        self.has_next, self.has_previous = (True, more) if newer else (more, text is not None)
        return self.page

    def get_next_link(self) -> str | None:
        """The page of older events."""
        return self._link(_OLDER, -1) if self.page and self.has_next else None

    def get_previous_link(self) -> str | None:
        """The page of newer events."""
        return self._link(_NEWER, 0) if self.page and self.has_previous else None

    def _link(self, direction: bytes, place: int) -> str:
        row = self.page[place]
        moment = (row.received_at - _EPOCH) // _MICROSECOND
        text = base64.urlsafe_b64encode(direction + moment.to_bytes(8, "big") + row.id.bytes)
        return replace_query_param(
            self.base_url, self.cursor_query_param, text.decode().rstrip("=")
        )


def _read(text: str) -> tuple[bool, datetime, UUID]:
    try:
        held = base64.urlsafe_b64decode(text.encode("ascii") + b"==")
        direction, moment, id_ = held[:1], held[1:9], UUID(bytes=held[9:])
        if direction not in (_OLDER, _NEWER):
            raise ValueError
        return direction == _NEWER, _EPOCH + int.from_bytes(moment, "big") * _MICROSECOND, id_
    except (ValueError, OverflowError, binascii.Error):
        raise Invalid(errors={"cursor": ["This is no cursor of this list."]}) from None

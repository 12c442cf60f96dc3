"""Log lines carry the request's id."""

from __future__ import annotations

import logging

from core.actors import request_id


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to the record; a dash outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or "-"
        return True

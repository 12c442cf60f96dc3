"""Log lines carry the request's id, and say nothing of what happens every few seconds."""

from __future__ import annotations

import logging

from core.actors import request_id


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to the record; a dash outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get() or "-"
        return True


class RoutineFilter(logging.Filter):
    """Drops Celery's three lines for each beat of the sealer, which would bury everything else;
    what goes wrong in it is a warning or worse and stays."""

    def filter(self, record: logging.LogRecord) -> bool:
        return (
            record.levelno > logging.INFO
            or not record.name.startswith("celery.")
            or "audit.tasks.seal" not in record.getMessage()
        )

"""Log lines carry the request's id, and say nothing of what happens every few seconds."""

from __future__ import annotations

import logging

from core.actors import request_id


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to the record; a dash outside a request."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django tells of a refusal when the middleware is through, and the variable empty.
        told = getattr(getattr(record, "request", None), "request_id", "")
        record.request_id = request_id.get() or told or "-"
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


class RouteFilter(logging.Filter):
    """Names the route in the place of a request's path, into which a caller may write anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = "(no route)" if match is None else f"/{match.route}"
            # Django escapes what it logs, so that no caller breaks a line.
            written = {path, path.encode("unicode_escape").decode("ascii")}
            record.args = tuple(route if arg in written else arg for arg in record.args)
        return True


class HostFilter(logging.Filter):
    """Says that a host is not ours, without what the caller wrote for it and where in Django."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "django.security.DisallowedHost":
            record.msg, record.args = "Bad Request: a host that is not in ALLOWED_HOSTS", ()
            record.exc_info = record.exc_text = None
        return True

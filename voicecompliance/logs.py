"""Log lines carry the request's id, and say nothing of what happens every few seconds."""

from __future__ import annotations

import logging
import time

from core.actors import Actor, actor_of, request_id

# What ends a line for some reader of logs, or moves its cursor: C0 and C1 controls, U+2028, U+2029
# and the marks that turn the direction of what follows.
_CONTROLS = {
    code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F))
}


class LineFormatter(logging.Formatter):
    """One line for what happened, at a moment in UTC (RFC 3339), and the lines of an exception
    set in under it: whatever a caller wrote into a message, no line begins that is not ours."""

    converter = time.gmtime  # type: ignore[assignment]
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record).translate(_CONTROLS)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        return _set_in(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        return _set_in(super().formatStack(stack_info))


def _set_in(text: str) -> str:
    return "\n".join(f"    {line.translate(_CONTROLS)}" for line in text.split("\n"))


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to the record, a dash outside a request; and ``who``: the kind and id of
    whoever made a request that was refused."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        # Django tells of a refusal when the middleware is through, and the variable empty.
        record.request_id = request_id.get() or getattr(request, "request_id", "") or "-"
        record.who = _who(request)
        return True


def _who(request: object) -> str:
    if not hasattr(request, "META") or ("actor" not in vars(request) and _nobody_yet(request)):
        return "-"
    actor: Actor = actor_of(request)  # type: ignore[arg-type]
    return f"{actor.kind}:{actor.id}" if actor.id else "-"


def _nobody_yet(request: object) -> bool:
    """Whether nobody has looked who it is: to ask now could need the database that failed."""
    return "_cached_user" not in vars(request)


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

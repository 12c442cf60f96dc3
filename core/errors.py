"""Errors that a caller may see: RFC 9457 problem details with a stable ``type``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROBLEM_BASE = "https://voicecompliance.example/problems/"


class Problem(Exception):
    """A refusal with a stable code. Raised in services, turned into a document at the edge.

    ``code`` names the kind (the last part of ``type``), ``status`` is the HTTP status,
    ``detail`` is one sentence for a person, ``errors`` maps a field to its messages, and
    ``extra`` holds further members of the document. None of them may hold personal data.
    """

    code = "error"
    status = 400
    title = "Error"

    def __init__(
        self,
        detail: str = "",
        *,
        code: str | None = None,
        status: int | None = None,
        title: str | None = None,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        self.code = code or self.code
        self.status = status or self.status
        self.title = title or (self.code.replace("-", " ").capitalize() if code else self.title)
        self.detail = detail or self.title
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        self.extra = extra
        super().__init__(self.detail)

    def document(self) -> dict[str, Any]:
        """The problem document's members."""
        body: dict[str, Any] = {
            "type": PROBLEM_BASE + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.extra,
        }
        if self.errors:
            body["errors"] = self.errors
        return body


class Invalid(Problem):
    """The body was understood and does not hold (422)."""

    code, status, title = "invalid", 422, "Invalid values"


class Malformed(Problem):
    """The body could not be read at all (400)."""

    code, status, title = "malformed", 400, "Malformed request"


class NotFound(Problem):
    """Not there, or not yours: the same answer for both (404)."""

    code, status, title = "not-found", 404, "Not found"


class Forbidden(Problem):
    """Known, and not allowed (403)."""

    code, status, title = "forbidden", 403, "Forbidden"


class Conflict(Problem):
    """The object's state does not allow it (409)."""

    code, status, title = "conflict", 409, "Conflict"


class TooLarge(Problem):
    """The body is over the limit (413)."""

    code, status, title = "too-large", 413, "Too large"


class CiphertextRefused(RuntimeError):
    """Stored bytes do not decrypt as what they claim to be: damaged, swapped or another key's.

    Never caught to show an empty field: the reader gets an error, the operator a log line, the
    log an event (``audit.refusals``). ``of`` names what was refused, as its associated data does:
    ``app.model.field|row id``; empty where nobody knows. ``recorded`` once the event is written.
    """

    def __init__(self, detail: str = "", *, of: str = "") -> None:
        super().__init__(detail)
        self.of = of
        self.recorded = False


class KeyDestroyed(CiphertextRefused):
    """The data key that sealed what is stored was destroyed, as erasure and retention do: nobody
    opens it again."""

"""The registry of reports. Each app registers its own in its ``reports.py``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from core.errors import Invalid
from core.reports.documents import Document

Progress = Callable[[int, int | None, str], None]
Build = Callable[[Mapping[str, Any], Progress], Document]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be asked for: ``permission`` ("app.codename") is what asking needs,
    ``parameters`` the form that reads the question, ``build(cleaned, progress)`` the answer."""

    code: str
    title: str
    permission: str
    parameters: type[forms.Form]
    build: Build
    about: str = ""


_reports: dict[str, Report] = {}


def register(report: Report) -> None:
    """Register ``report``. Raises ValueError for a code already taken."""
    if report.code in _reports:
        raise ValueError(f"report {report.code!r} is registered twice")
    _reports[report.code] = report


def get(code: str) -> Report:
    """The report with ``code``. Raises KeyError."""
    return _reports[code]


def registered() -> Iterator[Report]:
    """Every report, by code."""
    yield from (_reports[code] for code in sorted(_reports))


def silent(done: int, total: int | None = None, note: str = "") -> None:
    """Progress that nobody looks at."""


def clean(report: Report, data: Mapping[str, Any]) -> dict[str, Any]:
    """The question's values from text. Raises Invalid with the form's errors by field."""
    form = report.parameters(data)
    if not form.is_valid():
        # Formless errors are about the question as a whole.
        raise Invalid(
            errors={
                "body" if name == "__all__" else name: [str(message) for message in messages]
                for name, messages in form.errors.items()
            }
        )
    return dict(form.cleaned_data)


def make(code: str, data: Mapping[str, Any], progress: Progress = silent) -> Document:
    """Build a report from its question's text. Raises KeyError, Invalid."""
    report = get(code)
    return report.build(clean(report, data), progress)

"""Reports in the background: each registered report is a kind of job of its own, so that asking
for it, running it and fetching it need the report's permission."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import reports
from core.actors import Actor
from core.errors import Invalid
from core.reports import Report
from operations.jobs import JobContext, JobResult, job_kind
from operations.models import Job
from operations.services import start_job

PREFIX = "report."


def register_kinds() -> None:
    """A kind of job for each registered report; once, when all apps have registered theirs."""
    for report in reports.registered():
        job_kind(PREFIX + report.code, title=report.title, permission=report.permission)(run)


def start_report(*, actor: Actor, report: Report, question: Mapping[str, Any], format_: str) -> Job:
    """Queue a report. ``question`` holds its parameters as text.

    Raises Invalid for a question or a format that is none, Forbidden without the permission.
    """
    if format_ not in reports.FORMATS:
        raise Invalid(errors={"format": [f"Use one of {', '.join(reports.FORMATS)}."]})
    asked = {name: reports.plain(value) for name, value in reports.clean(report, question).items()}
    return start_job(
        actor=actor,
        kind=PREFIX + report.code,
        parameters={"report": report.code, "question": asked, "format": format_},
    )


def run(context: JobContext) -> JobResult:
    """Build the report and render it; repeating it does no harm."""
    code, format_ = context.parameters["report"], context.parameters["format"]
    document = reports.make(code, context.parameters["question"], context.progress)
    made = reports.render(document, format_)
    return JobResult(made.content, f"{code}-report.{made.extension}", made.media_type)

"""Background work of this app."""

from __future__ import annotations

from uuid import UUID

from operations.jobs import JobContext, JobResult, job_kind
from phi.services.statements import JOB, make_statement


@job_kind(JOB, title="Accounting of disclosures", permission="phi.add_statementissued")
def statement(context: JobContext) -> JobResult:
    """A person's statement as PDF; repeating it gives the same one."""
    statement_id = UUID(context.parameters["statement"])
    content = make_statement(
        actor=context.actor, statement_id=statement_id, progress=context.progress
    )
    return JobResult(content, f"accounting-of-disclosures-{statement_id}.pdf", "application/pdf")

"""Background work of this app."""

from __future__ import annotations

from uuid import UUID

from operations.jobs import JobContext, job_kind
from phi.services.statements import JOB, make_statement


@job_kind(JOB, title="Accounting of disclosures", permission="phi.add_statementissued")
def statement(context: JobContext) -> None:
    """A person's statement as PDF; repeating it makes no other. It has no result: the document
    is on the statement's own page, where every reading is a look at the person's data."""
    make_statement(
        actor=context.actor,
        statement_id=UUID(context.parameters["statement"]),
        progress=context.progress,
    )

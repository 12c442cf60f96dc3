"""Background work of this app."""

from __future__ import annotations

from uuid import UUID

from operations.jobs import JobContext, job_kind
from phi.services.indexing import BATCH, index_batch, unindexed
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


INDEX_JOB = "phi.index_transcripts"


@job_kind(INDEX_JOB, title="Search index of older transcripts", permission="phi.search_transcripts")
def index_transcripts(context: JobContext) -> None:
    """Index what was stored before search was turned on; a repeat goes on where it stopped."""
    total, done, last = unindexed().count(), 0, None
    context.progress(0, total)
    while (last := index_batch(actor=context.actor, after=last)) is not None:
        done = min(total, done + BATCH)
        context.progress(done, total)

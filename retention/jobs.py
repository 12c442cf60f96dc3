"""Background work: a list of what would go."""

from __future__ import annotations

from django.utils import timezone

from operations.jobs import JobContext, JobResult, job_kind
from operations.tables import csv_bytes
from retention.deleter import enforce
from retention.report import Item
from retention.services import PREVIEW_KIND

HEADER = ("category", "id", "clock", "ends", "outcome", "decided_by", "reason")


@job_kind(PREVIEW_KIND, title="What would be deleted", permission="retention.preview")
def preview(context: JobContext) -> JobResult:
    """A dry run of the deleter as a CSV file."""
    now = timezone.now()
    rows: list[tuple[object, ...]] = []

    def collect(item: Item) -> None:
        rows.append(
            (
                item.category,
                item.id,
                item.clock.isoformat(),
                item.ends.isoformat(),
                item.outcome,
                item.decided_by,
                item.reason,
            )
        )
        context.progress(len(rows), note=item.category)

    enforce(actor=context.actor, now=now, dry_run=True, on_item=collect)
    context.progress(len(rows), len(rows))
    return JobResult(
        csv_bytes(HEADER, rows), f"retention-preview-{now:%Y%m%d-%H%M}.csv", "text/csv"
    )

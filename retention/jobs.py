"""Background work: a list of what would go."""

from __future__ import annotations

from django.utils import timezone

from operations.jobs import JobContext, JobResult, job_kind
from operations.tables import csv_bytes
from retention.deleter import enforce
from retention.report import Item
from retention.services import PREVIEW_KIND

# The list is made in memory and sealed whole.
MOST_LISTED = 100_000
HEADER = ("category", "id", "clock", "ends", "outcome", "decided_by", "reason")


@job_kind(PREVIEW_KIND, title="What would be deleted", permission="retention.preview")
def preview(context: JobContext) -> JobResult:
    """A dry run of the deleter as a CSV file of at most ``MOST_LISTED`` items."""
    now = timezone.now()
    rows: list[tuple[object, ...]] = []
    found = 0

    def collect(item: Item) -> None:
        nonlocal found
        found += 1
        context.progress(found, note=item.category)
        if found > MOST_LISTED:
            return
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

    enforce(actor=context.actor, now=now, dry_run=True, on_item=collect)
    if found > MOST_LISTED:
        rest = f"{found - MOST_LISTED} more are not listed here; the run counts them all"
        rows.append(("", "", "", "", "", "", rest))
    context.progress(found, found)
    return JobResult(
        csv_bytes(HEADER, rows), f"retention-preview-{now:%Y%m%d-%H%M}.csv", "text/csv"
    )

"""Is everything that has ended really gone?"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from core import evidence
from retention.backlog import backlog
from retention.models import RetentionRun

GRACE = timedelta(hours=24)
RUNS_EVERY = timedelta(hours=2)


def measure_backlog() -> tuple[str, str, str]:
    """Items past their end by over 24 hours and not held; and whether the sweep runs at all."""
    now = timezone.now()
    count = backlog(now - GRACE)
    figure = f"{count} items"
    if count:
        return (
            evidence.FAIL,
            figure,
            "Data is still here a day after its end, and nothing holds it.",
        )
    runs = RetentionRun.objects.filter(dry_run=False, only="")
    last = runs.filter(finished_at__isnull=False).order_by("-finished_at").first()
    if last is None or last.finished_at is None:
        return (
            evidence.UNKNOWN,
            figure,
            "The sweep has not run yet; it runs every hour.",
        )
    if last.finished_at < now - RUNS_EVERY:
        return (
            evidence.FAIL,
            figure,
            f"The last sweep ended {last.finished_at:%Y-%m-%d %H:%M} UTC.",
        )
    if last.error:
        return (
            evidence.FAIL,
            figure,
            "The last sweep met data that it could not delete.",
        )
    return (
        evidence.PASS,
        figure,
        f"Swept {last.finished_at:%Y-%m-%d %H:%M} UTC; nothing overdue.",
    )


evidence.declare(
    evidence.Check(
        code="retention.backlog",
        title="Data is deleted when its time has come",
        articles=("GDPR 5(1)(e)", "GDPR 17", "740 ILCS 14/15(a)"),
        measure=measure_backlog,
        good_for=timedelta(minutes=10),
        link="admin:retention_retentionrun_changelist",
    )
)

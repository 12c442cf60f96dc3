"""Keeping the log's partitions ahead of the calendar."""

from __future__ import annotations

from celery import shared_task
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from audit.services import ensure_partition

MONTHS_AHEAD = 2


@shared_task
def ensure_partitions() -> None:
    """Make this month's partition and those of the next two."""
    now = timezone.now()
    for months in range(MONTHS_AHEAD + 1):
        ensure_partition(now + relativedelta(months=months))

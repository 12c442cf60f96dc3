"""Celery's entry to the deleter."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import connection
from django.utils import timezone

from core.actors import Actor
from retention.deleter import enforce

logger = logging.getLogger(__name__)

SWEEP = Actor.system("retention.sweep")
_SWEEP_LOCK = 0x7377_6565_70  # "sweep"


@shared_task
def sweep() -> None:
    """Every hour: destroy what has ended. Safe to kill and to repeat; two do no harm, but the
    second has nothing to do, so it leaves."""
    with _alone() as alone:
        if not alone:
            logger.info("retention: another sweep is under way")
            return
        report = enforce(actor=SWEEP, now=timezone.now())
    logger.info(
        "retention: %d deleted, %d held, %d failed",
        report.deleted,
        report.held,
        report.failed,
    )


@contextmanager
def _alone() -> Iterator[bool]:
    """A session's advisory lock; PostgreSQL lets go of it when the worker dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_SWEEP_LOCK])
        row = cursor.fetchone()
    taken = bool(row and row[0])
    try:
        yield taken
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SWEEP_LOCK])

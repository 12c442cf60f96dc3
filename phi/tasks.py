"""Blobs without rows go; rows without blobs are told of."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from phi.services.upkeep import sweep

ORPHAN_AGE = timedelta(hours=1)


@shared_task
def sweep_orphan_blobs() -> None:
    """Delete what failed uploads left and report what is missing; safe to kill and repeat."""
    sweep(before=timezone.now() - ORPHAN_AGE)

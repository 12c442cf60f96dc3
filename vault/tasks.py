"""Celery's entry: what lies under which wrapping key, counted once a day."""

from __future__ import annotations

from celery import shared_task

from vault.keys import count_and_keep


@shared_task
def count_wrapped() -> None:
    """Reads whole tables, which is why pages show what it found and do not count themselves."""
    count_and_keep()

"""What should be gone and is still here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from core import inventory
from core.database import dropping
from retention.models import LegalHold, RetentionPolicy
from retention.schedule import HELD_BY, ended, keep_of


def backlog(now: datetime) -> int:
    """How many items have ended by ``now`` (UTC), are not held, and are still there."""
    policies = RetentionPolicy.objects.days_by_code(now)
    count = 0
    for declaration in inventory.declarations():
        keep = keep_of(declaration, now, policies)
        if declaration.drop is None:
            found = ended(keep, now).aggregate(
                n=Count("pk", filter=Q(**{f"{HELD_BY}__isnull": True}))
            )
            count += found["n"]
            continue

        def held(start: datetime, end: datetime, code: str = declaration.code) -> bool:
            return LegalHold.objects.binding_period(code, start, end).exists()

        with dropping():
            count += len(declaration.drop(keep.cutoff(now), held=held, dry_run=True))
    return count

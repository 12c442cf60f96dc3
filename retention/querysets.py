"""Which policy and which holds count; the holds as SQL, so that a sweep asks once a batch."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import OuterRef, Q

from core.inventory import Declaration

CLOCK = "retention_clock"
"""The annotation that holds the moment from which a row's keep time runs."""


class RetentionPolicyQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def in_force(self, now: datetime) -> Self:
        """The version of each kind that counts at ``now`` (UTC)."""
        return (
            self.filter(effective_from__lte=now)
            .order_by("code", "-effective_from", "-id")
            .distinct("code")
        )

    def days_by_code(self, now: datetime) -> dict[str, int]:
        """Days by kind's code, for the kinds that have a policy at ``now`` (UTC)."""
        return dict(self.in_force(now).values_list("code", "days"))


class LegalHoldQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def active(self) -> Self:
        """Not released."""
        return self.filter(released_at__isnull=True)

    def binding_rows_of(self, declaration: Declaration) -> Self:
        """Active holds that bind the outer row, which is annotated with its clock.

        For ``Exists`` and ``Subquery``. A criterion that the kind has no path for cannot match:
        such a hold names other kinds.
        """
        holds = self.active().filter(Q(category="") | Q(category=declaration.code))
        for field, path in (
            ("subject_id", declaration.subject_path),
            ("call_id", declaration.call_path),
        ):
            matches = Q(**{f"{field}__isnull": True})
            if path is not None:
                matches |= Q(**{field: OuterRef(path)})
            holds = holds.filter(matches)
        return holds.filter(
            Q(period_from__isnull=True) | Q(period_from__lte=OuterRef(CLOCK)),
            Q(period_to__isnull=True) | Q(period_to__gte=OuterRef(CLOCK)),
        )

    def binding_period(self, code: str, start: datetime, end: datetime) -> Self:
        """Active holds that bind a whole partition of ``code`` over ``start`` to ``end``.

        A hold that names a subject or a call binds a partition only where it names the kind
        too: then its rows cannot be told apart, and all of them stay.
        """
        return (
            self.active()
            .filter(
                Q(category=code) | Q(category="", subject_id__isnull=True, call_id__isnull=True)
            )
            .filter(Q(period_from__isnull=True) | Q(period_from__lt=end))
            .filter(Q(period_to__isnull=True) | Q(period_to__gte=start))
        )

"""What a person who leaves has open here: patients, and accesses that wait for their review."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from core.handovers import Handover, register
from phi.models import BreakGlass, CareRelationship


def _open(person: str) -> QuerySet[CareRelationship]:
    """Relationships of the person that last, or are to begin; one that ends as it begins is
    one that was called off."""
    lasting = Q(ends_at__isnull=True) | Q(ends_at__gt=Greatest(F("starts_at"), timezone.now()))
    return CareRelationship.objects.filter(lasting, person_id=UUID(person))


def _care_needs(person: str) -> frozenset[str]:
    return frozenset({"phi.read_health"} if _open(person).exists() else ())


def _hand_over_care(person: str, successor: str) -> dict[str, list[str]]:
    """Each ends now, and the successor's begins in its place, with the same maker, who may end
    it. Where the successor looks after the data subject in that time already, it only ends."""
    moved: dict[str, list[str]] = {"handed_over": [], "ended": []}
    now = timezone.now()
    for row in _open(person).select_for_update(of=("self",)).order_by("pk"):
        starts_at, ends_at = max(now, row.starts_at), row.ends_at
        row.ends_at = starts_at
        row.save(update_fields=["ends_at"])
        try:
            with transaction.atomic():
                CareRelationship.objects.create(
                    person_id=successor,
                    subject_id=row.subject_id,
                    kind=row.kind,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    made_by_kind=row.made_by_kind,
                    made_by_id=row.made_by_id,
                    made_by_name=row.made_by_name,
                )
        except IntegrityError as error:
            if "phi_care_no_overlap" not in str(error):
                raise
            moved["ended"].append(str(row.pk))
            continue
        moved["handed_over"].append(str(row.pk))
    return moved


def _to_review(person: str) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(person_id=UUID(person), state=BreakGlass.State.OPEN)


def _close_glass(person: str, successor: str) -> dict[str, list[str]]:
    """What is open ends now. The review stays with those who review, about the one who left."""
    now = timezone.now()
    rows = _to_review(person).select_for_update(of=("self",)).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    BreakGlass.objects.filter(pk__in=ids, granted_at__lt=now, expires_at__gt=now).update(
        expires_at=now
    )
    return {"left_for_review": [str(each) for each in ids]}


register(
    Handover(
        code="phi.care_relationships",
        title="People whom they look after",
        count=lambda person: _open(person).count(),
        needs=_care_needs,
        hand_over=_hand_over_care,
        own_matter=True,
    )
)
register(
    Handover(
        code="phi.break_glass",
        title="Break-glass accesses that wait for their review",
        count=lambda person: _to_review(person).count(),
        needs=lambda person: frozenset(),
        hand_over=_close_glass,
    )
)

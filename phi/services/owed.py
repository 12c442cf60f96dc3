"""What a statement of disclosures tells of: the rows as the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from phi import accounting
from phi.days import day_of, zone
from phi.models import Disclosure
from phi.services.disclosed import open_all
from phi.services.suspensions import Chains


def as_made(
    row: Disclosure, texts: Mapping[str, str], suspensions: tuple[accounting.Suspension, ...]
) -> accounting.Made:
    """The row as the rules read it."""
    return accounting.Made(
        id=row.pk,
        on=day_of(row.disclosed_at),
        recipient=texts["recipient"],
        address=texts["address"],
        description=texts["description"],
        purpose=texts["purpose"],
        authority=row.authority,
        exclusion=row.exclusion,
        corrects=row.corrects_id,
        void=row.void,
        suspensions=suspensions,
    )


def owed_for(
    *, subject_id: UUID, first: date, last: date, moment: datetime, today: date | None = None
) -> list[accounting.Made]:
    """What a statement from ``first`` to ``last`` (the controller's days) tells of: the records as
    they stood at ``moment``, without what was written later and without what is suspended
    ``today`` (the day of ``moment`` when left out), whenever that was asked for. Raises
    CiphertextRefused: a statement with a hole in it is none."""
    rows = Disclosure.objects.filter(subject_id=subject_id, recorded_at__lte=moment)
    # A day more on each side: the days are the controller's, the column is UTC. A correction
    # may have moved a disclosure out of the period: its old row must be known as corrected.
    near = (
        datetime.combine(first - timedelta(days=1), datetime.min.time(), zone()),
        datetime.combine(last + timedelta(days=2), datetime.min.time(), zone()),
    )
    corrected = set(rows.filter(corrects__isnull=False).values_list("corrects_id", flat=True))
    stand = [
        row
        for row in rows.filter(
            disclosed_at__gte=near[0], disclosed_at__lt=near[1], void=False, exclusion=""
        ).order_by("disclosed_at", "id")
        if row.pk not in corrected
    ]
    chains = Chains(subject_id)
    made = [as_made(row, texts, chains.suspensions(row.pk)) for row, texts in open_all(stand)]
    return accounting.owed(made, first=first, last=last, today=today or day_of(moment))


def entries_for(
    *, subject_id: UUID, first: date, last: date, moment: datetime
) -> list[accounting.Entry]:
    """The lines of a statement, as ``owed_for`` finds them. Raises CiphertextRefused."""
    return accounting.entries(
        owed_for(subject_id=subject_id, first=first, last=last, moment=moment)
    )

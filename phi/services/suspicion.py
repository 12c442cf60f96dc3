"""Unusual looks at people's data, put before a reviewer. For workers: names are opened here,
compared, and neither kept nor logged. One that does not open is in the log, and stops no review."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from audit import reviews
from audit.refusals import record_refusal
from audit.suspicion import OWN_RECORD, Choice
from audit.suspicion import Access as Seen
from consent.models import DataSubject
from core.actors import PERSON, Actor
from core.errors import CiphertextRefused
from core.lookups import keyed_hash
from operations.services import notify_holders
from phi import names
from phi.models import Access
from phi.suspicion import Look, flagged

LOOKS = Actor.system("phi.looks")
SIGN_OFF = "audit.sign_off_access"
_STEP = 1_000


def as_look(access: Access) -> Look:
    """The row as the rules read it."""
    return Look(
        Seen(
            access.event_id,
            access.accessed_at,
            access.kind,
            access.actor_kind,
            access.actor_id,
            access.actor_name,
            access.object_type,
            access.object_id,
        ),
        access.subject_id,
    )


class People:
    """Staff and the people they looked at: who bears which name. Kept for one run, in memory."""

    def __init__(self, actor_ids: Iterable[str], subject_ids: Iterable[UUID]) -> None:
        self._staff = {
            str(user.pk): user
            for user in User.objects.filter(pk__in=_uuids(actor_ids)).only("username", "name")
        }
        wanted = list(subject_ids)
        self._subjects: dict[UUID, tuple[str, str | None]] = {}
        for start in range(0, len(wanted), _STEP):
            rows = DataSubject.objects.filter(pk__in=wanted[start : start + _STEP])
            for subject in rows.only("name", "email_hash"):
                self._subjects[subject.pk] = (_name_of(subject), subject.email_hash)

    def is_own(self, actor_id: str, subject_id: UUID) -> bool:
        """Whether the e-mail address that the person signs in with is the subject's, or their
        full names are the same."""
        user, (name, email_hash) = self._staff.get(actor_id), self._of(subject_id)
        if user is None:
            return False
        address = user.username if "@" in user.username else ""
        if address and email_hash and keyed_hash("email", address) == email_hash:
            return True
        return names.same_name(user.name, name)

    def is_namesake(self, actor_id: str, subject_id: UUID) -> bool:
        """Whether they share a surname."""
        user = self._staff.get(actor_id)
        return user is not None and names.same_surname(user.name, self._of(subject_id)[0])

    def _of(self, subject_id: UUID) -> tuple[str, str | None]:
        return self._subjects.get(subject_id, ("", None))


def _name_of(subject: DataSubject) -> str:
    try:
        return subject.name or ""
    except CiphertextRefused as error:
        record_refusal(actor=LOOKS, error=error)
        return ""


def _uuids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def of_a_day(start: datetime, end: datetime) -> list[Choice]:
    """What stands out among the looks from ``start`` until before ``end`` (UTC)."""
    rows = Access.objects.filter(
        accessed_at__gte=start, accessed_at__lt=end, actor_kind=PERSON
    ).order_by("accessed_at", "id")
    looks = [as_look(access) for access in rows.iterator(5000)]
    people = People({look.access.actor_id for look in looks}, {look.subject_id for look in looks})
    return flagged(
        looks,
        zone=ZoneInfo(settings.CONTROLLER_TIME_ZONE),
        limit=settings.REVIEW_PEOPLE_AN_HOUR,
        is_own=people.is_own,
        is_namesake=people.is_namesake,
    )


@transaction.atomic
def flag_own_record(*, actor: Actor, access_id: UUID) -> bool:
    """Flag a look at once where somebody looked at themself, and tell the reviewers.

    True where it was flagged now. Safe to repeat, and to leave out: the day's choice finds it.
    """
    access = Access.objects.filter(pk=access_id, actor_kind=PERSON).first()
    if access is None:
        return False
    people = People([access.actor_id], [access.subject_id])
    if not people.is_own(access.actor_id, access.subject_id):
        return False
    review = reviews.flag(actor=actor, choice=Choice(as_look(access).access, OWN_RECORD))
    if review is None:
        return False
    notify_holders(
        permission=SIGN_OFF,
        title="An access waits for review",
        body="Somebody may have looked at their own data.",
        link=reverse("admin:audit_accessreview_change", args=[review.pk]),
    )
    return True


def watch(access: Access) -> None:
    """Have a look by a person checked when its transaction has committed."""
    from phi.tasks import check_look

    if access.actor_kind == PERSON:
        transaction.on_commit(partial(check_look.delay, str(access.pk)), robust=True)

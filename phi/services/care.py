"""Whose patient a person is: care relationships, made, ended and asked about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import CARE_STAFF, ROLES, allows
from audit.services import Severity, record
from consent.models import DataSubject
from core.actors import APPLICATION, PERSON, Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from operations.permissions import may
from phi.models import BreakGlass, CareRelationship, PurposeOfUse

KEEP = "phi.keep_care_relationship"
VIEW = "phi.view_healthrecord"
NEED_RELATIONSHIP = frozenset({CARE_STAFF})
"""Roles whose people see their own patients alone."""


class NotYourPatient(NotFound):
    """Not for this reader to know of, there or not: to the caller it is not there, to the log it
    is a refusal."""


# On a page a subject is its id: no identifier is decrypted to write down a link.
BARE_SUBJECT = Prefetch("subject", DataSubject.objects.only("id"))


def is_bound(user: Any) -> bool:
    """Whether all that lets ``user`` see health records is a role that needs a relationship."""
    seeing = {code for code in user.role_codes if allows(ROLES[code], VIEW)}
    return bool(seeing) and seeing <= NEED_RELATIONSHIP


def in_force(now: datetime) -> Q:
    """Relationships that have begun and not ended at ``now`` (UTC)."""
    return Q(starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def patients_of(user: Any, now: datetime) -> QuerySet[Any]:
    """The subjects' ids whose records ``user`` may open now: by relationship or broken glass."""
    related = CareRelationship.objects.filter(in_force(now), person=user)
    opened = BreakGlass.objects.filter(person=user, expires_at__gt=now)
    ids = related.order_by().values_list("subject_id", flat=True)
    return ids.union(opened.order_by().values_list("subject_id", flat=True))


def of_own_patients(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of ``rows``, content of calls, that ``user`` may know of: care staff their own
    patients' alone, so none of a call whose person nobody knows; everybody else all of them."""
    if not is_bound(user):
        return rows
    return rows.filter(call__subject_id__in=patients_of(user, timezone.now()))


def find_content(rows: QuerySet[Any], object_id: UUID, user: Any = None) -> Any:
    """The one of ``rows``, content of calls, with this id. With ``user``, only of whom that
    person may know. Raises NotYourPatient for care staff, there or not, and NotFound."""
    found = (rows if user is None else of_own_patients(rows, user)).filter(pk=object_id).first()
    if found is None:
        raise NotYourPatient() if user is not None and is_bound(user) else NotFound()
    return found


@transaction.atomic
def note_stranger(
    *, actor: Actor, event_type: str, model: Any, object_id: UUID, purpose_of_use: str = ""
) -> None:
    """Write down that content of somebody who is no patient of the actor's was asked for, after
    the act was rolled back."""
    record(
        actor=actor,
        event_type=event_type,
        action="read_refused",
        object_type=model._meta.label,
        object_id=str(object_id),
        severity=Severity.WARNING,
        details={
            "problem": "no-care-relationship",
            "purpose_of_use": purpose_of_use if purpose_of_use in PurposeOfUse.values else None,
        },
    )


def has_relationship(user: Any, subject_id: UUID, now: datetime, *, lock: bool = False) -> bool:
    """Whether ``user`` looks after the person at ``now``. With ``lock`` (in a transaction) an end
    that is under way is waited for, and one that comes waits: no look is after the end."""
    rows = CareRelationship.objects.filter(in_force(now), person=user, subject_id=subject_id)
    if lock:
        return rows.select_for_update(of=("self",), no_key=True).first() is not None
    return rows.exists()


@transaction.atomic
def make_relationship(
    *,
    actor: Actor,
    person_id: UUID,
    subject_id: UUID,
    kind: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    id_space: str | None = None,
) -> CareRelationship:
    """Say that somebody of the staff looks after a person, from now or another moment (UTC).

    ``id_space`` is an application's numbering: it opens no chart to the staff but of a person
    that is numbered there. Raises NotFound for anybody else with it; Forbidden for people without
    ``phi.keep_care_relationship`` and ``own-matter`` for oneself; Invalid for somebody who reads
    no health records, an unknown subject or kind, and a time that runs backwards; Conflict
    ``care-relationship-exists`` where one of the pair overlaps.
    """
    _require_keeper(actor)
    if actor.kind == PERSON and actor.id == str(person_id):
        raise Forbidden("Another person has to say whom you look after.", code="own-matter")
    known = DataSubject.objects.identified().filter(pk=subject_id)
    if id_space is not None and not known.filter(id_space=id_space).exists():
        raise NotFound("There is no such data subject.")
    now = timezone.now()
    starts_at = starts_at or now
    errors: dict[str, list[str]] = {}
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not person.has_perm("phi.read_health"):
        errors["person"] = ["This is nobody who may read health records."]
    if id_space is None and not known.exists():
        errors["subject"] = ["There is no such data subject."]
    if kind not in CareRelationship.Kind.values:
        errors["kind"] = ["There is no such kind of relationship."]
    if ends_at is not None and ends_at <= starts_at:
        errors["ends_at"] = ["It ends before it starts."]
    if errors:
        raise Invalid(errors=errors)
    try:
        with transaction.atomic():
            made = CareRelationship.objects.create(
                person_id=person_id,
                subject_id=subject_id,
                kind=kind,
                starts_at=starts_at,
                ends_at=ends_at,
                made_by_kind=actor.kind,
                made_by_id=actor.id,
                made_by_name=actor.name,
            )
    except IntegrityError as error:
        if "phi_care_no_overlap" not in str(error):
            raise
        raise Conflict(
            "This person looks after the data subject in that time already.",
            code="care-relationship-exists",
        ) from None
    record(
        actor=actor,
        event_type="care_relationship",
        action="made",
        obj=made,
        details={
            "person": made.person_id,
            "subject": subject_id,
            "kind": kind,
            "starts_at": starts_at,
            "ends_at": ends_at,
        },
    )
    return made


@transaction.atomic
def end_relationship(*, actor: Actor, relationship_id: UUID) -> CareRelationship:
    """End it now; from then on its person reads nothing by it. One not begun never begins.

    Raises NotFound, for another application's too; Forbidden for people without
    ``phi.keep_care_relationship``; Conflict ``already-ended``.
    """
    _require_keeper(actor)
    rows = CareRelationship.objects.select_for_update(of=("self",))
    if actor.kind == APPLICATION:
        rows = rows.filter(made_by_kind=APPLICATION, made_by_id=actor.id)
    found = rows.filter(pk=relationship_id).first()
    if found is None:
        raise NotFound()
    now = timezone.now()
    if found.ends_at is not None and found.ends_at <= now:
        raise Conflict("It has ended already.", code="already-ended")
    found.ends_at = max(now, found.starts_at)
    found.ended_by_id, found.ended_by_name = actor.id, actor.name
    found.save(update_fields=["ends_at", "ended_by_id", "ended_by_name"])
    record(
        actor=actor,
        event_type="care_relationship",
        action="ended",
        obj=found,
        details={"person": found.person_id, "subject": found.subject_id},
    )
    return found


def _require_keeper(actor: Actor) -> None:
    # An application's key has been asked for its scope already.
    if actor.kind != APPLICATION and not may(actor, KEEP):
        raise Forbidden("Your role does not keep care relationships.", code="missing-permission")


def seen_by(*, user: Any = None, application_id: UUID | None = None) -> QuerySet[CareRelationship]:
    """The relationships that a caller may see: an application those that it made, care staff
    their own, other people all."""
    rows = CareRelationship.objects.all()
    if application_id is not None:
        return rows.filter(made_by_kind=APPLICATION, made_by_id=str(application_id))
    return rows.filter(person=user) if is_bound(user) else rows


@transaction.atomic
def note_listed(*, actor: Actor, filters: Mapping[str, Any]) -> None:
    """Write down that somebody looked at a list of relationships by API, and by which ids
    (``subject``, ``person``) it was narrowed: whose patients, whose staff were asked about."""
    record(
        actor=actor,
        event_type="care_relationship",
        action="listed",
        object_type=CareRelationship._meta.label,
        details={"filters": sorted(filters), **filters},
    )

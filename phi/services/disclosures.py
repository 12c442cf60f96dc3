"""Disclosures to outside parties: recorded, corrected, suspended, read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.refusals import record_refusal
from audit.services import record
from consent.models import DataSubject
from consent.services.calls import MAX_CLOCK_SKEW
from core import accesses
from core.actors import APPLICATION, Actor
from core.errors import CiphertextRefused, Conflict, Invalid, NotFound
from core.ids import uuid7
from phi import accounting
from phi.models import Access, Authority, Disclosure, DisclosureSuspension, Exclusion
from phi.services.accesses import look
from vault import services as vault
from vault.bulk import open_many
from vault.services import KeyClass

TEXTS = {"recipient": 200, "address": 500, "description": 2000, "purpose": 1000}
"""The sealed parts and the most characters of each. Only the address may be empty: it is told
"if known" (164.528(b)(2)(ii))."""

EXCLUDED_BY = {
    Authority.OPERATIONS: Exclusion.OPERATIONS,
    Authority.AUTHORISED: Exclusion.AUTHORISED,
    Authority.INVOLVED: Exclusion.INVOLVED,
    Authority.INDIVIDUAL: Exclusion.INDIVIDUAL,
    Authority.INCIDENT: Exclusion.INCIDENT,
    Authority.LIMITED: Exclusion.LIMITED,
}
"""Authorities whose disclosures are never told of, and as what."""
SOMETIMES = {
    Exclusion.SECURITY: {Authority.GOVERNMENT},
    Exclusion.CUSTODY: {Authority.GOVERNMENT},
}
SUSPENDABLE = frozenset({Authority.OVERSIGHT, Authority.LAW_ENFORCEMENT})


def zone() -> ZoneInfo:
    """The controller's time zone: its dates are a statement's dates."""
    return ZoneInfo(settings.CONTROLLER_TIME_ZONE)


def day_of(moment: datetime) -> date:
    """The controller's date at ``moment``."""
    return moment.astimezone(zone()).date()


@transaction.atomic
def record_disclosure(
    *,
    actor: Actor,
    subject: DataSubject,
    disclosed_at: datetime,
    authority: str,
    texts: Mapping[str, str],
    exclusion: str = "",
    corrects: UUID | None = None,
    void: bool = False,
) -> Disclosure:
    """Record that data of ``subject`` was disclosed outside (45 CFR 164.528(b)(2)).

    ``texts``: ``recipient``, ``address``, ``description`` of what was disclosed, ``purpose``.
    An authority that excludes says so by itself: ``exclusion`` may then be left empty.
    ``corrects`` is the id of a row of this person whose place the new one takes; ``void`` takes
    it away and puts nothing there. Raises Invalid by field, NotFound for a row to correct that
    is not there, Conflict ``already-corrected``.
    """
    refuse(disclosed_at=disclosed_at, authority=authority, exclusion=exclusion, texts=texts)
    old = None
    if corrects is not None:
        old = visible_to(actor).filter(pk=corrects, subject=subject).first()
        if old is None:
            raise NotFound("There is no such disclosure of this person.")
    elif void:
        raise Invalid(errors={"void": ["Name the disclosure that should not be there."]})
    # A day more: a statement begins with the first hour of its first day.
    reached = timezone.now() - accounting.YEARS - timedelta(days=1)
    if disclosed_at < reached and (old is None or disclosed_at != old.disclosed_at):
        # It would be destroyed in the next sweep.
        told = "Lies more than six years back, where no accounting reaches (45 CFR 164.528(a)(1))."
        raise Invalid(errors={"disclosed_at": [told]})
    row = Disclosure(
        id=uuid7(),
        subject=subject,
        disclosed_at=disclosed_at,
        authority=authority,
        exclusion=exclusion or EXCLUDED_BY.get(Authority(authority), ""),
        corrects=old,
        void=void,
        recorded_at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    content = json.dumps({name: texts.get(name, "").strip() for name in TEXTS})
    row.content_sealed = vault.seal(subject.pk, KeyClass.HEALTH, row.aad, content.encode())
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "corrects" not in str(error):
            raise
        raise Conflict(
            "Another row has corrected this disclosure already.", code="already-corrected"
        ) from None
    record(
        actor=actor,
        event_type="disclosure",
        action="corrected" if old else "recorded",
        obj=row,
        details={
            "subject": subject.pk,
            "authority": row.authority,
            "exclusion": row.exclusion or None,
            **({"corrects": old.pk, "void": void} if old else {}),
        },
    )
    return row


def refuse(
    *, disclosed_at: datetime, authority: str, exclusion: str, texts: Mapping[str, str]
) -> None:
    """Raises Invalid by field for values that do not hold together."""
    errors: dict[str, list[str]] = {}
    if disclosed_at > timezone.now() + MAX_CLOCK_SKEW:
        errors["disclosed_at"] = ["Lies in the future."]
    if authority not in Authority.values:
        errors["authority"] = ["Is none of the authorities."]
    elif exclusion:
        own = EXCLUDED_BY.get(Authority(authority))
        if exclusion not in Exclusion.values:
            errors["exclusion"] = ["Is none of the exclusions."]
        elif own is not None and exclusion not in {own, Exclusion.BEFORE}:
            errors["exclusion"] = [f"This authority is excluded as: {own.label}."]
        elif own is None and exclusion != Exclusion.BEFORE:
            allowed = SOMETIMES.get(Exclusion(exclusion), set())
            if authority not in allowed:
                errors["exclusion"] = ["A disclosure by this authority is not excluded so."]
        elif exclusion == Exclusion.BEFORE and day_of(disclosed_at) >= accounting.COMPLIANCE_DATE:
            errors["exclusion"] = [f"Only a disclosure before {accounting.COMPLIANCE_DATE} is."]
    for name, most in TEXTS.items():
        text = texts.get(name, "").strip()
        if not text and name != "address":
            errors[name] = ["Say it: the person is told."]
        elif len(text) > most:
            errors[name] = [f"Use at most {most:,} characters."]
    if errors:
        raise Invalid(errors=errors)


def visible_to(actor: Actor) -> QuerySet[Disclosure]:
    """An application sees the disclosures that it recorded; a person all."""
    rows = Disclosure.objects.all()
    if actor.kind == APPLICATION:
        rows = rows.filter(actor_kind=APPLICATION, actor_id=actor.id)
    return rows


@transaction.atomic
def suspend(
    *,
    actor: Actor,
    disclosure_id: UUID,
    form: str,
    agency: str,
    stated_on: date,
    ends_on: date | None = None,
) -> DisclosureSuspension:
    """Leave a disclosure out of the statement for the time an agency asks for.

    Only of disclosures for health oversight or to law enforcement. In writing the agency names
    the time; by word of mouth it is 30 days at most, and once: longer only by a written statement
    (45 CFR 164.528(a)(2)(ii)(C)). A correction is no other disclosure. Raises NotFound,
    Conflict ``not-suspendable``, Invalid.
    """
    row = Disclosure.objects.filter(pk=disclosure_id).first()
    if row is None:
        raise NotFound()
    # Of one person's suspensions one after the other: by word of mouth there is one.
    DataSubject.objects.select_for_update().only("id").get(pk=row.subject_id)
    if row.authority not in SUSPENDABLE:
        raise Conflict(
            "Only disclosures for health oversight or to law enforcement are suspended.",
            code="not-suspendable",
        )
    errors: dict[str, list[str]] = {}
    if form not in DisclosureSuspension.Form.values:
        errors["form"] = ["Say written or oral."]
    if not agency.strip() or len(agency.strip()) > 500:
        errors["agency"] = ["Say who asked, in at most 500 characters."]
    if stated_on > day_of(timezone.now()):
        errors["stated_on"] = ["Lies in the future."]
    most = accounting.oral_until(stated_on)
    if form == DisclosureSuspension.Form.ORAL:
        ends_on = ends_on or most
        if ends_on > most:
            errors["ends_on"] = [f"By word of mouth it ends on {most} at the latest."]
        if any(each.form == form for each in Chains(row.subject_id).asked(row.pk)):
            errors["form"] = [
                "It was suspended by word of mouth before: a longer time needs a written statement."
            ]
    elif ends_on is None:
        errors["ends_on"] = ["A statement in writing names the time."]
    if ends_on is not None and ends_on < stated_on:
        errors["ends_on"] = ["Ends before the statement was made."]
    if errors or ends_on is None:
        raise Invalid(errors=errors)
    suspension = DisclosureSuspension(
        id=uuid7(),
        disclosure=row,
        form=form,
        stated_on=stated_on,
        ends_on=ends_on,
        recorded_at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    suspension.agency_sealed = vault.seal(
        row.subject_id, KeyClass.HEALTH, suspension.aad, agency.strip().encode()
    )
    suspension.save(force_insert=True)
    record(
        actor=actor,
        event_type="disclosure",
        action="suspended",
        obj=row,
        details={"form": form, "until": suspension.ends_on, "suspension": suspension.pk},
    )
    return suspension


def agency_of(suspension: DisclosureSuspension) -> str:
    """Who asked for a suspension, and how. Raises CiphertextRefused."""
    owner_id = suspension.disclosure.subject_id
    return vault.open_(owner_id, suspension.aad, bytes(suspension.agency_sealed)).decode()


@dataclass(frozen=True, slots=True)
class Opened:
    """A disclosure with its sealed parts; ``texts`` is None where they do not open."""

    row: Disclosure
    texts: dict[str, str] | None


def opened(row: Disclosure) -> dict[str, str]:
    """The sealed parts of a row. Raises CiphertextRefused."""
    found: dict[str, str] = json.loads(
        vault.open_(row.subject_id, row.aad, bytes(row.content_sealed))
    )
    return found


def _opened_or_refused(
    rows: Sequence[Disclosure],
) -> Iterator[tuple[Disclosure, dict[str, str] | CiphertextRefused]]:
    """Each row with its parts, or with why it does not open; the keys in one query."""
    done = 0
    while done < len(rows):
        left = rows[done:]
        contents = open_many((row.subject_id, row.aad, bytes(row.content_sealed)) for row in left)
        for row in left:
            done += 1
            try:
                content = next(contents)
            except CiphertextRefused as error:
                yield row, error
                # What comes after it is opened anew.
                break
            yield row, json.loads(content)


def open_all(rows: Sequence[Disclosure]) -> Iterator[tuple[Disclosure, dict[str, str]]]:
    """Each row with its parts. Raises CiphertextRefused at the first that does not open."""
    for row, found in _opened_or_refused(rows):
        if isinstance(found, CiphertextRefused):
            raise found
        yield row, found


def open_each(*, actor: Actor, rows: Iterable[Disclosure]) -> list[Opened]:
    """The rows with their parts, for a page: one that does not open spoils no other, and is an
    event of its own. To be called in a transaction."""
    result = []
    for row, found in _opened_or_refused(list(rows)):
        if isinstance(found, CiphertextRefused):
            record_refusal(actor=actor, error=found)
            result.append(Opened(row, None))
        else:
            result.append(Opened(row, found))
    return result


def note_read(*, actor: Actor, subject: DataSubject) -> Access:
    """Note that somebody reads to whom this person's data was disclosed."""
    return look(
        actor=actor,
        kind=accesses.DISCLOSURES,
        event_type="disclosures",
        action="read",
        obj=subject,
        subject_id=subject.pk,
    )


class Chains:
    """A person's disclosures with their corrections, and what agencies asked of either: a
    suspension of one row is one of every row that takes its place, or whose place it took (45 CFR
    164.528(a)(2)). Two queries, whatever the number of rows."""

    def __init__(self, subject_id: UUID) -> None:
        rows = Disclosure.objects.filter(subject_id=subject_id, corrects__isnull=False)
        self._before = dict(rows.values_list("pk", "corrects_id"))
        self._asked: dict[UUID, list[DisclosureSuspension]] = {}
        asked = DisclosureSuspension.objects.filter(disclosure__subject_id=subject_id)
        for each in asked.select_related("disclosure").order_by("id"):
            self._asked.setdefault(self._first(each.disclosure_id), []).append(each)

    def _first(self, row_id: UUID) -> UUID:
        while (before := self._before.get(row_id)) is not None:
            row_id = before
        return row_id

    def asked(self, row_id: UUID) -> list[DisclosureSuspension]:
        """The suspensions of a disclosure, in the order in which they were recorded."""
        return self._asked.get(self._first(row_id), [])

    def suspensions(self, row_id: UUID) -> tuple[accounting.Suspension, ...]:
        """The same, as the rules read them."""
        return tuple(
            accounting.Suspension(each.stated_on, each.ends_on) for each in self.asked(row_id)
        )

    def suspended_until(self, row_id: UUID, day: date) -> date | None:
        """The last day of the suspensions that hold on ``day``; None where none does."""
        held = [each.ends_on for each in self.suspensions(row_id) if each.holds_on(day)]
        return max(held, default=None)


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

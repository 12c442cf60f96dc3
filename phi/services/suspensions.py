"""Suspensions of disclosures: what agencies ask the person not to be told of yet."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit.refusals import record_refusal, told
from audit.services import record
from consent.models import DataSubject
from core.actors import Actor
from core.errors import CiphertextRefused, Conflict, Invalid, NotFound
from core.ids import uuid7
from phi import accounting
from phi.days import day_of
from phi.models import Authority, Disclosure, DisclosureSuspension
from vault import services as vault
from vault.services import KeyClass

SUSPENDABLE = frozenset({Authority.OVERSIGHT, Authority.LAW_ENFORCEMENT})


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


def agency_or_why(*, actor: Actor, suspension: DisclosureSuspension) -> str:
    """The same for a page, or why it does not open, which is then an event."""
    try:
        return agency_of(suspension)
    except CiphertextRefused as error:
        record_refusal(actor=actor, error=error)
        return told(error)


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

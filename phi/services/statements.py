"""The statement of disclosures that a person is given (45 CFR 164.528), and who asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.services import record
from consent.models import DataSubject
from core import accesses, reports
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from core.ids import uuid7
from core.reports import Column, Document, Fact, Progress, Section, Table
from operations.models import Job
from operations.services import start_job
from phi import accounting
from phi.days import day_of
from phi.models import Authority, Disclosure, StatementIssued
from phi.services.accesses import look
from phi.services.owed import owed_for
from phi.services.suspensions import Chains
from vault import services as vault
from vault.services import KeyClass

JOB = "phi.disclosure_statement"
CODE = "disclosures"
NOTHING = "No disclosures that must be accounted for."
LEFT_OUT = (
    "Made under 45 CFR 164.528. It does not list disclosures for treatment, payment or health care"
    " operations, to you, by your authorisation, to people involved in your care, and others that"
    " 164.528(a)(1) leaves out."
)
FREE = "This statement is free: the first in twelve months."
FEE = (
    "Another statement was made in the twelve months before: a reasonable fee that covers the cost"
    " may be charged, and you must have been told beforehand, so that you could withdraw or change"
    " your request."
)


@transaction.atomic
def ask_for_statement(
    *,
    actor: Actor,
    subject: DataSubject,
    asked_on: date | None = None,
    first_on: date | None = None,
) -> tuple[StatementIssued, Job]:
    """Have a person's statement made, as a job.

    ``asked_on``: the controller's date of the person's request, today when left out. It covers
    the six years before, or from ``first_on`` where the person asked for less. Raises Invalid,
    Forbidden without ``phi.add_statementissued``.
    """
    now = timezone.now()
    today = day_of(now)
    asked_on = asked_on or today
    earliest = accounting.first_day(asked_on)
    first_on = first_on or earliest
    errors: dict[str, list[str]] = {}
    if asked_on > today:
        errors["asked_on"] = ["Lies in the future."]
    if first_on < earliest:
        errors["first_on"] = [f"Six years begin on {earliest}."]
    elif first_on > asked_on:
        errors["first_on"] = ["Lies after the request."]
    if errors:
        raise Invalid(errors=errors)
    statement = StatementIssued.objects.create(
        id=uuid7(),
        subject=subject,
        asked_on=asked_on,
        first_on=first_on,
        last_on=asked_on,
        issued_at=now,
        due_on=accounting.due_on(asked_on),
        extended_to=accounting.extended_to(asked_on),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    job = start_job(actor=actor, kind=JOB, parameters={"statement": str(statement.pk)})
    record(
        actor=actor,
        event_type="disclosures",
        action="statement_asked",
        obj=statement,
        details={"subject": subject.pk, "asked_on": asked_on, "from": first_on, "job": job.pk},
    )
    return statement, job


def last_made(subject_id: UUID, besides: UUID | None = None) -> date | None:
    """The controller's date of a person's last statement, ``besides`` one of them."""
    rows = StatementIssued.objects.filter(subject_id=subject_id, document_sealed__isnull=False)
    if besides is not None:
        rows = rows.exclude(pk=besides)
    found = rows.order_by("-issued_at").values_list("issued_at", flat=True).first()
    return None if found is None else day_of(found)


def fee_of(statement: StatementIssued) -> bool:
    """Whether the statement is the free one of its twelve months. One without a document, which
    nobody was given, uses none up."""
    last = last_made(statement.subject_id, besides=statement.pk)
    return accounting.is_free(last, day_of(statement.issued_at))


def make_statement(
    *, actor: Actor, statement_id: UUID, progress: Progress = reports.silent
) -> StatementIssued:
    """The statement with its document, a PDF that is made once and kept sealed six years
    (164.528(d)(2)). Of two at once the one that is stored first is free. Raises NotFound,
    CiphertextRefused."""
    statement = StatementIssued.objects.filter(pk=statement_id).first()
    if statement is None:
        raise NotFound()
    while statement.document_sealed is None:
        progress(0, 2, "Reading the disclosures")
        statement.free = fee_of(statement)
        made = told_in(statement)
        document = build(statement, made)
        progress(1, 2, "Setting the document")
        content = reports.render(document, "pdf").content
        # Again, where another was stored meanwhile: the document says whether it is free.
        statement = _store(actor, statement, made, content)
    progress(2, 2, "")
    return statement


@transaction.atomic
def _store(
    actor: Actor, built: StatementIssued, made: list[accounting.Made], content: bytes
) -> StatementIssued:
    """The statement with ``content``; without it where the fee is not what ``content`` says."""
    # Of one person's statements one after the other.
    DataSubject.objects.select_for_update().only("id").get(pk=built.subject_id)
    statement = StatementIssued.objects.select_for_update().get(pk=built.pk)
    if statement.document_sealed is not None or fee_of(statement) != built.free:
        return statement
    statement.free = built.free
    statement.discloses = [each.id for each in made]
    statement.document_sealed = vault.seal(
        statement.subject_id, KeyClass.HEALTH, statement.aad, content
    )
    statement.document_sha256 = sha256(content).hexdigest()
    statement.save(update_fields=["free", "discloses", "document_sealed", "document_sha256"])
    look(
        actor=actor,
        kind=accesses.EXPORTS,
        event_type="disclosures",
        action="statement_made",
        obj=statement,
        subject_id=statement.subject_id,
        details={"sha256": statement.document_sha256, "free": statement.free},
    )
    return statement


@transaction.atomic
def read_statement(*, actor: Actor, statement_id: UUID) -> bytes:
    """The document that was made, to be given to the person; reading it is a look.

    Raises NotFound where there is none, CiphertextRefused, Conflict ``statement-suspended`` while
    a disclosure that it tells of is suspended (164.528(a)(2)): a copy is given no more than the
    first was.
    """
    statement = StatementIssued.objects.filter(pk=statement_id).first()
    if statement is None or statement.document_sealed is None:
        raise NotFound()
    until = suspended_until(statement)
    if until is not None:
        raise Conflict(
            f"An agency has asked not to tell of a disclosure in it: it is not given until {until}"
            " is over. A new statement leaves that disclosure out.",
            code="statement-suspended",
        )
    content = vault.open_(statement.subject_id, statement.aad, bytes(statement.document_sealed))
    look(
        actor=actor,
        kind=accesses.EXPORTS,
        event_type="disclosures",
        action="statement_read",
        obj=statement,
        subject_id=statement.subject_id,
    )
    return content


def suspended_until(statement: StatementIssued) -> date | None:
    """The last day on which something that the document tells of is suspended; None where
    nothing is today."""
    told = statement.discloses
    if told is None:
        # Made before it was noted: it may tell of whatever there was.
        rows = Disclosure.objects.filter(
            subject_id=statement.subject_id, recorded_at__lte=statement.issued_at
        )
        told = list(rows.values_list("pk", flat=True))
    chains, today = Chains(statement.subject_id), day_of(timezone.now())
    days = (chains.suspended_until(row_id, today) for row_id in told)
    return max((day for day in days if day is not None), default=None)


def told_in(statement: StatementIssued) -> list[accounting.Made]:
    """What the statement tells of: the records as they stood when it was asked for, without what
    is suspended now, when it is made. Raises CiphertextRefused."""
    return owed_for(
        subject_id=statement.subject_id,
        first=statement.first_on,
        last=statement.last_on,
        moment=statement.issued_at,
        today=day_of(timezone.now()),
    )


def build(statement: StatementIssued, made: list[accounting.Made]) -> Document:
    """The statement as a document that tells of ``made``."""
    entries = accounting.entries(made)
    subject = statement.subject
    issued_on = day_of(statement.issued_at)
    rows = tuple(
        (
            entry.first.on.isoformat(),
            "\n".join(part for part in (entry.first.recipient, entry.first.address) if part),
            entry.first.description,
            f"{entry.first.purpose}\n{Authority(entry.first.authority).label}",
            "Once" if entry.times == 1 else f"{entry.times} times, last on {entry.last_on}",
        )
        for entry in entries
    )
    columns = (
        Column("date", "Date", number=True),
        Column("recipient", "Recipient and address"),
        Column("description", "What was disclosed"),
        Column("purpose", "Purpose"),
        Column("times", "How often"),
    )
    return Document(
        code=CODE,
        title="Accounting of disclosures",
        organisation=settings.ORGANISATION,
        parameters={"statement": str(statement.pk)},
        moment=statement.issued_at,
        note=LEFT_OUT,
        facts=(
            Fact("person", "For", subject.name or "–"),
            Fact("subject", "Known here as", str(subject.pk)),
            Fact("asked_on", "Asked for on", statement.asked_on),
            Fact("period", "Covers", f"{statement.first_on} to {statement.last_on}"),
            Fact("issued_on", "Made on", f"{issued_on}, by {statement.actor_name}"),
            Fact("due_on", "Due by", statement.due_on),
            Fact(
                "extended_to",
                "With the one extension, told in writing with its reasons",
                statement.extended_to,
            ),
            Fact("fee", "Fee", FREE if statement.free else FEE),
            Fact("number", "Statement", str(statement.pk)),
        ),
        sections=(
            Section(
                "disclosures",
                "Disclosures",
                note="" if rows else NOTHING,
                table=Table(columns, rows) if rows else None,
            ),
        ),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What an officer is told before a statement is made."""

    last_on: date | None
    free: bool
    free_from: date | None


def standing(*, subject_id: UUID, now: datetime) -> Standing:
    """When the last statement was made, and whether the next is free (164.528(c)(2))."""
    last = last_made(subject_id)
    return Standing(last, accounting.is_free(last, day_of(now)), accounting.free_from(last))

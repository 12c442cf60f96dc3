"""Health records: stored by applications, read for a purpose of use.

The order of questions is the same for everybody: is it there for this caller, is it the minimum
necessary (45 CFR 164.502(b)), is the person a patient of the reader's, and if not, was the glass
broken. What a reader may not know of is not there (404).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.utils import timezone

from audit.services import Severity, record
from consent.models import DataSubject
from core import accesses
from core.actors import Actor
from core.errors import Forbidden, Invalid, NotFound, Problem
from core.ids import uuid7
from phi.models import (
    APPLICATION_ROLE,
    SPECIALLY_PROTECTED,
    Access,
    DataType,
    HealthRecord,
    PurposeOfUse,
)
from phi.services import breakglass, care, minimum
from phi.services.accesses import look
from phi.services.care import NotYourPatient
from phi.services.keeping import refuse_future
from vault import bulk
from vault import services as vault

HEALTH_RECORDS = "health_records"
MAX_CONTENT = 64 * 1024
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""No living person's record is older: a year of 0001 or 1066 is a mistake of the sender's."""
READ = "phi.read_health"
Content = dict[str, Any] | str

BY_APPLICATION, BY_ROLE, BY_RELATIONSHIP = "application", "role", "care_relationship"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: an application (``application_id``) or a person (``user``)."""

    actor: Actor
    application_id: UUID | None = None
    user: Any = None


def _dump(content: Content) -> bytes:
    try:
        plain = orjson.dumps(content)
    except (TypeError, ValueError):
        raise Invalid(errors={"content": ["This is no JSON object or text."]}) from None
    if len(plain) > MAX_CONTENT:
        raise Invalid(errors={"content": [f"At most {MAX_CONTENT} bytes as JSON."]})
    return plain


@transaction.atomic
def store_record(
    *,
    actor: Actor,
    application_id: UUID,
    subject: DataSubject,
    data_type: str,
    content: Content,
    purpose_of_use: str,
    recorded_at: datetime | None = None,
) -> tuple[HealthRecord, Access]:
    """Keep one piece of health information, sealed under the subject's ``health`` key.

    Returns the row and the access that says who wrote it. Raises Forbidden ``minimum-necessary``
    where applications have no business with this type for this purpose (the caller audits it
    after the rollback); Invalid for content over 64 KiB as JSON, for a moment ahead of now and
    for one before 1900.
    """
    if not minimum.allowed_roles([APPLICATION_ROLE], data_type, purpose_of_use):
        raise _not_necessary(data_type, purpose_of_use)
    recorded_at = recorded_at or timezone.now()
    refuse_future("recorded_at", recorded_at)
    if recorded_at < EARLIEST:
        raise Invalid(errors={"recorded_at": [f"Lies before {EARLIEST:%Y-%m-%d}."]})
    made = HealthRecord(
        id=uuid7(),
        subject=subject,
        application_id=application_id,
        data_type=data_type,
        recorded_at=recorded_at,
    )
    made.content_sealed = vault.seal(subject.pk, vault.KeyClass.HEALTH, made.aad, _dump(content))
    made.save(force_insert=True)
    access = look(
        actor=actor,
        kind=accesses.HEALTH_WRITES,
        event_type="health_record",
        action="stored",
        obj=made,
        subject_id=subject.pk,
        purpose_of_use=purpose_of_use,
        granted_by=BY_APPLICATION,
        details={"data_type": data_type},
    )
    return made, access


@transaction.atomic
def read_record(
    *, reader: Reader, record_id: UUID, purpose_of_use: str, break_glass_reason: str = ""
) -> tuple[HealthRecord, Content, Access]:
    """Open one record for a purpose of use; the look is an event and an access.

    Raises NotFound; Forbidden ``missing-permission``, ``minimum-necessary``,
    ``no-care-relationship`` (the glass is broken, and this is no emergency),
    ``break-glass-reason-missing``, ``break-glass-people-only``; Invalid for a reason outside an
    emergency; CiphertextRefused for bytes that are not what was sealed. The caller audits a
    refusal after the rollback (``note_refusal``).
    """
    if break_glass_reason and reader.user is None:
        raise Forbidden("Only a person breaks the glass.", code="break-glass-people-only")
    if break_glass_reason and purpose_of_use != PurposeOfUse.EMERGENCY:
        raise Invalid(errors={"purpose_of_use": ["The glass is broken in an emergency alone."]})
    if reader.user is not None and not reader.user.has_perm(READ):
        raise Forbidden("Your role reads no health records.", code="missing-permission")
    rows = HealthRecord.objects.of_application(reader.application_id)
    found = rows.filter(pk=record_id).first()
    granted_by = _grant(reader, found, purpose_of_use, break_glass_reason)
    if found is None:
        raise NotFound()
    access = look(
        actor=reader.actor,
        kind=accesses.HEALTH_RECORDS,
        event_type="health_record",
        action="read",
        obj=found,
        subject_id=found.subject_id,
        purpose_of_use=purpose_of_use,
        granted_by=granted_by,
        severity=Severity.WARNING if granted_by == breakglass.GRANTED_BY else Severity.INFO,
        details={"data_type": found.data_type},
    )
    opened = vault.open_(found.subject_id, found.aad, bytes(found.content_sealed))
    return found, orjson.loads(opened), access


def _grant(
    reader: Reader, found: HealthRecord | None, purpose: str, break_glass_reason: str
) -> str:
    """What lets the reader open the record; raises what does not."""
    if reader.user is None:
        if found is None:
            raise NotFound()
        if not minimum.allowed_roles([APPLICATION_ROLE], found.data_type, purpose):
            raise _not_necessary(found.data_type, purpose)
        return BY_APPLICATION
    now = timezone.now()
    user, bound = reader.user, care.is_bound(reader.user)
    related = found is not None and care.has_relationship(user, found.subject_id, now, lock=True)
    opened = found is not None and breakglass.live_grant(user, found.subject_id, now) is not None
    if bound and not related and not opened:
        if purpose != PurposeOfUse.EMERGENCY:
            # For what is not there too: the same work, so that the time tells nothing either.
            raise NotYourPatient()
        # The same for what is not there: the answer to an emergency without a reason tells nothing.
        breakglass.check_reason(break_glass_reason)
    if found is None:
        # Whoever guesses ids by emergencies is in the log.
        raise NotYourPatient() if bound else NotFound()
    allowed = minimum.allowed_roles(user.role_codes, found.data_type, purpose)
    if not allowed:
        named = found.data_type in minimum.named_types(user.role_codes)
        raise _not_necessary(found.data_type if named else "", purpose)
    if allowed - care.NEED_RELATIONSHIP:
        return BY_ROLE
    if related:
        return BY_RELATIONSHIP
    if purpose != PurposeOfUse.EMERGENCY:
        raise Forbidden(
            "You do not look after this person. The glass is broken for an emergency alone.",
            code="no-care-relationship",
        )
    breakglass.break_glass(
        actor=reader.actor,
        user=user,
        subject_id=found.subject_id,
        # Ignored where the glass is broken already.
        reason=break_glass_reason,
    )
    return breakglass.GRANTED_BY


def _not_necessary(data_type: str, purpose: str) -> Forbidden:
    law = SPECIALLY_PROTECTED.get(DataType(data_type)) if data_type else None
    kind = f"Records of the type {data_type}" if data_type else "Specially protected records"
    return Forbidden(
        f"{kind} are not open to you for the purpose {purpose}" + (f" ({law})." if law else "."),
        code="minimum-necessary",
        title="Minimum necessary",
    )


REFUSALS = frozenset(
    {
        "minimum-necessary",
        "no-care-relationship",
        "break-glass-reason-missing",
        "break-glass-people-only",
        "missing-permission",
    }
)


def is_refusal(problem: BaseException) -> bool:
    """Whether a failed read or write is one that the log tells of."""
    return isinstance(problem, NotYourPatient) or (
        isinstance(problem, Problem) and problem.code in REFUSALS
    )


@transaction.atomic
def note_refusal(
    *, actor: Actor, what: str, record_id: UUID | None, purpose_of_use: str, problem: Problem
) -> None:
    """Write down a refused read or write (``what``), after its transaction was rolled back."""
    hidden = isinstance(problem, NotYourPatient)
    record(
        actor=actor,
        event_type="health_record",
        action=f"{what}_refused",
        object_type=HealthRecord._meta.label,
        object_id="" if record_id is None else str(record_id),
        severity=Severity.WARNING,
        details={
            "problem": "no-care-relationship" if hidden else problem.code,
            "purpose_of_use": purpose_of_use if purpose_of_use in PurposeOfUse.values else None,
        },
    )


# In bulk: for exports and reports, whose own event says what left. -----------------------------


def open_many(records: Iterable[HealthRecord]) -> Iterator[tuple[HealthRecord, Content]]:
    """Each record with its content; keys are fetched at once. The caller writes the event of the
    whole. Raises CiphertextRefused at the first that is not what was sealed."""
    held = list(records)
    opened = bulk.open_many((row.subject_id, row.aad, bytes(row.content_sealed)) for row in held)
    for row, plain in zip(held, opened, strict=True):
        yield row, orjson.loads(plain)


def seal_many(records: Iterable[tuple[HealthRecord, Content]]) -> list[HealthRecord]:
    """The records with their content sealed, ready for ``bulk_create`` in the same transaction;
    the caller writes the event of the whole."""
    held = list(records)
    sealed = bulk.seal_many(
        vault.KeyClass.HEALTH,
        [(row.subject_id, row.aad, _dump(content)) for row, content in held],
    )
    for (row, _), content in zip(held, sealed, strict=True):
        row.content_sealed = content
    return [row for row, _ in held]

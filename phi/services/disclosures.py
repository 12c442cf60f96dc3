"""Disclosures to outside parties: recorded and corrected."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.services import record
from consent.models import DataSubject
from consent.services.calls import MAX_CLOCK_SKEW
from core.actors import APPLICATION, Actor
from core.errors import Conflict, Invalid, NotFound
from core.ids import uuid7
from phi import accounting
from phi.days import day_of
from phi.models import Authority, Disclosure, Exclusion
from vault import services as vault
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

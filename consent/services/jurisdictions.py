"""Places and their law: changed by two people, because the gate reads no other list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from audit.services import record
from consent.models import Jurisdiction
from core.actors import Actor
from core.errors import Conflict, Invalid
from operations.models import Approval
from operations.services.approvals import request_approval

CHANGE = "consent.change_jurisdiction"
FIELDS = ("title", "all_party_recording", "source", "confidence", "note")


def said_of(place: Jurisdiction) -> dict[str, Any]:
    """What a place's row says, beside its code."""
    return {name: getattr(place, name) for name in FIELDS}


@transaction.atomic
def ask_to_change_place(
    *, actor: Actor, code: str, values: Mapping[str, Any], reason: str
) -> Approval:
    """Ask a second person to add the place ``code`` (ISO 3166) or to make its row say ``values``
    (every one of ``FIELDS``).

    Raises Invalid by field, also where nothing would change; Forbidden without the permission.
    """
    there = Jurisdiction.objects.filter(code=code).first()
    before = None if there is None else said_of(there)
    wanted = Jurisdiction(code=code, **{name: values[name] for name in FIELDS})
    try:
        wanted.full_clean(validate_unique=False)
    except ValidationError as error:
        raise Invalid(errors=error.message_dict) from None
    after = said_of(wanted)
    if after == before:
        raise Invalid(errors={"code": ["Nothing would change."]})
    return request_approval(
        actor=actor,
        kind=CHANGE,
        reason=reason,
        parameters={"place": code, "before": before, "after": after},
        object_label=Jurisdiction._meta.label,
        object_id=code,
    )


def change_place(
    *, actor: Actor, code: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> Jurisdiction:
    """Add or change the place as was asked, in the approval's transaction. The event says what
    the row said before and says now.

    Raises Conflict ``place-changed`` where the row is not as it was when this was asked.
    """
    there = Jurisdiction.objects.select_for_update().filter(code=code).first()
    if (None if there is None else said_of(there)) != before:
        raise Conflict("This place was changed meanwhile.", code="place-changed")
    place = there or Jurisdiction(code=code)
    for name in FIELDS:
        setattr(place, name, after[name])
    place.save(force_insert=there is None, force_update=there is not None)
    record(
        actor=actor,
        event_type="jurisdiction",
        action="added" if there is None else "changed",
        obj=place,
        details={"before": before, "after": dict(after)},
    )
    return place

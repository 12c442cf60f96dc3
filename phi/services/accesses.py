"""Looking at a person's data: the event of the look and the row that says who looked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model

from audit.services import Entry, Severity, record_many
from core import accesses
from core.actors import Actor
from phi.models import Access
from phi.services.suspicion import watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one thing of one person; see ``look``."""

    obj: Model
    subject_id: UUID
    purpose_of_use: str = ""
    granted_by: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    severity: str = Severity.INFO


def look(
    *,
    actor: Actor,
    kind: str,
    event_type: str,
    action: str,
    obj: Model,
    subject_id: UUID,
    purpose_of_use: str = "",
    granted_by: str = "",
    details: Mapping[str, Any] | None = None,
    severity: str = Severity.INFO,
) -> Access:
    """Note a look at ``subject_id``'s data in the caller's transaction, before it is shown.

    ``kind`` is one of ``core.accesses``, and (``event_type``, ``action``) must have been declared
    as looks of it: a look that the review of accesses would not see raises ValueError. Raises
    TransactionManagementError outside a transaction.
    """
    one = Look(
        obj=obj,
        subject_id=subject_id,
        purpose_of_use=purpose_of_use,
        granted_by=granted_by,
        details=details or {},
        severity=severity,
    )
    return look_many(actor=actor, kind=kind, event_type=event_type, action=action, looks=[one])[0]


def look_many(
    *, actor: Actor, kind: str, event_type: str, action: str, looks: Iterable[Look]
) -> list[Access]:
    """Note several looks of one kind, an event and a row each, in a fixed number of queries.

    Raises as ``look`` does.
    """
    if (event_type, action) not in accesses.events_of(kind):
        raise ValueError(f"{event_type} {action} is no declared look of kind {kind}")
    wanted = list(looks)
    events = record_many(
        actor=actor,
        entries=[
            Entry(
                event_type=event_type,
                action=action,
                obj=each.obj,
                severity=each.severity,
                details={
                    "subject": each.subject_id,
                    "purpose_of_use": each.purpose_of_use or None,
                    **({"granted_by": each.granted_by} if each.granted_by else {}),
                    **each.details,
                },
            )
            for each in wanted
        ],
    )
    made = Access.objects.bulk_create(
        Access(
            subject_id=each.subject_id,
            accessed_at=event.received_at,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            kind=kind,
            object_type=event.object_type,
            object_id=event.object_id,
            purpose_of_use=each.purpose_of_use,
            granted_by=each.granted_by,
            event_id=event.id,
        )
        for each, event in zip(wanted, events, strict=True)
    )
    for access in made:
        watch(access)
    return made

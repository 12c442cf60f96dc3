"""Looking at a person's data: the event of the look and the row that says who looked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Model

from audit.services import Severity, record
from core import accesses
from core.actors import Actor
from phi.models import Access
from phi.services.suspicion import watch


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
    if (event_type, action) not in accesses.events_of(kind):
        raise ValueError(f"{event_type} {action} is no declared look of kind {kind}")
    event = record(
        actor=actor,
        event_type=event_type,
        action=action,
        obj=obj,
        severity=severity,
        details={
            "subject": subject_id,
            "purpose_of_use": purpose_of_use or None,
            **({"granted_by": granted_by} if granted_by else {}),
            **(details or {}),
        },
    )
    access = Access.objects.create(
        subject_id=subject_id,
        accessed_at=event.received_at,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        kind=kind,
        object_type=event.object_type,
        object_id=event.object_id,
        purpose_of_use=purpose_of_use,
        granted_by=granted_by,
        event_id=event.id,
    )
    watch(access)
    return access

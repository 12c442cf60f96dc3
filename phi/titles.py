"""Looks in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.utils.text import capfirst

from core import accesses
from phi.models import Access

KINDS = {kind.code: kind.title for kind in accesses.KINDS}
ACTORS = {"person": "Person", "application": "Voice application", "system": "The system"}
GRANTS = {
    "application": "Voice application",
    "role": "Role",
    "care_relationship": "Care relationship",
    "break_glass": "Break-glass",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One look in words. ``at`` is UTC."""

    at: datetime
    who: str
    actor_kind: str
    what: str
    thing: str
    purpose: str
    granted_by: str


def shown(access: Access) -> Shown:
    """The look in words."""
    return Shown(
        at=access.accessed_at,
        who=access.actor_name or access.actor_id,
        actor_kind=ACTORS.get(access.actor_kind, access.actor_kind),
        what=KINDS.get(access.kind, access.kind),
        thing=f"{_kind_of_thing(access.object_type)} {access.object_id}",
        purpose=access.get_purpose_of_use_display(),
        granted_by=GRANTS.get(access.granted_by, access.granted_by),
    )


def _kind_of_thing(object_type: str) -> str:
    try:
        return capfirst(str(apps.get_model(object_type)._meta.verbose_name))
    except (LookupError, ValueError):
        # A model of an older version: the log still names it.
        return object_type.rpartition(".")[2]

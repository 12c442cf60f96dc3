"""Whether an actor may, by the permission that a kind of work was registered with."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import get_user_model

from core.actors import PERSON, SYSTEM, Actor
from core.errors import Forbidden


def may(actor: Actor, permission: str) -> bool:
    """The system may; a person may who is active and holds ``permission`` (``app.codename``);
    nobody else."""
    if actor.kind == SYSTEM:
        return True
    if actor.kind != PERSON:
        return False
    try:
        person_id = UUID(actor.id)
    except ValueError:
        return False
    user = get_user_model()._default_manager.filter(pk=person_id, is_active=True).first()
    return user is not None and user.has_perm(permission)


def require(actor: Actor, permission: str) -> None:
    """Raises Forbidden where ``may`` is false."""
    if not may(actor, permission):
        raise Forbidden("Your role does not allow this.")


def require_person(actor: Actor, permission: str) -> None:
    """Raises Forbidden unless ``actor`` is a person who may: four eyes are two people's."""
    if actor.kind != PERSON:
        raise Forbidden("Only a person may do this.")
    require(actor, permission)

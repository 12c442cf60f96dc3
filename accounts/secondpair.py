"""Acts on accounts that take a second pair of eyes.

Approvals are kept by an app above this one, which registers itself here: what is asked for, and
what waits, goes through these functions and no other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from core.actors import Actor

GIVE_ROLES = "accounts.give_roles"
RESET_FACTOR = "accounts.reset_factor"


@dataclass(frozen=True, slots=True)
class Act:
    """An act that takes two people: what it is, and which roles' people ask and decide."""

    code: str
    title: str
    asks: str
    decides: str


class Approvals(Protocol):
    """What the app above provides."""

    def ask(
        self, *, actor: Actor, act: str, user_id: UUID, roles: Sequence[str], reason: str
    ) -> object:
        """Ask for the act. Raises Invalid without a reason, Conflict where it is asked already."""

    def waiting(self, user_id: UUID) -> list[str]:
        """What was asked for about a person and waits, each as a sentence."""

    def withdraw(self, *, actor: Actor, user_id: UUID) -> int:
        """Take back what the actor asked for about a person and waits; how much that was."""

    def asks(self, *, actor: Actor, user_id: UUID) -> bool:
        """Whether something waits that the actor asked for about a person."""

    def withdraw_about(self, user_id: UUID) -> list[str]:
        """End what anybody asked for about a person who leaves; the ids."""

    def acts(self) -> list[Act]:
        """Every act that takes two people, of any app."""


_provider: list[Approvals] = []


def provide(approvals: Approvals) -> None:
    """Register the app above. The last one counts."""
    _provider[:] = [approvals]


def ask(*, actor: Actor, act: str, user_id: UUID, reason: str, roles: Sequence[str] = ()) -> None:
    """Ask a second person for ``act``. Raises Invalid and Conflict as ``Approvals.ask`` does."""
    _provider[0].ask(actor=actor, act=act, user_id=user_id, roles=roles, reason=reason)


def waiting(user_id: UUID) -> list[str]:
    """What waits for a second person about this one."""
    return _provider[0].waiting(user_id)


def withdraw(*, actor: Actor, user_id: UUID) -> int:
    """Take back one's own requests about this person; how many there were."""
    return _provider[0].withdraw(actor=actor, user_id=user_id)


def withdraw_about(user_id: UUID) -> list[str]:
    """End every request about this person, in the transaction and the event of their leaving."""
    return _provider[0].withdraw_about(user_id)


def asks(*, actor: Actor, user_id: UUID) -> bool:
    """Whether the actor has a request about this person that waits."""
    return _provider[0].asks(actor=actor, user_id=user_id)


def acts() -> list[Act]:
    """Every act that takes two people."""
    return _provider[0].acts()

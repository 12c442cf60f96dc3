"""Who acts: handed to every verb as ``actor=`` and written into its audit event."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace

from django.http import HttpRequest

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request in hand; the middleware sets it, tasks carry it on."""

PERSON = "person"
APPLICATION = "application"
SYSTEM = "system"
ANONYMOUS = "anonymous"
REPORTER = "reporter"
"""Whoever tells the log of an event by ``POST /audit/events``, which this system did not see."""


@dataclass(frozen=True, slots=True)
class Actor:
    """An acting person, voice application or part of the system, as plain values.

    Plain, because an audit event must outlive the account: no foreign key, the name as it was.
    """

    kind: str
    id: str
    name: str
    address: str = ""

    @classmethod
    def system(cls, name: str) -> Actor:
        """The system itself, in the part named (a task, a command)."""
        return cls(kind=SYSTEM, id=name, name=name)

    def reporting(self) -> Actor:
        """The same account as the source of what it says, and not of what it did here."""
        return replace(self, kind=REPORTER)

    @classmethod
    def anonymous(cls, address: str = "") -> Actor:
        """Somebody who has not said who they are."""
        return cls(kind=ANONYMOUS, id="", name="", address=address)


def actor_of(request: HttpRequest) -> Actor:
    """Who made ``request``: the application or person its credentials named, else anonymous.

    API authentication leaves the actor on the request; in the admin it is the signed-in person.
    """
    known = getattr(request, "actor", None)
    if isinstance(known, Actor):
        return known
    address = request.META.get("REMOTE_ADDR", "")
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Actor(PERSON, str(user.pk), user.get_username(), address)
    return Actor.anonymous(address)

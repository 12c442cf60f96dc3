"""Open work that a person leaves behind: counted, and handed on, by the app whose it is.

Off-boarding asks every registered kind; an app with a new kind of assigned work registers it in
its ``handovers`` module and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Moved = Mapping[str, Sequence[str]]
"""What became of the work: a word such as ``handed_over`` or ``withdrawn`` to the ids of rows."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A kind of open work. People are named by their id, as text.

    ``count(person)`` says how much is open; ``needs(person)`` which permissions
    (``app.codename``) a successor must hold for it; ``hand_over(person, successor)`` gives it to
    the successor in the caller's transaction, whose event names what it returns. With
    ``own_matter`` the successor gains access by it: nobody gives that to themselves.
    """

    code: str
    title: str
    count: Callable[[str], int]
    needs: Callable[[str], frozenset[str]]
    hand_over: Callable[[str, str], Moved]
    own_matter: bool = False


_kinds: dict[str, Handover] = {}


def register(handover: Handover) -> None:
    """Register a kind. Raises ValueError for a code already taken."""
    if handover.code in _kinds:
        raise ValueError(f"handover {handover.code!r} is registered twice")
    _kinds[handover.code] = handover


def registered() -> Iterator[Handover]:
    """Every kind, by code."""
    yield from (_kinds[code] for code in sorted(_kinds))

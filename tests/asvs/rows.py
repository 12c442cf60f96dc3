"""A row of the table: what a requirement asks, and what holds it, or why nothing does."""

from __future__ import annotations

from dataclasses import dataclass

APPLIES_NOT = "Does not apply: "
OPERATORS = "The operator's: "
NOT_MET = "Not met: "
NOT_YET = "Not met yet: "
BEGINNINGS = (APPLIES_NOT, OPERATORS, NOT_MET, NOT_YET)
"""How a reason begins, so that what is not met is counted as that and as nothing else."""


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement of OWASP ASVS 5.0.0.

    ``asks`` is what it asks for, in our own words; ``held_by`` the tests that prove it, as pytest
    node ids; ``reason`` says in a sentence why there is none. ``note`` says what the tests
    leave open.
    """

    id: str
    level: int
    asks: str
    held_by: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""


def held(id_: str, level: int, asks: str, *tests: str, note: str = "") -> Row:
    """A requirement that tests hold. ``tests`` are node ids under ``tests/``."""
    return Row(id_, level, asks, tuple(f"tests/{each}" for each in tests), note=note)


def apart(id_: str, level: int, asks: str, reason: str) -> Row:
    """A requirement that no test holds, and the reason."""
    return Row(id_, level, asks, reason=reason)

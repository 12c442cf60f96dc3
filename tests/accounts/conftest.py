"""People with a second factor, and the codes that they would read from their phone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import otp
from accounts.models import TotpDevice, User
from accounts.services import confirm_enrolment, start_enrolment
from audit.models import AuditEvent
from core.actors import Actor

PASSWORD = "correct horse battery staple"
NOON = "2026-11-24T12:00:05Z"


@pytest.fixture
def clock() -> Iterator[Any]:
    """Noon, standing still; ``clock.shift(30)`` moves on."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def code_of(device: TotpDevice, steps: int = 0) -> str:
    """What the app shows now, or some steps from now."""
    device.refresh_from_db()
    return otp.code_at(device.secret, int(time.time()) // otp.STEP_SECONDS + steps)


@pytest.fixture
def enrol(system: Actor, clock: Any) -> Callable[[User], tuple[TotpDevice, list[str]]]:
    """Enrol somebody's app; the clock goes on to the next code."""

    def do(user: User) -> tuple[TotpDevice, list[str]]:
        device = start_enrolment(user=user)
        enrolled = confirm_enrolment(actor=system, user=user, code=code_of(device))
        assert enrolled is not None
        clock.shift(otp.STEP_SECONDS)
        return enrolled

    return do


@pytest.fixture
def officer_codes(
    officer: User, enrol: Callable[[User], tuple[TotpDevice, list[str]]]
) -> tuple[TotpDevice, list[str]]:
    """The officer's app and recovery codes."""
    return enrol(officer)


@pytest.fixture
def browser() -> Client:
    return Client()


def events(event_type: str, action: str | None = None) -> list[AuditEvent]:
    """Audit events of a kind, oldest first."""
    found = AuditEvent.objects.filter(event_type=event_type).order_by("id")
    return list(found.filter(action=action) if action else found)


def found(pattern: str, text: str) -> str:
    """What the pattern's first group holds in the text, which must have it."""
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match[1]

"""How many have a second factor."""

from __future__ import annotations

import pytest

from accounts.evidence import second_factor_coverage
from accounts.models import Passkey
from accounts.services import renew_recovery_codes

pytestmark = pytest.mark.django_db


def test_nobody_yet():
    assert second_factor_coverage()[0] == "unknown"


def test_some_and_then_all(officer, make_person, enrol):
    make_person("api-only", is_staff=False)
    enrol(officer)
    assert second_factor_coverage()[:2] == ("pass", "1 of 1 people")
    make_person("newcomer")
    assert second_factor_coverage()[:2] == ("fail", "1 of 2 people")


def test_a_passkey_counts_and_recovery_codes_do_not(officer, system):
    renew_recovery_codes(actor=system, user=officer)
    assert second_factor_coverage()[:2] == ("fail", "0 of 1 people")
    Passkey.objects.create(user=officer, name="Key", credential_id=b"1", public_key=b"2")
    assert second_factor_coverage()[:2] == ("pass", "1 of 1 people")

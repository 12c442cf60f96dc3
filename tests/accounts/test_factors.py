"""Enrolling, using and resetting a second factor."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from accounts import otp
from accounts.guessing import STRANGERS
from accounts.models import AttemptTally, RecoveryCode, RecoveryCodeDevice, SessionToken, TotpDevice
from accounts.services import (
    confirm_enrolment,
    issue_session_token,
    renew_recovery_codes,
    reset_factor,
    start_enrolment,
    use_code,
)
from accounts.services.factors import has_factor, spend_code
from core.actors import PERSON, Actor
from core.errors import Conflict, Forbidden
from tests.accounts.conftest import PASSWORD, code_of, events

pytestmark = pytest.mark.django_db
NOBODY = Actor.anonymous("192.0.2.7")


def test_enrolment_gives_ten_codes_stored_hashed(officer, officer_codes):
    device, codes = officer_codes
    assert device.confirmed
    assert len(set(codes)) == 10
    rows = list(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert {otp.recovery_hash(code.replace("-", "")) for code in codes} == set(rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_totpdevice")
        (stored,) = cursor.fetchone()
    assert stored.startswith("vc1:")
    assert device.secret not in stored
    assert events("factor", "enrolled")[0].object_id == str(officer.pk)


def test_enrolment_with_a_wrong_code(officer, system, clock):
    start_enrolment(user=officer)
    assert confirm_enrolment(actor=system, user=officer, code="000000") is None
    assert not has_factor(officer)
    assert not RecoveryCodeDevice.objects.exists()
    assert [event.action for event in events("factor")] == ["wrong"]


def test_starting_again_makes_a_new_secret(officer):
    first = start_enrolment(user=officer)
    second = start_enrolment(user=officer)
    assert first.secret != second.secret
    assert TotpDevice.objects.filter(user=officer).count() == 1


def test_nobody_enrols_beside_a_factor(officer, officer_codes, system):
    with pytest.raises(Conflict):
        start_enrolment(user=officer)
    with pytest.raises(Conflict):
        confirm_enrolment(actor=system, user=officer, code=code_of(officer_codes[0]))


def test_a_code_works_once(officer, officer_codes):
    code = code_of(officer_codes[0])
    assert use_code(actor=NOBODY, user=officer, code=code, where="test") is not None
    assert use_code(actor=NOBODY, user=officer, code=code, where="test") is None


def test_a_used_code_stays_used_after_the_cache_is_emptied(officer, officer_codes):
    code = code_of(officer_codes[0])
    assert use_code(actor=NOBODY, user=officer, code=code, where="test") is not None
    cache.clear()
    assert use_code(actor=NOBODY, user=officer, code=code, where="test") is None


def test_an_enrolment_ends_after_ten_minutes(officer, system, clock):
    device = start_enrolment(user=officer)
    clock.shift(600)
    assert device.waits(timezone.now())
    clock.shift(1)
    with pytest.raises(Conflict):
        confirm_enrolment(actor=system, user=officer, code=code_of(device))
    assert not has_factor(officer)


def test_nobody_resets_their_own_factor(officer, officer_codes):
    with pytest.raises(Forbidden) as refusal:
        reset_factor(actor=Actor(PERSON, str(officer.pk), "officer-one"), user=officer)
    assert refusal.value.code == "own-factor"
    assert has_factor(officer)
    assert not events("factor", "reset")


def test_wrong_codes_make_wait_longer_and_longer(officer, officer_codes, clock):
    device, _ = officer_codes
    for _ in range(STRANGERS.free - 1):
        assert use_code(actor=NOBODY, user=officer, code="000000", where="test") is None
    for wait in (2, 4, 8, 16):
        assert use_code(actor=NOBODY, user=officer, code="000000", where="test") is None
        # The right code does not help before the time, and does not lengthen it.
        clock.shift(wait - 0.01)
        assert use_code(actor=NOBODY, user=officer, code=code_of(device), where="test") is None
        clock.shift(0.01)
    assert use_code(actor=NOBODY, user=officer, code=code_of(device), where="test") is not None
    looked_at = [event.details["looked_at"] for event in events("factor", "wrong")]
    assert looked_at == [True] * STRANGERS.free + [False, True] * 3 + [False]
    (slowed,) = events("sign_in", "slowed")
    assert (slowed.object_id, slowed.severity) == (str(officer.pk), "WARNING")


def test_a_recovery_code_works_once_and_says_so(officer, officer_codes):
    code = officer_codes[1][3]
    device = use_code(actor=NOBODY, user=officer, code=code.upper(), where="test")
    assert isinstance(device, RecoveryCodeDevice)
    assert device.left == 9
    assert events("factor", "recovery_used")[0].details == {"where": "test", "left": 9}
    assert use_code(actor=NOBODY, user=officer, code=code, where="test") is None


def test_a_strangers_recovery_code(officer_codes, make_person, enrol):
    other = make_person("other", "auditor")
    enrol(other)
    assert use_code(actor=NOBODY, user=other, code=officer_codes[1][0], where="test") is None


def test_what_is_no_code_is_refused_and_not_counted(officer, officer_codes):
    for code in ["", "hello", "1" * 64, "١٢٣٤٥٦"]:
        assert use_code(actor=NOBODY, user=officer, code=code, where="test") is None
    assert not AttemptTally.objects.exists()


def test_renewed_codes_take_the_place_of_the_old(officer, officer_codes):
    new = renew_recovery_codes(actor=NOBODY, user=officer)
    assert len(new) == 10
    assert use_code(actor=NOBODY, user=officer, code=officer_codes[1][0], where="test") is None


def test_reset_takes_everything_away(officer, officer_codes, system):
    code = code_of(officer_codes[0])
    issue_session_token(actor=NOBODY, username="officer-one", password=PASSWORD, code=code)
    before = officer.get_session_auth_hash()
    reset_factor(actor=system, user=officer)
    officer.refresh_from_db()
    assert not has_factor(officer)
    assert officer.get_session_auth_hash() != before
    assert not SessionToken.objects.filter(revoked_at=None).exists()
    (event,) = events("factor", "reset")
    assert (event.severity, event.object_id) == ("WARNING", str(officer.pk))


def test_the_uri_names_issuer_and_person(officer):
    device = start_enrolment(user=officer)
    assert device.config_url.startswith("otpauth://totp/Voice%20Compliance%3Aofficer-one?secret=")
    assert device.spoken_secret.replace(" ", "") == device.secret


def test_persistent_id_leads_back_to_the_device(officer):
    from django_otp.models import Device

    device = start_enrolment(user=officer)
    assert Device.from_persistent_id(device.persistent_id) == device


@pytest.mark.django_db(transaction=True)
def test_one_code_used_twice_at_once_is_right_once(make_person, system, clock):
    user = make_person("racer", "auditor")
    with transaction.atomic():
        device = start_enrolment(user=user)
        TotpDevice.objects.filter(pk=device.pk).update(confirmed=True)
    code = code_of(device)
    start = threading.Barrier(4)

    def use(_: int) -> bool:
        try:
            start.wait(10)
            return use_code(actor=NOBODY, user=user, code=code, where="test") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_200_codes_used_twice_at_once_none_is_right_twice(make_person, clock):
    """Two connections, one code, 200 times."""
    user = make_person("racer", "auditor")
    device = start_enrolment(user=user)
    code = code_of(device)
    rows = TotpDevice.objects.filter(pk=device.pk)
    start, end = threading.Barrier(3), threading.Barrier(3)
    right: list[list[bool]] = [[], []]

    def use(mine: list[bool]) -> None:
        try:
            for _ in range(200):
                start.wait(30)
                # Past the tallies, which would let few through: the code itself must hold.
                with transaction.atomic():
                    mine.append(spend_code(user, code, actor=NOBODY) is not None)
                end.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(use, mine) for mine in right]
        for _ in range(200):
            rows.update(confirmed=True, last_step=-1)
            start.wait(30)
            end.wait(30)
        for run in runs:
            run.result()
    assert [one + two for one, two in zip(*right, strict=True)] == [1] * 200


@pytest.mark.django_db(transaction=True)
def test_one_recovery_code_used_twice_at_once_is_right_once(make_person, system):
    user = make_person("racer", "auditor")
    codes = renew_recovery_codes(actor=system, user=user)
    start = threading.Barrier(4)

    def use(_: int) -> bool:
        try:
            start.wait(10)
            return use_code(actor=NOBODY, user=user, code=codes[0], where="test") is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(use, range(4))) == [False, False, False, True]

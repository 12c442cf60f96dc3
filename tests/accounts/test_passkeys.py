"""Passkeys: enrolled, used, renamed, removed, and what is refused."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Passkey, PasskeyChallenge, RecoveryCodeDevice, TotpDevice
from accounts.services import (
    add_passkey,
    delete_expired_challenges,
    enrol_passkey,
    put_challenge,
    remove_passkey,
    rename_passkey,
    reset_factor,
    start_enrolment,
    use_passkey,
    use_passkey_alone,
)
from accounts.services.factors import has_factor
from accounts.services.passkeys import Kind
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from core.ids import uuid7
from tests.accounts.authenticator import HERE, PRESENT, Authenticator
from tests.accounts.conftest import events

pytestmark = pytest.mark.django_db
NOBODY = Actor.anonymous("192.0.2.7")


def challenge_for(user, ceremony=Kind.AUTHENTICATION, origin=HERE):
    return put_challenge(user=user, ceremony=ceremony, origin=origin)


def register(user, authenticator, name="Key", verb=enrol_passkey, **bent):
    row, options = challenge_for(user, Kind.REGISTRATION)
    answer = authenticator.create(options, **bent)
    return verb(actor=NOBODY, user=user, challenge=row, answer=answer, name=name, origin=HERE)


def answer_with(user, row, answer, origin=HERE):
    return use_passkey(
        actor=NOBODY, user=user, challenge=row, answer=answer, origin=origin, where="test"
    )


def use(user, authenticator, **bent):
    row, options = challenge_for(user)
    return answer_with(user, row, authenticator.get(options, **bent))


def reasons():
    return [event.details["reason"] for event in events("factor", "refused")]


@pytest.fixture
def key(officer):
    """The officer's passkey, enrolled as the first factor."""
    authenticator = Authenticator()
    assert register(officer, authenticator) is not None
    return authenticator


@pytest.fixture
def other(make_person):
    return make_person("other", "auditor")


# Enrolment ---------------------------------------------------------------------------------


def test_a_first_factor_and_ten_recovery_codes(officer):
    start_enrolment(user=officer)
    passkey, codes = register(officer, Authenticator(), name="  Blue   key ")
    assert len(set(codes)) == 10
    assert (passkey.name, passkey.user_id, passkey.confirmed) == ("Blue key", officer.pk, True)
    assert not PasskeyChallenge.objects.exists()
    # The app whose secret was shown beside it is none.
    assert not TotpDevice.objects.exists()
    (event,) = events("factor", "enrolled")
    assert event.details == {"kind": "passkey", "passkey": str(passkey.pk), "backed_up": False}
    assert "Blue" not in str(event.details)


def test_what_the_browser_is_asked(officer, key):
    _, options = challenge_for(officer, Kind.REGISTRATION)
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none"
    assert options["rp"]["id"] == "localhost"
    stored = Passkey.objects.get()
    (excluded,) = options["excludeCredentials"]
    assert json.loads(key.create(options))["id"] == excluded["id"]
    _, options = challenge_for(officer)
    assert options["userVerification"] == "required"
    assert [each["id"] for each in options["allowCredentials"]] == [excluded["id"]]
    assert bytes(stored.credential_id) == key.id


def test_challenges_are_random_and_long(officer):
    seen = {challenge_for(officer, Kind.REGISTRATION)[1]["challenge"] for _ in range(20)}
    assert len(seen) == 20
    # 64 bytes; the specification asks for 16 (13.4.3).
    assert min(map(len, seen)) >= 86


@pytest.mark.parametrize(
    ("authenticator", "bent"),
    [
        (Authenticator(origin="https://localhost.evil.example"), {}),
        (Authenticator(origin="http://localhost.evil.example"), {}),
        (Authenticator(origin="http://127.0.0.1"), {}),
        (Authenticator(rp_id="evil.example"), {}),
        (Authenticator(flags=PRESENT), {}),
        (Authenticator(flags=0), {}),
        (Authenticator(), {"type": "webauthn.get"}),
        (Authenticator(), {"challenge": "AAAA"}),
    ],
    ids="origin look-alike address rp-id unverified absent type challenge".split(),
)
def test_registrations_that_do_not_hold(officer, authenticator, bent):
    assert register(officer, authenticator, **bent) is None
    assert not has_factor(officer)
    assert not RecoveryCodeDevice.objects.exists()
    assert reasons() == ["answer"]


def test_an_id_that_is_too_long(officer):
    assert register(officer, Authenticator(id=bytes(1024))) is None
    assert reasons() == ["too_long"]
    assert register(officer, Authenticator(id=bytes(1023))) is not None


def test_an_expired_challenge(officer, clock):
    authenticator = Authenticator()
    row, options = challenge_for(officer, Kind.REGISTRATION)
    clock.shift(301)
    given = {"name": "Key", "origin": HERE, "answer": authenticator.create(options)}
    assert enrol_passkey(actor=NOBODY, user=officer, challenge=row, **given) is None
    assert reasons() == ["expired"]
    assert not has_factor(officer)


def test_old_challenges_go(officer, clock):
    challenge_for(officer)
    clock.shift(299)
    challenge_for(officer)
    assert delete_expired_challenges(timezone.now()) == 0
    clock.shift(2)
    assert delete_expired_challenges(timezone.now()) == 1
    assert PasskeyChallenge.objects.count() == 1


def test_a_credential_belongs_to_one_person(officer, key, other):
    assert register(other, key) is None
    assert reasons() == ["known"]
    assert not has_factor(other)


def test_a_credential_belongs_to_one_person_in_the_database_too(officer, key, other):
    row = Passkey.objects.get()
    row.pk, row.user = uuid7(), other
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_nobody_enrols_beside_a_factor(officer, key):
    with pytest.raises(Conflict):
        register(officer, Authenticator())
    with pytest.raises(Conflict):
        start_enrolment(user=officer)


def test_a_further_one_needs_a_first(officer):
    with pytest.raises(Conflict):
        register(officer, Authenticator(), verb=add_passkey)


def test_a_further_one(officer, key):
    second = Authenticator()
    assert register(officer, second, name="Second", verb=add_passkey).name == "Second"
    assert use(officer, second) is not None
    assert use(officer, key) is not None
    assert RecoveryCodeDevice.objects.count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "a\x00b", "a\u202eb"])
def test_names_that_do_not_do(officer, name):
    with pytest.raises(Invalid):
        register(officer, Authenticator(), name=name)
    assert not has_factor(officer)


def test_two_of_one_name(officer, key):
    with pytest.raises(Invalid):
        register(officer, Authenticator(), name="Key", verb=add_passkey)


# Use ---------------------------------------------------------------------------------------


def test_use(officer, key):
    passkey = use(officer, key)
    assert passkey == Passkey.objects.get()
    assert passkey.last_used_at is not None
    (event,) = events("factor", "passkey_used")
    assert event.details == {"where": "test", "passkey": str(passkey.pk)}
    assert event.object_id == str(officer.pk)


def test_a_replayed_assertion(officer, key):
    row, options = challenge_for(officer)
    answer = key.get(options)
    assert answer_with(officer, row, answer) is not None
    assert answer_with(officer, row, answer) is None
    # Nor under a fresh challenge.
    assert answer_with(officer, challenge_for(officer)[0], answer) is None
    assert reasons() == ["challenge", "answer"]


def test_a_wrong_answer_uses_the_challenge_up(officer, key):
    row, options = challenge_for(officer)
    assert answer_with(officer, row, "{}") is None
    assert answer_with(officer, row, key.get(options)) is None
    assert reasons() == ["answer", "challenge"]


def test_an_expired_assertion(officer, key, clock):
    row, options = challenge_for(officer)
    clock.shift(301)
    assert answer_with(officer, row, key.get(options)) is None
    assert reasons() == ["expired"]


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:81"},
        {"type": "webauthn.create"},
        {"challenge": "AAAA"},
    ],
    ids="origin port type challenge".split(),
)
def test_assertions_that_do_not_hold(officer, key, bent):
    assert use(officer, key, **bent) is None
    assert reasons() == ["answer"]


@pytest.mark.parametrize("change", [{"flags": PRESENT}, {"flags": 0}, {"rp_id": "evil.example"}])
def test_authenticators_that_do_not_hold(officer, key, change):
    vars(key).update(change)
    assert use(officer, key) is None
    assert reasons() == ["answer"]


def test_another_key_under_the_same_id(officer, key):
    assert use(officer, Authenticator(id=key.id)) is None
    assert reasons() == ["answer"]


def test_another_persons_passkey(officer, key, other):
    theirs = Authenticator()
    register(other, theirs)
    assert use(officer, theirs) is None
    assert reasons() == ["another_person"]
    assert events("factor", "refused")[0].severity == "ERROR"


def test_a_passkey_that_nobody_has(officer, key):
    assert use(officer, Authenticator()) is None
    assert reasons() == ["unknown"]


def test_a_challenge_of_another_person(officer, key, other):
    register(other, Authenticator())
    row, options = challenge_for(other)
    assert answer_with(officer, row, key.get(options)) is None
    assert reasons() == ["challenge"]


def test_a_challenge_of_another_ceremony(officer, key):
    row, options = challenge_for(officer, Kind.REGISTRATION)
    assert answer_with(officer, row, key.get(options)) is None
    assert reasons() == ["challenge"]


@pytest.mark.parametrize("row", [None, uuid4()])
def test_no_challenge(officer, key, row):
    _, options = challenge_for(officer)
    assert answer_with(officer, row, key.get(options)) is None
    assert reasons() == ["challenge"]


def test_a_counter_moves_on(officer):
    authenticator = Authenticator(counts=True)
    register(officer, authenticator)
    assert use(officer, authenticator) is not None
    assert use(officer, authenticator) is not None
    assert Passkey.objects.get().sign_count == 2


@pytest.mark.parametrize("back", [0, 1, 2])
def test_a_counter_that_goes_back(officer, back):
    authenticator = Authenticator(counts=True)
    register(officer, authenticator)
    use(officer, authenticator)
    use(officer, authenticator)
    authenticator.counts, authenticator.counter = False, back
    assert use(officer, authenticator) is None
    assert reasons() == ["counter"]
    assert events("factor", "refused")[0].severity == "ERROR"
    assert Passkey.objects.get().sign_count == 2


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "null",
        "[]",
        "[" * 15_000,
        '{"id": 1}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": null}',
        '{"id": "AA", "rawId": "A", "type": "public-key", "response": {"clientDataJSON": "e30",'
        ' "authenticatorData": "AA", "signature": "AA"}}',
        '{"id": "é", "rawId": "é", "type": "public-key", "response": {"clientDataJSON": "é",'
        ' "authenticatorData": "é", "signature": "é"}}',
    ],
)
def test_what_is_no_answer(officer, key, answer):
    row, _ = challenge_for(officer)
    assert answer_with(officer, row, answer) is None
    assert len(reasons()) == 1
    row, _ = challenge_for(officer, Kind.REGISTRATION)
    given = {"name": "Another", "origin": HERE, "answer": answer}
    assert add_passkey(actor=NOBODY, user=officer, challenge=row, **given) is None
    assert len(reasons()) == 2
    assert Passkey.objects.count() == 1


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_every_bit_counts(officer, key, part):
    row, options = challenge_for(officer)
    answer = json.loads(key.get(options))
    sent = answer["response"][part]
    # In the middle: the last letter of base64 holds bits that count for nothing.
    place = len(sent) // 2
    bent = "A" if sent[place] != "A" else "B"
    answer["response"][part] = sent[:place] + bent + sent[place + 1 :]
    assert answer_with(officer, row, json.dumps(answer)) is None


def test_where_the_relying_party_is_a_real_host_its_own_origins_alone_count(officer, settings):
    settings.OTP_WEBAUTHN_RP_ID = "compliance.example"
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = ["https://compliance.example"]
    local = Authenticator(rp_id="compliance.example")
    assert register(officer, local) is None
    real = Authenticator(rp_id="compliance.example", origin="https://compliance.example")
    assert register(officer, real) is not None


# Renaming, removing, resetting ------------------------------------------------------------------


def test_rename(officer, key):
    given = {"actor": NOBODY, "user": officer, "passkey_id": Passkey.objects.get().pk}
    assert rename_passkey(**given, name="Old phone").name == "Old phone"
    # The same again is no event.
    rename_passkey(**given, name="Old phone")
    (event,) = events("factor", "passkey_renamed")
    assert event.details == {"passkey": str(given["passkey_id"])}
    with pytest.raises(Invalid):
        rename_passkey(**given, name=" ")


def test_a_strangers_passkey_is_neither_renamed_nor_removed(officer, key, other):
    passkey = Passkey.objects.get()
    with pytest.raises(NotFound):
        rename_passkey(actor=NOBODY, user=other, passkey_id=passkey.pk, name="Mine")
    with pytest.raises(NotFound):
        remove_passkey(actor=NOBODY, user=other, passkey_id=passkey.pk)


def test_the_last_factor_stays(officer, key):
    # Ten recovery codes are there, and are none.
    with pytest.raises(Conflict) as refusal:
        remove_passkey(actor=NOBODY, user=officer, passkey_id=Passkey.objects.get().pk)
    assert refusal.value.code == "last-factor"
    assert Passkey.objects.count() == 1
    assert not events("factor", "removed")


def test_remove(officer, key):
    second = Authenticator()
    register(officer, second, name="Second", verb=add_passkey)
    first = Passkey.objects.get(name="Key")
    remove_passkey(actor=NOBODY, user=officer, passkey_id=first.pk)
    assert use(officer, key) is None
    assert use(officer, second) is not None
    (event,) = events("factor", "removed")
    assert event.details == {"kind": "passkey", "passkey": str(first.pk)}
    with pytest.raises(NotFound):
        remove_passkey(actor=NOBODY, user=officer, passkey_id=first.pk)


def test_an_app_is_a_factor_that_is_left(officer, officer_codes):
    passkey = register(officer, Authenticator(), verb=add_passkey)
    remove_passkey(actor=NOBODY, user=officer, passkey_id=passkey.pk)
    assert not Passkey.objects.exists()


def test_reset_takes_passkeys_too(officer, key, system):
    challenge_for(officer)
    reset_factor(actor=system, user=officer)
    assert not has_factor(officer)
    assert not PasskeyChallenge.objects.exists()
    (event,) = events("factor", "reset")
    assert event.details == {"authenticator_apps": 0, "passkeys": 1, "recovery_sets": 1}


# Races -------------------------------------------------------------------------------------


def at_once(number, act):
    start = threading.Barrier(number)

    def run(index):
        try:
            start.wait(10)
            return act(index)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@pytest.mark.django_db(transaction=True)
def test_one_assertion_used_twice_at_once_is_right_once(officer, key):
    row, options = challenge_for(officer)
    answer = key.get(options)
    right = at_once(4, lambda _: answer_with(officer, row, answer) is not None)
    assert sorted(right) == [False, False, False, True]
    assert reasons() == ["challenge"] * 3


@pytest.mark.django_db(transaction=True)
def test_two_last_factors_removed_at_once_leave_one(officer, key):
    register(officer, Authenticator(), name="Second", verb=add_passkey)
    rows = list(Passkey.objects.values_list("pk", flat=True))

    def remove(index):
        try:
            remove_passkey(actor=NOBODY, user=officer, passkey_id=rows[index])
        except Conflict:
            return False
        return True

    assert sorted(at_once(2, remove)) == [False, True]
    assert Passkey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_credential_registered_for_two_at_once_is_one_persons(officer, other):
    authenticator = Authenticator()
    asked = [(user, *challenge_for(user, Kind.REGISTRATION)) for user in (officer, other)]

    def enrol(index):
        user, row, options = asked[index]
        given = {"name": "Key", "origin": HERE, "answer": authenticator.create(options)}
        return enrol_passkey(actor=NOBODY, user=user, challenge=row, **given) is not None

    assert sorted(at_once(2, enrol)) == [False, True]
    assert Passkey.objects.count() == 1
    assert reasons() == ["known"]


def sign_in_alone(user, authenticator, row=None, handle=None, **bent):
    asked, options = challenge_for(None, Kind.SIGN_IN)
    authenticator.handle = user.pk.bytes if handle is None else handle
    return use_passkey_alone(
        actor=NOBODY,
        challenge=row or asked,
        answer=authenticator.get(options, **bent),
        origin=HERE,
    )


def test_a_passkey_names_its_person_by_itself(officer, key):
    passkey = sign_in_alone(officer, key)
    assert passkey.user == officer
    (event,) = events("factor", "passkey_used")
    assert (event.object_id, event.details["where"]) == (str(officer.pk), "admin")
    assert not PasskeyChallenge.objects.exists()


def test_what_a_passkey_alone_is_refused_for(officer, key, make_person):
    other = make_person("other", "auditor")
    assert sign_in_alone(officer, key, handle=b"") is None
    assert sign_in_alone(officer, key, handle=other.pk.bytes) is None
    assert sign_in_alone(officer, Authenticator()) is None
    assert sign_in_alone(officer, key, origin="https://evil.example") is None
    # A challenge that was put to somebody who was named is no other's.
    assert sign_in_alone(officer, key, row=challenge_for(officer)[0]) is None
    assert sign_in_alone(officer, key, row=uuid7()) is None
    type(officer).objects.filter(pk=officer.pk).update(is_staff=False)
    assert sign_in_alone(officer, key) is None
    type(officer).objects.filter(pk=officer.pk).update(is_staff=True, is_active=False)
    assert sign_in_alone(officer, key) is None
    assert reasons() == [
        *("handle", "handle", "unknown", "answer"),
        *("challenge", "challenge", "inactive", "inactive"),
    ]
    assert not events("factor", "passkey_used")


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "\\", '{"id": 1}', "x" * 20_000])
def test_what_is_no_answer_signs_nobody_in(db, answer):
    row, _ = challenge_for(None, Kind.SIGN_IN)
    assert use_passkey_alone(actor=NOBODY, challenge=row, answer=answer, origin=HERE) is None
    assert reasons() == ["answer"]


def test_a_challenge_for_nobody_is_for_signing_in(officer):
    row, _ = challenge_for(None, Kind.SIGN_IN)
    with pytest.raises(IntegrityError), transaction.atomic():
        PasskeyChallenge.objects.filter(pk=row).update(user=officer)

"""Passkeys in the admin: at the first sign-in, at the second step, and one's own page of them."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from accounts.models import Passkey, RecoveryCode, RecoveryCodeDevice, TotpDevice, User
from accounts.services import remove_app, renew_recovery_codes
from audit.models import AuditEvent
from core.errors import Conflict
from tests.accounts.authenticator import HERE, Authenticator
from tests.accounts.conftest import PASSWORD, code_of, events
from tests.accounts.test_passkeys import register

pytestmark = pytest.mark.django_db
LOGIN, VERIFY, ENROL = "/admin/login/", "/admin/login/code/", "/admin/login/enrol/"
OPTIONS, FACTORS, ADD = (
    "/admin/login/passkey-options/",
    "/admin/second-factors/",
    "/admin/second-factors/add/",
)
PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def browser():
    """A browser at the name that passkeys belong to."""
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def key(officer, system):
    authenticator = Authenticator()
    assert register(officer, authenticator) is not None
    return authenticator


def first_step(browser, username="officer-one"):
    return browser.post(LOGIN, {"username": username, "password": PASSWORD})


def options(browser, ceremony):
    answer = browser.post(OPTIONS, {"ceremony": ceremony})
    assert answer.status_code == 200, answer.content
    return answer.json()


def use(browser, key, page=VERIFY):
    return browser.post(page, {"passkey": key.get(options(browser, "authentication"))})


def sign_in_with(browser, key):
    first_step(browser)
    assert use(browser, key).status_code == 302


def is_in(browser):
    return browser.get(PEOPLE).status_code == 200


def body(answer):
    return answer.content.decode()


# Signing in --------------------------------------------------------------------------------


def test_first_sign_in_with_a_passkey(browser, officer):
    assert first_step(browser)["Location"] == ENROL
    page = body(browser.get(ENROL))
    assert 'data-passkey="create"' in page
    assert "<svg" in page
    assert not re.search(r"<script(?![^>]*(?:src=|application/json))", page)
    before = browser.session.session_key
    asked = options(browser, "registration")
    answer = browser.post(ENROL, {"name": "Blue key", "passkey": Authenticator().create(asked)})
    assert len(re.findall(r"<code>([a-z0-9-]{29})</code>", body(answer))) == 10
    assert browser.session.session_key != before
    assert is_in(browser)
    assert not TotpDevice.objects.exists()
    assert events("sign_in", "succeeded")[0].details["factor"] == "accounts.passkey"


def test_first_sign_in_by_an_address_says_which_name(officer):
    browser = Client(HTTP_HOST="127.0.0.1:8000")
    first_step(browser)
    page = body(browser.get(ENROL))
    assert "http://localhost:8000/admin/" in page
    assert 'data-passkey="create"' not in page
    assert "<svg" in page


def test_a_passkey_that_does_not_do_enrols_nothing(browser, officer):
    first_step(browser)
    asked = options(browser, "registration")
    wrong = Authenticator(origin="https://evil.example").create(asked)
    assert "did not do" in body(browser.post(ENROL, {"name": "Key", "passkey": wrong}))
    assert "made no passkey" in body(browser.post(ENROL, {"name": "Key", "passkey": ""}))
    assert not Passkey.objects.exists()
    assert not is_in(browser)


def test_an_enrolment_that_took_over_ten_minutes(browser, officer, clock):
    first_step(browser)
    clock.shift(400)
    asked = options(browser, "registration")
    clock.shift(201)
    answer = browser.post(ENROL, {"name": "Key", "passkey": Authenticator().create(asked)})
    assert answer["Location"] == LOGIN
    assert not Passkey.objects.exists()
    assert browser.post(OPTIONS, {"ceremony": "registration"}).status_code == 403


def test_an_app_whose_enrolment_ended(browser, officer, clock):
    first_step(browser)
    device = TotpDevice.objects.get()
    clock.shift(601)
    assert browser.post(ENROL, {"code": code_of(device)})["Location"] == LOGIN
    assert not is_in(browser)


def test_a_passkey_is_offered_first(browser, officer, key):
    assert first_step(browser)["Location"] == VERIFY
    page = body(browser.get(VERIFY))
    assert page.index('data-passkey="get"') < page.index('name="code"')
    assert not is_in(browser)
    assert use(browser, key)["Location"] == "/admin/"
    assert is_in(browser)


def test_no_passkey_is_offered_to_whom_has_none(browser, officer_codes):
    first_step(browser)
    assert "data-passkey" not in body(browser.get(VERIFY))
    assert browser.post(OPTIONS, {"ceremony": "authentication"}).status_code == 403


def test_a_wrong_passkey_opens_nothing(browser, officer, key):
    first_step(browser)
    page = use(browser, Authenticator(id=key.id))
    assert "did not do" in body(page)
    assert not is_in(browser)


def test_an_assertion_replayed_after_sign_in(browser, officer, key):
    first_step(browser)
    answer = key.get(options(browser, "authentication"))
    assert browser.post(VERIFY, {"passkey": answer}).status_code == 302
    thief = Client(HTTP_HOST="localhost")
    first_step(thief)
    assert "did not do" in body(thief.post(VERIFY, {"passkey": answer}))
    options(thief, "authentication")
    assert "did not do" in body(thief.post(VERIFY, {"passkey": answer}))
    assert not is_in(thief)


def test_a_challenge_of_another_session(browser, officer, key):
    """An answer caught on the way, before the one whose it is has sent it."""
    first_step(browser)
    answer = key.get(options(browser, "authentication"))
    thief = Client(HTTP_HOST="localhost")
    first_step(thief)
    assert "did not do" in body(thief.post(VERIFY, {"passkey": answer}))
    assert not is_in(thief)
    # The caught one is still the first session's to use.
    assert browser.post(VERIFY, {"passkey": answer}).status_code == 302


def test_another_persons_passkey_opens_nothing(browser, officer, key, make_person):
    theirs = Authenticator()
    register(make_person("other", "auditor"), theirs)
    first_step(browser)
    assert "did not do" in body(use(browser, theirs))
    assert not is_in(browser)


def test_a_recovery_code_beside_a_passkey(browser, officer, key, system):
    code = renew_recovery_codes(actor=system, user=officer)[0]
    first_step(browser)
    assert browser.post(VERIFY, {"code": code}).status_code == 302
    assert is_in(browser)


@pytest.mark.parametrize("passkey", ["x" * 20_001, "{", "\x00"])
def test_what_is_no_answer(browser, officer, key, passkey):
    first_step(browser)
    assert browser.post(VERIFY, {"passkey": passkey}).status_code == 200
    assert not is_in(browser)


# Options -----------------------------------------------------------------------------------


def test_options_are_for_those_past_the_first_step(browser, officer, key):
    for ceremony in ("authentication", "registration", "", "both"):
        assert browser.post(OPTIONS, {"ceremony": ceremony}).status_code == 403
    first_step(browser)
    # The first step is passed and the second is not: no new key beside the old.
    assert browser.post(OPTIONS, {"ceremony": "registration"}).status_code == 403
    assert browser.get(OPTIONS).status_code == 405


def test_options_need_the_token_of_the_form(officer, key):
    strict = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    assert strict.post(OPTIONS, {"ceremony": "authentication"}).status_code == 403


def test_options_are_counted(browser, officer, key, settings):
    first_step(browser)
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "passkey": "0/min"},
    }
    answer = browser.post(OPTIONS, {"ceremony": "authentication"})
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60


# One's own page ----------------------------------------------------------------------------


def test_the_page_is_for_those_who_are_in(browser, officer, key):
    passkey = Passkey.objects.get()
    first_step(browser)
    for path in (FACTORS, ADD, f"{FACTORS}{passkey.pk}/", f"{FACTORS}{passkey.pk}/remove/"):
        for answer in (browser.get(path), browser.post(path)):
            assert answer["Location"].startswith(LOGIN)


def test_a_further_passkey(browser, officer, key):
    sign_in_with(browser, key)
    asked = options(browser, "registration")
    assert len(asked["excludeCredentials"]) == 1
    second = Authenticator()
    answer = browser.post(ADD, {"name": "Second", "passkey": second.create(asked)})
    assert answer["Location"] == FACTORS
    page = body(browser.get(FACTORS))
    assert "Second" in page
    assert page.count("/remove/") == 2
    again = Client(HTTP_HOST="localhost")
    sign_in_with(again, second)
    assert is_in(again)


def test_a_proof_is_asked_for_after_five_minutes(browser, officer, key, clock):
    sign_in_with(browser, key)
    asked = options(browser, "registration")
    clock.shift(301)
    late = {"name": "Second", "passkey": Authenticator().create(asked)}
    assert "Prove one of your factors" in body(browser.post(ADD, late, follow=True))
    assert browser.post(OPTIONS, {"ceremony": "registration"}).status_code == 403
    path = f"{FACTORS}{Passkey.objects.get().pk}/remove/"
    assert browser.post(path)["Location"] == FACTORS
    assert "Add a passkey" not in body(browser.get(FACTORS))
    # By the passkey itself.
    assert use(browser, key, FACTORS)["Location"] == FACTORS
    assert "Add a passkey" in body(browser.get(FACTORS))
    assert Passkey.objects.count() == 1


def test_a_proof_by_code(browser, officer, officer_codes, clock):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    clock.shift(301)
    assert "not right" in body(browser.post(FACTORS, {"code": "000000"}))
    assert browser.post(OPTIONS, {"ceremony": "registration"}).status_code == 403
    clock.shift(2)
    assert browser.post(FACTORS, {"code": code_of(officer_codes[0])})["Location"] == FACTORS
    asked = options(browser, "registration")
    answer = browser.post(ADD, {"name": "Key", "passkey": Authenticator().create(asked)})
    assert answer["Location"] == FACTORS
    assert Passkey.objects.count() == 1


def test_what_is_wrong_with_a_further_one_is_said(browser, officer, key):
    sign_in_with(browser, key)
    asked = options(browser, "registration")
    made = {"name": "Key", "passkey": Authenticator().create(asked)}
    assert "of this name already" in body(browser.post(ADD, made))
    assert "made no passkey" in body(browser.post(ADD, {"name": "Second", "passkey": ""}))
    wrong = Authenticator(rp_id="evil.example").create(options(browser, "registration"))
    assert "did not do" in body(browser.post(ADD, {"name": "Second", "passkey": wrong}))
    assert Passkey.objects.count() == 1
    assert browser.get(ADD)["Location"] == FACTORS


def test_rename(browser, officer, key):
    sign_in_with(browser, key)
    path = f"{FACTORS}{Passkey.objects.get().pk}/"
    assert 'value="Key"' in body(browser.get(path))
    assert "This field is required" in body(browser.post(path, {"name": ""}))
    assert browser.post(path, {"name": "Old phone"})["Location"] == FACTORS
    assert Passkey.objects.get().name == "Old phone"


def test_the_last_factor_stays(browser, officer, key):
    sign_in_with(browser, key)
    assert "Your only factor" in body(browser.get(FACTORS))
    path = f"{FACTORS}{Passkey.objects.get().pk}/remove/"
    assert "last factor stays" in body(browser.post(path, follow=True))
    assert Passkey.objects.count() == 1


def test_remove(browser, officer, key):
    register_second(officer)
    sign_in_with(browser, key)
    path = f"{FACTORS}{Passkey.objects.get(name='Second').pk}/remove/"
    assert "cannot be undone" in body(browser.get(path))
    assert Passkey.objects.count() == 2
    assert "was removed" in body(browser.post(path, follow=True))
    assert browser.post(path).status_code == 404
    # What was opened with a passkey ends with it.
    assert is_in(browser)
    register_second(officer)
    browser.post(f"{FACTORS}{Passkey.objects.get(name='Key').pk}/remove/")
    assert not is_in(browser)


def register_second(officer):
    from accounts.services import add_passkey

    assert register(officer, Authenticator(), name="Second", verb=add_passkey) is not None


def test_a_strangers_passkey_is_not_there(browser, officer, key, make_person):
    register(make_person("other", "auditor"), Authenticator(), name="Theirs")
    sign_in_with(browser, key)
    theirs = Passkey.objects.get(name="Theirs")
    for path in (f"{FACTORS}{theirs.pk}/", f"{FACTORS}{theirs.pk}/remove/"):
        assert browser.get(path).status_code == 404
        assert browser.post(path, {"name": "Mine"}).status_code == 404
    assert "Theirs" not in body(browser.get(FACTORS))


def test_new_recovery_codes_for_a_passkey(browser, officer, key):
    sign_in_with(browser, key)
    old = set(RecoveryCodeDevice.objects.get().codes.values_list("code_hash", flat=True))
    page = body(use(browser, key, "/admin/recovery-codes/"))
    assert len(re.findall(r"<code>([a-z0-9-]{29})</code>", page)) == 10
    assert not old & set(RecoveryCodeDevice.objects.get().codes.values_list("code_hash", flat=True))


def test_no_answer_and_no_name_reaches_the_log(browser, officer, key):
    sign_in_with(browser, key)
    asked = options(browser, "registration")
    browser.post(ADD, {"name": "Ada's phone", "passkey": Authenticator().create(asked)})
    log = json.dumps(list(AuditEvent.objects.values_list("details", flat=True)))
    assert "Ada" not in log
    assert asked["challenge"] not in log
    assert HERE not in log


def test_the_page_costs_the_same_for_many(browser, officer, key, django_assert_max_num_queries):
    sign_in_with(browser, key)
    for number in range(8):
        Passkey.objects.create(
            user=officer, name=f"Key {number}", credential_id=bytes([number]), public_key=b"2"
        )
    with django_assert_max_num_queries(14):
        browser.get(FACTORS)


APP = "/admin/second-factors/app/"


def app_of(browser, clock):
    """Add an authenticator app in a browser that has proved a passkey."""
    assert browser.post(f"{APP}start/")["Location"] == APP
    page = browser.get(APP).content.decode()
    device = TotpDevice.objects.get(confirmed=False)
    assert device.spoken_secret in page
    assert browser.post(APP, {"code": code_of(device)})["Location"] == FACTORS
    clock.shift(30)
    return device


def test_an_app_beside_a_passkey_opens_the_api_too(browser, officer, key, clock, system):
    sign_in_with(browser, key)
    codes = RecoveryCodeDevice.objects.count()
    device = app_of(browser, clock)
    assert RecoveryCodeDevice.objects.count() == codes
    assert "Authenticator app" in browser.get(FACTORS).content.decode()
    body = {"username": "officer-one", "password": PASSWORD, "otp": code_of(device)}
    answer = Client().post("/api/v1/auth/token", body, content_type="application/json")
    assert answer.status_code == 200
    # One app a person: another waits for this one to go.
    assert browser.post(f"{APP}start/")["Location"] == FACTORS
    assert TotpDevice.objects.count() == 1
    assert browser.get(f"{APP}remove/").status_code == 200
    assert TotpDevice.objects.exists()
    assert browser.post(f"{APP}remove/")["Location"] == FACTORS
    assert not TotpDevice.objects.exists()
    assert is_in(browser)
    kinds = [event.details.get("kind") for event in events("factor", "removed")]
    assert kinds == ["totp"]


def test_a_lost_phone_by_a_recovery_code_to_a_new_app(officer, officer_codes, system):
    remove_app(actor=system, user=officer)
    assert not TotpDevice.objects.exists()


def test_the_last_factor_stays_be_it_the_app(officer, officer_codes, system):
    RecoveryCode.objects.update(used_at="2026-01-01T00:00Z")
    with pytest.raises(Conflict) as refusal:
        remove_app(actor=system, user=officer)
    assert refusal.value.code == "last-factor"
    assert TotpDevice.objects.exists()


def test_an_app_is_added_by_who_has_proved_a_factor_lately(browser, officer, key, clock):
    sign_in_with(browser, key)
    clock.shift(301)
    assert browser.post(f"{APP}start/")["Location"] == FACTORS
    assert not TotpDevice.objects.exists()
    assert browser.get(f"{APP}start/").status_code == 405


def test_an_app_whose_first_code_is_wrong_or_late(browser, officer, key, clock):
    sign_in_with(browser, key)
    browser.post(f"{APP}start/")
    page = browser.post(APP, {"code": "000000"})
    assert "not right" in page.content.decode()
    assert events("factor", "wrong")[0].details["where"] == "add_app"
    device = TotpDevice.objects.get()
    clock.shift(601)
    use(browser, key, FACTORS)
    assert browser.post(APP, {"code": code_of(device)})["Location"] == FACTORS
    assert not TotpDevice.objects.filter(confirmed=True).exists()


def test_a_passkey_answers_where_a_sensitive_act_asks(browser, make_person, clock):
    person = make_person("admin-one", "administrator")
    authenticator = Authenticator()
    register(person, authenticator)
    first_step(browser, "admin-one")
    assert use(browser, authenticator).status_code == 302
    clock.shift(301)
    add = "/admin/accounts/user/add/"
    wanted = {"username": "new-one", "roles": ["DPO"], "is_staff": "on"}
    page = browser.post(add, wanted)
    assert page.status_code == 403
    text = page.content.decode()
    # The passkey's form carries what was entered, as the code's does.
    assert text.count('name="username" value="new-one"') == 2
    assert 'name="step-up-passkey"' in text
    answer = authenticator.get(options(browser, "authentication"))
    bent = answer.replace('"type": "public-key"', '"type": "other"')
    assert browser.post(add, {**wanted, "step-up-passkey": bent}).status_code == 403
    assert not User.objects.filter(username="new-one").exists()
    answer = authenticator.get(options(browser, "authentication"))
    assert browser.post(add, {**wanted, "step-up-passkey": answer}).status_code in (200, 302)
    assert User.objects.filter(username="new-one").exists()
    assert len(events("factor", "proved_again")) == 1

"""Signing in to the admin: two steps, and nothing opens in between."""

from __future__ import annotations

import base64
import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.guessing import KNOWN_BROWSER
from accounts.models import RecoveryCodeDevice, TotpDevice
from accounts.services import change_person, reset_factor, set_password
from tests.accounts.conftest import PASSWORD, code_of, events, found

pytestmark = pytest.mark.django_db

LOGIN, VERIFY, ENROL, INDEX = (
    "/admin/login/",
    "/admin/login/code/",
    "/admin/login/enrol/",
    "/admin/",
)
PEOPLE = "/admin/accounts/user/"


def first_step(browser, username="officer-one", password=PASSWORD, **extra):
    return browser.post(LOGIN, {"username": username, "password": password, **extra})


def is_in(browser):
    return browser.get(PEOPLE).status_code == 200


def test_the_names_that_others_rely_on():
    assert reverse("admin:login") == LOGIN
    assert reverse("admin:index") == INDEX


def test_the_admin_sends_strangers_to_the_door(browser):
    answer = browser.get(PEOPLE)
    assert answer.status_code == 302
    assert answer["Location"] == f"{LOGIN}?next={PEOPLE}"


def test_first_sign_in_with_enrolment(browser, officer, clock):
    page = browser.get(f"{LOGIN}?next={PEOPLE}")
    assert f'name="next" value="{PEOPLE}"' in page.content.decode()
    ids = [browser.session.session_key]
    answer = first_step(browser, next=PEOPLE)
    assert answer["Location"] == ENROL
    ids.append(browser.session.session_key)
    assert SESSION_KEY not in browser.session
    assert not is_in(browser)

    page = browser.get(ENROL).content.decode()
    device = TotpDevice.objects.get(user=officer)
    assert device.spoken_secret in page
    assert "<svg" in page
    assert "<script>" not in page
    assert not is_in(browser)

    answer = browser.post(ENROL, {"code": code_of(device)})
    assert answer.status_code == 200
    ids.append(browser.session.session_key)
    assert len(set(ids)) == 3
    codes = re.findall(r"<code>([a-z0-9-]{29})</code>", answer.content.decode())
    assert len(codes) == 10
    (data,) = re.findall(
        r'href="data:text/plain;charset=utf-8;base64,([^"]+)"', answer.content.decode()
    )
    assert all(code in base64.b64decode(data).decode() for code in codes)
    assert "no-store" in answer["Cache-Control"]
    assert codes[0] not in str(dict(browser.session.items()))
    assert is_in(browser)

    # Shown once: the page is gone, and the codes are nowhere to be read.
    assert browser.get(ENROL)["Location"] == LOGIN
    answer = browser.post("/admin/recovery-codes/", {"kept": "yes", "next": PEOPLE})
    assert answer["Location"] == PEOPLE
    assert [event.action for event in events("factor")] == ["enrolled", "recovery_kept"]
    assert events("sign_in", "succeeded")[0].actor_id == str(officer.pk)
    assert codes[0] not in "".join(str(event.details) for event in events("factor"))


def test_a_later_sign_in(browser, officer_codes):
    browser.get(LOGIN)
    ids = [browser.session.session_key]
    assert first_step(browser, username="OFFICER-one")["Location"] == VERIFY
    ids.append(browser.session.session_key)
    assert not is_in(browser)
    answer = browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    ids.append(browser.session.session_key)
    assert answer["Location"] == INDEX
    assert len(set(ids)) == 3
    assert is_in(browser)
    assert browser.get(LOGIN)["Location"] == INDEX


def test_a_wrong_code_opens_nothing(browser, officer_codes, clock):
    first_step(browser)
    answer = browser.post(VERIFY, {"code": "000000"})
    page = answer.content.decode()
    assert "not right" in page
    assert 'role="alert"' in page
    assert 'aria-describedby="form-error"' in page
    assert 'aria-invalid="true"' in page
    assert not is_in(browser)
    assert len(events("factor", "wrong")) == 1
    clock.shift(2)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    assert is_in(browser)


def test_a_recovery_code_signs_in_and_says_how_many_are_left(browser, officer_codes):
    first_step(browser)
    answer = browser.post(VERIFY, {"code": officer_codes[1][0]}, follow=False)
    assert answer["Location"] == INDEX
    assert is_in(browser)
    assert RecoveryCodeDevice.objects.get().left == 9


def test_an_empty_code_is_marked(browser, officer_codes):
    first_step(browser)
    page = browser.post(VERIFY, {"code": ""}).content.decode()
    assert 'id="id_code_error"' in page
    assert "id_code_error" in found(r'aria-describedby="([^"]+)"', page)
    assert not events("factor", "wrong")


def test_wrong_name_password_inactive_and_no_staff_look_alike(browser, officer, make_person):
    make_person("gone")
    type(officer).objects.filter(username="gone").update(is_active=False)
    make_person("api-only", is_staff=False)

    def shown(**kwargs):
        page = first_step(browser, **kwargs).content.decode()
        return re.sub(r'value="[^"]*"', "", page)

    pages = {
        shown(username="nobody"),
        shown(password="wrong"),
        shown(username="gone"),
        shown(username="api-only"),
    }
    assert len(pages) == 1
    assert len(events("sign_in", "failed")) == 4
    assert browser.get(VERIFY)["Location"] == LOGIN
    assert browser.get(ENROL)["Location"] == LOGIN


def test_the_password_is_never_sent_back(browser, officer):
    assert (
        "wrong-password-typed"
        not in first_step(browser, password="wrong-password-typed").content.decode()
    )


def test_the_first_step_is_good_for_ten_minutes(browser, officer_codes, clock):
    first_step(browser)
    clock.shift(601)
    assert browser.post(VERIFY, {"code": code_of(officer_codes[0])})["Location"] == LOGIN
    assert not is_in(browser)


def test_a_new_password_ends_the_first_step(browser, officer, officer_codes, system):
    first_step(browser)
    set_password(actor=system, user=officer, password="another long password indeed")
    assert browser.post(VERIFY, {"code": code_of(officer_codes[0])})["Location"] == LOGIN


def test_nobody_enrols_past_a_factor_they_have(browser, officer_codes):
    first_step(browser)
    assert browser.get(ENROL)["Location"] == LOGIN
    assert browser.post(ENROL, {"code": code_of(officer_codes[0])})["Location"] == LOGIN
    assert not is_in(browser)


def test_enrolment_on_two_screens(officer, clock):
    one, two = Client(), Client()
    first_step(one)
    first_step(two)
    device = TotpDevice.objects.get(user=officer)
    two.post(ENROL, {"code": code_of(device)})
    assert is_in(two)
    clock.shift(30)
    assert one.post(ENROL, {"code": code_of(device)})["Location"] == LOGIN
    assert not is_in(one)


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", ""],
)
def test_next_stays_here(browser, officer_codes, target):
    first_step(browser, next=target)
    answer = browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    assert answer["Location"] == INDEX


def test_too_many_tries(browser, officer, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "sign-in": "1/min"},
    }
    # Nothing typed is no try.
    first_step(browser, username="")
    assert first_step(browser, password="wrong").status_code == 200
    answer = first_step(browser)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert "Too many tries" in answer.content.decode()


def test_posts_need_the_token_of_the_form(officer):
    strict = Client(enforce_csrf_checks=True)
    assert first_step(strict).status_code == 403


def test_sign_out(browser, officer_codes):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    assert browser.post("/admin/logout/").status_code == 200
    assert not is_in(browser)
    assert [event.action for event in events("sign_in")] == ["succeeded", "ended"]


@pytest.mark.parametrize("change", ["inactive", "password", "factor", "role", "staff"])
def test_a_session_ends_at_the_next_request(browser, officer, officer_codes, system, change):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    assert is_in(browser)
    same = {"actor": system, "user": officer, "username": officer.username, "name": ""}
    match change:
        case "inactive":
            type(officer).objects.update(is_active=False)
        case "password":
            set_password(actor=system, user=officer, password="another long password indeed")
        case "factor":
            reset_factor(actor=system, user=officer)
        case "role":
            change_person(is_active=True, is_staff=True, roles=["auditor"], **same)
        case "staff":
            change_person(is_active=True, is_staff=False, roles=["compliance officer"], **same)
    assert not is_in(browser)


def test_a_factor_that_is_gone_verifies_nothing(browser, officer, officer_codes):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    # Past every service: the row alone must do.
    TotpDevice.objects.all().delete()
    assert not is_in(browser)


def test_changing_ones_own_password(browser, officer, officer_codes):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    new = "quite another password 17"
    body = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.get("/admin/password_change/").status_code == 200
    answer = browser.post("/admin/password_change/", body)
    assert answer.status_code == 302
    assert is_in(browser)
    officer.refresh_from_db()
    assert officer.check_password(new)
    assert len(events("person", "password_set")) == 1


def test_new_recovery_codes_need_a_code(browser, officer, officer_codes, clock):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    assert "10 unused" in browser.get("/admin/recovery-codes/").content.decode()
    page = browser.post("/admin/recovery-codes/", {"code": officer_codes[1][0]})
    assert "not a recovery code" in page.content.decode()
    # And it is not used up by that.
    assert RecoveryCodeDevice.objects.get().left == 10
    clock.shift(30)
    page = browser.post("/admin/recovery-codes/", {"code": code_of(officer_codes[0])})
    codes = re.findall(r"<code>([a-z0-9-]{29})</code>", page.content.decode())
    assert len(codes) == 10
    assert not set(codes) & set(officer_codes[1])
    assert len(events("factor", "recovery_renewed")) == 1


def test_recovery_codes_are_for_those_who_are_in(browser):
    assert browser.get("/admin/recovery-codes/")["Location"].startswith(LOGIN)


def test_codes_that_cannot_be_shown_are_not_made(browser, officer, clock, monkeypatch):
    first_step(browser)
    device = TotpDevice.objects.get(user=officer)

    def fail(*args):
        raise RuntimeError("no page")

    monkeypatch.setattr("accounts.signin._codes_page", fail)
    with pytest.raises(RuntimeError):
        browser.post(ENROL, {"code": code_of(device)})
    device.refresh_from_db()
    assert not device.confirmed
    assert not RecoveryCodeDevice.objects.exists()
    assert not is_in(browser)


def test_too_many_tries_at_new_recovery_codes(browser, officer_codes, settings):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "sign-in": "0/min"},
    }
    page = browser.post("/admin/recovery-codes/", {"code": "000000"})
    assert page.status_code == 429
    assert "10 unused" in page.content.decode()


def test_a_referer_that_is_none(browser):
    answer = browser.post("/admin/recovery-codes/", headers={"Referer": "http://[::1"})
    assert answer["Location"].startswith(LOGIN)


def change_password(browser, old, new="another long phrase indeed"):
    body = {"old_password": old, "new_password1": new, "new_password2": new}
    return browser.post("/admin/password_change/", body)


def test_a_session_is_no_place_to_guess_the_password(browser, officer, officer_codes, clock):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    for _ in range(20):
        assert change_password(browser, "wrong").status_code == 200
    looked_at = [event.details["looked_at"] for event in events("sign_in", "failed")]
    assert sum(looked_at) == KNOWN_BROWSER.free
    assert change_password(browser, PASSWORD).status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)
    clock.shift(60)
    assert change_password(browser, PASSWORD).status_code == 302
    officer.refresh_from_db()
    assert not officer.check_password(PASSWORD)


def test_a_new_password_asks_for_a_recent_factor(browser, officer, officer_codes, clock):
    first_step(browser)
    browser.post(VERIFY, {"code": code_of(officer_codes[0])})
    clock.shift(301)
    assert browser.get("/admin/password_change/")["Location"] == "/admin/second-factors/"
    assert change_password(browser, PASSWORD)["Location"] == "/admin/second-factors/"
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["\u043efficer-one", "offi\u0441er-one"])
def test_a_name_that_looks_like_anothers_is_not_taken(officer, make_person, name):
    with pytest.raises(ValidationError):
        make_person(name, "auditor")

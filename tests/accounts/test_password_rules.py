"""Passwords: as long as one likes, of any kind, taken as they are, and not of the place's words."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError

from accounts.contextwords import WORDS, organisation_words
from accounts.models import User
from accounts.services import check_password, create_person, set_password
from core.actors import Actor
from tests.accounts.conftest import PASSWORD, code_of, events

pytestmark = pytest.mark.django_db
NOBODY = Actor.anonymous("192.0.2.7")


def right(password, username="reader"):
    found = check_password(actor=NOBODY, username=username, password=password, where="test")
    return found and found[0]


@pytest.fixture
def signed_in(browser, officer_codes):
    browser.post("/admin/login/", {"username": "officer-one", "password": PASSWORD})
    browser.post("/admin/login/code/", {"code": code_of(officer_codes[0])})
    return browser


@pytest.mark.parametrize(
    "password",
    [
        "onlysmallletters",
        "ONLYBIGLETTERSHERE",
        "3141592653589793",
        "ÄÖÜäöüßÄÖÜäöüßé",
        "七転び八起きは人生の教えであります",
        "ten pink cats sing",
        "🎧🎻🎺🥁🎷🪕🎸🪗🪘🎹🎤🎼🎵🎶📯",
        "  spaces at both ends count  ",
    ],
)
def test_any_letters_do(system, password):
    user = create_person(actor=system, username="reader", roles=[], password=password)
    assert right(password) == user


@pytest.mark.parametrize("length", [15, 64, 65, 128, 1024])
def test_as_long_as_one_likes(system, browser, length):
    password = "".join(chr(ord("a") + number * 7 % 26) for number in range(length))
    create_person(actor=system, username="reader", roles=["auditor"], password=password)
    assert browser.post("/admin/login/", {"username": "reader", "password": password})[
        "Location"
    ].endswith("/enrol/")
    # The last letter counts: nothing is cut off.
    assert right(password[:-1] + "~") is None


@pytest.mark.parametrize(
    "change",
    [str.upper, str.strip, lambda text: f"{text} ", lambda text: text[:-1], lambda text: text * 2],
    ids=["case", "trimmed", "blank added", "shortened", "doubled"],
)
def test_it_is_compared_as_it_was_given(system, change):
    password = " Correct horse, battery staple "
    create_person(actor=system, username="reader", roles=[], password=password)
    assert right(password) is not None
    assert right(change(password)) is None


@pytest.mark.parametrize("length", [0, 1, 14])
def test_fourteen_are_too_few(system, length):
    with pytest.raises(ValidationError) as refused:
        create_person(actor=system, username="reader", roles=[], password="kq7w-zx3v-pj9m"[:length])
    assert "password_too_short" in {error.code for error in refused.value.error_list}


@pytest.mark.parametrize(
    "password",
    [
        "voice compliance 2026",
        "ComplianceOfficer1!",
        "SecurityAuditor-2026",
        "data_protection_DPO",
        "PasswordPassword123",
        "ＡＤＭＩＮ administrator admin",
        "Hillside Clinic 1999",
    ],
)
def test_words_of_the_place_are_not_enough(system, settings, password):
    settings.ORGANISATION = "Hillside Clinic"
    with pytest.raises(ValidationError) as refused:
        create_person(actor=system, username="reader", roles=[], password=password)
    assert "password_of_context_words" in {error.code for error in refused.value.error_list}


def test_words_of_the_place_beside_others_are(system, settings):
    settings.ORGANISATION = "Hillside Clinic"
    assert organisation_words() == {"hillside", "clinic"}
    for number, password in enumerate(("the voice of seven otters", "compliance kq7wzx3vpj9m")):
        create_person(actor=system, username=f"reader-{number}", roles=[], password=password)


def test_the_words_are_plain():
    assert all(re.fullmatch(r"[a-z]{3,}", word) for word in WORDS)
    assert len(set(WORDS)) == len(WORDS)


def test_a_change_asks_for_the_old_one(signed_in, officer):
    new = "quite another password 17"
    for old in ("", "wrong", PASSWORD.upper()):
        body = {"old_password": old, "new_password1": new, "new_password2": new}
        page = signed_in.post("/admin/password_change/", body)
        assert page.status_code == 200, "not gone on"
    body = {"old_password": PASSWORD, "new_password1": new, "new_password2": f"{new}?"}
    assert signed_in.post("/admin/password_change/", body).status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)
    assert not events("person", "password_set")


def test_a_change_holds_the_new_one_to_the_rules(signed_in, officer):
    for new in ("short", "complianceofficer", "officer-one-officer-one"):
        body = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert signed_in.post("/admin/password_change/", body).status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


def test_it_does_not_grow_old(browser, officer, clock):
    clock.shift(10 * 365 * 86400)
    answer = browser.post("/admin/login/", {"username": "officer-one", "password": PASSWORD})
    assert answer["Location"].endswith("/enrol/")


def test_fields_mask_and_let_managers_help(browser, signed_in):
    from django.test import Client

    for client, path, fields in (
        (Client(), "/admin/login/", {"password": "current-password"}),
        (
            signed_in,
            "/admin/password_change/",
            {
                "old_password": "current-password",
                "new_password1": "new-password",
                "new_password2": "new-password",
            },
        ),
    ):
        page = client.get(path).content.decode()
        inputs = {
            match["name"]: match[0]
            for match in re.finditer(r'<input[^>]*\bname="(?P<name>[^"]+)"[^>]*>', page)
        }
        for name, autocomplete in fields.items():
            assert 'type="password"' in inputs[name], name
            assert f'autocomplete="{autocomplete}"' in inputs[name], name
            assert "readonly" not in inputs[name]
        assert not re.search(r"\bon(paste|copy|drop)\s*=|@paste|x-on:paste", page)


def test_the_hash_is_argon2id_with_todays_parameters(settings):
    """OWASP's least: 19 MiB twice over."""
    import re as patterns

    from django.contrib.auth.hashers import get_hasher
    from django.utils.module_loading import import_string

    from voicecompliance import settings as real

    assert real.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    settings.PASSWORD_HASHERS = real.PASSWORD_HASHERS
    assert isinstance(get_hasher(), import_string(real.PASSWORD_HASHERS[0]))
    stored = get_hasher().encode(PASSWORD, get_hasher().salt())
    found = patterns.match(r"argon2\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", stored)
    assert found
    assert int(found[1]) >= 19 * 1024
    assert int(found[2]) >= 2
    assert PASSWORD not in stored
    assert get_hasher().encode(PASSWORD, get_hasher().salt()) != stored, "a salt of its own"


def test_no_account_is_there_by_itself():
    """No user, no key and no fixed password come with the tables."""
    from accounts.models import ApiKey

    assert not User.objects.exists()
    assert not ApiKey.objects.exists()


def test_a_password_that_is_given_is_random(system):
    from accounts.services import new_password

    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    user = create_person(actor=system, username="reader", roles=[], password=made.pop())
    # One that the rules take.
    set_password(actor=system, user=user, password=made.pop())
    assert all(len(password.replace("-", "")) == 25 for password in made)

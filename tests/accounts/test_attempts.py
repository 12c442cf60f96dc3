"""Nobody guesses for long, and nobody is locked out by those who do."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.guessing import ADDRESS, KNOWN_BROWSER, STRANGERS
from accounts.models import AttemptTally
from accounts.services import delete_old_tallies, issue_session_token, set_password
from accounts.services.attempts import (
    TALLIES_KEPT,
    Source,
    account_place,
    give_back_attempt,
    strangers_wait,
    take_attempt,
)
from core.actors import Actor
from core.errors import Problem
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import PASSWORD, code_of, events
from tests.accounts.test_passkeys import register

pytestmark = pytest.mark.django_db
LOGIN, VERIFY, OPTIONS = "/admin/login/", "/admin/login/code/", "/admin/login/passkey-options/"
TOKEN = "/api/v1/auth/token"
PEOPLE = "/admin/accounts/user/"


@pytest.fixture(autouse=True)
def _no_rates(settings):
    """The cache's limits are others' to test: here everything comes through to the tallies."""
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": dict.fromkeys(rates, "1000000/min"),
    }


def somewhere(number):
    return f"198.51.{number // 250 % 250}.{number % 250 + 1}"


def guess(number=0, password="wrong", client=None, username="officer-one"):
    body = {"username": username, "password": password}
    return (client or Client()).post(LOGIN, body, REMOTE_ADDR=somewhere(number))


def enter(client, device):
    answer = guess(999, PASSWORD, client)
    if answer.status_code != 302:
        return False
    client.post(VERIFY, {"code": code_of(device)}, REMOTE_ADDR=somewhere(999))
    return client.get(PEOPLE).status_code == 200


def looked_at():
    return [event.details["looked_at"] for event in events("sign_in", "failed")]


def test_from_everywhere_a_hundred_guesses_and_an_end(officer, clock, system):
    """An attacker with any number of addresses and all the time there is."""
    for number in range(125):
        guess(number)
        clock.shift(3600)
    assert sum(looked_at()) == STRANGERS.most
    assert strangers_wait(officer) is None
    (shut,) = events("sign_in", "shut")
    assert (shut.severity, shut.object_id) == ("CRITICAL", str(officer.pk))
    # The right password is not looked at either, until it is a new one.
    assert guess(999, PASSWORD).status_code == 200
    set_password(actor=system, user=officer, password="another long password indeed")
    assert strangers_wait(officer) == timedelta(0)
    assert guess(999, "another long password indeed").status_code == 302


def test_an_officer_sees_what_holds_a_person_up(officer, make_person, sign_in, clock, system):
    page = f"/admin/accounts/user/{officer.pk}/change/"
    desk = sign_in(make_person("admin-one", "administrator"))
    assert "Strangers" not in desk.get(page).content.decode()
    for number in range(STRANGERS.free + 1):
        guess(number)
    assert "the next try counts in 1 min" in desk.get(page).content.decode()
    AttemptTally.objects.filter(user=officer).update(tries=STRANGERS.most)
    assert "a new password opens it again" in desk.get(page).content.decode()
    set_password(actor=system, user=officer, password="another long password indeed")
    assert "Strangers" not in desk.get(page).content.decode()


def test_in_a_rush_only_the_first_are_looked_at(officer, clock):
    for number in range(200):
        guess(number)
    assert sum(looked_at()) == STRANGERS.free


def test_under_attack_a_passkey_opens(officer, system, clock):
    key = Authenticator()
    register(officer, key)
    for number in range(110):
        guess(number)
        clock.shift(3600)
    assert guess(999, PASSWORD).status_code == 200
    # From the attackers' own address, in a browser that was never here.
    me = Client(HTTP_HOST="localhost", REMOTE_ADDR=somewhere(1))
    options = me.post(OPTIONS, {"ceremony": "sign_in"}).json()
    assert "allowCredentials" not in options or options["allowCredentials"] == []
    key.handle = officer.pk.bytes
    answer = me.post(LOGIN, {"passkey": key.get(options), "next": PEOPLE})
    assert (answer.status_code, answer["Location"]) == (302, PEOPLE)
    assert me.get(PEOPLE).status_code == 200


def test_under_attack_a_browser_that_was_here_opens(officer, officer_codes, clock):
    home = Client()
    assert enter(home, officer_codes[0])
    cookie = home.cookies["known"]
    assert (cookie["httponly"], cookie["samesite"], bool(cookie.value)) == (True, "Lax", True)
    for number in range(110):
        guess(number)
        clock.shift(3600)
    home.cookies.pop("sessionid")
    assert enter(home, officer_codes[0])
    # Another without the cookie does not, nor one with a bent cookie or another person's.
    assert guess(999, PASSWORD).status_code == 200
    bent = Client()
    bent.cookies["known"] = cookie.value[:-1] + "A"
    assert guess(999, PASSWORD, bent).status_code == 200


def test_anothers_cookie_gives_no_tries(officer, make_person, enrol, clock):
    other = make_person("other", "auditor")
    device, _ = enrol(other)
    theirs = Client()
    guess(1, PASSWORD, theirs, "other")
    theirs.post(VERIFY, {"code": code_of(device)})
    assert theirs.get("/admin/").status_code == 200
    for number in range(20):
        guess(number, client=theirs)
    assert sum(looked_at()) == STRANGERS.free


def test_a_stolen_browser_has_ten_guesses_and_then_those_of_a_stranger(
    officer, officer_codes, clock
):
    thief = Client()
    enter(thief, officer_codes[0])
    thief.cookies.pop("sessionid")
    for _ in range(40):
        guess(7, client=thief)
        clock.shift(120)
    assert sum(looked_at()) > KNOWN_BROWSER.most
    place = AttemptTally.objects.get(place=account_place(officer))
    assert place.tries == sum(looked_at()) - KNOWN_BROWSER.most


def test_one_address_is_slowed_down_over_all_accounts(make_person, clock):
    for number in range(60):
        guess(1, username=f"nobody-{number}")
    assert sum(looked_at()) == ADDRESS.free
    # Others are not, and the account of somebody real has lost no tries by it.
    person = make_person("real-one", "auditor")
    guess(1, username="real-one")
    assert strangers_wait(person) == timedelta(0)
    assert not AttemptTally.objects.filter(place=account_place(person), tries__gt=0).exists()
    assert guess(2, PASSWORD, username="real-one").status_code == 302
    clock.shift(ADDRESS.forgotten.total_seconds())
    guess(1, username="nobody-100")
    assert sum(looked_at()) == ADDRESS.free + 1


def test_addresses_of_one_subscriber_are_one(clock):
    for number in range(40):
        Client().post(
            LOGIN,
            {"username": f"nobody-{number}", "password": "wrong"},
            REMOTE_ADDR=f"2001:db8:1:2::{number:x}",
        )
    assert sum(looked_at()) == ADDRESS.free


def test_who_knows_the_password_has_few_codes(officer, officer_codes, clock):
    """Each right password gives back its own try, and not those of the codes."""
    for number in range(130):
        client = Client()
        if guess(number, PASSWORD, client).status_code == 302:
            client.post(VERIFY, {"code": "000000"}, REMOTE_ADDR=somewhere(number))
        clock.shift(3600)
    tried = [event.details["looked_at"] for event in events("factor", "wrong")]
    assert sum(tried) <= STRANGERS.most


def test_slips_are_forgotten_once_everything_is_proved(officer, officer_codes, clock):
    for _ in range(3):
        guess(999)
    assert enter(Client(), officer_codes[0])
    assert not AttemptTally.objects.filter(place=account_place(officer)).exists()


def test_names_that_look_alike_or_differ_in_case_are_one_account(officer, clock):
    for name in ("officer-one", "OFFICER-ONE", "Officer-One", "ｏfficer-one", "officer‑one"):
        guess(1, username=name)
    tallies = AttemptTally.objects.filter(place=account_place(officer))
    # A full-width letter is the same letter (NFKC); another hyphen is another name.
    assert tallies.get().tries == 4


@pytest.mark.parametrize("name", ["", "x" * 151])
def test_what_is_no_name_counts_nowhere(name, clock):
    for _ in range(30):
        assert guess(1, username=name).status_code == 200
        answer = APIClient().post(
            TOKEN, {"username": name, "password": "x", "otp": "000000"}, format="json"
        )
        assert answer.status_code == 422
    assert not AttemptTally.objects.exists()
    assert not events("sign_in")


def test_a_place_tells_neither_name_nor_address(officer, clock):
    guess(1, username="hunter2-typed-here")
    told = str(list(AttemptTally.objects.values()))
    assert "hunter2" not in told
    assert somewhere(1) not in told


@pytest.mark.parametrize("page", ["api", "admin"])
def test_whatever_is_wrong_the_work_is_the_same(officer, officer_codes, clock, page, monkeypatch):
    """The same statements and one hash, whether the name, the password, the code or the account
    is wrong, inactive or shut (ASVS 5.0, 6.3.8)."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    hashed: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)

        def noted(*args, real=real, name=name):
            hashed.append(name)
            return real(*args)

        monkeypatch.setattr(Argon2PasswordHasher, name, noted)

    def shape(username="officer-one", password=PASSWORD, otp="000000", number=1):
        AttemptTally.objects.exclude(tries=STRANGERS.most).delete()
        hashed.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            if page == "api":
                body = {"username": username, "password": password, "otp": otp}
                answer = APIClient().post(TOKEN, body, format="json")
            else:
                answer = guess(number, password, username=username)
        statements = [each["sql"].split(" WHERE ")[0].split(" VALUES ")[0] for each in queries]
        return (
            answer,
            [re.sub(r'"s\d+_x\d+"|= \d+', "", each)[:60] for each in statements],
            len(hashed),
        )

    cases = {
        "unknown": shape(username="nobody"),
        "password": shape(password="wrong"),
    }
    if page == "api":
        cases["code"] = shape()
    officer.is_active = False
    officer.save()
    cases["inactive"] = shape(otp=code_of(officer_codes[0]))
    officer.is_active = True
    officer.save()
    AttemptTally.objects.update_or_create(
        place=account_place(officer),
        defaults={"user": officer, "tries": STRANGERS.most, "tried_at": timezone.now()},
    )
    cases["shut"] = shape(otp=code_of(officer_codes[0]))
    first, *others = cases.values()
    for answer, statements, hashes in others:
        assert answer.status_code == first[0].status_code
        assert _bare(answer) == _bare(first[0])
        assert statements == first[1]
        assert hashes == first[2] == 1


def _bare(answer):
    text = answer.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*|nonce="[^"]*', "", text)
    return re.sub(r'(value=")(nobody|officer-one)', r"\1", text)


def test_a_try_that_was_right_is_given_back_once(officer, clock):
    source = Source("192.0.2.7")
    for _ in range(3):
        take_attempt(source=source, user=officer)
    right = take_attempt(source=source, user=officer)
    give_back_attempt(right)
    assert set(AttemptTally.objects.values_list("tries", flat=True)) == {3}


@pytest.mark.django_db(transaction=True)
def test_at_once_no_more_are_let_through_than_one_after_the_other(make_person):
    person = make_person("racer", "auditor")
    start = threading.Barrier(8)

    def tries(number):
        try:
            start.wait(10)
            source = Source(somewhere(number))
            return [take_attempt(source=source, user=person).allowed for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        through = [each for mine in pool.map(tries, range(8)) for each in mine]
    assert sum(through) == STRANGERS.free


def test_the_api_counts_password_and_code_as_one_try(officer, officer_codes, clock):
    actor = Actor.anonymous("192.0.2.7")
    for wrong in ({"password": "wrong"}, {"code": "000000"}) * 5:
        right = {"password": PASSWORD, "code": code_of(officer_codes[0])}
        with pytest.raises(Problem):
            issue_session_token(actor=actor, username="officer-one", **{**right, **wrong})
    assert AttemptTally.objects.get(place=account_place(officer)).tries == STRANGERS.free
    with pytest.raises(Problem):
        issue_session_token(actor=actor, username="officer-one", **right)
    clock.shift(30)
    right["code"] = code_of(officer_codes[0])
    issue_session_token(actor=actor, username="officer-one", **right)
    assert not AttemptTally.objects.filter(place=account_place(officer)).exists()


def test_old_tallies_are_deleted_but_for_accounts_and_that_is_an_event(officer, clock):
    guess(1)
    guess(1, username="nobody")
    assert delete_old_tallies(timezone.now() + TALLIES_KEPT) == 0
    clock.shift(1)
    assert delete_old_tallies(timezone.now() + TALLIES_KEPT) == 2
    assert events("sign_in", "attempts_forgotten")[0].details == {"rows": 2}
    assert AttemptTally.objects.get().user == officer

"""Admin sessions: they end by idleness, by age, by hand and by a change, and say why."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import AdminSession, SessionToken
from accounts.services import (
    change_person,
    delete_ended_sessions,
    end_stale_sessions,
    issue_session_token,
    reset_factor,
    set_password,
)
from accounts.services.sessions import short_agent
from core.actors import Actor
from tests.accounts.conftest import PASSWORD, code_of, events

pytestmark = pytest.mark.django_db

LOGIN, VERIFY, PEOPLE, SESSIONS = (
    "/admin/login/",
    "/admin/login/code/",
    "/admin/accounts/user/",
    "/admin/sessions/",
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
End = AdminSession.End


@pytest.fixture
def enter(officer_codes, clock):
    """Sign the officer in for real, once the app shows its next code."""

    def do(client=None):
        client = client or Client()
        client.post(LOGIN, {"username": "officer-one", "password": PASSWORD})
        answer = client.post(
            VERIFY, {"code": code_of(officer_codes[0])}, headers={"User-Agent": FIREFOX}
        )
        assert answer.status_code == 302, answer.content
        clock.shift(30)
        return client

    return do


def told(answer):
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def ended():
    return [event.details.get("reason") for event in events("sign_in", "ended")]


def test_signing_in_makes_a_session(enter, officer):
    browser = enter()
    session = AdminSession.objects.get()
    assert (session.user, session.factor, session.address) == (officer, "totp", "127.0.0.1")
    assert session.agent == "Firefox on Linux"
    assert session.created_at == session.seen_at == session.proved_at
    assert (session.ended_at, session.end_reason) == (None, "")
    (event,) = events("sign_in", "succeeded")
    assert event.details["signed_in_as"] == str(session.pk)
    assert browser.get(PEOPLE).status_code == 200


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "Another program"),
        ("curl/8", "Another program"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/18 Safari/604.1", "Safari on iPhone"),
        ("x" * 65536, "Another program"),
    ],
)
def test_the_program_in_few_words(header, said):
    assert short_agent(header) == said


def test_idle_for_too_long(enter, clock):
    browser = enter()
    clock.shift(settings.SESSION_IDLE_SECONDS - 31)
    assert browser.get(PEOPLE).status_code == 200
    clock.shift(settings.SESSION_IDLE_SECONDS)
    answer = browser.get(f"{PEOPLE}?q=ada")
    assert answer["Location"] == f"{LOGIN}?next=/admin/accounts/user/%3Fq%3Dada"
    assert "not used for a while" in told(answer)
    page = browser.get(answer["Location"]).content.decode()
    assert "not used for a while" in page
    assert 'value="/admin/accounts/user/?q=ada"' in page
    session = AdminSession.objects.get()
    assert session.end_reason == End.IDLE
    browser.get(PEOPLE)
    assert ended() == ["idle"]


def test_as_old_as_may_be(enter, clock):
    browser = enter()
    clock.shift(-30)
    for _ in range(settings.SESSION_ABSOLUTE_SECONDS // 600 - 1):
        clock.shift(600)
        assert browser.get(PEOPLE).status_code == 200
    clock.shift(600)
    answer = browser.get(PEOPLE)
    assert "as old as one may" in told(answer)
    assert ended() == ["too_old"]


def test_use_is_noted_once_a_minute_in_one_statement(enter, clock, django_assert_num_queries):
    browser = enter()
    browser.get(PEOPLE)
    began = AdminSession.objects.get().seen_at
    assert timezone.now() - began == timedelta(seconds=30)
    clock.shift(31)

    def writes(queries):
        return [
            each["sql"]
            for each in queries
            if each["sql"].startswith("UPDATE") and "adminsession" in each["sql"]
        ]

    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        browser.get(PEOPLE)
    assert len(writes(queries)) == 1
    assert AdminSession.objects.get().seen_at == timezone.now()
    clock.shift(59)
    with CaptureQueriesContext(connection) as queries:
        browser.get(PEOPLE)
    assert not writes(queries)
    assert len([q for q in queries if 'FROM "accounts_adminsession"' in q["sql"]]) == 1


@pytest.mark.parametrize("change", ["inactive", "password", "factor", "role", "row", "gone"])
def test_a_change_ends_it_on_the_next_request_and_says_why(enter, officer, system, change):
    browser = enter()
    same = {"actor": system, "user": officer, "username": officer.username, "name": ""}
    match change:
        case "inactive":
            change_person(is_active=False, is_staff=True, roles=["compliance officer"], **same)
        case "role":
            change_person(is_active=True, is_staff=True, roles=["auditor"], **same)
        case "password":
            set_password(actor=system, user=officer, password="another long password indeed")
        case "factor":
            reset_factor(actor=system, user=officer)
        case "row":
            type(officer).objects.update(is_active=False)
        case "gone":
            AdminSession.objects.all().delete()
    answer = browser.get(PEOPLE)
    assert answer["Location"] == f"{LOGIN}?next={PEOPLE}"
    words = {"password": "password", "factor": "second factor", "gone": ""}
    assert words.get(change, "roles or rights") in told(answer)
    assert (told(answer) == "") == (change == "gone")
    # Past every verb, the end is found and recorded; else the verb's own event says it.
    assert ended() == (["rights"] if change == "row" else [])
    if change != "gone":
        assert AdminSession.objects.get().ended_at is not None


def test_own_new_password_keeps_this_session_alone(enter):
    one, two = enter(), enter()
    new = "quite another password 17"
    body = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert one.post("/admin/password_change/", body).status_code == 302
    assert one.get(PEOPLE).status_code == 200
    assert "password was changed" in told(two.get(PEOPLE))


def test_signing_out_ends_the_row_once(enter):
    browser = enter()
    assert browser.post("/admin/logout/").status_code == 200
    browser.post("/admin/logout/")
    assert AdminSession.objects.get().end_reason == End.SIGNED_OUT
    assert ended() == ["signed_out"]


def test_signing_in_again_ends_the_session_before(enter):
    browser = enter()
    enter(browser)
    assert sorted(AdminSession.objects.values_list("end_reason", flat=True)) == [
        "",
        "signed_in_again",
    ]
    assert browser.get(PEOPLE).status_code == 200


def test_an_id_from_before_signing_in_opens_nothing(officer_codes):
    attacker, victim = Client(), Client()
    attacker.get(LOGIN)
    session = attacker.session
    session["planted"] = "yes"
    session.save()
    victim.cookies["sessionid"] = planted = session.session_key
    victim.post(LOGIN, {"username": "officer-one", "password": PASSWORD})
    first = victim.cookies["sessionid"].value
    victim.post(VERIFY, {"code": code_of(officer_codes[0])})
    second = victim.cookies["sessionid"].value
    assert len({planted, first, second}) == 3
    assert victim.get(PEOPLE).status_code == 200
    for key in (planted, first):
        attacker.cookies["sessionid"] = key
        assert attacker.get(PEOPLE).status_code == 302


@pytest.mark.parametrize("tamper", [lambda key: key[::-1], lambda key: key + "\n", lambda key: ""])
def test_a_tampered_cookie_opens_nothing(enter, tamper):
    browser = enter()
    browser.cookies["sessionid"] = tamper(browser.cookies["sessionid"].value)
    assert browser.get(PEOPLE).status_code == 302


def test_anothers_row_in_ones_session_opens_nothing(enter, make_person, sign_in):
    browser = enter()
    other = make_person("other-one", "auditor")
    client = sign_in(other)
    session = client.session
    session["admin_session"] = str(AdminSession.objects.get(user__username="officer-one").pk)
    session.save()
    assert client.get("/admin/").status_code == 302
    assert browser.get(PEOPLE).status_code == 302, "whoever is copied must sign in again"


def test_a_post_after_the_end_comes_back_to_its_page(enter, clock):
    browser = enter()
    clock.shift(settings.SESSION_IDLE_SECONDS)
    page = "/admin/accounts/user/add/"
    answer = browser.post(page, {}, headers={"Referer": f"http://testserver{page}"})
    assert answer["Location"] == f"{LOGIN}?next={page}"
    answer = browser.post(page, {}, headers={"Referer": "http://evil.example/x"})
    assert answer["Location"] == f"{LOGIN}?next=/admin/"


def token_of(officer, code, client=None):
    return issue_session_token(
        actor=Actor.anonymous(), username=officer.username, password=PASSWORD, code=code
    )


def test_ones_own_sessions_are_listed_and_ended(enter, officer, officer_codes, clock):
    one, two = enter(), enter()
    token, text = token_of(officer, code_of(officer_codes[0]))
    page = one.get(SESSIONS).content.decode()
    assert page.count("Firefox on Linux") == 2
    assert page.count("This one") == 1
    assert text not in page
    sessions = list(AdminSession.objects.order_by("created_at"))
    assert one.post(SESSIONS, {"session": str(sessions[1].pk)})["Location"] == SESSIONS
    one.post(SESSIONS, {"session": str(sessions[1].pk)})
    assert "ended this session" in told(two.get(PEOPLE))
    one.post(SESSIONS, {"token": str(token.pk)})
    bearer = {"Authorization": f"Bearer {text}"}
    assert Client().post("/api/v1/auth/logout", headers=bearer).status_code == 401
    assert [event.object_type for event in events("sign_in", "ended")] == [
        "accounts.AdminSession",
        "accounts.SessionToken",
    ]
    assert one.get(PEOPLE).status_code == 200


def test_ending_asks_for_the_factor_again(enter, officer_codes, clock):
    one, two = enter(), enter()
    clock.shift(settings.STEP_UP_SECONDS)
    theirs = AdminSession.objects.order_by("created_at")[1]
    for body in ({"session": str(theirs.pk)}, {"others": "yes"}):
        page = one.post(SESSIONS, body)
        assert page.status_code == 403
        assert "end a session" in page.content.decode()
    assert two.get(PEOPLE).status_code == 200
    body = {"session": str(theirs.pk), "step-up-code": code_of(officer_codes[0])}
    assert one.post(SESSIONS, body)["Location"] == SESSIONS
    assert two.get(PEOPLE).status_code == 302


def test_all_others_end(enter, officer, officer_codes, clock):
    one, two, three = enter(), enter(), enter()
    token_of(officer, code_of(officer_codes[0]))
    one.post(SESSIONS, {"others": "yes"})
    assert one.get(PEOPLE).status_code == 200
    assert two.get(PEOPLE).status_code == three.get(PEOPLE).status_code == 302
    assert SessionToken.objects.get().revoked_at is not None
    assert len(events("sign_in", "ended")) == 3
    one.post(SESSIONS, {"others": "yes"})
    assert len(events("sign_in", "ended")) == 3
    assert "nowhere else" in one.get(SESSIONS).content.decode()


def test_nobody_sees_or_ends_anothers(enter, make_person, sign_in):
    enter()
    theirs = AdminSession.objects.get()
    for role in ("auditor", "security officer"):
        client = sign_in(make_person(role.replace(" ", "-"), role))
        assert str(theirs.pk) not in client.get(SESSIONS).content.decode()
        for body in ({"session": str(theirs.pk)}, {"token": str(theirs.pk)}, {"session": "x"}, {}):
            assert client.post(SESSIONS, body).status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_a_security_officer_ends_anybodys(enter, officer, officer_codes, make_person, sign_in):
    browser = enter()
    session = AdminSession.objects.get()
    token, _ = token_of(officer, code_of(officer_codes[0]))
    guard = sign_in(make_person("guard", "security officer"))
    assert "officer-one" in guard.get("/admin/accounts/adminsession/").content.decode()
    for kind, row in (("adminsession", session), ("sessiontoken", token)):
        end = f"/admin/accounts/{kind}/{row.pk}/end/"
        assert "may sign in again" in guard.get(end).content.decode()
        assert browser.get(PEOPLE).status_code == (200 if kind == "adminsession" else 302)
        assert guard.post(end).status_code == 302
        guard.post(end)
        assert guard.post(f"/admin/accounts/{kind}/{row.pk}/change/", {}).status_code == 403
        if kind == "adminsession":
            assert "officer ended" in told(browser.get(PEOPLE))
    actors = {event.actor_name for event in events("sign_in", "ended")}
    assert actors == {"guard"}
    assert len(events("sign_in", "ended")) == 2


@pytest.mark.parametrize("role", ["auditor", "DPO", "compliance officer", "care staff"])
def test_others_end_nobodys(enter, make_person, sign_in, role):
    enter()
    session = AdminSession.objects.get()
    client = sign_in(make_person("somebody", role))
    assert client.post(f"/admin/accounts/adminsession/{session.pk}/end/").status_code == 403
    session.refresh_from_db()
    assert session.ended_at is None


def test_a_deactivated_persons_token(officer, officer_codes, system):
    _, text = token_of(officer, code_of(officer_codes[0]))
    bearer = {"Authorization": f"Bearer {text}"}
    assert Client().get("/api/v1/audit/events", headers=bearer).status_code == 200
    type(officer).objects.update(is_active=False)
    assert Client().get("/api/v1/audit/events", headers=bearer).status_code == 401


def test_nobody_comes_back(enter, clock):
    enter()
    now = timezone.now()
    limit = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    began = AdminSession.objects.get().seen_at
    assert end_stale_sessions(began + limit - timedelta(seconds=1)) == 0
    assert end_stale_sessions(began + limit) == 1
    assert end_stale_sessions(began + limit) == 0
    assert ended() == ["idle"]
    enter()
    assert end_stale_sessions(now + timedelta(hours=13)) == 1
    assert ended() == ["idle", "too_old"]


def test_ended_rows_go_after_thirty_days(enter):
    enter()
    enter().post("/admin/logout/")
    at = AdminSession.objects.get(end_reason=End.SIGNED_OUT).ended_at
    assert delete_ended_sessions(at + timedelta(days=30)) == 0
    assert delete_ended_sessions(at + timedelta(days=30, seconds=1)) == 1
    assert delete_ended_sessions(at + timedelta(days=31)) == 0
    assert [event.details for event in events("admin_session", "ended_deleted")] == [{"rows": 1}]
    assert AdminSession.objects.get().ended_at is None


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_the_moment_of_expiry(enter, clock):
    browser = enter()
    clock.shift(settings.SESSION_IDLE_SECONDS)
    start = threading.Barrier(4)
    answers = []

    def ask():
        client = Client()
        client.cookies["sessionid"] = browser.cookies["sessionid"].value
        start.wait()
        try:
            answers.append(client.get(PEOPLE).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302] * 4
    assert ended() == ["idle"]


@pytest.mark.django_db(transaction=True)
def test_what_another_request_has_just_used_does_not_end(enter, clock):
    from accounts.services.sessions import keep_alive

    enter()
    stale = AdminSession.objects.get()
    clock.shift(settings.SESSION_IDLE_SECONDS)
    used = timezone.now() - timedelta(seconds=30)
    AdminSession.objects.update(seen_at=used)
    kept = keep_alive(session=stale, now=timezone.now())
    assert (kept.ended_at, kept.seen_at) == (None, used)
    assert ended() == []

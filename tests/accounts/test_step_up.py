"""Sensitive acts ask for the second factor again, and nothing that was entered is lost."""

from __future__ import annotations

import inspect

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import AdminSession, ApiKey, User
from audit.models import AuditEvent
from operations.admin.approvals import ApprovalAdmin
from operations.admin.jobs import JobAdmin
from retention.admin.holds import LegalHoldAdmin
from tests.accounts.conftest import PASSWORD, code_of, events, found

pytestmark = pytest.mark.django_db

CODE = "step-up-code"
ADD = "/admin/accounts/apikey/add/"


@pytest.fixture
def administrator(make_person):
    return make_person("admin-one", "administrator", "security officer")


@pytest.fixture
def device(administrator, enrol):
    return enrol(administrator)[0]


@pytest.fixture
def desk(device, clock):
    """Signed in, and the last proof too old."""
    client = Client()
    client.post("/admin/login/", {"username": "admin-one", "password": PASSWORD})
    client.post("/admin/login/code/", {"code": code_of(device)})
    clock.shift(settings.STEP_UP_SECONDS + 1)
    return client


@pytest.fixture
def wanted(caller):
    ApiKey.objects.all().delete()
    return {
        "application": str(caller.application.pk),
        "scopes": ["calls", "mask"],
        "days": "30",
        "csrfmiddlewaretoken": "x",
    }


def carried(page):
    """What the page's hidden fields would send again."""
    import re

    sent: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()
    ):
        sent.setdefault(name, []).append(value)
    sent.pop("csrfmiddlewaretoken")
    return sent


def test_an_old_proof_is_asked_for_again_and_nothing_is_lost(desk, device, wanted, clock):
    assert desk.get(ADD).status_code == 200
    page = desk.post(ADD, wanted)
    assert page.status_code == 403
    assert "make an API key" in page.content.decode()
    assert "Nothing has been done yet" in page.content.decode()
    assert not ApiKey.objects.exists()
    sent = carried(page)
    assert sent["scopes"] == ["calls", "mask"]
    assert "csrfmiddlewaretoken" not in sent
    done = desk.post(ADD, {**sent, CODE: code_of(device)})
    assert done.status_code == 200
    key = ApiKey.objects.get()
    assert (key.scopes, found(r'id="secret-once">(vc_)', done.content.decode())) == (
        ["calls", "mask"],
        "vc_",
    )
    (event,) = events("factor", "proved_again")
    assert event.details["signed_in_as"] == str(AdminSession.objects.get().pk)
    # Good for a while, without another code.
    clock.shift(settings.STEP_UP_SECONDS)
    assert desk.post(ADD, wanted).status_code == 200
    clock.shift(1)
    assert desk.post(ADD, wanted).status_code == 403


def test_the_sessions_id_changes_with_the_proof(desk, device, wanted, clock):
    copied = Client()
    copied.cookies["sessionid"] = before = desk.cookies["sessionid"].value
    desk.post(ADD, {**wanted, CODE: "000000"})
    assert desk.cookies["sessionid"].value == before
    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    clock.shift(30)
    assert desk.post(ADD, {**wanted, CODE: code_of(device)}).status_code == 200
    assert desk.cookies["sessionid"].value != before
    assert copied.get(ADD).status_code == 302
    assert desk.get(ADD).status_code == 200


def test_a_wrong_and_a_used_code(desk, device, wanted, clock):
    right = code_of(device)
    page = desk.post(ADD, {**wanted, CODE: "000000"})
    assert page.status_code == 403
    assert "not right" in page.content.decode()
    assert carried(page)["scopes"] == ["calls", "mask"]
    assert not ApiKey.objects.exists()
    assert events("factor", "wrong")[0].details["where"] == "step_up"
    clock.shift(2)
    assert desk.post(ADD, {**wanted, CODE: right}).status_code == 200
    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    assert desk.post(ADD, {**wanted, CODE: right}).status_code == 403
    assert ApiKey.objects.count() == 1
    assert right not in "".join(str(event.details) for event in AuditEvent.objects.all())


def test_an_empty_code_is_no_try(desk, wanted):
    page = desk.post(ADD, {**wanted, CODE: ""})
    assert page.status_code == 403
    assert 'id="id_step-up-code_error"' in page.content.decode()
    assert not events("factor", "wrong")


def test_what_was_entered_is_escaped(desk, wanted):
    page = desk.post(ADD, {**wanted, "days": '"><b id=x>'}).content.decode()
    assert "<b id=x>" not in page
    page = desk.post(ADD, {**wanted, "step-up-back": "//evil.example/"}).content.decode()
    assert "evil.example" not in page


def test_too_many_tries(desk, wanted, settings):
    rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_THROTTLE_RATES": {**rates, "sign-in": "1/min"},
    }
    desk.post(ADD, {**wanted, CODE: "000000"})
    page = desk.post(ADD, {**wanted, CODE: "000000"})
    assert page.status_code == 429
    assert 1 <= int(page["Retry-After"]) <= 60


def test_the_proof_is_in_the_row_and_no_others(desk, device, wanted, clock):
    other = Client()
    other.post("/admin/login/", {"username": "admin-one", "password": PASSWORD})
    other.post("/admin/login/code/", {"code": code_of(device)})
    assert other.post(ADD, wanted).status_code == 200
    assert desk.post(ADD, wanted).status_code == 403


def test_a_new_role_a_password_a_reset_and_a_revoke_ask(desk, device, administrator, caller):
    who = User.objects.create(username="somebody")
    page = f"/admin/accounts/user/{who.pk}"
    for path, body in (
        (f"{page}/change/", {"username": "somebody", "roles": ["DPO"], "is_active": "on"}),
        ("/admin/accounts/user/add/", {"username": "new-one", "roles": ["DPO"]}),
        (f"{page}/give-password/", {}),
        (f"{page}/take-factor/", {}),
        (f"/admin/accounts/apikey/{caller.key.pk}/revoke/", {}),
    ):
        answer = desk.post(path, body)
        assert answer.status_code == 403, path
        assert "step-up-form" in answer.content.decode(), path
    assert not who.groups.exists()
    assert not User.objects.filter(username="new-one").exists()
    assert not events("person", "password_set")
    assert not events("factor", "reset")
    assert not events("api_key", "revoked")
    done = desk.post(f"{page}/take-factor/", {CODE: code_of(device)})
    assert done.status_code == 302
    assert len(events("factor", "reset")) == 1


def test_the_acts_of_other_apps_ask(officer, sign_in, system):
    from uuid import uuid4

    client = sign_in(officer)
    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    some = uuid4()
    for path in (
        f"/admin/phi/transcript/{some}/original/",
        f"/admin/phi/voicerecording/{some}/play/",
        f"/admin/operations/approval/{some}/approve/",
        f"/admin/operations/approval/{some}/reject/",
        f"/admin/operations/job/{some}/download/",
        "/admin/operations/job/reports/audit-report/",
        "/admin/retention/legalhold/add/",
        f"/admin/retention/legalhold/{some}/release/",
        "/admin/retention/retentionpolicy/ask/calls/",
    ):
        page = client.post(path, {"reason": "It is needed"})
        assert "step-up-form" in page.content.decode(), path
        assert carried(page)["reason"] == ["It is needed"]
    # Undoing one's own asking is nothing to guard.
    page = client.post(f"/admin/operations/approval/{some}/withdraw/")
    assert page.status_code == 404


def test_applications_and_others_sessions_ask(desk, caller, officer, sign_in):
    sign_in(officer)
    theirs = AdminSession.objects.get(user=officer)
    application = f"/admin/accounts/voiceapplication/{caller.application.pk}/change/"
    body = {"name": "Renamed", "id_space": "organisation"}
    assert desk.post(application, body).status_code == 403
    assert desk.post("/admin/accounts/voiceapplication/add/", body).status_code == 403
    assert desk.post(f"/admin/accounts/adminsession/{theirs.pk}/end/").status_code == 403
    theirs.refresh_from_db()
    caller.application.refresh_from_db()
    assert theirs.ended_at is None
    assert (caller.application.name, caller.application.is_active) == ("Voice app", True)


def test_what_is_named_sensitive_is_a_verb():
    for kind in (ApprovalAdmin, JobAdmin, LegalHoldAdmin):
        assert set(kind.sensitive) <= set(kind.verbs)
        assert all(inspect.isfunction(getattr(kind, kind.verbs[name])) for name in kind.sensitive)

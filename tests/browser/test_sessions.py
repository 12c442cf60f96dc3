"""One's own sessions, and the question for a code before a sensitive act."""

import re

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import AdminSession, ApiKey, SessionToken, TotpDevice
from accounts.services import issue_session_token
from core.actors import Actor
from tests.browser.conftest import PASSWORD, code_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def security(make_person):
    return make_person("security-one", "security officer")


def test_another_browser_is_ended(signed_in, sign_in, security, shot):
    page = signed_in(security)
    device = TotpDevice.objects.get()
    begun = AdminSession.objects.get()
    elsewhere = Client()
    elsewhere.cookies["sessionid"] = page.context.cookies()[0]["value"]
    other = AdminSession.objects.create(
        **{
            each.name: getattr(begun, each.name)
            for each in AdminSession._meta.concrete_fields
            if each.name != "id"
        }
    )
    AdminSession.objects.filter(pk=other.pk).update(agent="Firefox on Linux", address="192.0.2.7")
    session = elsewhere.session
    elsewhere.cookies.clear()
    copied = elsewhere.session
    copied.update({**dict(session.items()), "admin_session": str(other.pk)})
    copied.save()
    elsewhere.cookies["sessionid"] = copied.session_key
    assert elsewhere.get("/admin/sessions/").status_code == 200
    issue_session_token(
        actor=Actor.anonymous(),
        username="security-one",
        password=PASSWORD,
        code=code_for(device.secret),
    )
    page.goto("/admin/")
    page.goto("/admin/sessions/")
    expect(page.get_by_text("This one")).to_have_count(1)
    expect(page.get_by_role("button", name="End", exact=True)).to_have_count(2)
    shot(page, "sessions")
    page.get_by_role("button", name="End", exact=True).first.click()
    expect(page.get_by_text("The session was ended.").first).to_be_visible()
    answer = elsewhere.get("/admin/sessions/", follow=True)
    assert "You ended this session from another one" in answer.content.decode()
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("You are signed in nowhere else.")).to_be_visible()
    shot(page, "sessions-one")
    assert SessionToken.objects.get().revoked_at is not None
    page.goto("/admin/accounts/adminsession/")
    expect(page.locator("#result_list")).to_contain_text("192.0.2.7")
    shot(page, "sessions-of-all")
    AdminSession.objects.filter(ended_at=None).update(seen_at="2026-01-01T00:00Z")
    page.goto("/admin/accounts/user/")
    expect(page.get_by_text(re.compile("was not used for a while")).first).to_be_visible()
    shot(page, "signed-out")


def test_a_key_is_made_after_a_code(signed_in, security, caller, shot):
    ApiKey.objects.all().delete()
    page = signed_in(security)
    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    page.goto("/admin/accounts/apikey/add/")
    page.get_by_label("Application").select_option(str(caller.application.pk))
    page.locator("input[name=scopes][value=calls]").check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    shot(page, "step-up")
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name="Confirm and go on").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    shot(page, "step-up-wrong")
    expect(page.get_by_role("link", name="Cancel")).to_have_attribute(
        "href", "/admin/accounts/apikey/add/"
    )
    # A wrong code makes everybody wait a second.
    page.wait_for_timeout(1200)
    page.get_by_role("textbox", name="Code").fill(code_for(TotpDevice.objects.get().secret))
    page.get_by_role("button", name="Confirm and go on").click()
    expect(page.locator("#secret-once")).to_contain_text("vc_")
    assert ApiKey.objects.get().scopes == ["calls"]

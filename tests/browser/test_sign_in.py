"""First sign-in, a wrong code, and the start page, as an officer does it."""

import re

import pytest

from audit.models import AuditEvent
from tests.browser.conftest import PASSWORD, code_for

pytestmark = pytest.mark.django_db(transaction=True)


def enter_password(page, username="officer-one", password=PASSWORD):
    page.goto("/admin/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()


def test_first_sign_in_enrols_a_factor(page, officer, shot):
    enter_password(page)
    assert page.get_by_role("img", name=re.compile("QR code")).is_visible()
    shot(page, "enrol")
    # The admin stays shut until the code is right.
    page.goto("/admin/audit/auditevent/")
    assert "/admin/login" in page.url
    enter_password(page)
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name=re.compile("Confirm")).click()
    assert page.get_by_role("alert").first.is_visible()
    # A wrong code makes everybody wait a second.
    page.wait_for_timeout(1200)
    page.get_by_role("textbox", name="Code").fill(
        code_for(page.locator("#enrolment-secret").inner_text())
    )
    page.get_by_role("button", name=re.compile("Confirm")).click()
    assert page.locator("#recovery-codes li").count() == 10
    shot(page, "recovery-codes")
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url(re.compile("/admin/"))
    page.goto("/admin/")
    assert page.get_by_role("heading", name="Safeguards, as last measured").is_visible()
    assert AuditEvent.objects.filter(actor_name="officer-one").exists()


def test_a_wrong_code_and_a_wrong_password_let_nobody_in(page, officer, sign_in):
    sign_in(officer)
    enter_password(page, password="not the password at all")
    assert page.get_by_role("alert").first.is_visible()
    enter_password(page)
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").first.is_visible()
    page.goto("/admin/consent/call/")
    assert (
        page.get_by_label("User name")
        .or_(page.get_by_role("textbox", name="Code"))
        .first.is_visible()
    )


def test_start_page_shows_measured_safeguards(signed_in, officer, shot):
    page = signed_in(officer)
    page.goto("/admin/")
    for code in ("audit.append_only", "accounts.second_factor_coverage"):
        tile = page.locator(f"[data-check='{code}']")
        assert tile.get_by_text("Pass", exact=True).is_visible()
    unknown = page.locator("[data-check='phi.encryption_at_rest']")
    assert unknown.get_by_text("Unknown", exact=True).is_visible()
    shot(page, "start-empty")

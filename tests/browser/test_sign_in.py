"""First sign-in, a wrong code, and the start page, as an officer does it."""

import re

import pytest
from playwright.sync_api import expect

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
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    shot(page, "enrol")
    # The admin stays shut until the code is right.
    page.goto("/admin/audit/auditevent/")
    assert "/admin/login" in page.url
    enter_password(page)
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name=re.compile("Confirm")).click()
    expect(page.get_by_role("alert").first).to_be_visible()
    # A wrong code makes everybody wait a second.
    page.wait_for_timeout(1200)
    page.get_by_role("textbox", name="Code").fill(
        code_for(page.locator("#enrolment-secret").inner_text())
    )
    page.get_by_role("button", name=re.compile("Confirm")).click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    shot(page, "recovery-codes")
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url(re.compile("/admin/"))
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Safeguards, as last measured")).to_be_visible()
    assert AuditEvent.objects.filter(actor_name="officer-one").exists()


def test_a_wrong_code_and_a_wrong_password_let_nobody_in(page, officer, sign_in):
    sign_in(officer)
    enter_password(page, password="not the password at all")
    expect(page.get_by_role("alert").first).to_be_visible()
    enter_password(page)
    page.get_by_role("textbox", name="Code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    page.goto("/admin/consent/call/")
    expect(
        page.get_by_label("User name").or_(page.get_by_role("textbox", name="Code")).first
    ).to_be_visible()


def test_start_page_shows_measured_safeguards(signed_in, officer, shot):
    page = signed_in(officer)
    page.goto("/admin/")
    for code in ("audit.append_only", "accounts.second_factor_coverage"):
        tile = page.locator(f"[data-check='{code}']")
        expect(tile.get_by_text("Pass", exact=True)).to_be_visible()
    unknown = page.locator("[data-check='phi.encryption_at_rest']")
    expect(unknown.get_by_text("Unknown", exact=True)).to_be_visible()
    shot(page, "start-empty")

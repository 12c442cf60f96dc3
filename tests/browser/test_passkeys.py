"""Passkeys as a browser does them, with Chromium's virtual authenticator."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import AdminSession, Passkey, User
from audit.models import AuditEvent
from tests.browser.test_sign_in import enter_password

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def authenticator(page):
    """Adds an authenticator to the page that verifies its user, or does not."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")

    class Added:
        id = ""

        def add(self, transport="internal", **changes):
            options = {
                "protocol": "ctap2",
                "transport": transport,
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                **changes,
            }
            answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
            self.id = answer["authenticatorId"]

        def remove(self):
            session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})

        def verifies(self, yes):
            session.send(
                "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes}
            )

    return Added()


def enrol(page, name="This laptop", username="officer-one"):
    enter_password(page, username)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Use a passkey and sign in").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Safeguards, as last measured")).to_be_visible()


def sign_out(page):
    page.context.clear_cookies()


def test_a_passkey_from_the_first_sign_in_on(page, officer, authenticator, shot):
    authenticator.add()
    enter_password(page)
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    shot(page, "passkey-enrol")
    enrol(page)
    stored = Passkey.objects.get()
    assert (stored.name, stored.user_id) == ("This laptop", officer.pk)

    sign_out(page)
    enter_password(page)
    shot(page, "passkey-verify")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Safeguards, as last measured")).to_be_visible()
    stored.refresh_from_db()
    assert stored.last_used_at is not None

    # The same authenticator makes no second one; another does.
    page.goto("/admin/second-factors/")
    expect(page.get_by_text("Your only factor")).to_be_visible()
    shot(page, "second-factors-one")
    page.get_by_label("Name", exact=True).fill("Again")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_text("keeps a passkey of yours already")).to_be_visible()
    authenticator.remove()
    authenticator.add("usb")
    page.get_by_label("Name", exact=True).fill("Security key")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.locator("#factors li")).to_have_count(2)
    expect(page.get_by_text("The passkey Security key was added")).to_be_visible()
    shot(page, "second-factors-two")

    page.get_by_role("link", name="Rename Security key").click()
    page.get_by_label("Name", exact=True).fill("Blue key")
    page.get_by_role("button", name="Rename").click()
    expect(page.locator("#factors")).to_contain_text("Blue key")
    page.get_by_role("link", name="Remove Blue key").click()
    expect(page.get_by_text("cannot be undone")).to_be_visible()
    shot(page, "passkey-remove")
    page.get_by_role("button", name="Remove passkey").click()
    expect(page.locator("#factors li")).to_have_count(1)
    done = AuditEvent.objects.filter(event_type="factor").order_by("id")
    assert list(done.values_list("action", flat=True)) == [
        "enrolled",
        "recovery_kept",
        "passkey_used",
        "enrolled",
        "passkey_renamed",
        "removed",
    ]


def test_a_passkey_alone_signs_in_and_answers_where_an_act_asks(
    page, make_person, authenticator, shot
):
    make_person("admin-one", "administrator")
    authenticator.add()
    enrol(page, username="admin-one")
    sign_out(page)
    page.goto("/admin/accounts/user/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    shot(page, "passkey-alone")
    page.get_by_role("button", name="Sign in with a passkey").click()
    # On to the page that was asked for, and nobody typed a name.
    expect(page.locator("#result_list")).to_be_visible()

    AdminSession.objects.update(proved_at="2026-01-01T00:00Z")
    page.goto("/admin/accounts/user/add/")
    page.get_by_label("Username").fill("new-one")
    page.get_by_label("Auditor").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Nothing has been done yet")).to_be_visible()
    shot(page, "passkey-step-up")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator("#secret-once")).to_be_visible()
    assert User.objects.filter(username="new-one").exists()


def test_a_user_who_is_not_verified_does_not_get_in(page, officer, authenticator):
    authenticator.add()
    enrol(page)
    sign_out(page)
    authenticator.verifies(False)
    enter_password(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    # The code is still there to be used.
    expect(page.get_by_role("textbox", name="Code")).to_be_visible()
    page.goto("/admin/second-factors/")
    expect(page.get_by_label("User name")).to_be_visible()


def test_by_an_address_the_page_says_which_name(page, officer, live_server, shot):
    port = live_server.url.rpartition(":")[2]
    page.goto(f"http://127.0.0.1:{port}/admin/")
    page.get_by_label("User name").fill("officer-one")
    page.get_by_label("Password").fill("correct horse battery staple")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("link", name=f"http://localhost:{port}/admin/")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey and sign in")).to_have_count(0)
    shot(page, "passkey-by-address")


def test_pages_are_accessible(page, officer, authenticator):
    from axe_playwright_python.sync_playwright import Axe

    def clean():
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
        assert found.violations_count == 0, found.generate_report()

    authenticator.add()
    enter_password(page)
    expect(page.get_by_role("button", name="Use a passkey and sign in")).to_be_visible()
    clean()
    enrol(page)
    page.goto("/admin/second-factors/")
    expect(page.locator("#factors li")).to_have_count(1)
    clean()

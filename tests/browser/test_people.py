"""A person comes in by a link, gets a role by two people, and leaves."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Invitation, User
from operations.models import Approval
from operations.services import notify
from tests.browser.conftest import code_for

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "four words of my own"
PHONE = {"width": 375, "height": 800}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def administrator(make_person):
    return make_person("admin-one", "administrator")


@pytest.fixture
def second(make_person):
    return make_person("dpo-one", "DPO", name="The second")


@pytest.fixture
def looks(shot):
    """Pictures by day and night, on a desk and a phone; nothing is wider than the phone."""

    def take(page, name):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(f"document.documentElement.className = '{theme}'")
            shot(page, f"{name}-{theme}")
        page.set_viewport_size(PHONE)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} is {wide} px wider than a phone"
        shot(page, f"{name}-phone")
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.evaluate("document.documentElement.className = ''")

    return take


def accessible(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_from_the_link_into_the_admin(
    signed_in, administrator, second, browser, live_server, looks
):
    page = signed_in(administrator)
    page.goto("/admin/accounts/user/add/")
    page.get_by_label("Username").fill("new-one")
    page.get_by_label("Name", exact=True).fill("The new one")
    page.get_by_label("Auditor").check()
    page.get_by_label("Security officer").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile("Say why, for who has to agree"))).to_be_visible()
    looks(page, "invite-why")
    page.get_by_label("Reason").fill("Our second security officer")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#secret-once")).to_contain_text("/admin/welcome/#vci_")
    link = page.locator("#secret-once").inner_text()
    looks(page, "invite-link")
    accessible(page)

    context = browser.new_context(base_url=live_server.url, viewport=DESK)
    theirs = context.new_page()
    sent: list[str] = []
    theirs.on("request", lambda request: sent.append(f"{request.url} {request.headers}"))
    theirs.goto(link)
    expect(theirs.get_by_role("heading", name="Welcome")).to_be_visible()
    # Taken out of the address, and the form has it.
    expect(theirs).to_have_url(re.compile(r"/admin/welcome/$"))
    expect(theirs.get_by_label("Your link")).to_be_hidden()
    looks(theirs, "welcome")
    accessible(theirs)
    theirs.get_by_label("Password", exact=True).fill("short")
    theirs.get_by_label("The password again").fill("short")
    theirs.get_by_role("button", name="Continue").click()
    expect(theirs.get_by_text(re.compile("at least 15 characters"))).to_be_visible()
    looks(theirs, "welcome-weak")
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_label("The password again").fill(PASSWORD)
    theirs.get_by_role("button", name="Continue").click()
    expect(theirs.get_by_text("Your user name is new-one.")).to_be_visible()
    looks(theirs, "welcome-enrol")
    theirs.get_by_role("textbox", name="Code").fill(
        code_for(theirs.locator("#enrolment-secret").inner_text())
    )
    theirs.get_by_role("button", name=re.compile("Confirm")).click()
    expect(theirs.locator("#recovery-codes li")).to_have_count(10)
    theirs.get_by_role("button", name="I have kept them").click()
    expect(theirs.get_by_role("heading", name="Safeguards, as last measured")).to_be_visible()
    secret = link.partition("#")[2]
    assert sent
    assert not any(secret in each for each in sent)
    theirs.goto(link)
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_label("The password again").fill(PASSWORD)
    theirs.get_by_role("button", name="Continue").click()
    expect(theirs.get_by_role("alert").first).to_contain_text("This link does not work")
    context.close()

    page.goto(f"/admin/accounts/user/{User.objects.get(username='new-one').pk}/change/")
    expect(page.get_by_text(re.compile("waits for another person"))).to_be_visible()
    looks(page, "person-waits")


def test_without_a_script_the_link_is_pasted(administrator, browser, live_server, shot, system):
    from accounts.services import invite_person

    _, secret = invite_person(actor=system, username="new-one")
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/welcome/")
    page.get_by_label("Your link").fill(f"{live_server.url}/admin/welcome/#{secret}")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The password again").fill(PASSWORD)
    shot(page, "welcome-without-script")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#enrolment-secret")).to_be_visible()
    assert Invitation.objects.get().used_at is not None
    context.close()


def test_suspended_and_off_boarded(signed_in, administrator, second, make_person, looks):
    other = make_person("other", "auditor", name="The other")
    notify(person_id=other.pk, title="Your request was approved")
    page = signed_in(administrator)
    page.goto(f"/admin/accounts/user/{other.pk}/change/")
    page.get_by_role("link", name="Suspend").click()
    page.get_by_label("Reason").fill("Phone stolen, session open")
    looks(page, "suspend")
    accessible(page)
    page.get_by_role("button", name="Suspend").click()
    expect(page.get_by_text(re.compile("Suspended by admin-one"))).to_be_visible()
    looks(page, "suspended")
    page.get_by_role("link", name="Off-board").click()
    expect(page.get_by_text("Messages not read yet")).to_be_visible()
    looks(page, "off-board")
    accessible(page)
    page.get_by_role("button", name="Off-board").click()
    expect(page.get_by_text("Name a successor for the open work.")).to_be_visible()
    page.get_by_label("Successor").select_option(str(second.pk))
    page.get_by_role("button", name="Off-board").click()
    expect(page.get_by_text(re.compile("Off-boarded by admin-one"))).to_be_visible()
    looks(page, "off-boarded")
    page.goto("/admin/accounts/user/")
    expect(page.locator("#result_list")).to_contain_text("Left")
    looks(page, "people")


def test_the_page_of_roles(signed_in, make_person, administrator, second, looks):
    page = signed_in(make_person("looker", "auditor"))
    page.goto("/admin/roles/")
    expect(page.locator("#people tbody tr")).to_have_count(3)
    expect(page.locator("#matrix")).to_contain_text("Can decide what another person asked for")
    expect(page.locator("#two-people tbody tr")).to_have_count(7)
    looks(page, "roles")
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert download.value.suggested_filename.startswith("people-and-roles-")
    assert not Approval.objects.exists()

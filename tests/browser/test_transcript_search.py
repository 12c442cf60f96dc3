"""Searching what was said, in the browser."""

import pytest
from playwright.sync_api import expect

from tests.phi.conftest import tell  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_officer_searches(
    signed_in,
    officer,
    subject,
    open_call,
    give_consent,
    tell,  # noqa: F811
    settings,
    shot,
):
    page = signed_in(officer)
    page.goto("/admin/phi/transcript/")
    page.get_by_role("link", name="Search what was said").click()
    expect(page.locator("#content-main")).to_contain_text("Search is turned off")
    shot(page, "search-off")
    settings.TRANSCRIPT_SEARCH = True
    call = open_call(subject=str(subject.id))["id"]
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose, call=call)
    text = "My stolen cards were 4111 1111 1111 1111 and I was waiting"
    tell(call, [{"speaker": "caller", "text": text, "start_ms": 0, "end_ms": 900}])
    page.reload()
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("#search-text_error")).to_be_visible()
    shot(page, "search-empty")
    page.get_by_label("Words").fill("zebra")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("No transcript holds that")
    page.get_by_label("Words").fill("wait stolen")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("mark")).to_have_text(["stolen", "waiting"])
    assert "stolen" not in page.url
    shot(page, "search-found")
    page.get_by_role("list", name="Transcripts found").get_by_role("link").click()
    expect(page.get_by_role("list", name="Conversation")).to_contain_text("[CARD]")

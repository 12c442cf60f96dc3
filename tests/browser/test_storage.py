"""What a browser keeps: the look of the admin, and after signing out nothing that was shown."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = """() => JSON.stringify({
  local: Object.entries(localStorage), session: Object.entries(sessionStorage),
})"""


def test_nothing_of_anybody_is_in_the_browsers_storage(signed_in, officer, subject, open_call):
    call = open_call(subject=str(subject.id))["id"]
    page = signed_in(officer)
    for path in (
        "/admin/",
        f"/admin/consent/call/{call}/change/",
        "/admin/audit/auditevent/",
        "/admin/sessions/",
    ):
        page.goto(path)
        expect(page.locator("main, #main, #content").first).to_be_visible()
    kept = page.evaluate(KEPT)
    for inside in ("Ada", "0143", "customer-17", call, str(subject.id), "officer-one"):
        assert inside not in kept, kept
    names = {name for name, _ in json.loads(kept)["local"]}
    assert not any("token" in name.lower() for name in names)
    assert page.evaluate("() => indexedDB.databases()") == []
    assert page.evaluate("() => navigator.serviceWorker.getRegistrations()") == []


def test_after_signing_out_the_way_back_shows_nothing(signed_in, officer, subject, open_call):
    call = open_call(subject=str(subject.id))["id"]
    page = signed_in(officer)
    page.goto(f"/admin/consent/call/{call}/change/")
    expect(page.locator("body")).to_contain_text(call)
    page.goto("/admin/")
    page.evaluate("() => document.querySelector('form[action=\"/admin/logout/\"]').submit()")
    page.wait_for_url("**/admin/logout/")
    page.go_back()
    page.go_back()
    expect(page.get_by_label("Password")).to_be_visible()
    assert call not in page.locator("body").inner_text()

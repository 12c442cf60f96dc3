"""An API key made and rotated in the admin."""

import pytest
from playwright.sync_api import expect

from accounts.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_is_rotated(signed_in, make_person, caller, shot):
    page = signed_in(make_person("admin-one", "administrator"))
    page.goto(f"/admin/accounts/apikey/{caller.key.pk}/change/")
    page.get_by_role("link", name="Rotate").first.click()
    hours = page.get_by_label("Hours for the change")
    expect(hours).to_have_value("24")
    shot(page, "key-rotate")
    hours.fill("200")
    page.get_by_role("button", name="Rotate the key").click()
    expect(page.locator("#id_overlap_error")).to_be_visible()
    shot(page, "key-rotate-refused")
    page.get_by_label("Hours for the change").fill("2")
    page.get_by_role("button", name="Rotate the key").click()
    shown = page.locator("#secret-once")
    expect(shown).to_be_visible()
    shot(page, "key-rotated")
    old = ApiKey.objects.get(pk=caller.key.pk)
    assert shown.inner_text().startswith(f"vc_{old.replaced_by.prefix}_")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_text(str(old.replaced_by)).first).to_be_visible()
    shot(page, "key-old")
    page.goto("/admin/accounts/apikey/?state=live")
    expect(page.get_by_text("being replaced")).to_be_visible()
    shot(page, "keys")

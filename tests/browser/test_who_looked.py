"""A person's page: to whom data was disclosed, and who looked."""

import pytest
from playwright.sync_api import expect

from core.actors import Actor
from phi.models import Disclosure
from phi.services.disclosures import record_disclosure
from phi.services.statements import ask_for_statement, make_statement
from tests.phi.test_disclosures import TEXTS

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_disclosure_is_recorded_and_who_looked_is_told(signed_in, officer, subject, shot):
    page = signed_in(officer)
    address = f"/admin/consent/datasubject/{subject.pk}/change/"
    page.goto(address)
    expect(page.get_by_role("heading", name="Who looked", exact=True)).to_be_visible()
    expect(page.locator("main, #content").first).to_contain_text("No disclosure of this person")
    page.get_by_role("link", name="Record a disclosure").click()
    page.get_by_label("When it was disclosed").fill("2026-03-01 10:00")
    page.get_by_label("Recipient").fill("State police")
    page.get_by_label("What was disclosed").fill("Dates of two visits")
    page.get_by_role("button", name="Record it").click()
    expect(page.locator("#step-purpose_error")).to_be_visible()
    shot(page, "disclosure-refused")
    page.get_by_label("Purpose").fill("Court order 17")
    page.get_by_label("Authority").select_option("512f")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("table", name="Disclosures to outside parties")).to_contain_text(
        "State police"
    )
    assert Disclosure.objects.count() == 1
    actor = Actor("person", str(officer.pk), officer.username)
    record_disclosure(
        actor=actor,
        subject=subject,
        disclosed_at=Disclosure.objects.get().disclosed_at,
        authority="512f",
        texts={**TEXTS, "recipient": "County sheriff"},
        corrects=Disclosure.objects.get().pk,
    )
    statement, _ = ask_for_statement(actor=actor, subject=subject)
    make_statement(actor=actor, statement_id=statement.pk)
    page.goto(address)
    shot(page, "subject")
    page.get_by_role("link", name="Make a statement").click()
    expect(page.locator("main, #content").first).to_contain_text("cost-based")
    shot(page, "statement")
    page.goto(f"/admin/phi/disclosure/{Disclosure.objects.latest('id').pk}/change/")
    shot(page, "disclosure")
    page.goto(address)
    page.get_by_role("link", name="All looks, filters and files").click()
    expect(page.get_by_role("table", name="Who looked")).to_contain_text("officer-one")
    page.get_by_label("What", exact=True).select_option("profiles")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table", name="Who looked")).to_contain_text("Identifiers")
    shot(page, "who-looked")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Table for officers (CSV)").click()
    assert waiting.value.suggested_filename == "who-looked.csv"
    page.goto("/admin/phi/access/")
    shot(page, "accesses")

"""Health records as people meet them: read for a purpose, the glass broken and reviewed, the table
of the minimum necessary changed."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.roles import CARE_STAFF, DPO
from consent.services.subjects import put_subject
from core.actors import Actor
from operations.models import Approval
from phi.models import BreakGlass, CareRelationship, HealthRecord
from phi.services.health import store_record

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = Actor.system("tests")


@pytest.fixture
def subject() -> Any:
    return put_subject(
        actor=SYSTEM, id_space="organisation", external_id="17", values={"name": "Ada Example"}
    )[0]


@pytest.fixture
def records(subject: Any, caller: Any) -> list[HealthRecord]:
    given = [
        ("diagnosis", {"code": "E11.9", "text": "Type 2 diabetes", "onset": {"year": 2019}}),
        ("medication", "Metformin 500 mg, twice a day"),
        ("mental_health", {"text": "Seen once"}),
    ]
    return [
        store_record(
            actor=SYSTEM,
            application_id=caller.application.pk,
            subject=subject,
            data_type=data_type,
            content=content,
            purpose_of_use="treatment",
        )[0]
        for data_type, content in given
    ]


def body(page: Any) -> Any:
    return page.locator("body")


def test_a_carer_breaks_the_glass_and_the_dpo_reviews_it(
    signed_in: Any, make_person: Any, subject: Any, records: Any, shot: Any
) -> None:
    page = signed_in(make_person("carer-one", CARE_STAFF))
    page.goto("/admin/phi/healthrecord/")
    shot(page, "health-carer-empty")
    page.goto(f"/admin/consent/datasubject/{subject.pk}/change/")
    expect(body(page)).to_contain_text("You do not look after this person")
    shot(page, "health-locked")
    page.get_by_role("link", name="Break the glass").click()
    shot(page, "health-break-form")
    page.get_by_role("button", name="Break the glass").click()
    expect(body(page)).to_contain_text("This field is required")
    shot(page, "health-break-errors")
    page.get_by_label("What is the emergency?").fill("Found unconscious in the waiting room")
    page.get_by_label("I need these records now").check()
    page.get_by_role("button", name="Break the glass").click()
    expect(body(page)).to_contain_text("The glass is broken")
    shot(page, "health-broken")
    page.get_by_role("link", name="Diagnosis").click()
    shot(page, "health-carer-list")
    page.goto(f"/admin/phi/healthrecord/{records[0].pk}/change/")
    shot(page, "health-record")
    page.get_by_label("Purpose of use").select_option("treatment")
    page.get_by_role("button", name="Show the content").click()
    expect(page.get_by_role("alert")).to_contain_text("for an emergency alone")
    shot(page, "health-refused")
    page.get_by_label("Purpose of use").select_option("emergency")
    page.get_by_role("button", name="Show the content").click()
    expect(page.locator("#health-content")).to_contain_text("Type 2 diabetes")
    shot(page, "health-content")
    page.context.clear_cookies()
    page = signed_in(make_person("dpo-one", DPO))
    page.goto("/admin/operations/notification/")
    shot(page, "health-notification")
    grant = BreakGlass.objects.get()
    page.goto("/admin/phi/breakglass/")
    shot(page, "health-grants")
    page.goto(f"/admin/phi/breakglass/{grant.pk}/change/")
    expect(body(page)).to_contain_text("Found unconscious")
    shot(page, "health-grant")
    page.locator("#reason-justify").fill("The chart shows the emergency")
    page.locator("form[action$='/justify/'] button").click()
    expect(body(page)).to_contain_text("Reviewed.")
    shot(page, "health-reviewed")
    grant.refresh_from_db()
    assert grant.state == "justified"


def test_an_officer_keeps_relationships_and_the_table(
    signed_in: Any, officer: Any, make_person: Any, subject: Any, records: Any, shot: Any
) -> None:
    carer = make_person("carer-one", CARE_STAFF, name="Kim Carer")
    page = signed_in(officer)
    page.goto(f"/admin/consent/datasubject/{subject.pk}/change/")
    shot(page, "health-types")
    page.goto("/admin/phi/healthrecord/")
    shot(page, "health-list")
    page.goto("/admin/phi/carerelationship/add/")
    page.get_by_label("Member of staff").select_option(str(carer.pk))
    page.get_by_label("Data subject").fill(str(subject.pk))
    page.get_by_label("Kind").select_option("nursing")
    shot(page, "health-relationship-form")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("Kim Carer")
    shot(page, "health-relationships")
    made = CareRelationship.objects.get()
    page.goto(f"/admin/phi/carerelationship/{made.pk}/change/")
    shot(page, "health-relationship")
    page.get_by_role("button", name="End it now").click()
    expect(body(page)).to_contain_text("Ended.")
    page.goto("/admin/phi/minimumnecessary/")
    shot(page, "health-minimum")
    page.get_by_role("link", name="Change: Care staff, Billing and claims").click()
    page.get_by_label("Payment").check()
    page.get_by_label("Reason").fill("The front desk is care staff")
    shot(page, "health-minimum-cell")
    page.get_by_role("button", name="Change it").click()
    expect(body(page)).to_contain_text("waits for another person")
    shot(page, "health-minimum-approval")
    assert Approval.objects.get().kind == "phi.minimum_necessary"
    page.goto("/admin/phi/healthrecord/accesses/")
    shot(page, "health-fhir")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "accesses.ndjson"

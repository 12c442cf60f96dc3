"""An officer has an audit report made, and signs off an access."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AccessReview
from audit.sealing import seal
from core.ids import uuid7
from operations.models import Job
from operations.worker import run

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_report_is_made_and_fetched(signed_in, officer, shot):
    seal()
    page = signed_in(officer)
    page.goto("/admin/")
    page.get_by_role("link", name="Reports").first.click()
    form = page.get_by_role("region", name="Audit report")
    form.get_by_label("From").fill("2026-01-01")
    form.get_by_label("To (not included)").fill("2025-01-01")
    form.get_by_role("button", name="Make the report").click()
    page.get_by_text("The end must be after the start.").first.wait_for()
    shot(page, "report-refused")
    form.get_by_label("To (not included)").fill("2026-02-01")
    form.get_by_label("Format").select_option("pdf")
    form.get_by_role("button", name="Make the report").click()
    page.wait_for_url(re.compile("/admin/operations/job/.+/change/"))
    shot(page, "report-queued")
    run(Job.objects.get().pk)
    page.reload()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the result").click()
    assert waiting.value.suggested_filename == "audit-report.pdf"
    page.goto("/admin/operations/job/reports/")
    page.get_by_text("Succeeded").first.wait_for()
    shot(page, "reports")


def test_an_access_is_signed_off(signed_in, officer, shot):
    now = timezone.now()
    AccessReview.objects.create(
        event_id=uuid7(),
        accessed_at=now - timedelta(days=9),
        kind="recordings",
        actor_kind="person",
        actor_id="7",
        actor_name="carer-one",
        why="flagged",
        rule="outside-hours",
        accesses=3,
        created_at=now - timedelta(days=8),
        due_at=now - timedelta(days=1),
    )
    page = signed_in(officer)
    page.goto("/admin/")
    page.get_by_role("link", name="Access reviews").first.click()
    page.locator("#result_list").get_by_text("Overdue").first.wait_for()
    shot(page, "reviews")
    page.locator("#result_list tbody tr a").first.click()
    page.get_by_label("Outcome").first.select_option("concern")
    page.get_by_role("button", name="Sign off").click()
    page.get_by_text("Say what the concern is.").first.wait_for()
    page.get_by_label("Outcome").first.select_option("concern")
    page.get_by_label("Note").first.fill("No reason on record.")
    shot(page, "review")
    page.get_by_role("button", name="Sign off").click()
    page.get_by_text("Signed off.").first.wait_for()
    held = AccessReview.objects.get()
    assert (held.outcome, held.note, held.reviewer_id) == (
        "concern",
        "No reason on record.",
        str(officer.pk),
    )

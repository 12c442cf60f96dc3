"""The review of accesses: who is chosen, who may sign off, and what is overdue."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import AccessReview, AuditEvent
from audit.reviews import choose, choose_days, last_chosen, sign_off
from audit.suspicion import Access, flagged, sampled
from audit.tasks import choose_reviews
from core import evidence
from core.actors import Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.ids import uuid7
from retention.deleter import enforce
from tests.audit.test_rollups import write

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
ADA, BEN = Actor("person", "ada-id", "ada"), Actor("person", "ben-id", "ben")
PLAYED = ("recording", "played", "INFO")
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def access(n, *, at=NOON, actor="ada", kind="recordings", actor_kind="person"):
    return Access(UUID(int=n), at, kind, actor_kind, actor, actor, "phi.VoiceRecording", str(n))


def known(actor_id, kind):
    return True


def rules(accesses, **changes):
    values = {"zone": UTC, "limit": 3, "known": known, **changes}
    return [(c.access.event_id.int, c.rule, c.accesses) for c in flagged(accesses, **values)]


def test_ordinary_accesses_are_not_flagged():
    assert rules([access(n) for n in range(3)]) == []


def test_hours_are_the_controllers():
    late = access(1, at=datetime(2026, 3, 10, 21, 30, tzinfo=UTC))
    assert rules([late]) == []
    assert rules([late], zone=ZoneInfo("Europe/Berlin")) == [(1, "outside-hours", 1)]
    early = [access(n, at=datetime(2026, 3, 10, 5, n, tzinfo=UTC)) for n in range(3)]
    assert rules(early) == [(0, "outside-hours", 3)]


def test_many_within_an_hour_are_one_flag():
    many = [access(n, at=NOON + timedelta(minutes=n)) for n in range(6)]
    assert rules(many) == [(3, "many-reads", 6)]
    spread = [access(n, at=NOON + timedelta(minutes=20 * n)) for n in range(6)]
    assert rules(spread) == []


def test_a_new_kind_is_flagged_once():
    seen = [access(1), access(2), access(3, kind="exports")]
    assert rules(seen, known=lambda actor_id, kind: kind == "exports") == [(1, "new-kind", 1)]


def test_applications_are_not_flagged():
    assert rules([replace(access(n), actor_kind="application") for n in range(9)], limit=1) == []


@pytest.mark.parametrize(
    ("count", "percent", "minimum", "size"),
    [(0, 5, 5, 0), (3, 5, 5, 3), (40, 5, 5, 5), (1000, 5, 5, 50), (101, 1, 0, 2), (10, 0, 0, 0)],
)
def test_the_sample_has_its_size(count, percent, minimum, size):
    events = [access(n) for n in range(count)]
    draw = lambda id_: str(hash((id_, 7)))  # noqa: E731
    chosen = sampled(events, percent=percent, minimum=minimum, draw=draw)
    assert len(chosen) == size
    assert chosen == sampled(events, percent=percent, minimum=minimum, draw=draw)


# From the log ----------------------------------------------------------------------------------


@pytest.fixture
def yesterday():
    """Eleven recordings played by Ada and one by Ben yesterday at noon, and a look at a list."""
    noon = (timezone.now() - timedelta(days=1)).replace(hour=12, minute=0)
    for n in range(11):
        write(noon + timedelta(minutes=n * 5), ADA, [PLAYED])
    write(noon, BEN, [PLAYED])
    write(noon, BEN, [("admin", "listed", "INFO")])
    write(noon, Actor.system("x"), [PLAYED])
    write(noon - timedelta(days=10), ADA, [PLAYED])
    return noon.date()


def test_a_day_is_chosen_from_once(yesterday):
    assert choose(actor=SYSTEM, day=yesterday) == AccessReview.objects.count() >= 5
    flag = AccessReview.objects.get(why="flagged")
    assert (flag.actor_id, flag.rule, flag.kind) == ("ben-id", "new-kind", "recordings")
    assert set(AccessReview.objects.values_list("actor_kind", flat=True)) == {"person"}
    assert flag.due_at - flag.created_at == timedelta(days=7)
    event = AuditEvent.objects.get(event_type="activity_review", action="chosen")
    assert event.details["accesses"] == 12
    assert choose(actor=SYSTEM, day=yesterday) == 0
    assert AuditEvent.objects.filter(event_type="activity_review").count() == 1


def test_days_without_a_worker_are_made_up_for(yesterday):
    now = timezone.now()
    assert last_chosen() is None
    choose_days(actor=SYSTEM, now=now)
    assert last_chosen() == yesterday
    with time_machine.travel(now + timedelta(days=3), tick=False):
        choose_days(actor=SYSTEM, now=timezone.now())
    assert last_chosen() == yesterday + timedelta(days=3)
    assert AuditEvent.objects.filter(action="chosen").count() == 4


def test_a_report_of_a_choice_chooses_nothing(api, yesterday):
    """An event under our own name, reported by whoever may write to the log."""
    for id_ in ("2999-01-01", "no day"):
        said = {"event_type": "activity_review", "action": "chosen", "user_id": id_}
        assert api.post("/api/v1/audit/events", said, format="json").status_code == 201
    assert last_chosen() is None
    choose_days(actor=SYSTEM, now=timezone.now())
    assert last_chosen() == yesterday


def test_choosing_takes_few_queries(yesterday, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        choose(actor=SYSTEM, day=yesterday)


def test_the_task_chooses_and_measures(yesterday):
    choose_reviews()
    assert AccessReview.objects.exists()
    assert evidence.read("audit.daily_counts").status in {"pass", "unknown"}


# Signing off -----------------------------------------------------------------------------------


@pytest.fixture
def review():
    now = timezone.now()
    return AccessReview.objects.create(
        event_id=uuid7(),
        accessed_at=now,
        kind="recordings",
        actor_kind="person",
        actor_id="ada-id",
        actor_name="ada",
        why="sampled",
        rule="sample",
        created_at=now,
        due_at=now + timedelta(days=7),
    )


def test_another_person_signs_off(review):
    sign_off(actor=BEN, review_id=review.pk, outcome="concern", note=" No reason was given. ")
    review.refresh_from_db()
    assert (review.outcome, review.note) == ("concern", "No reason was given.")
    assert (review.reviewer_id, review.reviewer_name) == ("ben-id", "ben")
    event = AuditEvent.objects.get(event_type="activity_review", action="signed_off")
    assert event.severity == "WARNING"
    assert "No reason" not in str(event.details)
    with pytest.raises(Conflict):
        sign_off(actor=BEN, review_id=review.pk, outcome="fine")


def test_nobody_reviews_their_own_access(review):
    with pytest.raises(Forbidden) as refused:
        sign_off(actor=ADA, review_id=review.pk, outcome="fine")
    assert refused.value.code == "own-access"
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessReview.objects.filter(pk=review.pk).update(
            reviewer_id="ada-id", reviewed_at=timezone.now(), outcome="fine"
        )


def test_what_cannot_be_signed(review):
    for values in ({"outcome": "great"}, {"outcome": "concern"}, {"outcome": ""}):
        with pytest.raises(Invalid):
            sign_off(actor=BEN, review_id=review.pk, **values)
    with pytest.raises(Invalid):
        sign_off(actor=BEN, review_id=review.pk, outcome="fine", note="x" * 2001)
    with pytest.raises(NotFound):
        sign_off(actor=BEN, review_id=uuid7(), outcome="fine")
    with pytest.raises(Forbidden):
        sign_off(actor=SYSTEM, review_id=review.pk, outcome="fine")
    review.refresh_from_db()
    assert review.reviewed_at is None


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": "fine"},
        {"reviewed_at": NOON, "outcome": "fine"},
        {"reviewed_at": NOON, "outcome": "concern", "reviewer_id": "b"},
        {"why": "flagged"},
        {"rule": "hunch", "why": "flagged"},
    ],
)
def test_the_database_refuses_half_a_review(review, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessReview.objects.filter(pk=review.pk).update(**values)


def test_overdue_reviews_fail_the_check(review):
    assert evidence.measure("audit.activity_review").status == "unknown"
    choose(actor=SYSTEM, day=timezone.now().date() - timedelta(days=1))
    assert evidence.measure("audit.activity_review").status == "pass"
    AccessReview.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    result = evidence.measure("audit.activity_review")
    assert (result.status, result.figure) == ("fail", "1 of 1 waiting reviews are overdue")
    sign_off(actor=BEN, review_id=review.pk, outcome="fine")
    assert evidence.measure("audit.activity_review").status == "pass"


def test_a_task_that_stopped_is_unknown():
    choose(actor=SYSTEM, day=date(2026, 1, 1))
    assert evidence.measure("audit.activity_review").status == "unknown"


def test_reviews_go_after_six_years(review):
    now = timezone.now()
    assert (
        enforce(actor=SYSTEM, now=now + timedelta(days=2191)).categories["access_reviews"].deleted
        == 0
    )
    enforce(actor=SYSTEM, now=now + timedelta(days=2193))
    assert not AccessReview.objects.exists()


# In the admin ----------------------------------------------------------------------------------


def test_the_officer_works_through_the_list(officer_client, officer, review):
    listed = officer_client.get("/admin/audit/accessreview/?reviewed_at__isempty=1")
    assert str(review.pk) in listed.content.decode()
    page = officer_client.get(f"/admin/audit/accessreview/{review.pk}/change/")
    assert "Sign off" in page.content.decode()
    answer = officer_client.post(
        f"/admin/audit/accessreview/{review.pk}/sign-off/", {"outcome": "fine", "note": ""}
    )
    assert answer.status_code == 302
    review.refresh_from_db()
    assert (review.outcome, review.reviewer_id) == ("fine", str(officer.pk))
    page = officer_client.get(f"/admin/audit/accessreview/{review.pk}/change/").content.decode()
    assert "sign-off/" not in page


def test_ones_own_access_shows_no_form(officer_client, officer, review):
    AccessReview.objects.update(actor_id=str(officer.pk))
    page = officer_client.get(f"/admin/audit/accessreview/{review.pk}/change/").content.decode()
    assert "somebody else reviews it" in page
    officer_client.post(f"/admin/audit/accessreview/{review.pk}/sign-off/", {"outcome": "fine"})
    review.refresh_from_db()
    assert review.reviewed_at is None


def test_an_auditor_looks_and_does_not_sign(make_person, sign_in, review):
    client = sign_in(make_person("reader", "auditor"))
    page = client.get(f"/admin/audit/accessreview/{review.pk}/change/")
    assert page.status_code == 200
    assert "sign-off/" not in page.content.decode()
    answer = client.post(f"/admin/audit/accessreview/{review.pk}/sign-off/", {"outcome": "fine"})
    assert answer.status_code == 403
    carer = sign_in(make_person("carer", "care staff"))
    assert carer.get("/admin/audit/accessreview/").status_code == 403


def test_another_id_is_not_found(officer_client):
    answer = officer_client.post(
        f"/admin/audit/accessreview/{uuid7()}/sign-off/", {"outcome": "fine"}
    )
    assert answer.status_code == 404

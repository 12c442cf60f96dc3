"""The audit report: its figures are the raw counts, its status is its checks', by API and job."""

import csv
import io
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit import reports as audit_reports
from audit.figures import edges, figures
from audit.models import AuditEvent, Checkpoint
from audit.sealing import seal
from core import accesses, reports
from core.actors import Actor
from operations.models import Job
from operations.worker import run
from tests.audit.test_rollups import write

pytestmark = pytest.mark.django_db
URL = "/api/v1/audit/report"
START = (timezone.now() - timedelta(days=40)).replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def history():
    """Events over forty days, sealed; three more that wait."""
    rng = random.Random(7)
    for _ in range(60):
        kind = rng.choice(["person", "person", "reporter"])
        actor = Actor(kind, str(rng.randint(1, 4)), f"person {rng.randint(1, 2)}")
        kinds = [
            (rng.choice(["a", "b", "c"]), rng.choice(["x", "y"]), rng.choice(["INFO", "ERROR"]))
            for _ in range(rng.randint(1, 5))
        ]
        write(START + timedelta(seconds=rng.randint(0, 39 * 86_400)), actor, kinds)
    seal()
    write(START + timedelta(days=1), Actor.anonymous(), [("sign_in", "failed", "WARNING")] * 3)


def raw(start, end):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_type, action, actor_kind = 'reporter', count(*)"
            " FROM audit_auditevent e JOIN audit_leaf l ON l.event_id = e.id"
            " WHERE e.received_at >= %s AND e.received_at < %s GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            [start, end],
        )
        return tuple(tuple(row) for row in cursor.fetchall())


@pytest.mark.parametrize("seed", range(12))
def test_any_period_has_the_raw_counts(history, seed):
    rng = random.Random(seed)
    start = START + timedelta(seconds=rng.randint(-86_400, 39 * 86_400))
    end = start + timedelta(seconds=rng.choice([1, 3600, 86_400, 10 * 86_400, 41 * 86_400]))
    if seed % 3 == 0:
        start = start.replace(hour=0, minute=0, second=0)
    found = figures(start, end)
    assert found.by_action == raw(start, end)
    for part in (found.by_severity, found.by_day, found.by_actor, found.by_type):
        assert sum(row[-1] for row in part) == found.total


def test_parts_of_days_and_whole_days_make_the_period():
    day = datetime(2026, 3, 1, tzinfo=UTC)
    for start, end, whole in (
        (day, day + timedelta(days=2), 2),
        (day + timedelta(hours=1), day + timedelta(days=2), 1),
        (day + timedelta(hours=1), day + timedelta(hours=2), 0),
        (day + timedelta(hours=23), day + timedelta(hours=25), 0),
        (day, day + timedelta(hours=2), 0),
    ):
        parts = edges(start, end)
        assert (parts["last_day"] - parts["first_day"]).days == whole
        head = parts["head_to"] - parts["head_from"]
        tail = parts["tail_to"] - parts["tail_from"]
        assert head + tail + timedelta(days=whole) == end - start


def test_what_waits_for_its_seal_is_told_and_not_counted(history):
    found = figures(START, START + timedelta(days=40))
    assert found.unsealed == 3
    document = audit_reports.build(
        {"from": START, "to": START + timedelta(days=40)}, reports.silent
    )
    line = next(each for each in document.checks if each.code == "period.sealed")
    assert (line.status, line.figure) == ("unknown", "3 events not sealed yet")
    assert document.status != "pass"


def test_the_figures_take_four_queries(history, django_assert_num_queries):
    with django_assert_num_queries(4):
        figures(START, START + timedelta(days=40, hours=1))


def test_the_checkpoint_covers_everything_counted(history):
    seal()
    found = figures(START, START + timedelta(days=40))
    highest = Checkpoint.objects.order_by("-size").first()
    assert found.checkpoint == highest
    assert highest.size == found.total


def test_looks_are_counted_and_what_nobody_records_is_not_nought(history):
    seal()
    document = audit_reports.build(
        {"from": START, "to": START + timedelta(days=40)}, reports.silent
    )
    section = next(each for each in document.sections if each.code == "accesses")
    held = {figure.code: figure.value for figure in section.figures}
    assert held["failed_sign_ins"] == 3
    assert held["recordings"] == 0
    for kind in accesses.KINDS:
        assert (held[kind.code] is None) == (not accesses.events_of(kind.code))


def test_what_is_reported_is_never_counted_as_seen(history):
    """Whoever may write to the log may call an event anything, and is the source of it."""
    seal()
    period = {"from": START, "to": START + timedelta(days=40)}
    before = figures(period["from"], period["to"])
    said = [("sign_in", "failed", "WARNING")] * 5
    write(START + timedelta(days=2), Actor("application", "x", "app").reporting(), said)
    seal()
    document = audit_reports.build(period, reports.silent)
    totals, looks = document.sections[0], document.sections[1]
    assert {f.code: f.value for f in looks.figures}["failed_sign_ins"] == 3
    held = {f.code: f.value for f in totals.figures}
    assert held["events"] == before.total + 5
    assert held["reported"] == 5 + sum(c for *_, reported, c in before.by_action if reported)
    table = next(each for each in document.sections if each.code == "action").table
    assert ("sign_in", "failed", "an application", 5) in table.rows
    assert ("sign_in", "failed", "this system", 3) in table.rows


def test_a_gap_fails_the_report():
    write(timezone.now() - timedelta(minutes=10), Actor.system("t"), [("a", "x", "INFO")])
    seal()
    document = reports.make("audit", {})
    assert document.status == "fail"
    gaps = next(each for each in document.sections if each.code == "gaps")
    assert len(gaps.table.rows) == 1


def test_a_gap_counts_those_that_waited():
    now = timezone.now()
    write(now - timedelta(minutes=10), Actor.system("t"), [("a", "x", "INFO")] * 2)
    write(now - timedelta(seconds=5), Actor.system("t"), [("a", "x", "INFO")] * 7)
    seal()
    gaps = figures(now - timedelta(hours=1), now + timedelta(hours=1)).gaps
    assert [gap.events for gap in gaps] == [2]


def test_a_dropped_month_is_told():
    from dateutil.relativedelta import relativedelta

    from audit.personal_data import drop
    from core.database import DROPPER, acting_as

    old = timezone.now() - relativedelta(years=9)
    write(old, Actor.system("t"), [("a", "x", "INFO")])
    seal()
    question = {"from": old.date().isoformat()}
    kept = {line.code: line.status for line in reports.make("audit", question).checks}
    assert kept["period.kept"] == "pass"
    with acting_as(DROPPER):
        drop(old + relativedelta(months=2), held=lambda start, end: False)
    document = reports.make("audit", question)
    kept = {line.code: line.status for line in document.checks}
    assert kept["period.kept"] == "unknown"
    assert document.sections[0].figures[0].value == 0


@pytest.mark.parametrize("format_", ["json", "csv", "pdf"])
def test_the_same_question_has_the_same_bytes(api, history, format_):
    seal()
    question = {
        "from": START.date().isoformat(),
        "to": (START + timedelta(days=39)).date().isoformat(),
        "format": format_,
    }
    first = api.get(URL, question)
    seal()
    second = api.get(URL, question)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert first["Content-Type"].startswith(reports.FORMATS[format_][0].partition(";")[0])
    assert first["Cache-Control"] == "no-store"


def test_json_and_csv_say_the_same(api, history):
    seal()
    question = {"from": START.isoformat(), "to": (START + timedelta(days=39)).isoformat()}
    tree = json.loads(api.get(URL, question).content)
    rows = list(
        csv.reader(io.StringIO(api.get(URL, {**question, "format": "csv"}).content.decode()))
    )
    by_day = {row[1]: int(row[5]) for row in rows if row[0] == "day"}
    assert by_day == {row["day"]: row["events"] for row in tree["sections"]["day"]["rows"]}
    assert tree["organisation"]
    assert (
        tree["as_of"]["size"]
        == Checkpoint.objects.order_by("-size").values_list("size", flat=True)[0]
    )


def test_reading_the_report_is_an_event(api, caller):
    api.get(URL, {"format": "csv"})
    event = AuditEvent.objects.get(event_type="audit_report", action="made")
    assert event.actor_id == str(caller.application.pk)
    assert event.details["format"] == "csv"


def test_without_parameters_it_is_the_last_thirty_days(api):
    tree = json.loads(api.get(URL).content)
    start, end = (datetime.fromisoformat(tree["parameters"][each]) for each in ("from", "to"))
    assert end - start == timedelta(days=30)
    assert end > timezone.now()


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-13-01"}, "to"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": "2026-02-02", "to": "2026-02-02"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"format": "xml"}, "format"),
    ],
)
def test_a_bad_question_is_refused_by_field(api, question, field):
    answer = api.get(URL, question)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert answer["Content-Type"] == "application/problem+json"
    assert not AuditEvent.objects.filter(event_type="audit_report").exists()


def test_it_needs_the_scope(make_caller, client):
    weak = make_caller("Weak", scopes=["audit:write"])
    assert weak.client.get(URL).json()["type"].endswith("missing-scope")
    assert client.get(URL).status_code == 401


def test_names_that_are_formulas_and_markup_are_text(api):
    with transaction.atomic():
        write(
            timezone.now(),
            Actor("person", "1", "=HYPERLINK(1) #panic() 日本"),
            [("a", "x", "INFO")],
        )
    seal()
    rows = list(csv.reader(io.StringIO(api.get(URL, {"format": "csv"}).content.decode())))
    assert any(row[3].startswith("'=HYPERLINK") for row in rows)
    assert api.get(URL, {"format": "pdf"}).status_code == 200


# In the admin, as a job ------------------------------------------------------------------------


def ask(client, **changes):
    body = {"from": "2026-01-01", "to": "2026-02-01", "format": "pdf", **changes}
    return client.post("/admin/operations/job/reports/audit/", body)


def test_an_officer_has_a_report_made_and_fetches_it(officer_client, officer):
    page = officer_client.get("/admin/operations/job/reports/")
    assert page.status_code == 200
    answer = ask(officer_client)
    job = Job.objects.get(kind="report.audit")
    assert answer["Location"] == f"/admin/operations/job/{job.pk}/change/"
    assert job.parameters["question"] == {
        "from": "2026-01-01T00:00:00Z",
        "to": "2026-02-01T00:00:00Z",
    }
    run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress_done) == ("succeeded", job.progress_total)
    assert job.result_expires_at > timezone.now()
    fetched = officer_client.post(f"/admin/operations/job/{job.pk}/download/")
    assert fetched.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(event_type="job", action="result_read").count() == 1
    page = officer_client.get("/admin/operations/job/reports/").content.decode()
    assert str(job.pk) in page
    assert AuditEvent.objects.filter(event_type="admin", details__page="reports").count() == 2


def test_a_bad_period_is_said_on_the_page(officer_client):
    answer = ask(officer_client, to="2025-01-01")
    assert answer.status_code == 200
    assert "The end must be after the start." in answer.content.decode()
    assert not Job.objects.exists()


def test_another_report_is_not_found_and_none_is_made_by_a_get(officer_client):
    assert officer_client.post("/admin/operations/job/reports/other/").status_code == 404
    assert officer_client.get("/admin/operations/job/reports/audit/").status_code == 405


def test_who_may_not_see_the_log_gets_no_report(make_person, sign_in):
    client = sign_in(make_person("carer", "care staff"))
    assert client.get("/admin/operations/job/reports/").status_code == 403
    assert ask(client).status_code == 403
    assert not Job.objects.exists()


def test_another_persons_report_is_not_found(officer_client, make_person, sign_in):
    ask(officer_client)
    job = Job.objects.get()
    run(job.pk)
    other = sign_in(make_person("reader", "auditor"))
    assert other.post(f"/admin/operations/job/{job.pk}/download/").status_code == 404

"""Documents become JSON, CSV and PDF: stable, safe to open, never a status out of nothing."""

import csv
import io
from datetime import UTC, datetime

import orjson
import pytest
from django import forms

from core import accesses, reports
from core.errors import Invalid
from core.reports import Column, Document, Fact, Figure, Line, Report, Section, Table, overall

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def document(**changes):
    values = {
        "code": "test",
        "title": "A test",
        "organisation": "Example Clinic",
        "parameters": {"from": MOMENT},
        "moment": MOMENT,
        "facts": (Fact("from", "From", MOMENT),),
        "checks": (Line("a.b", "A check", "pass", "3 of 3", "All are.", ("GDPR 5(2)",)),),
        "sections": (
            Section("one", "One", figures=(Figure("n", "N", 3), Figure("m", "M", None, "why"))),
            Section(
                "two",
                "Two",
                table=Table((Column("name", "Name"), Column("n", "N", True)), (("=1+1", -2),)),
            ),
        ),
        **changes,
    }
    return Document(**values)


def line(status):
    return Line("x", "X", status, "", "")


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([], "unknown"),
        (["pass"], "pass"),
        (["pass", "unknown"], "unknown"),
        (["unknown", "fail", "pass"], "fail"),
    ],
)
def test_the_status_is_what_the_checks_come_to(statuses, status):
    assert overall(line(each) for each in statuses) == status


def test_a_check_has_one_of_three_answers():
    with pytest.raises(ValueError):
        line("green")


def test_json_has_a_stable_order_and_null_for_what_was_not_counted():
    made = reports.render(document(), "json")
    tree = orjson.loads(made.content)
    assert list(tree)[:4] == ["report", "title", "organisation", "parameters"]
    assert tree["parameters"] == {"from": "2026-03-01T12:00:00Z"}
    assert tree["sections"]["one"]["figures"][1]["value"] is None
    assert tree["sections"]["two"]["rows"] == [{"name": "=1+1", "n": -2}]
    assert tree["status"] == "pass"


def test_csv_is_one_table_and_formulas_are_text():
    made = reports.render(document(organisation="@SUM(A1)"), "csv")
    rows = list(csv.reader(io.StringIO(made.content.decode())))
    assert {len(row) for row in rows} == {6}
    assert ["report", "", "", "", "organisation", "'@SUM(A1)"] in rows
    assert ["two", "'=1+1", "", "", "n", "-2"] in rows
    assert ["one", "m", "", "", "value", ""] in rows


def test_pdf_is_for_keeping_and_holds_no_wall_clock():
    first, second = (reports.render(document(), "pdf").content for _ in range(2))
    assert first == second
    assert first.startswith(b"%PDF-")
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert b"<pdfuaid:part>1</pdfuaid:part>" in first
    assert b"2026-03-01" in first


@pytest.mark.parametrize(
    "text", ["日本語", '#import "x"', "$ \\ * _ ` < > @", "a\u202eb", "x" * 5000, "\x07", "🎧"]
)
def test_pdf_takes_any_text_as_text(text):
    made = reports.render(document(title=text, note=text), "pdf")
    assert made.content.startswith(b"%PDF-")


class Question(forms.Form):
    n = forms.IntegerField(min_value=1)


def test_a_report_is_asked_for_by_its_form(monkeypatch):
    seen = []

    def build(values, progress):
        progress(1, 2, "half")
        seen.append(values)
        return document()

    report = Report("test.report", "Test", "audit.view_auditevent", Question, build)
    monkeypatch.setattr(reports.registry, "_reports", {})
    reports.register(report)
    with pytest.raises(ValueError):
        reports.register(report)
    assert list(reports.registered()) == [report]
    reports.make("test.report", {"n": "3"})
    assert seen == [{"n": 3}]
    with pytest.raises(Invalid) as refused:
        reports.make("test.report", {"n": "0"})
    assert list(refused.value.errors) == ["n"]
    with pytest.raises(KeyError):
        reports.make("another", {})


def test_kinds_of_access_are_declared_by_those_who_record_them():
    assert ("sign_in", "failed") in accesses.events_of(accesses.FAILED_SIGN_INS)
    assert accesses.reviewed()["recording", "played"] == accesses.RECORDINGS
    assert ("transcript", "read") not in accesses.reviewed()
    with pytest.raises(KeyError):
        accesses.declare("rumours", ("x", "y"))


@pytest.mark.django_db
def test_a_line_is_the_evidence_as_measured():
    assert reports.line_of("audit.append_only").status == "pass"
    with pytest.raises(KeyError):
        reports.line_of("audit.nothing")

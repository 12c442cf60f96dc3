"""The statement of disclosures: made, given, free or not, and held back while suspended."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUDITOR, COMPLIANCE_OFFICER
from audit.models import AuditEvent
from core import reports
from core.actors import Actor
from core.errors import Conflict, Invalid, NotFound
from core.reports.renderers import tree
from operations.models import Job
from operations.services import read_result
from operations.worker import run
from phi.models import Access, Disclosure, StatementIssued
from phi.services.statements import (
    ask_for_statement,
    build,
    make_statement,
    read_statement,
    standing,
    told_in,
)
from tests.phi.test_disclosures import TEXTS, asked, written

pytestmark = pytest.mark.django_db


def person(make_person: Any, name: str = "officer-nine") -> Actor:
    made = make_person(name, COMPLIANCE_OFFICER)
    return Actor("person", str(made.pk), made.username)


def said(statement: StatementIssued) -> str:
    """What the document says, in the order in which it is set."""
    document = tree(build(statement, told_in(statement)))
    parts = [document["note"], *map(str, document["facts"].values())]
    for section in document["sections"].values():
        parts.append(section["note"])
        parts += [str(cell) for row in section.get("rows", ()) for cell in row.values()]
    return " ".join(" ".join(parts).split())


def test_the_statement_as_pdf(subject: Any, make_person: Any, events: Any) -> None:
    actor = person(make_person)
    today = timezone.now().date()
    written(subject)
    written(subject, disclosed_at=timezone.now() - timedelta(days=1))
    written(subject, authority="506", texts={**TEXTS, "recipient": "Own clinic"})
    hidden = written(subject, authority="512f", texts={**TEXTS, "recipient": "State police"})
    asked(hidden)
    statement, job = ask_for_statement(actor=actor, subject=subject)
    assert statement.first_on == today.replace(year=today.year - 6)
    run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED, job.error
    assert TEXTS["recipient"] not in str(job.parameters)
    # The document is the statement's own, where reading it is a look, and no result of the job's.
    assert job.result is None
    with pytest.raises(NotFound):
        read_result(actor=actor, job_id=job.pk)
    statement.refresh_from_db()
    content = read_statement(actor=actor, statement_id=statement.pk)
    assert content.startswith(b"%PDF-")
    text = said(statement)
    for part in (*TEXTS.values(), "2 times, last on", "first in twelve months", "officer-nine"):
        assert part in text, text
    assert str(today + timedelta(days=60)) in text
    assert "Own clinic" not in text
    assert "State police" not in text
    assert statement.free is True
    assert b"Zebedee" not in bytes(statement.document_sealed or b"")
    (event,) = events("disclosures", "statement_made")
    assert Access.objects.get(event_id=event.pk).subject_id == subject.pk
    # Again, as after a worker's death: the same document and no second look.
    make_statement(actor=actor, statement_id=statement.pk)
    assert read_statement(actor=actor, statement_id=statement.pk) == content
    # Nor does what is recorded later change it.
    written(subject, texts={**TEXTS, "recipient": "Somebody later"})
    assert "Somebody later" not in said(statement)
    assert len(events("disclosures", "statement_made")) == 1


def test_an_empty_statement_is_an_answer(subject: Any, make_person: Any) -> None:
    actor = person(make_person)
    statement, _ = ask_for_statement(actor=actor, subject=subject)
    made = make_statement(actor=actor, statement_id=statement.pk)
    assert made.discloses == []
    text = said(statement)
    assert "No disclosures that must be accounted for." in text


def test_free_once_in_twelve_months(subject: Any, make_person: Any) -> None:
    actor = person(make_person)
    fees = []
    for at in ("2024-02-29", "2025-02-27", "2025-02-28", "2026-02-27"):
        with time_machine.travel(f"{at}T12:00:00Z"):
            statement, _ = ask_for_statement(actor=actor, subject=subject)
            make_statement(actor=actor, statement_id=statement.pk)
            statement.refresh_from_db()
            text = said(statement)
            fees.append(statement.free)
            assert ("fee that covers the cost may be charged" in text) is not statement.free
    # Each counts from the last, the one before having been given within the twelve months.
    assert fees == [True, False, False, False]
    with time_machine.travel("2027-02-27T12:00:00Z"):
        held = standing(subject_id=subject.pk, now=timezone.now())
    assert (held.free, held.last_on) == (True, date(2026, 2, 27))


def test_one_that_was_never_made_costs_nothing(subject: Any, make_person: Any) -> None:
    actor = person(make_person)
    ask_for_statement(actor=actor, subject=subject)
    statement, _ = ask_for_statement(actor=actor, subject=subject)
    make_statement(actor=actor, statement_id=statement.pk)
    statement.refresh_from_db()
    assert statement.free is True


def test_one_that_failed_uses_nothing_up(subject: Any, make_person: Any, events: Any) -> None:
    actor = person(make_person)
    row = written(subject)
    damage(row)
    failed, job = ask_for_statement(actor=actor, subject=subject)
    run(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    failed.refresh_from_db()
    assert (failed.free, failed.document_sealed) == (None, None)
    assert standing(subject_id=subject.pk, now=timezone.now()).free
    written(subject, corrects=row.pk)
    statement, _ = ask_for_statement(actor=actor, subject=subject)
    assert make_statement(actor=actor, statement_id=statement.pk).free is True
    (event,) = events("disclosures", "statement_made")
    assert (event.object_id, event.details["free"]) == (str(statement.pk), True)


def damage(row: Disclosure) -> None:
    """Spoil a row's words, past everything that forbids it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE none")
        cursor.execute("ALTER TABLE phi_disclosure DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE phi_disclosure SET content_sealed ="
            " set_byte(content_sealed, 40, 255 - get_byte(content_sealed, 40)) WHERE id = %s",
            [row.pk],
        )
        cursor.execute("SET LOCAL ROLE voicecompliance_web")


def test_suspended_after_it_was_asked_for(subject: Any, make_person: Any) -> None:
    actor = person(make_person)
    hidden = written(subject, authority="512f")
    told = written(subject)
    statement, _ = ask_for_statement(actor=actor, subject=subject)
    until = asked(hidden).ends_on
    assert make_statement(actor=actor, statement_id=statement.pk).discloses == [told.pk]
    # What is left out keeps nobody from what is told of, asked again or not.
    asked(hidden, ends_on=until + timedelta(days=30))
    assert read_statement(actor=actor, statement_id=statement.pk).startswith(b"%PDF-")


@pytest.mark.parametrize("noted", [True, False], ids=["noted", "made-before-it-was-noted"])
def test_a_finished_one_is_not_given_while_suspended(
    subject: Any, make_person: Any, officer_client: Any, events: Any, noted: bool
) -> None:
    actor = person(make_person)
    row = written(subject, authority="512f")
    statement, _ = ask_for_statement(actor=actor, subject=subject)
    make_statement(actor=actor, statement_id=statement.pk)
    if not noted:
        StatementIssued.objects.update(discloses=None)
    # A correction that came later is suspended: the document tells of the same disclosure.
    until = asked(written(subject, authority="512f", corrects=row.pk)).ends_on
    with pytest.raises(Conflict) as refused:
        read_statement(actor=actor, statement_id=statement.pk)
    assert refused.value.code == "statement-suspended"
    download = reverse("admin:phi_statementissued_download", args=[statement.pk])
    page = officer_client.post(download, follow=True)
    assert f"until {until} is over" in page.content.decode()
    assert not events("disclosures", "statement_read")
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert read_statement(actor=actor, statement_id=statement.pk).startswith(b"%PDF-")
    assert len(events("disclosures", "statement_read")) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"asked_on": date(2999, 1, 1)}, "asked_on"),
        ({"first_on": date(2001, 1, 1)}, "first_on"),
        ({"first_on": date(2999, 1, 1)}, "first_on"),
    ],
)
def test_a_request_that_does_not_hold(
    subject: Any, make_person: Any, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        ask_for_statement(actor=person(make_person), subject=subject, **values)
    assert field in refused.value.errors
    assert not StatementIssued.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_statements_at_once_have_one_free(
    subject: Any, make_person: Any, monkeypatch: Any
) -> None:
    actor = person(make_person)
    asked_for = [ask_for_statement(actor=actor, subject=subject)[0].pk for _ in range(2)]
    start = threading.Barrier(2)
    render = reports.render

    def together(*args: Any) -> Any:
        # Both have read that none was made before either stores its document.
        rendered = render(*args)
        with suppress(threading.BrokenBarrierError):
            start.wait(timeout=20)
        start.abort()
        return rendered

    monkeypatch.setattr(reports, "render", together)

    def make(statement_id: Any) -> None:
        try:
            make_statement(actor=actor, statement_id=statement_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=(each,)) for each in asked_for]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(StatementIssued.objects.values_list("free", flat=True)) == [False, True]
    made = AuditEvent.objects.filter(event_type="disclosures", action="statement_made")
    assert sorted(event.details["free"] for event in made) == [False, True]


def test_an_auditor_reads_and_issues_nothing(make_person: Any, sign_in: Any, subject: Any) -> None:
    client = sign_in(make_person("auditor-nine", AUDITOR))
    assert client.get(reverse("admin:phi_disclosure_changelist")).status_code == 200
    for name in ("record", "statement"):
        address = reverse(f"admin:phi_disclosure_{name}", args=[subject.pk])
        assert client.get(address).status_code == 403
        assert client.post(address, {}).status_code == 403

"""Search over masked words: what is indexed, who finds it, what is noted, and when it goes."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import AUDITOR, CARE_STAFF, DPO, SECURITY_OFFICER
from audit.models import AuditEvent
from core import evidence
from core.actors import Actor
from core.errors import Conflict
from operations import worker
from operations.models import Job
from operations.services import start_job
from phi import fulltext
from phi.jobs import INDEX_JOB
from phi.models import Access, Transcript, TranscriptIndex
from phi.services import search as service
from phi.services.indexing import empty_index, index_batch
from phi.services.search import search
from phi.tasks import empty_transcript_index
from retention.deleter import destroy, enforce

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
SAID = "My stolen cards were 4111 1111 1111 1111 and I was waiting"


@pytest.fixture
def on(settings: Any) -> None:
    settings.TRANSCRIPT_SEARCH = True


@pytest.fixture
def said(subject: Any, open_call: Any, give_consent: Any, tell: Any) -> Any:
    """Store a call's transcript of one turn: ``said("words", language="es")``."""

    def store(text: str, *, purposes: Any = ("record", "transcribe"), **changes: Any) -> Transcript:
        call = open_call(subject=str(subject.id), purposes=list(purposes))
        for purpose in purposes:
            give_consent(subject.id, purpose, call=call["id"])
        turn = {"speaker": "caller", "text": text, "start_ms": 0, "end_ms": 900}
        turns = changes.pop("turns", [turn])
        answer = tell(call["id"], turns, **changes)
        assert answer.status_code == 201, answer.content
        return Transcript.objects.get(id=answer.json()["id"])

    return store


def ids(text: str, language: str = "en", **asked: Any) -> list[Any]:
    found = search(actor=SYSTEM, text=text, language=language, **asked)
    return [hit.transcript.pk for hit in found.hits]


SEARCH = "admin:phi_transcript_search"


def ask(client: Any, text: str, **form: Any) -> Any:
    return client.post(reverse(SEARCH), {"text": text, "language": "en", **form})


def test_off_by_default_nothing_is_indexed(said: Any, officer_client: Any) -> None:
    said(SAID)
    assert not TranscriptIndex.objects.exists()
    with pytest.raises(Conflict):
        search(actor=SYSTEM, text="stolen", language="en")
    with pytest.raises(Conflict):
        index_batch(actor=SYSTEM)
    page = officer_client.get(reverse(SEARCH)).content.decode()
    assert "TRANSCRIPT_SEARCH=true" in page
    assert 'name="text"' not in page
    answer = officer_client.post(reverse("admin:phi_transcript_index"))
    assert answer.url == reverse(SEARCH)
    assert "turned off" in str(next(iter(get_messages(answer.wsgi_request))))
    assert not Job.objects.exists()


def test_found_by_its_stem_in_its_language(on: Any, said: Any, events: Any) -> None:
    english = said(SAID)
    spanish = said("Las tarjetas fueron robadas", language="es-MX")
    other = said("Kadi zangu zimeibiwa", language="sw")
    assert ids("card wait") == [english.pk]
    assert ids("tarjeta robada", "es") == [spanish.pk]
    assert ids("tarjeta", "en") == []
    assert ids("zimeibiwa", "und") == [other.pk]
    assert ids('"stolen cards" -blue') == [english.pk]
    assert ids('"cards stolen"') == []
    assert [row.configuration for row in TranscriptIndex.objects.order_by("pk")] == [
        "english",
        "spanish",
        "simple",
    ]
    assert events("transcript", "stored")[0].details["search_index"] == "whole"


def test_what_was_masked_is_not_found(on: Any, said: Any, officer_client: Any) -> None:
    transcript = said(SAID)
    row = TranscriptIndex.objects.get(pk=transcript.pk)
    assert "4111" not in row.words
    assert "'card':3" in row.words, "the words' own card stays"
    other = said("It is 4111 1111 1111 1111 at the café")
    assert "card" not in TranscriptIndex.objects.get(pk=other.pk).words
    for query in ("4111111111111111", "4111", '"4111 1111"'):
        assert ids(query) == []
    assert ids("card") == [transcript.pk]
    page = ask(officer_client, "stolen card").content.decode()
    assert "<mark>stolen</mark>" in page
    assert "<mark>cards</mark>" in page
    assert "[CARD]" in page
    assert "4111" not in page


def test_a_call_for_treatment_has_no_row(on: Any, said: Any) -> None:
    said(SAID, purposes=("record", "transcribe", "treatment"))
    assert not TranscriptIndex.objects.exists()
    assert index_batch(actor=SYSTEM) is None
    assert ids("stolen") == []


def test_the_row_goes_with_its_transcript(on: Any, said: Any) -> None:
    first, second = said(SAID), said(SAID)
    assert destroy(actor=SYSTEM, code="transcripts", ids=[first.pk], now=timezone.now()) == 1
    assert list(TranscriptIndex.objects.values_list("pk", flat=True)) == [second.pk]
    report = enforce(actor=SYSTEM, now=timezone.now() + timedelta(days=91))
    assert report.categories["transcripts"].deleted == 1
    assert not report.failed
    assert not TranscriptIndex.objects.exists()


def test_turned_off_the_index_is_emptied_once(
    on: Any, said: Any, settings: Any, events: Any
) -> None:
    said(SAID)
    said(SAID)
    assert empty_index(actor=SYSTEM) == 0
    assert TranscriptIndex.objects.count() == 2
    settings.TRANSCRIPT_SEARCH = False
    assert "in the clear" in evidence.measure("phi.encryption_at_rest").detail
    empty_transcript_index()
    empty_transcript_index()
    assert not TranscriptIndex.objects.exists()
    assert Transcript.objects.count() == 2
    assert [event.details["count"] for event in events("transcript", "index_emptied")] == [2]
    assert "in the clear" not in evidence.measure("phi.encryption_at_rest").detail


def test_a_job_indexes_what_is_older(
    said: Any, settings: Any, officer_client: Any, events: Any
) -> None:
    older = said(SAID)
    settings.TRANSCRIPT_SEARCH = True
    assert ids("stolen") == []
    answer = officer_client.post(reverse("admin:phi_transcript_index"))
    job = Job.objects.get(kind=INDEX_JOB)
    assert answer.url == reverse("admin:operations_job_change", args=[job.pk])
    worker.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.progress_done, job.progress_total) == ("succeeded", 1, 1)
    assert ids("stolen") == [older.pk]
    [event] = events("transcript", "indexed")
    assert (event.details["count"], event.details["refused"]) == (1, 0)
    assert index_batch(actor=SYSTEM) is None


CHILD = """
import django; django.setup()
from core.actors import Actor
from phi.services.indexing import index_batch
last = None
while (last := index_batch(actor=Actor.system("tests"), after=last, limit=2)) is not None: pass
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_whole_batches_and_the_job_goes_on(
    said: Any, settings: Any, officer: Any
) -> None:
    rows = sorted(said(SAID).pk for _ in range(6))
    database = connection.settings_dict
    given = {
        "host": database["HOST"],
        "port": database["PORT"],
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
    }
    environment = {
        **os.environ,
        "TRANSCRIPT_SEARCH": "true",
        "DJANGO_SETTINGS_MODULE": "voicecompliance.settings",
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "DATABASE_ROLE": "web",
        "DATABASE_URL": " ".join(f"{name}={value}" for name, value in given.items() if value),
    }
    with transaction.atomic():
        # The third batch waits for this row: the worker dies with it half done.
        Transcript.objects.select_for_update(of=("self",)).get(pk=rows[5])
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD], env=environment, stderr=subprocess.PIPE
        )
        deadline = time.monotonic() + 60
        while (
            TranscriptIndex.objects.count() < 4
            and child.poll() is None
            and time.monotonic() < deadline
        ):
            time.sleep(0.02)
        child.send_signal(signal.SIGKILL)
        said_last = child.communicate()[1]
        assert child.returncode == -signal.SIGKILL, said_last
    before = dict(TranscriptIndex.objects.values_list("pk", "created_at"))
    assert sorted(before) == rows[:4]
    settings.TRANSCRIPT_SEARCH = True
    actor = Actor("person", str(officer.pk), officer.username)
    job = start_job(actor=actor, kind=INDEX_JOB)
    worker.run(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded"
    after = dict(TranscriptIndex.objects.values_list("pk", "created_at"))
    assert sorted(after) == rows
    assert before.items() <= after.items(), "what was done is not done again"


@pytest.mark.parametrize("role", [AUDITOR, CARE_STAFF, SECURITY_OFFICER])
def test_who_may_not(on: Any, said: Any, make_person: Any, sign_in: Any, role: str) -> None:
    said(SAID)
    client = sign_in(make_person("other-one", role))
    assert client.get(reverse(SEARCH)).status_code == 403
    assert ask(client, "stolen").status_code == 403
    assert client.post(reverse("admin:phi_transcript_index")).status_code == 403
    assert not Job.objects.exists()
    page = client.get(reverse("admin:phi_transcript_changelist"))
    assert reverse(SEARCH) not in page.content.decode()
    assert not AuditEvent.objects.filter(action="searched").exists()


def test_officers_may(on: Any, said: Any, make_person: Any, sign_in: Any) -> None:
    transcript = said(SAID)
    client = sign_in(make_person("dpo-one", DPO))
    assert (
        reverse(SEARCH) in client.get(reverse("admin:phi_transcript_changelist")).content.decode()
    )
    assert str(transcript.pk) in ask(client, "stolen").content.decode()
    assert client.get(reverse("admin:phi_transcript_index")).status_code == 405


def test_the_event_holds_no_word_and_each_hit_is_a_look(
    on: Any, said: Any, officer: Any, officer_client: Any, subject: Any, events: Any
) -> None:
    transcript = said(SAID)
    answer = ask(officer_client, "stolen waiting", since="2026-01-01")
    assert "no-store" in answer["Cache-Control"]
    [event] = events("transcript", "searched")
    assert event.actor_id == str(officer.pk)
    assert event.details["word_count"] == 2
    assert event.details["results"] == 1
    assert event.details["language"] == "en"
    assert len(event.details["query_hmac"]) == 64
    [look] = Access.objects.filter(kind="transcripts")
    assert (look.object_id, look.subject_id) == (str(transcript.pk), subject.pk)
    [read] = events("transcript", "read")
    assert read.details["by"] == "search"
    for each in AuditEvent.objects.all():
        assert "stolen" not in json.dumps(each.details)
    ask(officer_client, "nothing like it")
    assert events("transcript", "searched")[1].details["results"] == 0
    assert Access.objects.filter(kind="transcripts").count() == 1


def test_a_page_costs_the_same_for_more_hits(on: Any, said: Any, officer_client: Any) -> None:
    # Two: a single event is written in another way than several.
    for _ in range(2):
        said(SAID)
    ask(officer_client, "stolen")
    with CaptureQueriesContext(connection) as two:
        ask(officer_client, "stolen")
    for _ in range(4):
        said(SAID)
    with CaptureQueriesContext(connection) as six:
        page = ask(officer_client, "stolen").content.decode()
    assert page.count("data-transcript=") == 6
    assert len(six) == len(two)


def test_older_ones_are_on_the_next_page(
    on: Any, said: Any, officer_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PAGE", 2)
    moments = [timezone.now() - timedelta(days=days) for days in (3, 1, 2, 1, 5)]
    # Two at the same moment: the id decides.
    moments[3] = moments[1]
    rows = [said(SAID, captured_at=each.isoformat()) for each in moments]
    wanted = [r.pk for r in sorted(rows, key=lambda r: (r.captured_at, r.pk), reverse=True)]
    seen, after = [], None
    for _ in range(3):
        found = search(actor=SYSTEM, text="stolen", language="en", after=after)
        seen += [hit.transcript.pk for hit in found.hits]
        after = found.after
    assert seen == wanted
    assert after is None
    page = ask(officer_client, "stolen")
    place = page.context_data["after"]
    page = ask(officer_client, "stolen", after=place).content.decode()
    assert str(wanted[2]) in page
    assert str(wanted[0]) not in page
    assert ask(officer_client, "stolen", after="nonsense|").status_code == 200
    day = moments[0].date().isoformat()
    page = ask(officer_client, "stolen", since=day, until=day).content.decode()
    assert page.count("data-transcript=") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "This field is required"),
        ("   ", "This field is required"),
        ("x" * 10_000, "at most 200 characters"),
        ("sto\0len", "Null characters are not allowed"),
        ("the and of", "words as common as these"),
        ("zebra", "No transcript holds that"),
    ],
)
def test_what_holds_no_word(on: Any, said: Any, officer_client: Any, text: str, told: str) -> None:
    said(SAID)
    page = ask(officer_client, text)
    assert page.status_code == 200
    assert told in page.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "stolen & | ! (",
        "-",
        "a:*",
        "\\",
        "%s %(x)s",
        "'; --",
        "\ue000\ue100",
        "<->",
        "🦓",
    ],
)
def test_odd_words_are_words(on: Any, said: Any, officer_client: Any, text: str) -> None:
    said("He said '; -- and \ue000 \ue100 [CARD] %s <b>stolen</b>")
    page = ask(officer_client, text)
    assert page.status_code == 200
    assert "<b>stolen" not in page.content.decode()


def test_other_bad_fields(on: Any, officer_client: Any) -> None:
    page = ask(officer_client, "x", language="xx").content.decode()
    assert "Select a valid choice" in page
    page = ask(officer_client, "x", since="2026-02-02", until="2026-02-01").content.decode()
    assert "Is before the first day" in page
    assert not AuditEvent.objects.filter(action="searched").exists()


def test_one_that_does_not_open_breaks_no_page(
    on: Any, said: Any, officer_client: Any, events: Any, settings: Any
) -> None:
    damaged, whole = said(SAID), said(SAID)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE phi_transcript SET masked_sealed = original_sealed WHERE id = %s", [damaged.pk]
        )
    page = ask(officer_client, "stolen").content.decode()
    assert page.count("changed or moved") == 1
    assert page.count("<mark>stolen</mark>") == 1
    assert str(whole.pk) in page
    assert len(events("integrity", "ciphertext_refused")) == 1
    # The job leaves it out, and does the others.
    settings.TRANSCRIPT_SEARCH = False
    assert empty_index(actor=SYSTEM) == 2
    settings.TRANSCRIPT_SEARCH = True
    assert index_batch(actor=SYSTEM) == whole.pk
    assert list(TranscriptIndex.objects.values_list("pk", flat=True)) == [whole.pk]
    assert events("transcript", "indexed")[0].details["refused"] == 1


def test_the_longest_call_is_cut_at_a_word_and_stored(on: Any, said: Any) -> None:
    """The worst that text can be: short words, all different, joined."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    pairs = ("".join(each) for each in itertools.product(letters, repeat=3))
    triples = list(pairs)
    text = " ".join(f"{a}-{b}" for a, b in zip(triples * 4, (triples * 5)[7:], strict=False))
    turns = [{"text": text[at : at + 9_000]} for at in range(0, len(text), 9_000)]
    words, is_cut = fulltext.words_of(turns)
    assert is_cut
    assert len(words.encode()) <= fulltext.MAX_BYTES
    for configuration in ("simple", "english"):
        [[size]] = fulltext.execute(
            "SELECT pg_column_size(to_tsvector(%s::regconfig, %s))", [configuration, words]
        )
        assert size < 1_000_000
    assert fulltext.words_of([{"text": "é" * 200_000}])[1]
    assert fulltext.words_of([{"text": "a\0b [CARD] c"}]) == ("a b   c", False)
    long = [
        {"speaker": "a", "text": f"zebra {n} " + "horse " * 1_600, "start_ms": n, "end_ms": n}
        for n in range(30)
    ]
    transcript = said("", turns=long)
    assert TranscriptIndex.objects.get(pk=transcript.pk).is_cut
    assert ids("zebra") == [transcript.pk]


def test_the_index_is_used(on: Any, said: Any) -> None:
    said(SAID)
    sql, values = service.statement("english", "stolen", None, None, None)
    with transaction.atomic(), connection.cursor() as cursor:
        # Of one row any way is as good: what is asked is whether the words' index can be used.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("DROP INDEX phi_transcript_index_newest")
        cursor.execute("SET LOCAL ROLE voicecompliance_web")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in fulltext.execute(f"EXPLAIN {sql}", values))
    assert "Bitmap Index Scan on phi_transcript_index_words" in plan, plan


def test_a_search_that_takes_too_long_is_broken_off(
    on: Any, said: Any, officer_client: Any, monkeypatch: pytest.MonkeyPatch, events: Any
) -> None:
    said(SAID)
    monkeypatch.setattr(service, "TIMEOUT_MS", 200)
    monkeypatch.setattr(
        service, "statement", lambda *asked: ("SELECT transcript_id FROM phi_transcriptindex,"
                                              " pg_sleep(30)", [])
    )  # fmt: skip
    page = ask(officer_client, "stolen").content.decode()
    assert "took too long" in page
    [event] = events("transcript", "searched")
    assert event.details["too_slow"] is True

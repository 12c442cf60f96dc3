"""The sweep on what callers leave behind: recordings, transcripts, profiles, audit months."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.models import AuditEvent, Checkpoint
from audit.sealing import seal
from audit.services import ensure_partition, record
from consent.models import Call, ConsentRecord, DataSubject
from core.actors import Actor
from phi.models import Transcript, VoiceRecording
from phi.services.transcripts import open_turns
from retention.deleter import enforce
from retention.models import RetentionRun, Tombstone
from retention.services import place_hold
from tests.phi.audio import sound
from vault.models import DataKey

pytestmark = pytest.mark.django_db(transaction=True)
TURNS = [{"speaker": "caller", "text": "Good morning.", "start_ms": 0, "end_ms": 900}]


def days_ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def keep_call(api, subject, give_consent, open_call):
    """A recorded and transcribed call that began so many days ago."""
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose)

    def keep(days: float) -> str:
        call = open_call(subject=str(subject.id), started_at=days_ago(days).isoformat())
        put = api.put(
            f"/api/v1/calls/{call['id']}/recording",
            sound(),
            content_type="audio/wav",
        )
        assert put.status_code == 201, put.content
        post = api.post(
            f"/api/v1/calls/{call['id']}/transcript",
            {"language": "en", "turns": TURNS},
            format="json",
        )
        assert post.status_code == 201, post.content
        return call["id"]

    return keep


def sweep(**kwargs):
    return enforce(actor=Actor.system("tests"), now=timezone.now(), **kwargs)


def blob_exists(recording: VoiceRecording) -> bool:
    return storages["blobs"].exists(recording.blob)


def test_recordings_after_30_days_and_transcripts_after_90(keep_call):
    young, due, old = keep_call(29.9), keep_call(30.1), keep_call(90.1)
    gone = VoiceRecording.objects.get(call=due)
    report = sweep()
    assert report.failed == 0
    assert list(VoiceRecording.objects.values_list("call_id", flat=True).order_by("-id")) != []
    assert {str(c) for c in VoiceRecording.objects.values_list("call_id", flat=True)} == {young}
    assert {str(c) for c in Transcript.objects.values_list("call_id", flat=True)} == {young, due}
    assert not blob_exists(gone)
    assert blob_exists(VoiceRecording.objects.get(call=young))
    assert Call.objects.count() == 3
    assert old
    stones = Tombstone.objects.values_list("category", flat=True)
    assert sorted(stones) == ["transcripts", "voice_recordings", "voice_recordings"]
    events = AuditEvent.objects.filter(actor_id="tests", event_type="retention")
    assert events.exists()


def test_a_hold_on_the_subject_keeps_all_of_it(keep_call, subject, officer):
    keep_call(100)
    person = Actor("person", str(officer.pk), officer.username)
    place_hold(actor=person, matter="m", reason="r", custodian="c", subject_id=subject.id)
    report = sweep()
    assert report.deleted == 0
    assert report.held >= 2
    assert VoiceRecording.objects.count() == Transcript.objects.count() == 1


def test_profiles_365_days_after_the_last_interaction(api, subject, keep_call):
    keep_call(0)
    for days, emptied in ((364.9, False), (365.1, True)):
        DataSubject.objects.filter(id=subject.id).update(last_interaction_at=days_ago(days))
        sweep()
        subject.refresh_from_db()
        assert (subject.anonymised_at is not None) == emptied
    assert subject.name is None
    assert subject.external_id_hash is None
    # The proof of what was agreed outlives the profile, and what is still kept stays readable.
    assert ConsentRecord.objects.filter(subject=subject).exists()
    assert open_turns(Transcript.objects.get(), "masked")
    answer = api.get("/api/v1/consents/check", {"external_id": "customer-17", "purpose": "record"})
    assert answer.status_code == 404
    again = sweep()
    assert again.deleted == 0


def test_the_key_of_content_goes_with_the_last_row_under_it(keep_call, subject):
    keep_call(31)
    sweep()
    live = DataKey.objects.filter(owner_id=subject.id, key_class="content", destroyed_at=None)
    assert live.exists()
    Transcript.objects.update(captured_at=days_ago(91))
    sweep()
    assert not Transcript.objects.exists()
    assert not live.exists()
    event = AuditEvent.objects.filter(event_type="vault", action="keys_destroyed").get()
    assert event.details["owner_ids"] == [str(subject.id)]
    # The person calls again: a new key, and what is new can be read.
    keep_call(0)
    assert open_turns(Transcript.objects.get(), "masked")


def test_audit_months_after_seven_years(officer):
    now = timezone.now()
    with time_machine.travel(datetime(2018, 3, 15, tzinfo=UTC)), transaction.atomic():
        ensure_partition(timezone.now())
        record(actor=Actor.system("tests"), event_type="old", action="done")
    inside = now - timedelta(days=6 * 365)
    with time_machine.travel(inside), transaction.atomic():
        ensure_partition(timezone.now())
        record(actor=Actor.system("tests"), event_type="younger", action="done")
    refused = sweep()
    assert refused.categories["audit_events"].deleted == 0, "what is not sealed is not dropped"
    seal()
    dry = sweep(dry_run=True)
    assert dry.categories["audit_events"].deleted == 1
    assert AuditEvent.objects.filter(event_type="old").exists()
    person = Actor("person", str(officer.pk), officer.username)
    hold = place_hold(
        actor=person,
        matter="m",
        reason="r",
        custodian="c",
        period_from=datetime(2018, 3, 1, tzinfo=UTC),
        period_to=datetime(2018, 3, 20, tzinfo=UTC),
    )
    sweep()
    assert AuditEvent.objects.filter(event_type="old").exists()
    type(hold).objects.filter(pk=hold.pk).update(released_at=now, released_by_name="x")
    sweep()
    assert not AuditEvent.objects.filter(event_type="old").exists()
    assert AuditEvent.objects.filter(event_type="younger").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('audit_auditevent_2018_03')")
        assert cursor.fetchone() == (None,)
    event = AuditEvent.objects.get(action="partition_dropped")
    point = Checkpoint.objects.get(size=event.details["size"])
    assert event.details["root"] == base64.b64encode(bytes(point.root)).decode()
    assert event.details["count"] == 1


def test_dry_run_says_what_would_go_and_leaves_it(keep_call, capsys):
    import json

    keep_call(31)
    call_command("enforce_retention", "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    assert "voice_recordings" in json.dumps(told)
    assert VoiceRecording.objects.count() == 1


def test_a_real_worker_sweeps_what_beat_sends(keep_call):
    """The schedule's own entry, through the real broker, in a real worker."""
    from celery.contrib.testing.worker import start_worker

    from voicecompliance.celery import app

    keep_call(31)
    entry = app.conf.beat_schedule["retention-sweep"]
    with start_worker(app, perform_ping_check=False, pool="solo", queues=None):
        app.send_task(entry["task"])
        for _ in range(100):
            if RetentionRun.objects.filter(finished_at__isnull=False, dry_run=False).exists():
                break
            import time

            time.sleep(0.1)
    assert VoiceRecording.objects.count() == 0


def test_every_scheduled_task_exists():
    from voicecompliance.celery import app

    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name


def test_a_hold_on_transcripts_keeps_their_calls_and_fails_nothing(keep_call, officer):
    call = keep_call(100)
    other = keep_call(0)
    Call.objects.update(created_at=days_ago(4 * 365))
    person = Actor("person", str(officer.pk), officer.username)
    place_hold(
        actor=person, matter="m", reason="r", custodian="c", category="transcripts", call_id=call
    )
    VoiceRecording.objects.update(captured_at=days_ago(31))
    Transcript.objects.update(captured_at=days_ago(100))
    for _ in range(3):
        assert sweep().failed == 0
    # The held transcript keeps its call; the other call went when nothing hung on it.
    assert {str(pk) for pk in Call.objects.values_list("pk", flat=True)} == {call}
    assert Transcript.objects.count() == 1
    assert other not in {str(pk) for pk in Call.objects.values_list("pk", flat=True)}


def test_a_withdrawn_consent_never_comes_back(api, subject, give_consent, officer):
    """A yes whose call is held stays with the withdrawal that ended it."""
    given = give_consent(subject.id, "record")
    give_consent(subject.id, "record", decision="withdrawn", notice_version=None)
    expiry = (timezone.now() + timedelta(days=1)).isoformat()
    give_consent(subject.id, "record", expires_at=expiry)
    person = Actor("person", str(officer.pk), officer.username)
    place_hold(
        actor=person,
        matter="m",
        reason="r",
        custodian="c",
        category="consents",
        period_from=timezone.now() - timedelta(days=1),
        period_to=ConsentRecord.objects.get(decision="withdrawn").decided_at
        + timedelta(microseconds=1),
    )
    later = timezone.now() + timedelta(days=6 * 365)
    enforce(actor=Actor.system("tests"), now=later)
    assert ConsentRecord.objects.filter(id=given["id"]).exists()
    with time_machine.travel(later):
        from consent.services.consents import standing

        found = standing(subject_id=subject.id, purpose="record", now=later)
    assert not found.granted


def test_a_line_of_consents_goes_from_its_oldest(subject, give_consent):
    give_consent(subject.id, "record")
    give_consent(subject.id, "record", decision="withdrawn", notice_version=None)
    later = timezone.now() + timedelta(days=5 * 365 + 3)
    report = enforce(actor=Actor.system("tests"), now=later)
    assert report.categories["consents"].deleted == 2
    stones = Tombstone.objects.filter(category="consents").order_by("deleted_at", "pk")
    assert [stone.category for stone in stones] == ["consents"] * 2

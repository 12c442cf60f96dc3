"""Expiry, orphans, lost blobs, and the measure of encryption."""

from __future__ import annotations

import json
import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core import evidence
from core.actors import Actor
from phi.evidence import encryption_at_rest
from phi.models import Transcript, VoiceRecording
from phi.personal_data.content import export_recordings, export_transcripts
from phi.services.playing import waveform_of
from phi.services.recordings import quarantine
from phi.tasks import sweep_orphan_blobs
from retention.deleter import enforce
from tests.phi.conftest import TURNS

pytestmark = pytest.mark.django_db


def test_what_has_ended_goes(
    recording: VoiceRecording,
    blobs: Any,
    events: Any,
    system: Actor,
    django_capture_on_commit_callbacks: Any,
) -> None:
    started = recording.captured_at
    with django_capture_on_commit_callbacks(execute=True):
        enforce(actor=system, now=started + timedelta(days=30) - timedelta(seconds=1))
    assert len(blobs()) == VoiceRecording.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        enforce(actor=system, now=started + timedelta(days=30))
    assert blobs() == []
    assert not VoiceRecording.objects.exists()
    assert Transcript.objects.exists()
    enforce(actor=system, now=started + timedelta(days=90))
    assert not Transcript.objects.exists()


def test_a_subject_gets_what_is_held(recording: VoiceRecording, subject: Any) -> None:
    (held,) = export_recordings(subject.id)
    assert held["sha256"] == recording.sha256
    picture = waveform_of(recording)
    assert picture
    flat = [sample for pair in held["waveform"] for sample in pair]
    assert bytes(sample % 256 for sample in flat) == picture
    assert json.loads(json.dumps(held["waveform"])) == held["waveform"]
    assert "waveform_withheld" not in held
    (told,) = export_transcripts(subject.id)
    assert told["turns"] == TURNS


def test_a_picture_that_nobody_may_see_is_withheld_with_its_reason(
    recording: VoiceRecording, subject: Any, system: Actor
) -> None:
    quarantine(actor=system, recording_id=recording.pk, reason="A complaint")
    (held,) = export_recordings(subject.id)
    assert held["waveform"] is None
    assert "in quarantine: A complaint" in held["waveform_withheld"]
    VoiceRecording.objects.update(state="unscreened", quarantine_reason="")
    (held,) = export_recordings(subject.id)
    assert "waits for its transcript" in held["waveform_withheld"]


def test_an_old_recording_has_no_picture_to_hand_out(
    recording: VoiceRecording, subject: Any
) -> None:
    VoiceRecording.objects.update(waveform_sealed=None)
    (held,) = export_recordings(subject.id)
    assert held["waveform"] is None
    assert "waveform_withheld" not in held


def _orphan(blob_root: Any, age: int) -> Any:
    path = blob_root / "recordings" / "0a" / ("0a" + "f" * 30)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"VCS1 left behind")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def test_old_orphans_go_and_young_ones_stay(
    recording: VoiceRecording, blob_root: Any, blobs: Any
) -> None:
    orphan = _orphan(blob_root, age=3500)
    sweep_orphan_blobs()
    assert orphan.exists()
    os.utime(orphan, (time.time() - 3700,) * 2)
    (kept,) = [path for path in blobs() if path != orphan]
    os.utime(kept, (time.time() - 10**6,) * 2)
    for _ in range(2):
        sweep_orphan_blobs()
    assert blobs() == [kept]


def test_a_lost_blob_is_reported_once(recording: VoiceRecording, blobs: Any, events: Any) -> None:
    blobs()[0].unlink()
    for _ in range(2):
        sweep_orphan_blobs()
    (event,) = events("recording", "lost")
    assert event.severity == "ERROR"
    assert event.object_id == str(recording.id)
    recording.refresh_from_db()
    assert recording.lost_at is not None
    assert recording.lost_at <= timezone.now()


def test_an_empty_store_is_swept(db: None) -> None:
    sweep_orphan_blobs()


def test_encryption_is_measured(
    db: None, call: str, put: Any, tell: Any, blobs: Any, request: Any
) -> None:
    assert encryption_at_rest()[0] == evidence.UNKNOWN
    request.getfixturevalue("recording")
    status, figure, _ = encryption_at_rest()
    assert (status, figure) == (evidence.PASS, "2 of 2 newest items")
    assert evidence.measure("phi.encryption_at_rest").status == evidence.PASS
    path = blobs()[0]
    path.write_bytes(b"RIFF" + path.read_bytes()[4:])
    assert encryption_at_rest()[0] == evidence.FAIL


def test_the_web_role_cannot_delete(recording: VoiceRecording) -> None:
    for model in (VoiceRecording, Transcript):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_table_privilege(current_user, %s, 'DELETE')", [model._meta.db_table]
            )
            assert cursor.fetchone() == (False,)

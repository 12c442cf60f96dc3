"""The picture of a recording: drawn as it is decoded, sealed with its row, shown in the player."""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
import soundfile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import AuditEvent
from core.errors import CiphertextRefused, Forbidden
from phi.models import VoiceRecording
from phi.services.playing import waveform_of
from phi.services.recordings import quarantine
from phi.waveforms import BUCKETS, Drawing, path, width
from tests.phi.audio import sound

db = pytest.mark.django_db


def plain(frames: Any, buckets: int) -> list[tuple[int, int]]:
    """Bucket by bucket, over the whole of it at once."""
    total = len(frames)
    result = []
    for bucket in range(buckets):
        start, stop = -(-bucket * total // buckets), -(-(bucket + 1) * total // buckets)
        stretch = frames[start:stop]
        low, high = int(stretch.min()) >> 8, int(stretch.max()) >> 8
        result.append((min(0, low), max(0, high)))
    return result


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 2), st.integers(1, 700), st.integers(0, 2**32))
def test_blocks_of_any_size_draw_the_same(total: int, channels: int, block: int, seed: int) -> None:
    frames = np.random.default_rng(seed).integers(-32768, 32768, (total, channels), dtype=np.int16)
    drawing = Drawing(total)
    for start in range(0, total, block):
        drawing.add(frames[start : start + block])
    drawn = np.frombuffer(drawing.picture(), np.int8).reshape(-1, 2)
    assert [tuple(map(int, pair)) for pair in drawn] == plain(frames, min(BUCKETS, total))


def test_more_frames_than_declared_go_into_the_last() -> None:
    drawing = Drawing(4)
    drawing.add(np.full((6, 1), 25600, dtype=np.int16))
    assert width(drawing.picture()) == 4
    assert path(drawing.picture()) == "M0,27 1,27 2,27 3,27 3,129 2,129 1,129 0,129Z"


@db
def test_it_lies_sealed_in_the_row(call: str, put: Any, tell: Any) -> None:
    half = np.zeros((16000, 1), dtype=np.int16)
    half[8000:] = 20000
    body = io.BytesIO()
    soundfile.write(body, half, 16000, format="WAV", subtype="PCM_16")
    assert put(call, body.getvalue()).status_code == 201
    tell(call)
    recording = VoiceRecording.objects.get()
    picture = waveform_of(recording)
    assert picture == b"\0\0" * 200 + b"\0\x4e" * 200
    sealed = bytes(recording.waveform_sealed or b"")
    assert sealed[0] == 1
    assert b"\x4e\0\x4e" not in sealed
    with pytest.raises(IntegrityError), transaction.atomic():
        VoiceRecording.objects.update(waveform_sealed=picture)


@db
def test_one_row_does_not_open_as_another(recording: VoiceRecording, system: Any) -> None:
    from core.ids import uuid7

    recording.id = uuid7()
    with pytest.raises(CiphertextRefused) as caught:
        waveform_of(recording)
    assert caught.value.of == f"phi.voicerecording.waveform|{recording.id}"


@db
def test_quarantine_hides_it(recording: VoiceRecording, system: Any) -> None:
    quarantine(actor=system, recording_id=recording.id, reason="A complaint")
    recording.refresh_from_db()
    with pytest.raises(Forbidden):
        waveform_of(recording)


def player(client: Any, recording: VoiceRecording) -> str:
    page = client.post(
        reverse("admin:phi_voicerecording_play", args=[recording.pk]), {"purpose_of_use": "quality"}
    )
    assert page.status_code == 200
    text: str = page.content.decode()
    assert "<audio" in text
    return text


@db
def test_the_player_shows_it(recording: VoiceRecording, officer_client: Any) -> None:
    page = player(officer_client, recording)
    assert 'role="slider"' in page
    assert 'aria-valuemax="1"' in page
    assert len(re.findall(r'd="M0,', page)) == 2
    assert "phi/player.js" in page
    # The list and the recording's own page do without.
    assert (
        'id="waveform"'
        not in officer_client.get(
            reverse("admin:phi_voicerecording_change", args=[recording.pk])
        ).content.decode()
    )


@db
def test_an_old_recording_plays_without(recording: VoiceRecording, officer_client: Any) -> None:
    VoiceRecording.objects.update(waveform_sealed=None)
    page = player(officer_client, recording)
    assert 'id="waveform"' not in page
    assert "<audio" in page


@db
def test_a_damaged_picture_leaves_the_sound(recording: VoiceRecording, officer_client: Any) -> None:
    sealed = bytearray(recording.waveform_sealed or b"")
    sealed[-1] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE phi_voicerecording SET waveform_sealed = %s", [bytes(sealed)])
    page = player(officer_client, recording)
    assert 'id="waveform"' not in page
    assert "is not shown" in page
    event = AuditEvent.objects.get(event_type="integrity")
    assert (event.severity, event.object_id) == ("CRITICAL", str(recording.pk))
    assert event.details["field"] == "waveform"


def test_every_kind_is_drawn() -> None:
    from phi import audio

    for kind in ("WAV", "FLAC", "OGG", "MP3"):
        body = sound(kind, 2, channels=2)
        found = audio.inspect(io.BytesIO(body), max_seconds=60)
        drawn = np.frombuffer(found.waveform, np.int8).reshape(-1, 2)
        assert len(drawn) == BUCKETS
        assert (drawn[10:-10, 1] > 0).all()
        assert (drawn[10:-10, 0] < 0).all()

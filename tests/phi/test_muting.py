"""The muted variant: made, proved, played; and the end of an original with a security code."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import COMPLIANCE_OFFICER, DPO
from audit.models import AuditEvent
from core import evidence
from core.actors import Actor
from core.database import dropping
from core.errors import Conflict, Forbidden
from masking import Turn
from masking.audio import muted_chunks
from operations.models import Notification
from phi import blobs as store
from phi import waveforms
from phi.evidence import encryption_at_rest, security_codes_destroyed
from phi.models import MutedVariant, Transcript, VoiceRecording
from phi.personal_data.content import export_recordings
from phi.services import muting, silencing
from phi.services.playing import waveform_of
from phi.services.recordings import quarantine
from phi.services.transcripts import MASKED, ORIGINAL, open_turns, store_transcript
from phi.services.upkeep import sweep
from retention.deleter import destroy, enforce
from retention.services import place_hold
from tests.phi.audio import sound
from tests.phi.conftest import CODE, CODE_TURNS, TURNS, problem
from vault import verification
from vault.models import DataKey

pytestmark = pytest.mark.django_db

BODY = sound(seconds=4)
# "973" is the fifth word: from 2.0 to 2.2 seconds.
HEARD = (1850, 2350)
EMAIL_TURNS = [
    {
        "speaker": "caller",
        "text": "write to ada@example.com",
        "start_ms": 1000,
        "end_ms": 1900,
        "words": [
            {"text": word, "start_ms": 1000 + 300 * place, "end_ms": 1300 + 300 * place}
            for place, word in enumerate("write to ada@example.com".split())
        ],
    }
]


def work(recording_id: Any = None) -> MutedVariant:
    """What a worker does with the message."""
    found = recording_id or VoiceRecording.objects.get().pk
    silencing.mute_recording(actor=Actor.system("tests"), recording_id=found)
    return MutedVariant.objects.get(pk=found)


@pytest.fixture
def play(api: Any) -> Callable[..., Any]:
    def get(variant: str = "muted", *, purpose: str = "quality", **headers: str) -> Any:
        address = f"/api/v1/recordings/{VoiceRecording.objects.get().pk}/audio"
        return api.get(address, {"purpose_of_use": purpose, "variant": variant}, headers=headers)

    return get


@pytest.fixture
def with_code(call: str, put: Any, tell: Any) -> VoiceRecording:
    """A recording in which a security code was said, not muted yet."""
    assert put(call, BODY).status_code == 201
    assert tell(call, CODE_TURNS).status_code == 201
    return VoiceRecording.objects.get()


def content(answer: Any) -> bytes:
    assert answer.status_code in (200, 206), answer.content
    return b"".join(answer.streaming_content)


def samples(body: bytes) -> Any:
    return soundfile.read(io.BytesIO(body), dtype="int16")[0]


def silent_in(body: bytes, stretches: list[tuple[int, int]]) -> bool:
    """Whether the sound is silent just there and elsewhere that of ``BODY``, at 16 kHz."""
    wanted = samples(BODY).copy()
    for start, end in stretches:
        wanted[start * 16 : end * 16] = 0
    return np.array_equal(samples(body), wanted)


def test_made_and_played(
    call: str, put: Any, tell: Any, play: Any, events: Any, blobs: Any
) -> None:
    put(call, BODY)
    problem(play(), 409, "recording-unscreened")
    tell(call, EMAIL_TURNS)
    answer = play()
    problem(answer, 409, "muted-not-ready")
    assert answer["Retry-After"] == "60"
    variant = work()
    assert (variant.state, variant.intervals, variant.claim) == ("ready", 1, None)
    answer = play()
    body = content(answer)
    assert answer["Content-Type"] == "audio/flac"
    assert answer["ETag"] == f'"{variant.sha256}"'
    assert int(answer["Content-Length"]) == len(body) == variant.bytes
    assert hashlib.sha256(body).hexdigest() == variant.sha256
    assert silent_in(body, [(1450, 2050)])
    answer = play(Range="bytes=1000-1999")
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes 1000-1999/{len(body)}"
    assert content(answer) == body[1000:2000]
    assert content(play("original")) == BODY
    (event,) = events("recording", "muted")
    recording = VoiceRecording.objects.get()
    assert event.details["sha256"] == recording.sha256
    assert event.details["muted_sha256"] == variant.sha256
    assert event.details["intervals"] == 1
    assert [each.details["variant"] for each in events("recording", "played")] == [
        "muted",
        "muted",
        "original",
    ]
    # Both are sealed where they lie.
    assert len(blobs()) == 2
    for path in blobs():
        assert path.read_bytes()[:4] == b"VCS1"
    assert encryption_at_rest()[:2] == (evidence.PASS, "3 of 3 newest items")
    # Again, there is nothing to do.
    work()
    assert len(events("recording", "muted")) == 1
    assert len(blobs()) == 2


def test_with_a_tone_where_that_is_set(
    call: str, put: Any, tell: Any, play: Any, settings: Any
) -> None:
    """Every sample of the stretch is the tone's, whatever was said; proved by the same road."""
    put(call, BODY)
    tell(call, CODE_TURNS)
    settings.MUTE_WITH_TONE = True
    work()
    heard, wanted = samples(content(play())), samples(BODY).copy()
    start, end = (16 * each for each in HEARD)
    tone = 0.1 * 0x7FFF * np.sin(2 * np.pi * 1000 * np.arange(start, end) / 16_000)
    wanted[start:end] = np.rint(tone)
    assert np.array_equal(heard, wanted)
    assert VoiceRecording.objects.get().state == "muted"


def test_nothing_to_silence_needs_no_second_file(
    call: str, put: Any, tell: Any, play: Any, blobs: Any, events: Any
) -> None:
    put(call, BODY)
    tell(call, [TURNS[0]])
    variant = work()
    assert (variant.state, variant.intervals, variant.blob) == ("ready", 0, None)
    assert content(play()) == BODY
    assert len(blobs()) == 1
    (event,) = events("recording", "muted")
    assert event.details["muted_sha256"] == event.details["sha256"]
    assert events("recording", "played")[0].details["variant"] == "muted"


@pytest.mark.parametrize("first", ["recording", "transcript"])
def test_a_code_ends_the_original(
    call: str, put: Any, tell: Any, play: Any, events: Any, blobs: Any, first: str
) -> None:
    if first == "recording":
        put(call, BODY)
        tell(call, CODE_TURNS)
    else:
        tell(call, CODE_TURNS)
        put(call, BODY)
    recording = VoiceRecording.objects.get()
    assert recording.state == "quarantined"
    (original,) = blobs()
    for asked in ("original", "muted"):
        problem(play(asked), 403, "recording-quarantined")
    refused = events("recording", "play_refused")
    assert [each.details["variant"] for each in refused] == ["original", "muted"]
    assert {each.severity for each in refused} == {"WARNING"}
    assert {each.details["purpose_of_use"] for each in refused} == {"quality"}

    variant = work()
    recording.refresh_from_db()
    assert (recording.state, recording.blob, recording.waveform_sealed) == ("muted", None, None)
    assert recording.quarantine_reason == variant.reason == "card-security-code-heard"
    assert recording.original_destroyed_at is not None
    assert recording.sha256 == hashlib.sha256(BODY).hexdigest()
    assert not original.exists()
    (left,) = blobs()
    assert left.name == str(variant.blob).rpartition("/")[2]
    problem(play("original"), 410, "original-destroyed")
    body = content(play())
    assert hashlib.sha256(body).hexdigest() == variant.sha256
    assert silent_in(body, [HEARD])
    (event,) = events("recording", "original_destroyed")
    assert event.object_id == str(recording.pk)
    assert event.severity == "WARNING"
    assert event.details == {
        "call": str(recording.call_id),
        "subject": str(recording.call.subject_id),
        "sha256": recording.sha256,
        "muted_sha256": variant.sha256,
        "intervals": 1,
        "reason": "card-security-code-heard",
        "legal_hold": None,
    }
    assert len(events("recording", "muted")) == 1
    # The same upload again brings nothing back.
    assert put(call, BODY).status_code == 200
    assert blobs() == [left]
    assert events("recording", "lost") == []


def test_a_vendor_that_masked_it_says_that_it_was_said(call: str, put: Any, tell: Any) -> None:
    put(call, BODY)
    turn = {**CODE_TURNS[1], "text": "The security code is [CVV]", "words": []}
    assert tell(call, [turn]).json()["findings"] == {"CVV": 1}
    assert work().reason
    assert VoiceRecording.objects.get().state == "muted"


@pytest.mark.parametrize(
    ("turns", "stretch"),
    [
        # The whole turn, where its words have no times.
        ([Turn("a", "Hello", 0, 900), Turn("c", "my cvv is 973", 1000, 2500)], (850, 2650)),
        # What lies between the others, where the turn has none.
        (
            [
                Turn("a", "Hello", 0, 900),
                Turn("c", "my cvv is 973"),
                Turn("a", "Thank you", 3000, 3500),
            ],
            (750, 3150),
        ),
        # Everything, where nothing is known.
        ([Turn("c", "my cvv is 973")], (0, 4000)),
        # The recording ends before it was said: another clock.
        ([Turn("c", "my cvv is 973", 9000, 9900)], (0, 4000)),
    ],
    ids=["turn", "between", "nothing", "another clock"],
)
def test_without_the_words_times_more_is_silenced(
    call: str,
    put: Any,
    play: Any,
    caller: Any,
    system: Actor,
    turns: list[Turn],
    stretch: tuple[int, int],
) -> None:
    put(call, BODY)
    store_transcript(
        actor=system,
        call_id=call,  # type: ignore[arg-type]
        application_id=caller.application.pk,
        language="en",
        turns=turns,
    )
    work()
    assert silent_in(content(play()), [stretch])


def test_without_its_transcript_everything_is_silenced(
    with_code: VoiceRecording, play: Any, system: Actor
) -> None:
    destroy(actor=system, code="transcripts", ids=[Transcript.objects.get().pk], now=timezone.now())
    work()
    assert not samples(content(play())).any()


def test_one_in_quarantine_for_another_reason_stays_there(
    call: str, put: Any, tell: Any, play: Any, system: Actor, blobs: Any, events: Any
) -> None:
    put(call, BODY)
    recording = VoiceRecording.objects.get()
    quarantine(actor=system, recording_id=recording.pk, reason="A complaint")
    tell(call, CODE_TURNS)
    variant = work()
    recording.refresh_from_db()
    assert (recording.state, recording.quarantine_reason) == ("quarantined", "A complaint")
    assert recording.blob is None
    assert [path.name for path in blobs()] == [str(variant.blob).rpartition("/")[2]]
    assert len(events("recording", "original_destroyed")) == 1
    for each in ("original", "muted"):
        problem(play(each), 403, "recording-quarantined")


def test_a_muted_one_can_be_put_in_quarantine(
    with_code: VoiceRecording, play: Any, system: Actor
) -> None:
    work()
    quarantine(actor=system, recording_id=with_code.pk, reason="A complaint")
    for each in ("original", "muted"):
        problem(play(each), 403, "recording-quarantined")


def test_what_was_written_wrongly_destroys_nothing(
    with_code: VoiceRecording, play: Any, blobs: Any, events: Any, monkeypatch: Any, officer: Any
) -> None:
    """A fault in what silences: found by looking at what was stored."""
    original = blobs()
    monkeypatch.setattr(
        silencing, "muted_chunks", lambda source, intervals, beep: muted_chunks(source, [])
    )
    variant = work()
    assert (variant.state, variant.error, variant.blob) == ("failed", "NotMuted", None)
    assert blobs() == original
    with_code.refresh_from_db()
    assert with_code.state == "quarantined"
    problem(play("original"), 403, "recording-quarantined")
    (event,) = events("recording", "muting_failed")
    assert event.severity == "ERROR"
    assert event.object_id == str(with_code.pk)
    assert "ERROR" in {each.severity for each in events("recording")}
    told = Notification.objects.filter(title="A recording could not be muted")
    assert {each.role for each in told} == {COMPLIANCE_OFFICER, DPO}
    assert security_codes_destroyed()[0] == evidence.FAIL
    monkeypatch.undo()
    person = Actor("person", str(officer.pk), officer.username)
    muting.retry_muting(actor=person, recording_id=with_code.pk)
    (event,) = events("recording", "muting_retried")
    assert event.actor_name == officer.username
    assert work().state == "ready"
    assert content(play())
    assert security_codes_destroyed()[:2] == (evidence.PASS, "1 recordings")


def test_a_damaged_original_stays_in_quarantine(
    with_code: VoiceRecording, blobs: Any, events: Any
) -> None:
    path = blobs()[0]
    sealed = bytearray(path.read_bytes())
    sealed[70_000] ^= 1
    path.write_bytes(sealed)
    variant = work()
    assert (variant.state, variant.error) == ("failed", "CiphertextRefused")
    assert blobs() == [path]
    (event,) = events("integrity", "ciphertext_refused")
    assert (event.object_id, event.severity) == (str(with_code.pk), "CRITICAL")


def test_a_store_that_is_away_is_asked_again(
    with_code: VoiceRecording, blobs: Any, events: Any, blob_root: Path
) -> None:
    aside = blob_root.rename(blob_root.with_name("aside"))
    for attempt in (1, 2):
        variant = work()
        assert (variant.state, variant.attempts) == ("waiting", attempt)
        assert variant.error == "StorageUnavailable"
        assert variant.due_at > timezone.now()
        # Not before its time.
        assert muting.hand_over(now=timezone.now()) == 0
        assert muting.hand_over(now=variant.due_at) == 1
    assert events("recording", "muting_failed") == []
    assert work().state == "failed"
    assert len(events("recording", "muting_failed")) == 1
    aside.rename(blob_root)
    assert len(blobs()) == 1


def test_an_original_that_cannot_be_deleted_is_not_said_to_be(
    with_code: VoiceRecording, play: Any, events: Any, monkeypatch: Any, blobs: Any
) -> None:
    def refuse(name: str) -> None:
        raise OSError("refused")

    monkeypatch.setattr(store.store(), "delete", refuse)
    variant = work()
    assert variant.state == "destroying"
    with_code.refresh_from_db()
    assert (with_code.state, with_code.original_destroyed_at) == ("quarantined", None)
    assert events("recording", "original_destroyed") == []
    problem(play(), 403, "recording-quarantined")
    monkeypatch.undo()
    muting.hand_over(now=variant.due_at)
    # It is not made again.
    assert work().sha256 == variant.sha256
    assert len(blobs()) == 1
    assert len(events("recording", "muted")) == len(events("recording", "original_destroyed")) == 1


def test_a_worker_that_dies_again_and_again_is_not_asked_for_ever(
    with_code: VoiceRecording, system: Actor, events: Any
) -> None:
    for _ in range(3):
        assert muting.claim(actor=system, recording_id=with_code.pk) is not None
        # Claimed: nobody else gets it, until it is handed over.
        assert muting.claim(actor=system, recording_id=with_code.pk) is None
        muting.hand_over(now=timezone.now() + timedelta(hours=1))
    assert work().error == "Its worker stopped"
    assert len(events("recording", "muting_failed")) == 1


def test_a_worker_that_was_superseded_writes_nothing(
    with_code: VoiceRecording, system: Actor, events: Any, blobs: Any
) -> None:
    late = muting.claim(actor=system, recording_id=with_code.pk)
    assert late is not None
    muting.hand_over(now=timezone.now() + timedelta(hours=1))
    assert work().state == "ready"
    (left,) = blobs()
    for step in (silencing.make_variant, silencing.destroy_original):
        with pytest.raises(muting.Superseded):
            step(actor=system, variant=late)
    assert blobs() == [left]
    assert len(events("recording", "muted")) == 1


def test_a_hold_keeps_the_variant_and_not_the_code(
    with_code: VoiceRecording,
    system: Actor,
    officer: Any,
    events: Any,
    blobs: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    hold = place_hold(
        actor=Actor("person", str(officer.pk), officer.username),
        matter="Example v. Example",
        reason="Litigation",
        custodian="Legal",
        call_id=with_code.call_id,
    )
    work()
    (event,) = events("recording", "original_destroyed")
    assert event.details["legal_hold"] == str(hold.pk)
    with django_capture_on_commit_callbacks(execute=True):
        enforce(actor=system, now=with_code.captured_at + timedelta(days=400))
    assert VoiceRecording.objects.get().state == "muted"
    assert len(blobs()) == 1


def test_both_go_with_the_row(
    recording: VoiceRecording,
    system: Actor,
    blobs: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    work()
    assert len(blobs()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        enforce(actor=system, now=recording.captured_at + timedelta(days=30))
    assert blobs() == []
    assert not MutedVariant.objects.exists()
    assert not VoiceRecording.objects.exists()


def test_what_is_erased_meanwhile_leaves_nothing(
    recording: VoiceRecording,
    system: Actor,
    blobs: Any,
    events: Any,
    monkeypatch: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def erase_and_prove(*args: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            enforce(actor=system, now=recording.captured_at + timedelta(days=100))
        raise FileNotFoundError

    monkeypatch.setattr(silencing, "_proved", erase_and_prove)
    silencing.mute_recording(actor=system, recording_id=recording.pk)
    assert blobs() == []
    assert events("recording", "muting_failed") == []
    # A message that comes after it.
    silencing.mute_recording(actor=system, recording_id=recording.pk)


def test_the_sweep_knows_both(recording: VoiceRecording, blobs: Any, events: Any) -> None:
    variant = work()
    soon = timezone.now() + timedelta(minutes=1)
    assert sweep(before=soon) == (0, 0)
    assert len(blobs()) == 2
    store.remove([str(variant.blob)])
    assert sweep(before=soon) == (0, 1)
    assert sweep(before=soon) == (0, 0)
    (event,) = events("recording", "lost")
    assert (event.object_id, event.details["variant"]) == (str(recording.pk), "muted")
    variant.refresh_from_db()
    assert variant.lost_at is not None
    # It is made anew from the original.
    muting.retry_muting(actor=Actor.system("tests"), recording_id=recording.pk)
    assert work().lost_at is None
    assert len(blobs()) == 2


def test_an_original_that_is_being_destroyed_is_not_lost(
    with_code: VoiceRecording, blobs: Any, events: Any, monkeypatch: Any
) -> None:
    def die(*args: Any) -> None:
        raise OSError

    monkeypatch.setattr(silencing, "_note_destroyed", die)
    variant = work()
    assert variant.state == "destroying"
    assert len(blobs()) == 1
    assert sweep(before=timezone.now() + timedelta(minutes=1)) == (0, 0)
    assert events("recording", "lost") == []
    monkeypatch.undo()
    muting.hand_over(now=variant.due_at)
    work()
    with_code.refresh_from_db()
    assert with_code.state == "muted"


def test_a_variant_is_not_swapped_for_the_original(
    recording: VoiceRecording, play: Any, blobs: Any
) -> None:
    """Each opens as what it is and as nothing else."""
    work()
    one, other = blobs()
    held = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(held)
    for variant in ("original", "muted"):
        problem(play(variant), 500, "ciphertext-refused")


def test_everything_opens_and_nothing_is_plain(with_code: VoiceRecording, system: Actor) -> None:
    work()
    assert bytes(MutedVariant.objects.get().waveform_sealed or b"")[0] == 1
    for quick in (True, False):
        assert verification.verify(actor=system, quick=quick) == []
    # Its key is in use as long as the row is there.
    assert DataKey.objects.filter(destroyed_at=None, key_class="content").count() == 1


def test_a_person_is_told_what_is_left(with_code: VoiceRecording, subject: Any) -> None:
    (before,) = export_recordings(subject.id)
    assert before["muted_variant"] is before["original_destroyed_at"] is None
    assert before["waveform"] is None
    assert "in quarantine" in before["waveform_withheld"]
    variant = work()
    (after,) = export_recordings(subject.id)
    assert after["sha256"] == with_code.sha256
    assert after["muted_variant"]["sha256"] == variant.sha256
    assert after["muted_variant"]["intervals"] == 1
    assert after["original_destroyed_at"] is not None
    # The picture of what is left, and of nothing else.
    picture = waveform_of(VoiceRecording.objects.get(), "muted")
    assert picture
    assert after["waveform"] == waveforms.pairs(picture)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("the security code is 973", "973"),
        ("my pin is 8 2 6 4", "8264"),
        ("my pin is eight two six four", "eight two six four"),
        (";4242424242424242=29121010000097300000?", "0000097300000"),
    ],
)
def test_in_no_text_that_is_stored(
    call: str, tell: Any, text: str, secret: str, settings: Any
) -> None:
    """Both views, the search index and every row of every table."""
    settings.TRANSCRIPT_SEARCH = True
    words = [
        {"text": word, "start_ms": 300 * place, "end_ms": 300 * place + 200}
        for place, word in enumerate(text.split())
    ]
    tell(
        call,
        [
            {"speaker": "agent", "text": "And now?", "start_ms": 0, "end_ms": 100},
            {"speaker": "caller", "text": text, "start_ms": 0, "end_ms": 3000, "words": words},
            {"speaker": "agent", "text": f"so {text}", "start_ms": 0, "end_ms": 3000},
        ],
    )
    transcript = Transcript.objects.get()
    for view in (MASKED, ORIGINAL):
        for turn in open_turns(transcript, view):
            said = turn["text"] + " " + " ".join(w["text"] for w in turn.get("words", ()))
            assert secret not in said
            assert secret not in said.replace(" ", "")
            assert not [word for word in turn.get("words", ()) if word["text"] in secret.split()]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" AS r WHERE r::text LIKE %s', [f"%{secret}%"]
            )
            found = cursor.fetchone()
            # Times and random ids may hold any three digits.
            assert found == (0,) or secret == CODE, table


def test_who_may_have_it_tried_again(
    recording: VoiceRecording, make_person: Any, system: Actor
) -> None:
    auditor = make_person("auditor-two", "auditor")
    with pytest.raises(Forbidden):
        muting.retry_muting(
            actor=Actor("person", str(auditor.pk), "auditor-two"), recording_id=recording.pk
        )
    with pytest.raises(Conflict) as refused:
        muting.retry_muting(actor=system, recording_id=recording.pk)
    assert refused.value.code == "muting-not-failed"


def test_one_from_before_is_muted_when_asked(recording: VoiceRecording, play: Any) -> None:
    with dropping():
        MutedVariant.objects.all().delete()
    problem(play(), 409, "no-muted-variant")
    muting.retry_muting(actor=Actor.system("tests"), recording_id=recording.pk)
    assert work().state == "ready"


def test_counts_its_queries(
    call: str, put: Any, tell: Any, play: Any, django_assert_max_num_queries: Any
) -> None:
    put(call, BODY)
    tell(call, EMAIL_TURNS)
    with CaptureQueriesContext(connection) as seen:
        work()
    assert len(seen) <= 32, [query["sql"][:90] for query in seen]
    content(play())
    with django_assert_max_num_queries(8):
        content(play())
    with django_assert_max_num_queries(4):
        muting.hand_over(now=timezone.now())
    assert AuditEvent.objects.filter(event_type="recording").exists()
    assert json.dumps(AuditEvent.objects.latest("id").details)

"""Transcripts: masked, sealed twice, read masked, or in the original for a purpose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

import masking
from audit.services import record
from consent.services.calls import find_call, names_in, require
from core import accesses
from core.actors import Actor
from core.errors import Conflict
from core.ids import uuid7
from masking import Span, Turn
from masking.mutes import placeholders
from operations.maskingrules import active_rules
from operations.recognisers import recogniser
from phi.labels import masked_labels
from phi.models import Transcript
from phi.services import care
from phi.services.accesses import look
from phi.services.indexing import index_new
from phi.services.keeping import refuse_future
from phi.services.recordings import lock_recording, owner_of, screen
from vault import services as vault

MASKED, ORIGINAL = "masked", "original"

# A speaker's label is no place for a number: neither form keeps one.
_NUMBER_IN_LABEL = re.compile(r"\d(?:[ .\-]?\d){2,}")


def plain(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Turns as the API writes them."""
    result: list[dict[str, Any]] = []
    for turn in turns:
        item: dict[str, Any] = {"speaker": turn.speaker, "text": turn.text}
        if turn.start_ms is not None:
            item["start_ms"] = turn.start_ms
        if turn.end_ms is not None:
            item["end_ms"] = turn.end_ms
        if turn.words:
            item["words"] = [
                {"text": word.text, "start_ms": word.start_ms, "end_ms": word.end_ms}
                for word in turn.words
            ]
        result.append(item)
    return result


def counts(spans: Sequence[Span]) -> dict[str, int]:
    """How many findings of each label."""
    return dict(sorted(Counter(span.label for span in spans).items()))


@transaction.atomic
def store_transcript(
    *,
    actor: Actor,
    call_id: UUID,
    application_id: UUID | None,
    language: str,
    turns: Sequence[Turn],
    captured_at: datetime | None = None,
) -> tuple[Transcript, list[dict[str, Any]]]:
    """Store what was said on a call, masked and original, both sealed; screen its recording.

    Returns the row and the masked turns. Card security codes and PINs are masked in the original
    too (PCI DSS 4.0.1, 3.3.1). Raises NotFound, Forbidden ``consent-missing`` (the caller audits
    it after the rollback), Invalid for a moment ahead of now, Conflict ``transcript-exists``.
    """
    call = find_call(call_id=call_id, application_id=application_id, lock=True)
    require(call, "transcribe")
    owner = owner_of(call)
    captured_at = captured_at or call.started_at
    refuse_future("captured_at", captured_at)
    # Before the key, as the deleter locks them: the recording is screened by these words.
    lock_recording(call.id)
    if Transcript.objects.filter(call=call).exists():
        raise Conflict("This call has its transcript already.", code="transcript-exists")
    region, rules = call.regions[0], active_rules()
    turns = masked_labels(turns, region=region, language=language, rules=rules)
    turns = [replace(t, speaker=_NUMBER_IN_LABEL.sub("[NUMBER]", t.speaker)) for t in turns]
    spans = masking.find(
        turns,
        policy="strict",
        region=region,
        language=language,
        names=names_in(call),
        rules=rules,
        recogniser=recogniser(),
    )
    # A vendor that masks by itself says so with our labels: the code is in the sound all the same.
    told = [s for s in placeholders(turns) if s.label in masking.FORBIDDEN_AFTER_AUTHORISATION]
    masked = plain(masking.mask(turns, spans))
    original = masking.mask(turns, spans, labels=masking.FORBIDDEN_AFTER_AUTHORISATION)
    transcript = Transcript(
        id=uuid7(),
        call=call,
        language=language,
        findings=counts([*spans, *told]),
        has_words=any(turn.text.strip() for turn in turns),
        captured_at=captured_at,
    )
    transcript.masked_sealed = _seal(transcript, owner, MASKED, masked)
    transcript.original_sealed = _seal(transcript, owner, ORIGINAL, plain(original))
    transcript.save(force_insert=True)
    indexed = index_new(transcript, masked)
    recording = screen(actor=actor, transcript=transcript)
    record(
        actor=actor,
        event_type="transcript",
        action="stored",
        obj=transcript,
        details={
            "call": call.id,
            "subject": owner,
            "turns": len(turns),
            # Not by label: the log withholds whatever stands under a key such as PIN.
            "findings": [f"{label}: {n}" for label, n in transcript.findings.items()],
            "recording_state": recording.state if recording else None,
            **({"search_index": indexed} if indexed else {}),
        },
    )
    return transcript, masked


def _seal(transcript: Transcript, owner: UUID, view: str, turns: list[dict[str, Any]]) -> bytes:
    return vault.seal(owner, vault.KeyClass.CONTENT, transcript.aad(view), orjson.dumps(turns))


def find_transcript(
    *, transcript_id: UUID, application_id: UUID | None, user: Any = None
) -> Transcript:
    """The transcript, where the application may see it (None: a person, ``user``). Raises
    NotFound, and NotYourPatient for care staff."""
    rows = Transcript.objects.visible_to(application_id)
    found: Transcript = care.find_content(rows, transcript_id, user)
    return found


@transaction.atomic
def read_transcript(
    *, actor: Actor, transcript: Transcript, view: str = MASKED, purpose_of_use: str = ""
) -> list[dict[str, Any]]:
    """The turns of a view; the look is an event. The original is read for a purpose of use.

    Raises ValueError for the original without one, CiphertextRefused for bytes that are not what
    was sealed.
    """
    if view == ORIGINAL and not purpose_of_use:
        raise ValueError("The original is read for a purpose of use.")
    original = view == ORIGINAL
    look(
        actor=actor,
        kind=accesses.ORIGINALS if original else accesses.TRANSCRIPTS,
        event_type="transcript",
        action="original_read" if original else "read",
        obj=transcript,
        subject_id=owner_of(transcript.call),
        purpose_of_use=purpose_of_use,
        details={"call": transcript.call_id},
    )
    return open_turns(transcript, view)


def open_turns(transcript: Transcript, view: str) -> list[dict[str, Any]]:
    """The turns of a view, opened; the caller writes the event of the look."""
    sealed = transcript.original_sealed if view == ORIGINAL else transcript.masked_sealed
    owner = owner_of(transcript.call)
    turns: list[dict[str, Any]] = orjson.loads(
        vault.open_(owner, transcript.aad(view), bytes(sealed))
    )
    return turns

"""The index of masked words: written with a transcript, made up for older ones, emptied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from audit.refusals import record_refusal
from audit.services import record
from consent.models import Call
from core.actors import Actor
from core.database import dropping
from core.errors import CiphertextRefused, Conflict
from phi import fulltext
from phi.models import Transcript, TranscriptIndex
from phi.services.recordings import owner_of
from vault import bulk

TREATMENT = "treatment"
BATCH = 50
EMPTYING_BATCH = 10_000
WHOLE, CUT = "whole", "cut"

Turns = list[dict[str, Any]]


def may_be_indexed(call: Call) -> bool:
    """Not a call for treatment: what is said there is never kept outside the seal."""
    return TREATMENT not in call.purposes


def index_new(transcript: Transcript, turns: Turns) -> str | None:
    """Index a transcript in the caller's transaction where the setting is on and its call may be;
    ``whole``, ``cut``, or None where nothing was written."""
    if not (settings.TRANSCRIPT_SEARCH and may_be_indexed(transcript.call)):
        return None
    return CUT if _write([(transcript, turns)]) else WHOLE


def _write(found: Sequence[tuple[Transcript, Turns]]) -> int:
    """Write the rows that are not there yet, in one statement; how many were cut."""
    texts = [fulltext.words_of(turns) for _, turns in found]
    rows = [transcript for transcript, _ in found]
    fulltext.execute(
        "INSERT INTO phi_transcriptindex"
        " (transcript_id, language, configuration, captured_at, words, is_cut)"
        " SELECT id, language, configuration, captured_at,"
        " to_tsvector(configuration::regconfig, said), is_cut"
        " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::text[],"
        " %s::boolean[]) AS new (id, language, configuration, captured_at, said, is_cut)"
        " ON CONFLICT (transcript_id) DO NOTHING",
        [
            [row.pk for row in rows],
            [row.language for row in rows],
            [fulltext.configuration_of(row.language) for row in rows],
            [row.captured_at for row in rows],
            [text for text, _ in texts],
            [is_cut for _, is_cut in texts],
        ],
    )
    return sum(is_cut for _, is_cut in texts)


def unindexed() -> QuerySet[Transcript]:
    """Transcripts that may have an index row and have none."""
    rows = Transcript.objects.filter(index__isnull=True)
    return rows.exclude(call__purposes__contains=[TREATMENT])


@transaction.atomic
def index_batch(*, actor: Actor, after: UUID | None = None, limit: int = BATCH) -> UUID | None:
    """Index the next transcripts by id behind ``after`` that have no row; the last id, None when
    there are no more.

    What does not open is recorded as refused and left out. Raises Conflict where the setting is
    off. Safe to repeat.
    """
    if not settings.TRANSCRIPT_SEARCH:
        raise Conflict("Search over transcripts is turned off.")
    due = unindexed().select_related("call").order_by("id")
    if after is not None:
        due = due.filter(id__gt=after)
    # Locked: the deleter must not take one away between here and the commit.
    ids = list(due.values_list("id", flat=True)[:limit])
    if not ids:
        return None
    locked = Transcript.objects.select_for_update(of=("self",), no_key=True)
    rows = list(locked.select_related("call").filter(id__in=ids).order_by("id"))
    opened = open_masked(actor, rows)
    found = [
        (row, turns)
        for row, turns in zip(rows, opened, strict=True)
        if not isinstance(turns, CiphertextRefused)
    ]
    cut = _write(found)
    record(
        actor=actor,
        event_type="transcript",
        action="indexed",
        object_type="phi.Transcript",
        details={
            "count": len(found),
            "cut": cut,
            "refused": len(rows) - len(found),
            "first": ids[0],
            "last": ids[-1],
        },
    )
    last: UUID = ids[-1]
    return last


def open_masked(actor: Actor, rows: Sequence[Transcript]) -> list[Turns | CiphertextRefused]:
    """The masked turns of each transcript (with its call), in one query for their keys; the
    refusal, and an event, for one whose stored bytes do not open."""
    messages = [(owner_of(row.call), row.aad("masked"), bytes(row.masked_sealed)) for row in rows]
    try:
        return [orjson.loads(plain) for plain in bulk.open_many(messages)]
    except CiphertextRefused:
        # One by one: the others open all the same.
        return [_open_one(actor, message) for message in messages]


def _open_one(actor: Actor, message: bulk.Message) -> Turns | CiphertextRefused:
    try:
        turns: Turns = orjson.loads(next(iter(bulk.open_many([message]))))
        return turns
    except CiphertextRefused as error:
        record_refusal(actor=actor, error=error)
        return error


def empty_index(*, actor: Actor) -> int:
    """Delete the whole index where the setting is off, in batches with an event each; how many
    rows went. Must not be called inside a transaction."""
    total = 0
    while not settings.TRANSCRIPT_SEARCH:
        with dropping():
            ids = list(TranscriptIndex.objects.values_list("pk", flat=True)[:EMPTYING_BATCH])
            count, _ = TranscriptIndex.objects.filter(pk__in=ids).delete() if ids else (0, {})
            if count:
                record(
                    actor=actor,
                    event_type="transcript",
                    action="index_emptied",
                    object_type=TranscriptIndex._meta.label,
                    details={"count": count},
                )
        if not count:
            break
        total += count
    return total

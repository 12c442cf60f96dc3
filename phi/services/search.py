"""Searching what was said, over the index of masked words. What is shown comes from the seal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction

from audit.refusals import told
from audit.services import record
from core import accesses
from core.actors import Actor
from core.errors import CiphertextRefused, Conflict
from core.lookups import keyed_hash
from phi import fulltext
from phi.models import Transcript
from phi.services.accesses import Look, look_many
from phi.services.indexing import TREATMENT, Turns, open_masked
from phi.services.recordings import owner_of

PAGE = 20
MAX_QUERY = 200
TIMEOUT_MS = 5_000
MOST_TURNS = 5
"""Turns of one transcript that a list shows; its own page has them all."""

# Private-use characters: nothing that is said holds them, and no parser takes them for a word.
_START, _STOP, _HELD = "\ue000", "\ue001", 0xE100
_OURS = re.compile("[\ue000-\uf8ff]")
_MARKS = re.compile(f"({_START}[^{_STOP}]*{_STOP}|[\ue100-\uf8ff])")

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Hit:
    """A transcript that was found, and its turns that hold a word of the query, as pieces
    (``text``, ``is_label``, ``is_match``). ``refused`` says why its stored words do not open."""

    transcript: Transcript
    turns: list[dict[str, Any]] = field(default_factory=list)
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, the newest first, and where the next begins. ``wordless``: the query holds no
    word that is indexed; ``too_slow``: it was broken off."""

    hits: list[Hit] = field(default_factory=list)
    after: Place | None = None
    wordless: bool = False
    too_slow: bool = False


@transaction.atomic
def search(
    *,
    actor: Actor,
    text: str,
    language: str,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Place | None = None,
) -> Found:
    """Transcripts in ``language`` (a BCP 47 tag) whose masked words match ``text`` (as PostgreSQL's
    ``websearch_to_tsquery`` reads it), captured from ``since`` until before ``until``.

    One event for the search, without its words, and a look for each transcript listed: that a word
    was said on somebody's call is already something about them. Raises Conflict
    where the setting is off. The caller asks for the permission.
    """
    if not settings.TRANSCRIPT_SEARCH:
        raise Conflict("Search over transcripts is turned off.")
    configuration = fulltext.configuration_of(language)
    text = text[:MAX_QUERY].replace("\0", " ")
    _limit_time()
    found = Found()
    rows: list[Transcript] = []
    try:
        with transaction.atomic():
            if _is_wordless(configuration, text):
                found = Found(wordless=True)
            else:
                rows = _rows(configuration, text, since, until, after)
    except OperationalError:
        found = Found(too_slow=True)
    shown = rows[:PAGE]
    _record(actor, text, language, since, until, len(shown), found.too_slow)
    if not shown:
        return found
    look_many(
        actor=actor,
        kind=accesses.TRANSCRIPTS,
        event_type="transcript",
        action="read",
        looks=[
            Look(
                obj=row,
                subject_id=owner_of(row.call),
                details={"call": row.call_id, "by": "search"},
            )
            for row in shown
        ],
    )
    hits = _hits(shown, open_masked(actor, shown), configuration, text)
    last = shown[-1]
    return Found(hits, (last.captured_at, last.pk) if len(rows) > PAGE else None)


def _limit_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(TIMEOUT_MS)])


def _is_wordless(configuration: str, text: str) -> bool:
    [[nodes]] = fulltext.execute(
        "SELECT numnode(websearch_to_tsquery(%s::regconfig, %s))", [configuration, text]
    )
    return not nodes


def statement(
    configuration: str,
    text: str,
    since: datetime | None,
    until: datetime | None,
    after: Place | None,
) -> tuple[str, list[Any]]:
    """The search itself, and its values."""
    where = [
        "i.configuration = %s",
        "i.words @@ websearch_to_tsquery(%s::regconfig, %s)",
        # Such a call has no row; this stands should one ever be given the purpose afterwards.
        "NOT c.purposes @> ARRAY[%s]::varchar[]",
    ]
    values: list[Any] = [configuration, configuration, text, TREATMENT]
    if since is not None:
        where.append("i.captured_at >= %s")
        values.append(since)
    if until is not None:
        where.append("i.captured_at < %s")
        values.append(until)
    if after is not None:
        where.append("(i.captured_at, i.transcript_id) < (%s, %s)")
        values += after
    sql = (
        "SELECT i.transcript_id FROM phi_transcriptindex i"
        " JOIN phi_transcript t ON t.id = i.transcript_id"
        " JOIN consent_call c ON c.id = t.call_id"
        f" WHERE {' AND '.join(where)}"
        f" ORDER BY i.captured_at DESC, i.transcript_id DESC LIMIT {PAGE + 1}"
    )
    return sql, values


def _rows(*asked: Any) -> list[Transcript]:
    ids = [id_ for (id_,) in fulltext.execute(*statement(*asked))]
    rows = Transcript.objects.select_related("call").defer("original_sealed").in_bulk(ids)
    return [rows[id_] for id_ in ids if id_ in rows]


def _record(
    actor: Actor,
    text: str,
    language: str,
    since: datetime | None,
    until: datetime | None,
    count: int,
    too_slow: bool,
) -> None:
    record(
        actor=actor,
        event_type="transcript",
        action="searched",
        object_type="phi.Transcript",
        details={
            "word_count": len(text.split()),
            "query_hmac": keyed_hash("transcript_search", text),
            "language": language,
            "since": since,
            "until": until,
            "results": count,
            **({"too_slow": True} if too_slow else {}),
        },
    )


def _hits(
    rows: list[Transcript],
    opened: list[Turns | CiphertextRefused],
    configuration: str,
    text: str,
) -> list[Hit]:
    """The rows with their turns that hold a word of the query, marked by PostgreSQL."""
    places, said, kept = [], [], []
    refused: dict[int, str] = {}
    for place, turns in enumerate(opened):
        if isinstance(turns, CiphertextRefused):
            refused[place] = told(turns)
            continue
        for turn, plain, labels in _readable(turns):
            places.append((place, turn, labels))
            said.append(plain)
    marked: dict[int, list[dict[str, Any]]] = {}
    options = f"HighlightAll=true, StartSel={_START}, StopSel={_STOP}"
    try:
        with transaction.atomic():
            kept = fulltext.execute(
                "SELECT n, line FROM (SELECT n, ts_headline(%s::regconfig, said,"
                " websearch_to_tsquery(%s::regconfig, %s), %s) AS line"
                " FROM unnest(%s::text[]) WITH ORDINALITY AS turns (said, n)) lines"
                " WHERE strpos(line, %s) > 0 ORDER BY n",
                [configuration, configuration, text, options, said, _START],
            )
    except OperationalError:
        # Found, and too long to be marked in time: listed without turns.
        kept = []
    for number, line in kept:
        place, turn, labels = places[number - 1]
        marked.setdefault(place, []).append({**turn, "pieces": list(_pieces(line, labels))})
    return [
        Hit(row, marked.get(place, []), refused.get(place, "")) for place, row in enumerate(rows)
    ]


def _readable(turns: Turns) -> Iterator[tuple[dict[str, Any], str, list[str]]]:
    """Turns as they are searched: a character of ours holds the place of each placeholder, so that
    the name of a label is found in none."""
    size = 0
    for turn in turns:
        labels = fulltext.PLACEHOLDER.findall(turn["text"])
        plain = _OURS.sub(" ", turn["text"]).replace("\0", " ")
        for place in range(len(labels)):
            plain = fulltext.PLACEHOLDER.sub(f" {chr(_HELD + place % 4096)} ", plain, count=1)
        size += len(plain.encode("utf-8", "replace"))
        if size > fulltext.MAX_BYTES:
            return
        yield turn, plain, labels


def _pieces(line: str, labels: list[str]) -> Iterator[dict[str, Any]]:
    for part in _MARKS.split(line):
        if not part:
            continue
        if part[0] == _START:
            yield {"text": part[1:-1], "is_match": True}
        elif _OURS.match(part):
            yield {"text": labels[ord(part) - _HELD].strip("[]"), "is_label": True}
        else:
            yield {"text": part}

"""What was disclosed and to whom: the sealed parts of disclosures, opened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audit.refusals import record_refusal, told
from consent.models import DataSubject
from core import accesses
from core.actors import Actor
from core.errors import CiphertextRefused
from phi.models import Access, Disclosure
from phi.services.accesses import look
from vault import services as vault
from vault.bulk import open_many


@dataclass(frozen=True, slots=True)
class Opened:
    """A disclosure with its sealed parts; ``texts`` is None where they do not open, and
    ``refused`` says why."""

    row: Disclosure
    texts: dict[str, str] | None
    refused: str = ""


def opened(row: Disclosure) -> dict[str, str]:
    """The sealed parts of a row. Raises CiphertextRefused."""
    found: dict[str, str] = json.loads(
        vault.open_(row.subject_id, row.aad, bytes(row.content_sealed))
    )
    return found


def _opened_or_refused(
    rows: Sequence[Disclosure],
) -> Iterator[tuple[Disclosure, dict[str, str] | CiphertextRefused]]:
    """Each row with its parts, or with why it does not open; the keys in one query."""
    done = 0
    while done < len(rows):
        left = rows[done:]
        contents = open_many((row.subject_id, row.aad, bytes(row.content_sealed)) for row in left)
        for row in left:
            done += 1
            try:
                content = next(contents)
            except CiphertextRefused as error:
                yield row, error
                # What comes after it is opened anew.
                break
            yield row, json.loads(content)


def open_all(rows: Sequence[Disclosure]) -> Iterator[tuple[Disclosure, dict[str, str]]]:
    """Each row with its parts. Raises CiphertextRefused at the first that does not open."""
    for row, found in _opened_or_refused(rows):
        if isinstance(found, CiphertextRefused):
            raise found
        yield row, found


def open_each(*, actor: Actor, rows: Iterable[Disclosure]) -> list[Opened]:
    """The rows with their parts, for a page: one that does not open spoils no other, and is an
    event of its own. To be called in a transaction."""
    result = []
    for row, found in _opened_or_refused(list(rows)):
        if isinstance(found, CiphertextRefused):
            record_refusal(actor=actor, error=found)
            result.append(Opened(row, None, told(found)))
        else:
            result.append(Opened(row, found))
    return result


def note_read(*, actor: Actor, subject: DataSubject) -> Access:
    """Note that somebody reads to whom this person's data was disclosed."""
    return look(
        actor=actor,
        kind=accesses.DISCLOSURES,
        event_type="disclosures",
        action="read",
        obj=subject,
        subject_id=subject.pk,
    )

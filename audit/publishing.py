"""Which checkpoint goes to which outside copy, and whether it may.

Before anything is published it is proved to continue what the copy already holds. Where it does
not, the log was rewritten, shortened or restored from an older state: the copy is left as it is,
for it is the evidence, and nothing goes there any more.

What arrives leaves a ``Publication`` and no audit event, since each event makes a new
checkpoint, and that one would be published; the first failure of a run and a contradiction leave
one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import merkle, publishers
from audit.models import AuditEvent, Checkpoint, Publication
from audit.note import BadNote
from audit.publishers import Contradiction, Publisher, PublishFailed, body_of
from audit.sealing import node_reader
from audit.services import record
from core.actors import Actor

logger = logging.getLogger(__name__)

ACTOR = Actor.system("outside copies")
# How long one try may take before another worker takes it up; above any medium's own limits.
LEASE = timedelta(minutes=2)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=15)

State = Publication.State


@dataclass(frozen=True, slots=True)
class Waiting:
    """What there is to do: whether events wait for their seal, and which copies are due."""

    unsealed: bool
    due: tuple[str, ...]


def waiting(addresses: Iterable[str]) -> Waiting:
    """In one query, so that it may be asked every few seconds.

    A copy is due when what it got last is not the newest checkpoint and that was
    ``AUDIT_PUBLISH_SECONDS`` ago, or when a failed try has waited long enough.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (SELECT FROM audit_outbox), ARRAY(
                SELECT address FROM unnest(%(addresses)s::text[]) address
                LEFT JOIN LATERAL (
                    SELECT state, due_at FROM audit_publication
                    WHERE publisher = address AND state <> 'published'
                ) hand ON true
                LEFT JOIN LATERAL (
                    SELECT size, published_at FROM audit_publication
                    WHERE publisher = address AND state = 'published'
                    ORDER BY size DESC LIMIT 1
                ) last ON true
                WHERE CASE
                    WHEN hand.state IS NOT NULL THEN
                        hand.state = 'waiting' AND hand.due_at <= %(now)s
                    ELSE
                        coalesce(last.size, 0) <>
                            coalesce((SELECT max(size) FROM audit_checkpoint), 0)
                        AND coalesce(last.published_at <= %(before)s, true)
                END
            )
            """,
            {
                "addresses": list(addresses),
                "now": timezone.now(),
                "before": timezone.now() - timedelta(seconds=settings.AUDIT_PUBLISH_SECONDS),
            },
        )
        unsealed, due = cursor.fetchone()
    return Waiting(unsealed, tuple(due))


def newest() -> Checkpoint | None:
    """The newest checkpoint. What it is held against is read before it, for both grow."""
    return Checkpoint.objects.order_by("-size").first()


def publish(address: str) -> Publication | None:
    """Publish the newest checkpoint to the copy with this address, where it is due.

    None where there was nothing to do: not due, in another worker's hands, no longer configured,
    or halted. Never raises for what the medium does: that is written into the publication.
    """
    publisher = next((each for each in publishers.configured() if each.address == address), None)
    if publisher is None or address not in waiting([address]).due:
        return None
    try:
        taken, tried = _take_up(publisher)
    except (IntegrityError, _NothingToDo):
        return None
    try:
        checkpoint = newest()
        shortened = _compare(publisher, checkpoint)
        size = checkpoint.size if checkpoint else 0
        if tried > size:
            raise Contradiction(f"The log holds {size} events, and held {tried} at the last try.")
        if checkpoint is not None:
            taken.size, taken.note_hash = checkpoint.size, _hash(checkpoint.note)
            publisher.publish(checkpoint.note, checkpoint.size)
    except Contradiction as found:
        return _settle(taken, State.HALTED, str(found))
    except PublishFailed as failure:
        return _settle(taken, State.WAITING, str(failure))
    except Exception as error:
        # A medium's fault must not take the worker along, whatever it is.
        logger.exception("publishing to %s failed", address)
        return _settle(taken, State.WAITING, type(error).__name__)
    return _settle(taken, State.PUBLISHED, "", shortened=shortened)


class _NothingToDo(Exception):
    """Another worker has it, or has just done it."""


@transaction.atomic
def _take_up(publisher: Publisher) -> tuple[Publication, int]:
    """The publication in hand, ours until the lease ends, and the size that was tried last.

    Raises _NothingToDo, and IntegrityError where another worker has just begun it.
    """
    now = timezone.now()
    rows = Publication.objects.filter(publisher=publisher.address)
    taken = rows.exclude(state=State.PUBLISHED).select_for_update(skip_locked=True).first()
    if taken is None:
        taken = Publication(publisher=publisher.address, size=0, due_at=now + LEASE)
        taken.save(force_insert=True)
        # Nobody else publishes from here on; up to here somebody may have.
        last = rows.filter(state=State.PUBLISHED).order_by("-size").first()
        point = newest()
        if (last.size if last else 0) == (point.size if point else 0):
            raise _NothingToDo
    elif taken.state != State.WAITING or taken.due_at > now:
        raise _NothingToDo
    tried = taken.size
    taken.attempts += 1
    taken.due_at = now + LEASE
    taken.save()
    return taken, tried


def _hash(note: str) -> str:
    return sha256(note.encode()).hexdigest()


def _compare(publisher: Publisher, checkpoint: Checkpoint | None) -> bool:
    """That ``checkpoint`` continues what was published; whether the copy lacks what was put
    there. Raises Contradiction, PublishFailed."""
    sent = check_published(publisher.address)
    held = publisher.read_last()
    size = check_note(held, checkpoint) if held is not None else 0
    if checkpoint is not None:
        try:
            check_note(checkpoint.note, checkpoint)
        except PublishFailed:
            raise Contradiction("The newest checkpoint is no checkpoint.") from None
    return publisher.readable and size < sent


def check_published(address: str) -> int:
    """That the checkpoint that we sent there last is still ours, and the log begins with it.

    Returns its size, 0 for none. Raises Contradiction.
    """
    last = (
        Publication.objects.filter(publisher=address, state=State.PUBLISHED)
        .order_by("-size")
        .first()
    )
    if last is None:
        return 0
    ours = Checkpoint.objects.filter(size=last.size).first()
    if ours is None or _hash(ours.note) != last.note_hash:
        raise Contradiction(
            f"The checkpoint of {last.size} events that was published is not ours any more."
        )
    return check_note(ours.note, newest())


def check_note(text: str, checkpoint: Checkpoint | None) -> int:
    """That the log as it is stored, up to ``checkpoint``, begins with what the note says.

    Returns the note's size. Raises Contradiction, with a sentence that says how; PublishFailed
    for a text that is no note.
    """
    try:
        told = body_of(text)
    except BadNote as error:
        raise PublishFailed(f"What the copy holds cannot be read: {error}") from None
    if told.origin != settings.AUDIT_ORIGIN:
        raise Contradiction(f"The copy is of another log: {told.origin[:60]}.")
    size = checkpoint.size if checkpoint else 0
    if checkpoint is None or told.size > size:
        raise Contradiction(f"The copy holds {told.size} events, the log {size}.")
    if told.size == 0:
        return 0
    node = node_reader(size)
    try:
        proof = merkle.consistency_proof(node, told.size, size)
        stored = merkle.range_hash(node, 0, told.size)
    except LookupError as error:
        raise Contradiction(f"The log is incomplete. {error}") from None
    root = bytes(checkpoint.root)
    if stored != told.root or not merkle.is_consistent(told.size, told.root, size, root, proof):
        raise Contradiction(f"The log of {size} events does not begin with the copy's {told.size}.")
    return told.size


@transaction.atomic
def _settle(
    taken: Publication, state: str, error: str, *, shortened: bool = False
) -> Publication | None:
    """Write down how it went; None where the lease had ended and another took over."""
    now = timezone.now()
    mine = Publication.objects.select_for_update().filter(
        pk=taken.pk, state=State.WAITING, attempts=taken.attempts
    )
    row = mine.first()
    if row is None:
        return None
    row.state, row.error = state, error[:200]
    row.size, row.note_hash = taken.size, taken.note_hash
    row.due_at = now
    if state == State.PUBLISHED:
        row.published_at = now
    elif state == State.WAITING:
        row.due_at = now + min(FIRST_WAIT * 2 ** min(row.attempts - 1, 20), LONGEST_WAIT)
    row.save()
    if shortened:
        logger.warning("outside copy %s had lost what was put there", row.publisher)
        _record(row, "shortened", AuditEvent.Severity.WARNING)
    if state == State.HALTED:
        logger.critical("outside copy %s contradicts the log: %s", row.publisher, error)
        _record(row, "contradicted", AuditEvent.Severity.CRITICAL)
    elif state == State.WAITING and row.attempts == 1:
        logger.warning("outside copy %s failed: %s", row.publisher, error)
        _record(row, "failed", AuditEvent.Severity.WARNING)
    return row


def _record(row: Publication, action: str, severity: str) -> None:
    record(
        actor=ACTOR,
        event_type="outside_copy",
        action=action,
        obj=row,
        severity=severity,
        details={"publisher": row.publisher, "size": row.size, "error": row.error},
    )

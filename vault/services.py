"""Key custody: seal and open under an owner's key, destroy it."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import CiphertextRefused, KeyDestroyed
from core.ids import uuid7
from vault import sealing
from vault.keys import verify_keys
from vault.models import DataKey
from vault.sealing import SegmentReader, Source

__all__ = [
    "KeyClass",
    "key_for_sealing",
    "open_",
    "open_stream",
    "pin",
    "seal",
    "seal_stream",
    "shred",
    "shred_unused",
    "unwrap",
    "verify_keys",
]

KeyClass = DataKey.KeyClass


def _wrap(owner_id: UUID, key_id: UUID, key: bytes) -> str:
    # A Fernet token has no associated data: the row's identity travels inside it.
    return base64.b64encode(owner_id.bytes + key_id.bytes + key).decode("ascii")


def unwrap(row: DataKey) -> bytes:
    """The data key of a row. Raises KeyDestroyed, CiphertextRefused for one that was moved,
    KeyMissing where its wrapping key is what is missing; each names the row."""
    of = f"vault.datakey.wrapped|{row.id}"
    if row.wrapped is None:
        raise KeyDestroyed(f"Key {row.id} was destroyed: what it sealed cannot be read.", of=of)
    try:
        plain = base64.b64decode(row.wrapped, validate=True)
    except binascii.Error:
        plain = b""
    if len(plain) != 64 or plain[:32] != row.owner_id.bytes + row.id.bytes:
        raise CiphertextRefused(f"Key {row.id} belongs to another row.", of=of)
    return plain[32:]


def key_for_sealing(owner_id: UUID, key_class: str) -> tuple[UUID, bytes]:
    """The id and the key that the owner's content of the class is sealed under now, made where
    there is none; in a transaction it is pinned until that ends (see ``pin``)."""
    live = DataKey.objects.filter(owner_id=owner_id, key_class=key_class, destroyed_at__isnull=True)
    row = live.first()
    if row is not None and connection.in_atomic_block:
        # What is sealed in this transaction must find its key when it commits.
        try:
            pin(owner_id, row.id)
        except CiphertextRefused:
            row = None
    if row is None:
        key_id = uuid7()
        try:
            with transaction.atomic():
                row = DataKey.objects.create(
                    id=key_id,
                    owner_id=owner_id,
                    key_class=key_class,
                    wrapped=_wrap(owner_id, key_id, os.urandom(32)),
                )
        except IntegrityError:
            # Somebody else made it first; theirs is the one.
            row = live.get()
    return row.id, unwrap(row)


def _key_for_opening(owner_id: UUID, key_id: UUID) -> bytes:
    row = DataKey.objects.filter(id=key_id, owner_id=owner_id).first()
    if row is None:
        raise CiphertextRefused("The key that sealed this is not this owner's.")
    return unwrap(row)


def seal(owner_id: UUID, key_class: str, aad: str, plaintext: bytes) -> bytes:
    """Seal ``plaintext`` under the owner's key of the class, made when there is none.

    ``aad`` says what the bytes are (model, field and row id): they open as nothing else.
    """
    key_id, key = key_for_sealing(owner_id, key_class)
    return sealing.seal(key, key_id, sealing.binding(aad, owner_id, key_id), plaintext)


def open_(owner_id: UUID, aad: str, sealed: bytes) -> bytes:
    """What was sealed. Raises CiphertextRefused for bytes changed, moved, or whose key is gone."""
    with naming(aad):
        key_id = sealing.message_key_id(sealed)
        key = _key_for_opening(owner_id, key_id)
        return sealing.open_(key, sealing.binding(aad, owner_id, key_id), sealed)


@contextmanager
def naming(aad: str) -> Iterator[None]:
    """A refusal that leaves says what was refused: the bytes, also where their key is at fault."""
    try:
        yield
    except CiphertextRefused as error:
        error.of = aad
        raise


def seal_stream(
    owner_id: UUID, key_class: str, aad: str, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """Seal a long message chunk by chunk, in constant memory (see ``vault.sealing``)."""
    key_id, key = key_for_sealing(owner_id, key_class)
    return sealing.seal_stream(key, key_id, sealing.binding(aad, owner_id, key_id), chunks)


def open_stream(owner_id: UUID, aad: str, source: Source) -> SegmentReader:
    """A seekable reader of a sealed stream's plaintext; closes ``source`` with itself.

    Raises CiphertextRefused as ``open_`` does, at once or at the read that meets the damage.
    """
    with naming(aad):
        key_id = sealing.stream_key_id(source)
        key = _key_for_opening(owner_id, key_id)
    return SegmentReader(key, sealing.binding(aad, owner_id, key_id), source, of=aad)


def pin(owner_id: UUID, key_id: UUID) -> None:
    """Keep a key from being destroyed until this transaction ends, for content that was sealed
    before it began. Raises CiphertextRefused where the key is gone already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM vault_datakey WHERE id = %s AND owner_id = %s"
            " AND destroyed_at IS NULL FOR SHARE",
            [key_id, owner_id],
        )
        if cursor.fetchone() is None:
            raise CiphertextRefused(f"Key {key_id} was destroyed meanwhile.")


@transaction.atomic
def shred_unused(
    *,
    actor: Actor,
    owner_ids: Iterable[UUID],
    key_class: str,
    in_use: Callable[[str, Iterable[UUID]], set[UUID]],
) -> int:
    """Destroy the keys of one class of those owners who have nothing left under it.

    ``in_use(key_class, owner_ids)`` says who has. It is asked with the keys locked, so that
    content sealed in another transaction is either seen or waits (see ``pin``).
    """
    live = DataKey.objects.filter(
        owner_id__in=list(owner_ids), key_class=key_class, destroyed_at__isnull=True
    )
    owners = set(live.select_for_update().order_by("id").values_list("owner_id", flat=True))
    unused = owners - in_use(key_class, owners) if owners else owners
    return _destroy(actor, live.filter(owner_id__in=unused), key_class) if unused else 0


@transaction.atomic
def shred(*, actor: Actor, owner_id: UUID, key_class: str | None = None) -> int:
    """Destroy the owner's keys, of one class or all. Returns how many; none is no event.

    What they sealed cannot be read again by anyone (GDPR art. 17; NIST SP 800-88, 2.5,
    cryptographic erase).
    """
    live = DataKey.objects.filter(owner_id=owner_id, destroyed_at__isnull=True)
    if key_class is not None:
        live = live.filter(key_class=key_class)
    return _destroy(actor, live, key_class or "all")


def _destroy(actor: Actor, keys: QuerySet[DataKey], key_class: str) -> int:
    found = list(keys.select_for_update().order_by("id").values_list("id", "owner_id"))
    if found:
        ids = [id_ for id_, _ in found]
        DataKey.objects.filter(id__in=ids).update(wrapped=None, destroyed_at=timezone.now())
        record(
            actor=actor,
            event_type="vault",
            action="keys_destroyed",
            object_type="vault.DataKey",
            object_id=str(ids[0]) if len(ids) == 1 else "",
            details={
                "owner_ids": sorted({str(owner) for _, owner in found}),
                "key_ids": ids,
                "key_class": key_class,
            },
        )
    return len(found)

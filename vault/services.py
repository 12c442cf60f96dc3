"""Key custody: seal and open under an owner's key, destroy it."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from core.actors import Actor
from core.errors import CiphertextRefused
from core.ids import uuid7
from core.lookups import keyed_hash
from vault import sealing
from vault.models import DataKey, KeyCheck
from vault.sealing import SegmentReader

KeyClass = DataKey.KeyClass


def _wrap(owner_id: UUID, key_id: UUID, key: bytes) -> str:
    # A Fernet token has no associated data: the row's identity travels inside it.
    return base64.b64encode(owner_id.bytes + key_id.bytes + key).decode("ascii")


def _unwrap(row: DataKey) -> bytes:
    if row.wrapped is None:
        raise CiphertextRefused(f"Key {row.id} was destroyed: what it sealed cannot be read.")
    try:
        plain = base64.b64decode(row.wrapped, validate=True)
    except binascii.Error:
        plain = b""
    if len(plain) != 64 or plain[:32] != row.owner_id.bytes + row.id.bytes:
        raise CiphertextRefused(f"Key {row.id} belongs to another row.")
    return plain[32:]


def _key_for_sealing(owner_id: UUID, key_class: str) -> tuple[UUID, bytes]:
    live = DataKey.objects.filter(owner_id=owner_id, key_class=key_class, destroyed_at__isnull=True)
    row = live.first()
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
    return row.id, _unwrap(row)


def _key_for_opening(owner_id: UUID, key_id: UUID) -> bytes:
    row = DataKey.objects.filter(id=key_id, owner_id=owner_id).first()
    if row is None:
        raise CiphertextRefused("The key that sealed this is not this owner's.")
    return _unwrap(row)


def seal(owner_id: UUID, key_class: str, aad: str, plaintext: bytes) -> bytes:
    """Seal ``plaintext`` under the owner's key of the class, made when there is none.

    ``aad`` says what the bytes are (model, field and row id): they open as nothing else.
    """
    key_id, key = _key_for_sealing(owner_id, key_class)
    return sealing.seal(key, key_id, sealing.binding(aad, owner_id, key_id), plaintext)


def open_(owner_id: UUID, aad: str, sealed: bytes) -> bytes:
    """What was sealed. Raises CiphertextRefused for bytes changed, moved, or whose key is gone."""
    key_id = sealing.message_key_id(sealed)
    key = _key_for_opening(owner_id, key_id)
    return sealing.open_(key, sealing.binding(aad, owner_id, key_id), sealed)


def seal_stream(
    owner_id: UUID, key_class: str, aad: str, chunks: Iterable[bytes]
) -> Iterator[bytes]:
    """Seal a long message chunk by chunk, in constant memory (see ``vault.sealing``)."""
    key_id, key = _key_for_sealing(owner_id, key_class)
    return sealing.seal_stream(key, key_id, sealing.binding(aad, owner_id, key_id), chunks)


def open_stream(owner_id: UUID, aad: str, source: BinaryIO) -> SegmentReader:
    """A seekable reader of a sealed stream's plaintext; closes ``source`` with itself.

    Raises CiphertextRefused as ``open_`` does, at once or at the read that meets the damage.
    """
    key_id = sealing.stream_key_id(source)
    key = _key_for_opening(owner_id, key_id)
    return SegmentReader(key, sealing.binding(aad, owner_id, key_id), source)


@transaction.atomic
def shred(*, actor: Actor, owner_id: UUID, key_class: str | None = None) -> int:
    """Destroy the owner's keys, of one class or all. Returns how many; none is no event.

    What they sealed cannot be read again by anyone (GDPR art. 17; NIST SP 800-88, 2.5,
    cryptographic erase).
    """
    live = DataKey.objects.filter(owner_id=owner_id, destroyed_at__isnull=True)
    if key_class is not None:
        live = live.filter(key_class=key_class)
    ids = list(live.select_for_update().values_list("id", flat=True))
    if ids:
        DataKey.objects.filter(id__in=ids).update(wrapped=None, destroyed_at=timezone.now())
        record(
            actor=actor,
            event_type="vault",
            action="keys_destroyed",
            object_type="vault.DataKey",
            object_id=str(ids[0]) if len(ids) == 1 else "",
            details={"owner_id": owner_id, "key_ids": ids, "key_class": key_class or "all"},
        )
    return len(ids)


_CHECK = "installation"


def verify_keys() -> None:
    """See that this installation's keys are those its database was written with.

    The first call leaves the evidence that later ones compare. Raises ImproperlyConfigured with
    a sentence that names the wrong setting.
    """
    fingerprint = keyed_hash("key-check", "voicecompliance")
    try:
        check = KeyCheck.objects.filter(name=_CHECK).first()
    except CiphertextRefused:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS does not hold the key that this database was encrypted with."
            " Put that key back into the list (the newest key first); nothing was changed."
        ) from None
    if check is None:
        KeyCheck.objects.bulk_create(
            [KeyCheck(name=_CHECK, canary="voicecompliance", fingerprint=fingerprint)],
            ignore_conflicts=True,
        )
    elif check.fingerprint != fingerprint:
        raise ImproperlyConfigured(
            "LOOKUP_KEY is not the key that this database's look-ups were made with."
            " Put that key back; nothing was changed."
        )

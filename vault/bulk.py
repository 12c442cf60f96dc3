"""Sealing and opening many messages at once: keys in one query, each unwrapped once, when the
first message under it is reached: a lost one stops nobody else's.

The same bytes as ``vault.services.seal`` and ``open_`` make and take.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from core.errors import CiphertextRefused
from vault import sealing
from vault.models import DataKey
from vault.services import key_for_sealing, naming, unwrap

_LEAST = sealing.MESSAGE_LEAST
_HEAD = _LEAST - sealing.TAG
_VERSION = sealing.MESSAGE_VERSION

Message = tuple[UUID, str, bytes]
"""The owner's id, what the bytes are (``aad``), and the bytes."""


class _Key:
    """A data key with its cipher made, and what follows ``aad`` in the binding."""

    __slots__ = ("cipher", "head", "tail")

    def __init__(self, owner_id: UUID, key_id: UUID, key: bytes) -> None:
        self.cipher = AESGCM(key)
        self.head = bytes((_VERSION,)) + key_id.bytes
        self.tail = sealing.binding("", owner_id, key_id)[len(b"v1|") :].decode()


def open_many(messages: Iterable[Message]) -> Iterator[bytes]:
    """The plaintext of each message, in order; reads ``messages`` whole first.

    One query, whatever the number. Raises CiphertextRefused at the first message that
    was changed or moved, or whose key is gone or another owner's.
    """
    held = [(owner, aad, bytes(sealed)) for owner, aad, sealed in messages]
    wanted = {sealed[1:17] for _, _, sealed in held}
    ids = [UUID(bytes=id_) for id_ in wanted if len(id_) == 16]
    rows = {row.id.bytes: row for row in DataKey.objects.raw(_BY_ID, [ids])}
    keys: dict[bytes, _Key] = {}
    for owner_id, aad, sealed in held:
        if len(sealed) < _LEAST or sealed[0] != _VERSION:
            raise CiphertextRefused("The stored bytes are not a sealed message.", of=aad)
        row = rows.get(sealed[1:17])
        if row is None or row.owner_id != owner_id:
            raise CiphertextRefused("The key that sealed this is not this owner's.", of=aad)
        key = keys.get(row.id.bytes)
        if key is None:
            with naming(aad):
                key = keys[row.id.bytes] = _Key(owner_id, row.id, unwrap(row))
        try:
            yield key.cipher.decrypt(
                sealed[17:_HEAD], sealed[_HEAD:], f"v1|{aad}{key.tail}".encode()
            )
        except InvalidTag:
            raise CiphertextRefused("The stored bytes were changed or moved.", of=aad) from None


# An array is one parameter: an IN of thousands takes longer to write down than to answer.
_BY_ID = "SELECT * FROM vault_datakey WHERE id = ANY(%s)"
_LIVE = (
    "SELECT * FROM vault_datakey WHERE owner_id = ANY(%s) AND key_class = %s"
    " AND destroyed_at IS NULL ORDER BY id"
)
_PINNED = _LIVE + " FOR SHARE"


def seal_many(key_class: str, messages: Sequence[Message]) -> list[bytes]:
    """Each message sealed under its owner's key of the class, made where there is none.

    One query for the keys that are there, and in a transaction they are pinned until it ends (see
    ``vault.services.pin``), always in the order of their ids. Raises CiphertextRefused, which
    names the data key, at the first message of an owner whose key does not open.
    """
    owners = {owner_id for owner_id, _, _ in messages}
    statement = _PINNED if connection.in_atomic_block else _LIVE
    live = DataKey.objects.raw(statement, [sorted(owners), str(key_class)])
    rows = {row.owner_id: row for row in live}
    keys: dict[UUID, _Key] = {}
    for owner_id in sorted(owners - rows.keys()):
        keys[owner_id] = _Key(owner_id, *key_for_sealing(owner_id, key_class))
    sealed = []
    for owner_id, aad, plaintext in messages:
        key = keys.get(owner_id)
        if key is None:
            row = rows[owner_id]
            key = keys[owner_id] = _Key(owner_id, row.id, unwrap(row))
        nonce = os.urandom(12)
        bound = f"v1|{aad}{key.tail}".encode()
        sealed.append(key.head + nonce + key.cipher.encrypt(nonce, plaintext, bound))
    return sealed

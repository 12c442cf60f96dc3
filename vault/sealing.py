"""Sealing bytes under a data key: AES-256-GCM (NIST SP 800-38D), bound to what they are.

No models here: keys in, bytes out. Two forms:

- ``seal``/``open_``: one message. ``version | key id | nonce | ciphertext and tag``.
- ``seal_stream``/``SegmentReader``: a long one, in segments of 64 KiB that are sealed one by
  one (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizar, CRYPTO 2015). A segment's
  nonce holds its number and whether it is the last, so that segments can be read in any order
  and none can be swapped, dropped or cut off. The file's own key is HKDF-SHA-256 (RFC 5869) of
  the data key and the file's salt.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterable, Iterator
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import CiphertextRefused


class Source(Protocol):
    """Sealed bytes that are read from any place: a file, or a blob of a store."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def close(self) -> None: ...


_MESSAGE = b"\x01"
_NONCE = 12
_MESSAGE_HEAD = 1 + 16 + _NONCE

MESSAGE_VERSION = _MESSAGE[0]
MESSAGE_LEAST = _MESSAGE_HEAD + 16
"""A message's first byte, and the bytes of one that seals nothing: its head and its tag."""

_STREAM = b"VCS1"
_HEAD = struct.Struct(">4s16s16s7s")
SEGMENT = 64 * 1024
TAG = 16


def binding(aad: str, owner_id: UUID, key_id: UUID) -> bytes:
    """The associated data: what the bytes are, whose, and under which key."""
    return f"v1|{aad}|{owner_id}|{key_id}".encode()


def seal(key: bytes, key_id: UUID, bound: bytes, plaintext: bytes) -> bytes:
    """``plaintext`` as one sealed message. At most 2^32 messages a key (random nonces)."""
    nonce = os.urandom(_NONCE)
    return _MESSAGE + key_id.bytes + nonce + AESGCM(key).encrypt(nonce, plaintext, bound)


def message_key_id(sealed: bytes) -> UUID:
    """The id of the key a message is sealed under. Raises CiphertextRefused."""
    if len(sealed) < _MESSAGE_HEAD + TAG or sealed[:1] != _MESSAGE:
        raise CiphertextRefused("The stored bytes are not a sealed message.")
    return UUID(bytes=bytes(sealed[1:17]))


def open_(key: bytes, bound: bytes, sealed: bytes) -> bytes:
    """The plaintext. Raises CiphertextRefused where anything differs from what was sealed."""
    sealed = bytes(sealed)
    message_key_id(sealed)
    try:
        return AESGCM(key).decrypt(sealed[17:_MESSAGE_HEAD], sealed[_MESSAGE_HEAD:], bound)
    except InvalidTag:
        raise CiphertextRefused("The stored bytes were changed or moved.") from None


def _file_key(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"voicecompliance stream v1").derive(key))


def _segment_nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


def seal_stream(key: bytes, key_id: UUID, bound: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed stream of ``chunks``, in constant memory.

    The last segment is written only when ``chunks`` ends by itself: an exception from it leaves
    a stream that no reader accepts. Raises OverflowError past 2^32 segments (256 TiB).
    """
    salt, prefix = os.urandom(16), os.urandom(7)
    yield _HEAD.pack(_STREAM, key_id.bytes, salt, prefix)
    cipher = _file_key(key, salt)
    number = 0
    # One segment behind: only when more has come is it known not to be the last.
    held: bytes | memoryview = b""
    for piece in _segments(chunks):
        if held:
            yield cipher.encrypt(_segment_nonce(prefix, number, False), held, bound)
            number += 1
            if number >= 2**32:
                raise OverflowError("The stream has too many segments.")
        held = piece
    yield cipher.encrypt(_segment_nonce(prefix, number, True), held, bound)


def _segments(chunks: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """``chunks`` cut anew, each piece SEGMENT long but the last; what lies whole in a chunk is
    not copied. Pieces stay as they are: no buffer is used twice."""
    rest = bytearray()
    for chunk in chunks:
        if not rest and len(chunk) == SEGMENT:
            yield chunk
            continue
        view = memoryview(chunk)
        if rest:
            wanted = SEGMENT - len(rest)
            rest += view[:wanted]
            view = view[wanted:]
            if len(rest) < SEGMENT:
                continue
            yield memoryview(rest)
            rest = bytearray()
        whole = len(view) - len(view) % SEGMENT
        for start in range(0, whole, SEGMENT):
            yield view[start : start + SEGMENT]
        rest += view[whole:]
    if rest:
        yield memoryview(rest)


def stream_key_id(source: Source) -> UUID:
    """The id of the key a stream is sealed under; leaves ``source`` at its start.

    Raises CiphertextRefused.
    """
    source.seek(0)
    head = source.read(_HEAD.size)
    source.seek(0)
    if len(head) < _HEAD.size or head[:4] != _STREAM:
        raise CiphertextRefused("The stored file is not a sealed stream.")
    return UUID(bytes=_HEAD.unpack(head)[1])


class SegmentReader(io.RawIOBase):
    """The plaintext of a sealed stream, seekable; no byte is handed out before its tag passed.

    Raises CiphertextRefused for a stream that was changed, moved, cut short or added to.
    """

    def __init__(self, key: bytes, bound: bytes, source: Source, *, of: str = "") -> None:
        """``of`` names what it is in a refusal (``CiphertextRefused.of``)."""
        self._source = source
        self._bound = bound
        self._of = of
        source.seek(0)
        head = source.read(_HEAD.size)
        if len(head) < _HEAD.size or head[:4] != _STREAM:
            raise CiphertextRefused("The stored file is not a sealed stream.", of=self._of)
        _, _, salt, self._prefix = _HEAD.unpack(head)
        self._cipher = _file_key(key, salt)
        body = source.seek(0, io.SEEK_END) - _HEAD.size
        # The last segment holds 0 to SEGMENT bytes, the others SEGMENT each.
        self._last = max(0, -(-body // (SEGMENT + TAG)) - 1)
        self.size = body - (self._last + 1) * TAG
        if self.size < 0:
            raise CiphertextRefused("The stored file is cut short.", of=self._of)
        self._at = 0
        self._number = -1
        self._held = b""
        # Its flag proves the length: without it a stream cut at a segment would pass.
        self._load(self._last)

    def _load(self, number: int) -> bytes:
        if number != self._number:
            self._source.seek(_HEAD.size + number * (SEGMENT + TAG))
            sealed = self._source.read(SEGMENT + TAG)
            nonce = _segment_nonce(self._prefix, number, number == self._last)
            try:
                self._held = self._cipher.decrypt(nonce, sealed, self._bound)
            except InvalidTag:
                raise CiphertextRefused(
                    "The stored file was changed or cut short.", of=self._of
                ) from None
            self._number = number
        return self._held

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), self.size - self._at)
        if wanted <= 0:
            return 0
        segment = self._load(self._at // SEGMENT)
        start = self._at % SEGMENT
        piece = segment[start : start + wanted]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

"""Sealed audio in the blob store, under random names that say nothing of anybody."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from core.errors import Problem

logger = logging.getLogger(__name__)

FOLDER = "recordings"
RETRY_AFTER = 30
"""Seconds after which a caller may ask again while the store is away."""
SHELVES = tuple(f"{number:02x}" for number in range(256))


class StorageUnavailable(Problem):
    """The blob store cannot be asked, refuses, or has no room (503). What is stored there is as it
    was; the log says what was wrong."""

    code, status, title = "storage-unavailable", 503, "Storage unavailable"

    def __init__(self) -> None:
        super().__init__(
            "The store of recordings does not answer or takes nothing. Nothing was stored or"
            " changed: try again later.",
            headers={"Retry-After": str(RETRY_AFTER)},
        )


@contextmanager
def _asking() -> Iterator[None]:
    """What the store raises, as FileNotFoundError where it lacks the blob, else as
    StorageUnavailable. Nothing of ours is in an OSError: bodies raise Problem."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unavailable(error) from None


def _unavailable(error: OSError) -> StorageUnavailable:
    logger.error("the blob store is not to be had: %s", error.strerror or error)
    return StorageUnavailable()


def is_there() -> bool:
    """Whether the store itself is there: a folder that is not mounted and a bucket that was
    deleted look like one whose blobs are all lost. False before the first upload to a folder.
    Raises StorageUnavailable."""
    ask = getattr(store(), "is_there", None)
    if ask is not None:
        with _asking():
            return bool(ask())
    return os.path.isdir(store().path(FOLDER))


class Blob(io.RawIOBase):
    """The sealed bytes of a blob, seekable. Each call raises StorageUnavailable where the store
    does not answer; ``failed`` keeps it, since a decoder in C passes over what its source raises.
    """

    def __init__(self, file: Any) -> None:
        self._file = file
        self.failed: StorageUnavailable | None = None

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if self.failed is not None:
            raise self.failed
        try:
            yield
        except OSError as error:
            # Gone while it was read, too: what was promised cannot be given.
            self.failed = _unavailable(error)
            raise self.failed from None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        with self._asking():
            piece: bytes = self._file.read(size)
        return piece

    def readinto(self, buffer: Any) -> int:
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with self._asking():
            place: int = self._file.seek(offset, whence)
        return place

    def tell(self) -> int:
        place: int = self._file.tell()
        return place

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def store() -> Storage:
    """Where sealed blobs are."""
    return storages["blobs"]


def new_name() -> str:
    """A random name, spread over 256 folders."""
    name = uuid4().hex
    return f"{FOLDER}/{name[:2]}/{name}"


class ChunkFile(File):
    """An iterator of chunks as the file that a storage wants to save; read once, in order."""

    def __init__(self, chunks: Iterable[bytes], name: str) -> None:
        super().__init__(None, name)
        self._chunks = iter(chunks)
        self._held = bytearray()

    def __bool__(self) -> bool:
        return True

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield from self._chunks

    def read(self, size: int = -1) -> bytes:
        """For storages that read instead of asking for chunks."""
        while size < 0 or len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._held += chunk
        end = len(self._held) if size < 0 else size
        piece = bytes(self._held[:end])
        del self._held[:end]
        return piece


def save(name: str, chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` under ``name`` as they come, down to the disk: the row that follows must
    not outlive a power cut that its blob did not. What fails leaves no blob. Raises
    StorageUnavailable, and what ``chunks`` raises."""
    try:
        store().save(name, cast(Any, ChunkFile(chunks, name)))
        _settle(name)
    except OSError as error:
        # A folder of the store that is not there is the store's failure too.
        remove([name])
        raise _unavailable(error) from None
    except BaseException:
        remove([name])
        raise


def _settle(name: str) -> None:
    try:
        path = store().path(name)
    except NotImplementedError:
        # A store elsewhere answers when it has the bytes.
        return
    # The folders too, up to the store's own: a new one is an entry in the one above it.
    for each in (path, *_folders_of(path)):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _folders_of(path: str) -> Iterator[str]:
    top = os.path.abspath(store().path(""))
    folder = os.path.dirname(os.path.abspath(path))
    while True:
        yield folder
        if folder in (top, os.path.dirname(folder)):
            return
        folder = os.path.dirname(folder)


def open_blob(name: str) -> Blob:
    """The sealed bytes. Raises FileNotFoundError where a store that is there lacks the blob,
    StorageUnavailable."""
    try:
        with _asking():
            return Blob(store().open(name, "rb"))
    except FileNotFoundError as error:
        if is_there():
            raise
        raise _unavailable(error) from None


def remove(names: Sequence[str]) -> None:
    """Delete blobs; one that is gone is no error, one that cannot be deleted is logged and left
    to the sweep of orphans."""
    for name in names:
        try:
            store().delete(name)
        except OSError:
            logger.exception("a blob could not be deleted; the sweep tries again")


def abandon_unfinished(before: datetime) -> int:
    """End uploads that were broken off inside the store before that moment (UTC). How many; a
    file system has none."""
    end = getattr(store(), "abandon_unfinished", None)
    return int(end(FOLDER, before)) if end else 0

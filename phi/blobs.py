"""Sealed audio in the blob store, under random names that say nothing of anybody."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, BinaryIO, cast
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import Storage, storages

logger = logging.getLogger(__name__)

FOLDER = "recordings"
SHELVES = tuple(f"{number:02x}" for number in range(256))


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
    not outlive a power cut that its blob did not. What fails leaves no blob."""
    try:
        store().save(name, cast(Any, ChunkFile(chunks, name)))
        _settle(name)
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


def open_blob(name: str) -> BinaryIO:
    """The sealed bytes. Raises FileNotFoundError."""
    return cast(BinaryIO, store().open(name, "rb"))


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

"""Blobs in S3 or what speaks as it does: written in parts, read by ranges, in constant memory.

django-storages does the rest. Its own file for reading takes the whole object into memory, or
into a temporary file, before the first byte is given out; ours asks for the ranges it needs.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

PART = 8 * 1024 * 1024
"""Bytes of a part: 10,000 of them, S3's limit, are 80 GB."""
BLOCK = 1024 * 1024
BLOCKS = 4
GONE = {"404", "NoSuchKey", "NotFound"}


class StoreFailed(OSError):
    """The store could not be asked or refused. Its text holds no address, name or key."""


@contextmanager
def failures() -> Iterator[None]:
    """What S3 and the way to it can raise, as FileNotFoundError or StoreFailed."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "?"))
        if code in GONE:
            raise FileNotFoundError("The store has no such object.") from None
        raise StoreFailed(f"The store refused ({code}).") from None
    except BotoCoreError as error:
        raise StoreFailed(f"The store could not be asked ({type(error).__name__}).") from None


class RangeReader(io.RawIOBase):
    """An object's bytes, seekable; fetched a block at a time, the last few kept.

    Every block is asked for by the version's ETag: an object written anew in between is an error
    and never half of one and half of the other. Raises FileNotFoundError, StoreFailed.
    """

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client, self._bucket, self._key = client, bucket, key
        with failures():
            head = client.head_object(Bucket=bucket, Key=key)
        self.size: int = head["ContentLength"]
        self._etag: str = head["ETag"]
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._at = 0

    def _block(self, number: int) -> bytes:
        held = self._blocks.get(number)
        if held is not None:
            self._blocks.move_to_end(number)
            return held
        first = number * BLOCK
        last = min(first + BLOCK, self.size) - 1
        with failures():
            answer = self._client.get_object(
                Bucket=self._bucket,
                Key=self._key,
                Range=f"bytes={first}-{last}",
                IfMatch=self._etag,
            )
            with answer["Body"] as body:
                held = body.read()
        if len(held) != last - first + 1:
            raise StoreFailed("The store sent another number of bytes than were asked for.")
        self._blocks[number] = held
        if len(self._blocks) > BLOCKS:
            self._blocks.popitem(last=False)
        return held

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

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        if self._at >= self.size or not view:
            return 0
        block = self._block(self._at // BLOCK)
        start = self._at % BLOCK
        piece = block[start : start + len(view)]
        view[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._blocks.clear()
        super().close()


class SealedObjects(S3Storage):
    """The blob store of ``BLOB_STORE=s3``. Only sealed bytes get here (``phi.blobs``).

    ``client_options`` are botocore's time-outs and retries. Raises FileNotFoundError and
    StoreFailed alone: both are OSError, as of a store on a disk.
    """

    client_config: Config

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "file_overwrite": True,
            "gzip": False,
            "querystring_auth": True,
            "client_config": Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"mode": "standard", "total_max_attempts": 4},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            # Without threads: one part is in memory, and what fails is known where it failed.
            "transfer_config": TransferConfig(
                multipart_threshold=PART, multipart_chunksize=PART, use_threads=False
            ),
        }

    def __init__(self, **options: Any) -> None:
        style = options.pop("addressing_style", "auto")
        super().__init__(**options)
        self.client_config = self.client_config.merge(Config(s3={"addressing_style": style}))

    @property
    def client(self) -> Any:
        """This thread's."""
        return self.connection.meta.client

    @property
    def bucket(self) -> Any:
        """This thread's: a resource of boto3 must not be shared by threads."""
        return self.connection.Bucket(self.bucket_name)

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            raise ValueError("A blob is opened to read its bytes.")
        key = self._normalize_name(name)
        return io.BufferedReader(RangeReader(self.client, self.bucket_name, key), 64 * 1024)

    def _save(self, name: str, content: File) -> str:
        with failures():
            saved: str = super()._save(name, content)
        return saved

    def delete(self, name: str) -> None:
        with failures():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with failures():
            found: bool = super().exists(name)
        return found

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with failures():
            found: tuple[list[str], list[str]] = super().listdir(name)
        return found

    def get_modified_time(self, name: str) -> datetime:
        with failures():
            found: datetime = super().get_modified_time(name)
        return found

    def is_there(self) -> bool:
        """Whether the bucket is: S3 answers for an object of a bucket that is gone as for an
        object that is."""
        try:
            with failures():
                self.client.head_bucket(Bucket=self.bucket_name)
        except FileNotFoundError:
            return False
        return True

    def abandon_unfinished(self, folder: str, before: datetime) -> int:
        """Abort the uploads in parts under ``folder`` that began before ``before`` (UTC) and were
        never finished: their parts are kept, and paid for, and shown in no list. How many."""
        found = 0
        with failures():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.bucket_name, Prefix=self._normalize_name(folder) + "/"
            )
            for page in pages:
                for upload in page.get("Uploads", ()):
                    if upload["Initiated"] < before:
                        self.client.abort_multipart_upload(
                            Bucket=self.bucket_name, Key=upload["Key"], UploadId=upload["UploadId"]
                        )
                        found += 1
        return found

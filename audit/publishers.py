"""Outside copies: where a checkpoint is put so that the log's keeper cannot take it back.

A medium knows how to put a note there and, where it can be read, which note was put last. What
may be published is decided in ``audit.publishing``; nothing here knows the database.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from audit import note as notes
from core import outbound


class PublishFailed(Exception):
    """The medium could not be written or read this time."""


class Contradiction(Exception):
    """What the medium holds cannot be of this log as it is now."""


class Publisher(Protocol):
    """One outside copy. ``address`` names it without secrets; ``readable`` says whether
    ``read_last`` can answer."""

    address: str
    readable: bool

    def publish(self, note: str, size: int) -> None:
        """Put ``note`` (of ``size`` events) there; a second time does no harm. Raises
        PublishFailed, and Contradiction where the copy is ahead or says otherwise."""

    def read_last(self) -> str | None:
        """The note of the greatest size there; None where there is none, or no way to read.
        Raises PublishFailed."""


def body_of(note: str) -> notes.Checkpoint:
    """What a copied note says, whoever signed it: its root is held against the log itself, and
    an older key's signature is no contradiction. Raises notes.BadNote."""
    body, _, _ = note.rpartition("\n\n")
    return notes.parse(f"{body}\n")


class FilePublisher:
    """Notes one after the other in a file that is only ever appended to (mode 0600)."""

    readable = True
    _TAIL = 64 * 1024

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = f"file://{path}"

    def publish(self, note: str, size: int) -> None:
        try:
            file = self._open(os.O_RDWR | os.O_APPEND | os.O_CREAT)
        except OSError as error:
            raise PublishFailed(f"The file could not be opened ({error.strerror}).") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            tail = self._tail(file)
            last = _last_note(tail)
            if last is not None:
                held = body_of(last)
                if held.size > size:
                    raise Contradiction(f"The copy holds {held.size} events, the note {size}.")
                if held.size == size:
                    if held != body_of(note):
                        raise Contradiction(f"The copy has another root at {size} events.")
                    return
            # What a writer that was killed left unfinished is closed off, never cut off: the
            # file may be one that the file system lets nobody shorten.
            gap = "" if not tail or tail.endswith("\n\n") else "\n\n"
            _write(file, f"{gap}{note}\n".encode())
            os.fsync(file)
            folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise PublishFailed(f"The file could not be written ({error.strerror}).") from None
        finally:
            os.close(file)

    def read_last(self) -> str | None:
        try:
            file = self._open(os.O_RDONLY)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PublishFailed(f"The file could not be opened ({error.strerror}).") from None
        try:
            tail = self._tail(file)
        except OSError as error:
            raise PublishFailed(f"The file could not be read ({error.strerror}).") from None
        finally:
            os.close(file)
        return _last_note(tail)

    def _open(self, flags: int) -> int:
        # The folder is not made: a mount that is missing must fail, not be written beside.
        # Not to block is for a pipe in the file's place, which is then refused.
        flags |= os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        file = os.open(self.path, flags, 0o600)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise OSError(0, "not a regular file")
        return file

    def _tail(self, file: int) -> str:
        size = os.fstat(file).st_size
        start = max(size - self._TAIL, 0)
        return os.pread(file, self._TAIL, start).decode(errors="replace")


def _last_note(text: str) -> str | None:
    """The last whole note in a run of notes; None in an empty one. Raises PublishFailed where
    there is text and no note in it."""
    parts = text.split("\n\n")
    for number in range(len(parts) - 1, 0, -1):
        signatures = parts[number].rstrip("\n")
        if not signatures.startswith("\u2014 "):
            continue
        found = f"{parts[number - 1].lstrip(chr(10))}\n\n{signatures}\n"
        with suppress(notes.BadNote):
            body_of(found)
            return found
    if text.strip():
        raise PublishFailed("The file holds no checkpoint that can be read.")
    return None


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


class WebhookPublisher:
    """The note by POST, signed as a Standard Webhook; what became of it cannot be read back."""

    readable = False

    def __init__(self, url: str, secret: str) -> None:
        parts = outbound.check_url(url)
        outbound.webhook_key(secret)
        self._url, self._secret = url, secret
        # Path and query may be the receiver's secret; a fingerprint tells two apart.
        mark = sha256(url.encode()).hexdigest()[:8]
        self.address = f"{parts.scheme}://{parts.netloc.decode()}/#{mark}"

    def publish(self, note: str, size: int) -> None:
        content = note.encode()
        message = f"checkpoint-{size}-{sha256(content).hexdigest()[:16]}"
        headers = {
            "Content-Type": "text/plain; charset=utf-8",
            **outbound.webhook_headers(message_id=message, content=content, secret=self._secret),
        }
        try:
            answer = outbound.send("POST", self._url, content=content, headers=headers)
        except (outbound.OutboundRefused, outbound.OutboundFailed) as error:
            raise PublishFailed(str(error)) from None
        if not 200 <= answer.status < 300:
            raise PublishFailed(f"The receiver answered {answer.status}.")

    def read_last(self) -> str | None:
        return None


def configured() -> list[Publisher]:
    """The outside copies that the settings name. Raises ImproperlyConfigured."""
    from django.conf import settings

    return parse(settings.AUDIT_PUBLISHERS, settings.AUDIT_WEBHOOK_SECRET)


def parse(addresses: Iterable[str], secret: str) -> list[Publisher]:
    """The publishers that ``AUDIT_PUBLISHERS`` names. Raises ImproperlyConfigured, without the
    part of an address that may be secret."""
    found: list[Publisher] = []
    for address in addresses:
        publisher = _parse(address, secret)
        if publisher.address in {each.address for each in found}:
            raise ImproperlyConfigured(f"AUDIT_PUBLISHERS names {publisher.address} twice.")
        found.append(publisher)
    return found


def _parse(address: str, secret: str) -> Publisher:
    parts = urlsplit(address)
    if parts.scheme == "file":
        path = Path(unquote(parts.path))
        if parts.netloc or not path.is_absolute() or path.name == "" or parts.query:
            raise ImproperlyConfigured("AUDIT_PUBLISHERS: a file is file:///folder/name.")
        return FilePublisher(path)
    if parts.scheme == "s3":
        from audit.object_lock import S3Publisher

        return S3Publisher.parse(parts.netloc, unquote(parts.path), parse_qsl(parts.query))
    if parts.scheme in {"https", "http"}:
        try:
            return WebhookPublisher(address, secret)
        except outbound.OutboundRefused as error:
            raise ImproperlyConfigured(f"AUDIT_PUBLISHERS: {error}") from None
        except ValueError:
            raise ImproperlyConfigured(
                "AUDIT_PUBLISHERS names an https:// address, and AUDIT_WEBHOOK_SECRET is not"
                " whsec_ and the base64 of 24 to 64 bytes."
            ) from None
    raise ImproperlyConfigured("AUDIT_PUBLISHERS: an address is file://, s3:// or https://.")

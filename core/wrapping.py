"""The installation's wrapping keys: where they come from, and which one a token needs.

A wrapping key is a Fernet key (32 bytes). It wraps data keys and encrypts short text; it is
loaded once a process, when first used, and never in the way of a read. Where the list comes
from is the provider's to say (setting ``FIELD_ENCRYPTION_PROVIDER``):

- ``environment``: ``FIELD_ENCRYPTION_KEYS``, separated by commas, newest first;
- ``file``: ``FIELD_ENCRYPTION_KEYS_FILE``, a key a line, newest first;
- ``vault``: either list, whose entries are ciphertexts of HashiCorp Vault's transit engine and
  are opened there (see ``core.transit`` and docs/adr/0012-keys.md).
"""

from __future__ import annotations

import base64
import os
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

ENVIRONMENT, FILE, VAULT = "environment", "file", "vault"
PROVIDERS = (ENVIRONMENT, FILE, VAULT)
ID_DIGITS = 16
# An entry that Vault did not open is asked for again after this, in seconds.
RETRY_AFTER = 30.0


class KeyUnavailable(ImproperlyConfigured):
    """An entry of the list is well formed and could not be opened where it is kept."""


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """A wrapping key: its public id (16 hex digits), and what encrypts with it."""

    id: str
    fernet: Fernet = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ring:
    """The list as it could be loaded. ``first`` is the entry that new values go under, None
    where just that one could not be opened; ``failed`` says by place why one could not."""

    keys: tuple[WrappingKey, ...]
    first: WrappingKey | None
    failed: dict[int, str]

    def by_id(self, key_id: str) -> WrappingKey | None:
        """The key with this id, None where the list does not hold it."""
        for key in self.keys:
            if key.id == key_id:
                return key
        return None

    @property
    def newest(self) -> WrappingKey:
        """The key that new values go under. Raises KeyUnavailable: an older one must not stand
        in for it, as it may have been replaced because it leaked."""
        if self.first is None:
            raise KeyUnavailable(
                "The newest wrapping key could not be loaded, so nothing new can be encrypted: "
                + next(iter(self.failed.values()))
            )
        return self.first


def key_id(raw: bytes) -> str:
    """The public id of a wrapping key: 8 bytes of HKDF-SHA-256 (RFC 5869) under a label of its
    own, as hex. It tells keys apart and says nothing about them."""
    return (
        HKDF(SHA256(), 8, salt=None, info=b"voicecompliance wrapping key id v1").derive(raw).hex()
    )


def make_key() -> str:
    """A new wrapping key as an entry of the list. Raises KeyUnavailable under ``vault``, whose
    answer is a ciphertext: the key itself is shown to nobody."""
    if settings.FIELD_ENCRYPTION_PROVIDER == VAULT:
        from core import transit

        return transit.new_key()
    return Fernet.generate_key().decode("ascii")


def public_id(entry: str) -> str:
    """The id of the key that an entry of the list stands for. Raises as ``ring``."""
    return _open(1, entry).id


@dataclass(frozen=True, slots=True)
class _Held:
    """The list as it was read, what was opened of it by entry, and until when that is good
    (``time.monotonic``)."""

    asked: tuple[object, ...] = field(repr=False)
    entries: tuple[str, ...] = field(repr=False)
    opened: dict[str, WrappingKey] = field(repr=False)
    ring: Ring
    until: float

    def good(self) -> bool:
        return time.monotonic() < self.until


_lock = threading.Lock()
_held: _Held | None = None


def ring() -> Ring:
    """The wrapping keys, loaded when first used.

    Raises ImproperlyConfigured for an empty or malformed list, naming the entry's place and
    never its value; KeyUnavailable where no entry at all could be opened. What was opened once
    stays: only entries that could not be are asked for again, by one thread, while the others go
    on with what there is.
    """
    global _held
    asked = _settings()
    held = _now_held(asked)
    if held is not None and held.good():
        return held.ring
    if not _lock.acquire(blocking=held is None):
        assert held is not None
        return held.ring
    try:
        # Another thread may have asked while this one waited.
        held = _now_held(asked)
        if held is None:
            entries = tuple(_entries())
            loaded, opened = _load(entries, {})
        elif held.good():
            return held.ring
        else:
            entries = held.entries
            loaded, opened = _load(entries, held.opened)
        until = time.monotonic() + (RETRY_AFTER if loaded.failed else float("inf"))
        _held = _Held(asked, entries, opened, loaded, until)
        return loaded
    finally:
        _lock.release()


def _now_held(asked: tuple[object, ...]) -> _Held | None:
    held = _held
    return held if held is not None and held.asked == asked else None


def forget() -> None:
    """Load the list again at its next use."""
    global _held
    _held = None


def _load(
    entries: tuple[str, ...], before: dict[str, WrappingKey]
) -> tuple[Ring, dict[str, WrappingKey]]:
    """The ring, and its keys by entry; those of ``before`` are not opened again."""
    if not entries:
        raise ImproperlyConfigured(f"{_source()} is empty: no encryption key.")
    opened = dict(before)
    keys: list[WrappingKey] = []
    failed: dict[int, str] = {}
    first = None
    for place, entry in enumerate(entries, start=1):
        try:
            key = opened[entry] = opened.get(entry) or _open(place, entry)
        except ImproperlyConfigured as error:
            # A process that has keys goes on, also where the way to Vault was broken since.
            if not before and not isinstance(error, KeyUnavailable):
                raise
            failed[place] = str(error)
            continue
        if place == 1:
            first = key
        if all(key.id != other.id for other in keys):
            keys.append(key)
    if not keys:
        raise KeyUnavailable(f"No wrapping key could be loaded: {failed[1]}")
    return Ring(tuple(keys), first, failed), opened


def _settings() -> tuple[object, ...]:
    return (
        settings.FIELD_ENCRYPTION_PROVIDER,
        tuple(settings.FIELD_ENCRYPTION_KEYS),
        settings.FIELD_ENCRYPTION_KEYS_FILE,
    )


def _source() -> str:
    provider = settings.FIELD_ENCRYPTION_PROVIDER
    by_file = provider == FILE or (provider == VAULT and settings.FIELD_ENCRYPTION_KEYS_FILE)
    return "FIELD_ENCRYPTION_KEYS_FILE" if by_file else "FIELD_ENCRYPTION_KEYS"


def _entries() -> Iterator[str]:
    if settings.FIELD_ENCRYPTION_PROVIDER not in PROVIDERS:
        raise ImproperlyConfigured(f"FIELD_ENCRYPTION_PROVIDER must be one of {PROVIDERS}.")
    if _source() == "FIELD_ENCRYPTION_KEYS":
        yield from settings.FIELD_ENCRYPTION_KEYS
        return
    if not settings.FIELD_ENCRYPTION_KEYS_FILE:
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_PROVIDER is file: FIELD_ENCRYPTION_KEYS_FILE must name it."
        )
    for line in _private_text(Path(settings.FIELD_ENCRYPTION_KEYS_FILE)).splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def _private_text(path: Path, name: str = "FIELD_ENCRYPTION_KEYS_FILE") -> str:
    """The text of a file of secrets. Raises ImproperlyConfigured for one that others may read
    or write, as ssh does of its own keys."""
    try:
        with path.open(encoding="ascii") as file:
            found = os.fstat(file.fileno())
            if found.st_uid not in {os.geteuid(), 0} or found.st_mode & (
                stat.S_IRWXG | stat.S_IRWXO
            ):
                raise ImproperlyConfigured(
                    f"{name}: others may read or change the file, so it is not used. Make it"
                    " yours alone (chmod 600)."
                )
            return file.read()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}: the file cannot be read ({type(error).__name__})."
        ) from None
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"{name}: the file holds more than keys.") from None


def _open(place: int, entry: str) -> WrappingKey:
    if settings.FIELD_ENCRYPTION_PROVIDER == VAULT:
        from core import transit

        if not transit.is_ciphertext(entry):
            raise ImproperlyConfigured(
                f"{_source()}: key number {place} is not a ciphertext of Vault's transit engine"
                " (vault:v1:...), as FIELD_ENCRYPTION_PROVIDER=vault asks for."
            )
        try:
            raw = transit.unwrap(entry)
        except KeyUnavailable as error:
            raise KeyUnavailable(f"{_source()}: key number {place}: {error}") from None
        return WrappingKey(key_id(raw), Fernet(base64.urlsafe_b64encode(raw)))
    try:
        fernet = Fernet(entry)
        raw = base64.urlsafe_b64decode(entry)
    except ValueError:
        raise ImproperlyConfigured(
            f"{_source()}: key number {place} is not a Fernet key (32 bytes, URL-safe base64)."
        ) from None
    return WrappingKey(key_id(raw), fernet)

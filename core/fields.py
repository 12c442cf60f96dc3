"""Encrypted text columns: django-encrypted-model-fields made strict.

The package as it is shows what it cannot decrypt as if it were plain text, encrypts
expressions as strings and reads its key at import. This subclass keeps its storage (a Fernet
token in a text column) and refuses where the package guesses. Nothing else imports the package.
"""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import TextField

from core.errors import CiphertextRefused

# The package builds its key ring at import, from its own setting's name.
if not hasattr(settings, "FIELD_ENCRYPTION_KEY"):  # pragma: no cover - settings name it
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEY must name the package's key ring.")
from encrypted_model_fields.fields import EncryptedTextField as PackageTextField

PREFIX = "vc1:"

_ring: tuple[tuple[str, ...], MultiFernet] | None = None


def key_ring() -> MultiFernet:
    """The wrapping keys of ``FIELD_ENCRYPTION_KEYS``, newest first; read when used.

    Raises ImproperlyConfigured, naming the key's place in the list and never its value.
    """
    global _ring
    keys = tuple(settings.FIELD_ENCRYPTION_KEYS)
    if _ring is None or _ring[0] != keys:
        if not keys:
            raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty: no encryption key.")
        fernets = []
        for place, key in enumerate(keys, start=1):
            try:
                fernets.append(Fernet(key))
            except ValueError:
                raise ImproperlyConfigured(
                    f"FIELD_ENCRYPTION_KEYS: key number {place} is not a Fernet key"
                    " (32 bytes, URL-safe base64)."
                ) from None
        _ring = (keys, MultiFernet(fernets))
    return _ring[1]


def encrypt(context: str, value: str) -> str:
    """``value`` as a prefixed Fernet token that opens only under the same ``context``."""
    plain = f"{context}\x00{value}".encode()
    return PREFIX + key_ring().encrypt(plain).decode("ascii")


def decrypt(context: str, stored: str) -> str:
    """What ``encrypt`` was given. Raises CiphertextRefused for anything else."""
    if not stored.startswith(PREFIX):
        raise CiphertextRefused(f"{context}: the stored value is not ciphertext.")
    try:
        plain = key_ring().decrypt(stored[len(PREFIX) :].encode()).decode()
    except (InvalidToken, UnicodeDecodeError):
        raise CiphertextRefused(
            f"{context}: the stored value does not decrypt under FIELD_ENCRYPTION_KEYS."
        ) from None
    found, separator, value = plain.partition("\x00")
    if not separator or found != context:
        raise CiphertextRefused(f"{context}: the stored value belongs to another column.")
    return value


class EncryptedTextField(PackageTextField):
    """Text that the database holds as ciphertext alone.

    ``context`` names the column for good (``app.model.field``) and is sealed inside, so that a
    token moved to another column is refused. The column carries a CHECK on the prefix, since
    ``update(Value(...))`` gets past a field. Look-ups other than ``isnull`` raise FieldError.
    """

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["context"] = self.context
        return name, path, args, kwargs

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        return f"starts_with({connection.ops.quote_name(self.column)}, '{PREFIX}')"

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "check": self.db_check(connection)}

    def to_python(self, value: Any) -> Any:
        # Not the package's: a token pasted into a form must stay text, never be decrypted.
        return TextField.to_python(self, value)

    def from_db_value(self, value: str | None, *args: Any, **kwargs: Any) -> str | None:
        return None if value is None else decrypt(self.context, value)

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is None or hasattr(value, "as_sql"):
            return value
        return encrypt(self.context, str(value))

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        raise FieldError(f"{self.context} is encrypted and cannot be compared in the database.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.context} is encrypted: only isnull can look it up.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.context} is encrypted: it has no transforms.")

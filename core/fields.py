"""Encrypted text columns: django-encrypted-model-fields made strict.

The package as it is shows what it cannot decrypt as if it were plain text, encrypts
expressions as strings and reads its key at import. This subclass keeps its storage (a Fernet
token in a text column) and refuses where the package guesses. Nothing else imports the package.

A stored value is ``vc1:<key id>:<Fernet token>``. The key id (``core.wrapping``) says which key
opens it; inside stand the column, the row's primary key and the value, so that a token moved to
another column or row is refused. Values from before that (``vc1:<Fernet token>``, bound to the
column alone) open until ``manage.py rotate_keys`` has rewritten them.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import AutoField, CharField, F, Func, Model, TextField
from django.db.models.fields import NOT_PROVIDED
from django.db.models.query_utils import DeferredAttribute

from core import wrapping
from core.errors import CiphertextRefused

# The package builds its key ring at import, from its own setting's name.
if not hasattr(settings, "FIELD_ENCRYPTION_KEY"):  # pragma: no cover - settings name it
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEY must name the package's key ring.")
from encrypted_model_fields.fields import EncryptedTextField as PackageTextField

PREFIX = "vc1:"
# Before a value that is bound to its row; no column's name begins with it.
_BOUND = "\x01"
# Before the person of a value that is bound to one, inside; no text that people write begins so.
_OWNED = "\x02"
_MARK = re.compile(r"vc1:([0-9a-f]{16}):")
# The decoder would pass over what is no base64, and over whatever stands behind its end.
_FORM = re.compile(r"vc1:(?:([0-9a-f]{16}):)?([A-Za-z0-9_-]+={0,2})")


class KeyMissing(CiphertextRefused):
    """A value is wrapped under a key that the list does not hold: the key, not the value, is
    what is wrong. ``key_id`` is the key's public id."""

    def __init__(self, context: str, key_id: str, *, of: str = "") -> None:
        self.key_id = key_id
        super().__init__(
            f"{context}: the stored value is wrapped under key {key_id}, which"
            " FIELD_ENCRYPTION_KEYS does not hold. Put that key back into the list.",
            of=of or context,
        )


def key_of(stored: str) -> str:
    """The id of the key a stored value names; empty for one from before key ids."""
    found = _MARK.match(stored)
    return found[1] if found else ""


def encrypt(context: str, row: str, value: str) -> str:
    """``value`` as a token that opens only under the same ``context`` (a column's name) and
    ``row`` (a primary key as text). Raises KeyUnavailable without the newest key."""
    key = wrapping.ring().newest
    plain = f"{_BOUND}{context}\x00{row}\x00{value}".encode()
    return f"{PREFIX}{key.id}:{key.fernet.encrypt(plain).decode('ascii')}"


def decrypt(context: str, row: str, stored: str) -> str:
    """What ``encrypt`` was given. Raises CiphertextRefused for anything else, KeyMissing where
    the key is what is missing; both name column and row (``of``), neither says the value."""
    of = f"{context}|{row}" if row else context
    form = _FORM.fullmatch(stored)
    if form is None:
        raise CiphertextRefused(f"{context}: the stored value is not ciphertext.", of=of)
    key_id = form[1] or ""
    plain = _opened(context, key_id, form[2], of)
    if not plain.startswith(_BOUND):
        # Only what names no key may be without its row: nothing writes such values any more.
        found, separator, value = plain.partition("\x00")
        if key_id or not separator or found != context:
            raise CiphertextRefused(
                f"{context}: the stored value belongs to another column.", of=of
            )
        return value
    parts = plain[1:].split("\x00", 2)
    if len(parts) != 3 or parts[0] != context:
        raise CiphertextRefused(f"{context}: the stored value belongs to another column.", of=of)
    if parts[1] != row:
        raise CiphertextRefused(f"{context}: the stored value belongs to another row.", of=of)
    return parts[2]


def _opened(context: str, key_id: str, token: str, of: str) -> str:
    ring = wrapping.ring()
    keys = ring.keys
    if key_id:
        named = ring.by_id(key_id)
        if named is None:
            raise KeyMissing(context, key_id, of=of)
        keys = (named,)
    for key in keys:
        try:
            return key.fernet.decrypt(token).decode()
        except InvalidToken:
            continue
        except (UnicodeError, ValueError):
            break
    raise CiphertextRefused(
        f"{context}: the stored value does not decrypt under FIELD_ENCRYPTION_KEYS.", of=of
    )


def rewrap(context: str, row: str, stored: str) -> str:
    """The same value under the newest key, bound to its row. Raises as ``decrypt``."""
    return encrypt(context, row, decrypt(context, row, stored))


def bind(owner: object, value: str) -> str:
    """``value`` with the person whom it is about, as a column with ``bound_to`` seals it."""
    return f"{_OWNED}{owner}\x00{value}"


def unbind(value: str) -> str:
    """What ``bind`` was given as its value; anything else as it is: no text holds a NUL."""
    owner, separator, bare = value.partition("\x00")
    return bare if separator and owner.startswith(_OWNED) else value


class KeyIdOf(Func):
    """In a query: the key id of an encrypted column's value; empty for one from before key ids,
    null for null. Immutable, so that it can be indexed."""

    template = (
        "(CASE WHEN substr(%(expressions)s, 21, 1) = ':'"
        " THEN substr(%(expressions)s, 5, 16)"
        " WHEN %(expressions)s IS NOT NULL THEN '' END)"
    )
    arity = 1
    output_field = CharField(max_length=wrapping.ID_DIGITS)

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> Any:
        sql, params = super().as_sql(compiler, connection, *args, **context)
        # The column stands there three times.
        return sql, tuple(params) * 3


class Sealed:
    """A value as it came from the database, which nobody has opened.

    A model instance opens it when the attribute is read. ``values()``, ``values_list()`` and
    expressions have no row to hold it against: they hand out this, which raises FieldError
    whatever is done with it.
    """

    __slots__ = ("context", "stored")

    def __init__(self, context: str, stored: str) -> None:
        self.context = context
        self.stored = stored

    def __repr__(self) -> str:
        return f"<sealed {self.context}>"

    def _refuse(self, *args: Any) -> Any:
        raise FieldError(
            f"{self.context} is encrypted and bound to its row: read it from an instance, not"
            " by values() or an expression."
        )

    __str__ = __format__ = __eq__ = __ne__ = __hash__ = _refuse  # type: ignore[assignment]
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __bytes__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __mod__ = _refuse


class Token(str):
    """A value encrypted for the row that is being saved."""

    __slots__ = ()


class _Attribute(DeferredAttribute):
    """Opens a stored value when it is first read, held against its instance's primary key."""

    field: EncryptedTextField

    def __get__(self, instance: Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        value = instance.__dict__.get(name, self)
        if value is self:
            # Deferred: Django reads the row again, through an instance of its own.
            return super().__get__(instance, cls)
        if type(value) is Sealed:
            value = self.field.opened(instance, value.stored)
            instance.__dict__[name] = value
        return value

    def __set__(self, instance: Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def row_of(instance: Model) -> str:
    """The primary key that a row's values are bound to, as PostgreSQL writes it."""
    pk = instance.pk
    if type(pk) is not UUID:
        if pk is None:
            raise FieldError(
                f"{instance._meta.label}: encrypted values are bound to the primary key, which"
                " must be known before the row is saved."
            )
        pk = instance._meta.pk.to_python(pk)
    return str(pk)


class EncryptedTextField(PackageTextField):
    """Text that the database holds as ciphertext alone.

    ``context`` names the column for good (``app.model.field``) and is sealed inside with the
    row's primary key, so that a token moved to another column or row is refused with
    CiphertextRefused when the attribute is read. The column carries a CHECK on the prefix,
    since ``update(Value(...))`` gets past a field. Look-ups other than ``isnull`` raise
    FieldError, and so does what has no row at hand: ``values()``, ``update()`` with a text,
    ``bulk_update()``. The primary key must be known before a row is inserted (a system check).
    ``bound_to`` names the column of the person whom the text is about, such as ``subject_id``: it
    is sealed inside too, so that a row which is given to somebody else opens no more.
    """

    descriptor_class = _Attribute

    def __init__(self, *args: Any, context: str, bound_to: str = "", **kwargs: Any) -> None:
        self.context, self.bound_to = context, bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["context"] = self.context
        if self.bound_to:
            kwargs["bound_to"] = self.bound_to
        return name, path, args, kwargs

    def sealed(self, instance: Model, value: str) -> str:
        """``value`` as the row's column holds it. Raises KeyUnavailable."""
        if self.bound_to:
            value = bind(getattr(instance, self.bound_to), value)
        return encrypt(self.context, row_of(instance), value)

    def opened(self, instance: Model, stored: str) -> str:
        """What ``sealed`` was given. Raises CiphertextRefused for another column's, row's or, with
        ``bound_to``, person's."""
        row = row_of(instance)
        value = decrypt(self.context, row, stored)
        if not self.bound_to:
            return value
        owner, separator, bare = value.removeprefix(_OWNED).partition("\x00")
        if not (value.startswith(_OWNED) and separator):
            raise CiphertextRefused(
                f"{self.context}: the stored value is not bound to a person yet: manage.py migrate"
                " binds it.",
                of=f"{self.context}|{row}",
            )
        if owner != str(getattr(instance, self.bound_to)):
            raise CiphertextRefused(
                f"{self.context}: the stored value belongs to another person.",
                of=f"{self.context}|{row}",
            )
        return bare

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found: list[checks.CheckMessage] = super().check(**kwargs)
        pk = self.model._meta.pk
        unknown = isinstance(pk, AutoField) or pk.db_default is not NOT_PROVIDED
        if unknown or self.unique or self.db_index:
            found.append(
                checks.Error(
                    "An encrypted column is bound to its row and never the same twice: its"
                    " model needs a primary key that is known before the row is inserted, and"
                    " the column can be neither unique nor indexed.",
                    obj=self,
                    id="core.E002",
                )
            )
        return found

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        return f"starts_with({connection.ops.quote_name(self.column)}, '{PREFIX}')"

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        return {**super().db_parameters(connection), "check": self.db_check(connection)}

    def to_python(self, value: Any) -> Any:
        # Not the package's: a token pasted into a form must stay text, never be decrypted.
        return TextField.to_python(self, value)

    def from_db_value(self, value: str | None, *args: Any, **kwargs: Any) -> Sealed | None:
        return None if value is None else Sealed(self.context, value)

    def pre_save(self, model_instance: Model, add: bool) -> Any:
        # What was not read is opened and encrypted anew too: written back as it is, it could
        # undo a rotation that passed meanwhile.
        value = getattr(model_instance, self.attname)
        if value is None or hasattr(value, "as_sql"):
            return value
        return Token(self.sealed(model_instance, str(value)))

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is None or hasattr(value, "as_sql"):
            return value
        if type(value) is not Token:
            raise FieldError(
                f"{self.context} is encrypted and bound to its row: save an instance; update(),"
                " bulk_update() and fixtures cannot write it."
            )
        return str(value)

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        # Only where the database is asked whether there is a value (full_clean holds a row
        # against its constraints so): every comparison is refused by get_lookup.
        return None if value is None else PREFIX

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.context} is encrypted: only isnull can look it up.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.context} is encrypted: it has no transforms.")


def key_id_of(field: str) -> KeyIdOf:
    """``KeyIdOf`` of a field by its name."""
    return KeyIdOf(F(field))

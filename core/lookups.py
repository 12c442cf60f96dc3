"""Finding a person by an identifier that is stored encrypted: keyed hashes."""

from __future__ import annotations

import functools
import hashlib
import hmac
import unicodedata

import phonenumbers
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@functools.lru_cache(maxsize=64)
def _key(field: str, secret: str) -> bytes:
    try:
        root = bytes.fromhex(secret)
    except ValueError:
        root = b""
    if len(root) < 32:
        raise ImproperlyConfigured("LOOKUP_KEY must be at least 64 hex digits (32 bytes).")
    return HKDF(SHA256(), 32, salt=None, info=b"lookup:" + field.encode()).derive(root)


def keyed_hash(field: str, value: str) -> str:
    """HMAC-SHA-256 of the normalised ``value`` under the field's own key, as 64 hex digits.

    ``field`` names what the value is (``email``, ``phone``, ``external_id:<space>``), so that
    the same digits as a phone and as an id give two hashes. Never an unsalted hash: identifiers
    are few enough to be guessed.
    """
    kind = field.partition(":")[0]
    normalised = _NORMALISERS.get(kind, str.strip)(value)
    key = _key(field, settings.LOOKUP_KEY)
    return hmac.new(key, normalised.encode(), hashlib.sha256).hexdigest()


def normalise_email(value: str) -> str:
    """Case-folded NFKC text without surrounding space."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


def normalise_phone(value: str) -> str:
    """E.164 where the number parses as international, else its digits."""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return "".join(c for c in value if c.isdigit())
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_NORMALISERS = {"email": normalise_email, "phone": normalise_phone}

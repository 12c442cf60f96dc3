"""The installation's signature: Ed25519 (RFC 8032) under ``SIGNING_KEY``."""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def _key() -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(
            base64.b64decode(settings.SIGNING_KEY, validate=True)
        )
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(
            "SIGNING_KEY is not a base64 Ed25519 seed of 32 bytes."
        ) from None


def sign(message: bytes) -> str:
    """The signature of ``message``, base64. Raises ImproperlyConfigured for a bad key."""
    return base64.b64encode(sign_raw(message)).decode()


def sign_raw(message: bytes) -> bytes:
    """The 64 bytes of the signature of ``message``."""
    return _key().sign(message)


def public_key_raw() -> bytes:
    """The 32 bytes of the public key that verifies."""
    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def public_key() -> str:
    """The public key that verifies, base64 of its 32 bytes."""
    return base64.b64encode(public_key_raw()).decode()

"""One-time codes: which time step a code belongs to, and the shapes of codes.

Pure: time comes in. The algorithm is django-otp's (RFC 4226, RFC 6238 with HMAC-SHA-1, which
is what authenticator apps share).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from django_otp.oath import hotp

STEP_SECONDS = 30
DIGITS = 6

SECRET_BYTES = 20
RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No 0, o, 1, i or l: what is read from paper."""
RECOVERY_LENGTH = 25
"""Letters of a recovery code: 25 of 31 are 123 random bits. From 112 on a plain hash will do (OWASP
ASVS 5.0, V6.5.2; NIST SP 800-63B-4, 3.1.2.2)."""

_TOTP_SHAPE = re.compile(r"[0-9]{6}")
_RECOVERY_SHAPE = re.compile(f"[{RECOVERY_LETTERS}]{{{RECOVERY_LENGTH}}}")
_GAPS = re.compile(r"[\s-]+")


def new_secret() -> str:
    """A random secret of 160 bits (RFC 4226, 4: R6) in base32, as apps read it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of one time step."""
    return str(hotp(base64.b32decode(secret), step, digits)).zfill(digits)


def matching_step(
    secret: str, code: str, now: float, *, after: int = -1, digits: int = DIGITS
) -> int | None:
    """The time step that ``code`` proves at ``now`` (Unix seconds), else None.

    A code counts while its own step of 30 s lasts, and neither before nor after: RFC 6238, 5.2
    allows one step more for slow typing, which would let a code that was looked over a shoulder
    live twice as long. Steps up to ``after`` have been used and count no more (the same: one
    time only).
    """
    step = int(now // STEP_SECONDS)
    same = hmac.compare_digest(code_at(secret, step, digits), code)
    return step if same and step > after else None


def totp_shaped(code: str) -> str | None:
    """``code`` as six digits where that is its shape, else None."""
    bare = _GAPS.sub("", code)
    return bare if _TOTP_SHAPE.fullmatch(bare) else None


def recovery_shaped(code: str) -> str | None:
    """``code`` as a bare recovery code where that is its shape, else None."""
    bare = _GAPS.sub("", code).lower()
    return bare if _RECOVERY_SHAPE.fullmatch(bare) else None


def new_recovery_code() -> str:
    """A random recovery code, in groups of five."""
    letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
    return "-".join(letters[start : start + 5] for start in range(0, RECOVERY_LENGTH, 5))


def recovery_hash(bare: str) -> str:
    """SHA-256 of a bare recovery code. No salt and no stretching: 123 random bits need neither."""
    return hashlib.sha256(bare.encode()).hexdigest()

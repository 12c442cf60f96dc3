"""What never enters the log: secrets by the name of their key, personal data by its look."""

from __future__ import annotations

import re
from typing import Any

import masking

REDACTED = "[REDACTED]"
MAX_DEPTH = 32

# Compared against a key's letters and digits alone, so that api_key, apiKey and API-KEY agree.
_WHOLE = frozenset(
    "pin cvv cvc cvv2 otp code totp ssn sin pan dob iban cookie session sessionid csrftoken"
    " auth jwt key".split()
)
_PARTS = (
    "password passwd passphrase secret token apikey privatekey creditcard cardnumber"
    " socialsecurity authorization credential encryptionkey securitycode recoverycode".split()
)
_NOT_LETTERS = re.compile(r"[^a-z0-9]")

# Our own ids, hashes and times: digits that mean nobody, and must stay readable.
_OWN_VALUES = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{64}"
    r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)


def is_secret(key: str) -> bool:
    """Whether a value under this key is withheld whatever it is."""
    letters = _NOT_LETTERS.sub("", key.casefold())
    return letters in _WHOLE or any(part in letters for part in _PARTS)


def redact(value: Any, depth: int = 0) -> Any:
    """``value`` without secrets and personal data, at any depth, in keys and values.

    Takes what ``canonical.plain`` returns. What nests deeper than ``MAX_DEPTH`` is withheld.
    """
    if depth > MAX_DEPTH:
        return REDACTED
    if isinstance(value, dict):
        return {
            _text(key): REDACTED if is_secret(key) and item is not None else redact(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**8:
        # A card, phone or social security number sent as a number.
        masked = _text(str(value))
        return value if masked == str(value) else masked
    return value


def _text(value: str) -> str:
    # What the database cannot hold is shown as its replacement, never a failed act.
    value = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if _OWN_VALUES.fullmatch(value) or not masking.suspicious(value):
        return value
    return masking.mask_text(value, policy="balanced")[0]

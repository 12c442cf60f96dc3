"""What never enters the log: secrets by the name of their key, personal data by its look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import masking

REDACTED = "[REDACTED]"
MAX_DEPTH = 32

# Compared against a key's letters and digits alone, so that api_key, apiKey and API-KEY agree.
_WHOLE = frozenset(
    "pin cvv cvc cvv2 otp code totp ssn sin pan dob iban cookie session sessionid csrftoken"
    " auth jwt key".split()
)
# A name or an address shows itself by nothing but the key that it stands under.
_PERSONAL = frozenset(
    "firstname lastname middlename fullname surname givenname familyname maidenname"
    " patientname callername customername subjectname email emailaddress phone phonenumber"
    " telephone mobile mobilenumber address homeaddress streetaddress postaladdress"
    " dateofbirth birthdate birthday".split()
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
# Our own keys and tokens show themselves wherever they stand.
_OWN_SECRETS = re.compile(r"vcs?_[A-Za-z0-9_-]{40,}")
_BARE_NUMBER = re.compile(r"[\d\s().+/-]+")
# A card, phone or social security number sent as a number has at least so many digits.
_LONG_NUMBER = 10**8

# Keys that are neither secret nor personal: the same few come with every event. A key that is
# withheld or masked is never kept here.
_plain_keys: set[str] = set()
_plain_names: set[str] = set()
_MOST_KEYS, _LONGEST_KEY = 10_000, 64


def is_secret(key: str) -> bool:
    """Whether a value under this key is withheld whatever it is: a secret, or personal."""
    letters = _NOT_LETTERS.sub("", key.casefold())
    if letters in _WHOLE or letters in _PERSONAL:
        return True
    return any(part in letters for part in _PARTS)


def redact(value: Any) -> Any:
    """``value`` without secrets and personal data, at any depth, in keys and values.

    Takes what ``canonical.plain`` returns. What nests deeper than ``MAX_DEPTH`` is withheld.
    Where nothing is found, it is the very ``value`` that is returned.
    """
    return redact_all([value])[0]


def redact_all(values: Sequence[Any]) -> list[Any]:
    """``redact`` of each.

    All texts are looked at in one pass, and by halves only where that pass says that one of them
    may hold something: few hold anything, and a pass costs more to begin than to go on.
    """
    plain: list[Any] = list(values)
    clean: list[tuple[int, list[str]]] = []
    for place, value in enumerate(values):
        texts: list[str] = []
        if not _gather(value, texts, 0):
            plain[place] = _redact(value, 0)
        elif texts:
            clean.append((place, texts))
    for place in _suspicious(clean):
        plain[place] = _redact(values[place], 0)
    return plain


def _suspicious(gathered: list[tuple[int, list[str]]]) -> Iterator[int]:
    """The places of those whose texts must be searched one by one."""
    if not masking.any_suspicious([text for _, texts in gathered for text in texts]):
        return
    if len(gathered) == 1:
        yield gathered[0][0]
        return
    half = len(gathered) // 2
    yield from _suspicious(gathered[:half])
    yield from _suspicious(gathered[half:])


def _gather(value: Any, texts: list[str], depth: int) -> bool:
    """Collect what must be searched; False where something must be withheld in any case."""
    if depth > MAX_DEPTH:
        return False
    kind = type(value)
    if kind is dict:
        if depth == MAX_DEPTH and value:
            return False
        for key, item in value.items():
            if key not in _plain_keys and not _is_plain(key):
                return False
            if type(item) is str:
                if not _gather_text(item, texts):
                    return False
            elif not _gather(item, texts, depth + 1):
                return False
        return True
    if kind is str:
        return _gather_text(value, texts)
    if kind is int:
        if not -_LONG_NUMBER < value < _LONG_NUMBER:
            texts.append(str(value))
        return True
    if kind is list:
        return all(_gather(item, texts, depth + 1) for item in value)
    return value is None or kind is bool


def _gather_text(value: str, texts: list[str]) -> bool:
    if "\x00" in value or not (value.isascii() or _is_text(value)):
        return False
    if ("vc_" in value or "vcs_" in value) and _OWN_SECRETS.search(value):
        return False
    if not _OWN_VALUES.fullmatch(value):
        texts.append(value)
    return True


def _is_text(value: str) -> bool:
    """Whether no half of a surrogate pair is in ``value``."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain_name(value: str) -> str:
    """One text without personal data, of few that there are, such as an event's type: those are
    remembered."""
    if value in _plain_names:
        return value
    plain = _text(value)
    if plain == value and len(value) <= _LONGEST_KEY and len(_plain_names) < _MOST_KEYS:
        _plain_names.add(value)
    return plain


def _is_plain(key: str) -> bool:
    if len(key) > _LONGEST_KEY or is_secret(key) or _text(key) != key:
        return False
    if len(_plain_keys) < _MOST_KEYS:
        _plain_keys.add(key)
    return True


def _redact(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return REDACTED
    if isinstance(value, dict):
        return {
            _text(key): REDACTED
            if is_secret(key) and item is not None
            else _redact(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_redact(item, depth + 1) for item in value]
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _LONG_NUMBER:
        masked = _text(str(value))
        return value if masked == str(value) else masked
    return value


def _text(value: str) -> str:
    if _OWN_VALUES.fullmatch(value):
        return value
    if "\x00" in value or not value.isascii():
        # What the database cannot hold is shown as its replacement, never a failed act.
        value = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    value = _OWN_SECRETS.sub(REDACTED, value)
    if not masking.suspicious(value):
        return value
    # A value that is nothing but a number needs no cue to be somebody's; in a sentence one does,
    # or the sections of a statute would go.
    policy = "strict" if _BARE_NUMBER.fullmatch(value) else "balanced"
    return masking.mask_text(value, policy=policy)[0]

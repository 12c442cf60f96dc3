"""Passwords that a guesser tries first are refused (NIST SP 800-63B-4, 3.1.1.2): those of known
breaches, and those without anything to guess. No rule says what a password must be made of."""

from __future__ import annotations

import hashlib
import os
import string
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError

_LONGEST_LINE = 128
"""Bytes of a line at most: 40 hex digits, a colon, a count."""
_ROWS = (string.ascii_lowercase, "0123456789", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop")
_SHORTEST_UNIT = 8


def breached(password: str, path: Path) -> bool:
    """Whether the password's SHA-1 is in a sorted file of ``HASH:count`` lines, as Have I Been
    Pwned offers it for download. Nothing leaves the machine. Raises OSError."""
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        return _found(file, wanted)


def _found(file: BinaryIO, wanted: bytes) -> bool:
    """Bisect by bytes: the first line that begins after ``low`` and is not before ``wanted``."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        line = _line_after(file, middle)
        if line and line < wanted:
            low = middle + 1
        else:
            high = middle
    return _line_after(file, low) == wanted


def _line_after(file: BinaryIO, position: int) -> bytes:
    """The hash of the first line that begins at ``position`` or after; nothing at the end."""
    if position:
        file.seek(position - 1)
        file.readline(_LONGEST_LINE)
    else:
        file.seek(0)
    return file.readline(_LONGEST_LINE).split(b":")[0].strip().upper()


def nothing_to_guess(password: str) -> bool:
    """Whether it is one short piece over and over, or a run along the alphabet, the digits or a
    row of keys: as long as it looks, one guess."""
    lower = password.casefold()
    for size in range(1, _SHORTEST_UNIT):
        if lower == (lower[:size] * len(lower))[: len(lower)]:
            return True
    rows = [row * (len(lower) // len(row) + 2) for row in _ROWS]
    return any(lower in row or lower[::-1] in row for row in rows)


class BreachedPasswordValidator:
    """Refuses a password in ``BREACHED_PASSWORDS_FILE``; where no file is named, says nothing:
    the evidence ``accounts.breached_passwords`` says that it is unknown."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError; OSError where the file cannot be read: a password that cannot
        be checked is not taken."""
        if settings.BREACHED_PASSWORDS_FILE and breached(
            password, Path(settings.BREACHED_PASSWORDS_FILE)
        ):
            raise ValidationError(
                "This password is in a list of stolen ones. Choose another.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "Not one that is known to have been stolen."


class NothingToGuessValidator:
    """Refuses a repetition and a run of keys."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError."""
        if nothing_to_guess(password):
            raise ValidationError(
                "This password repeats itself or follows the keyboard. Choose another; four or"
                " five words that do not belong together are a good one.",
                code="password_obvious",
            )

    def get_help_text(self) -> str:
        return "Not a repetition and not a row of keys."

"""Social Security numbers, telephone numbers, accounts, and long numbers of no known kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import phonenumbers

from masking.checks import ssn_possible
from masking.context import Context, Surroundings
from masking.detectors.finding import Finding
from masking.runs import Run
from masking.tokens import Tokens

LONG_RUN = 7
"""A run of as many digits is masked under `strict`, whatever it is."""


def find_identifiers(
    runs: Iterable[Run], surroundings: Surroundings, region: str | None
) -> Iterator[Finding]:
    """What is left after cards and codes. `region` is an ISO 3166 country, for telephones."""
    for run in runs:
        if len(run.digits) < 4:
            continue
        context = surroundings.of(run)
        finding = (
            _ssn(run, context, surroundings.tokens)
            or _phone(run, context, surroundings.tokens, region)
            or _announced(run, context)
            or _long(run, context)
        )
        if finding is not None:
            yield finding


def _ssn(run: Run, context: Context, tokens: Tokens) -> Finding | None:
    size = len(run.digits)
    if context.label == "SSN" and not context.counts:
        if size == 9:
            possible = ssn_possible(run.digits)
            return Finding(run.tokens, "SSN", 0.95 if possible else 0.7, "ssn.cue")
        return Finding(run.tokens, "SSN", 0.7, "ssn.part") if size <= 11 else None
    grouped = tuple(map(len, run.parts)) == (3, 2, 4) if size == 9 else False
    if grouped and ssn_possible(run.digits) and _one_turn(run, tokens):
        return Finding(run.tokens, "SSN", 0.85, "ssn.grouping")
    return None


def _one_turn(run: Run, tokens: Tokens) -> bool:
    return tokens.turn[run.first] == tokens.turn[run.last]


def _phone(run: Run, context: Context, tokens: Tokens, region: str | None) -> Finding | None:
    size = len(run.digits)
    if not 7 <= size <= 15:
        return None
    previous = tokens.text[run.first - 1] if run.first else ""
    plus = tokens.before(run.first) == "+" or previous == "plus"
    valid = _valid("+" + run.digits if plus else run.digits, None if plus else region)
    if context.label == "PHONE":
        return Finding(run.tokens, "PHONE", 0.95 if valid else 0.75, "phone.cue")
    other = context.own is not None and context.own.label in (
        "OTHER",
        "EXPIRY",
        "ACCOUNT",
        "MRN",
        "DOB",
    )
    doubt = 0.3 if other else 0.0
    if valid and size >= 8:
        return Finding(run.tokens, "PHONE", (0.9 if plus else 0.75) - doubt, "phone.valid")
    # North American grouping, whether or not the numbering plan has assigned the area code.
    if tuple(map(len, run.parts))[-3:] == (3, 3, 4) and (size == 10 or run.digits[0] == "1"):
        return Finding(run.tokens, "PHONE", 0.7 - doubt, "phone.grouping")
    return None


@lru_cache(maxsize=4096)
def _valid(number: str, region: str | None) -> bool:
    """Whether the numbering plan knows the number. The cache is of this process alone."""
    if region is None and not number.startswith("+"):
        return False
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, region))
    except phonenumbers.NumberParseException:
        return False


def _announced(run: Run, context: Context) -> Finding | None:
    label, size = context.label, len(run.digits)
    if context.counts or context.own is None:
        return None
    if label in ("ACCOUNT", "MRN") and size >= 5:
        return Finding(run.tokens, label, 0.75, f"{label.lower()}.cue")
    if label == "DOB" and 6 <= size <= 8:
        return Finding(run.tokens, "DOB", 0.75, "dob.cue")
    return None


def _long(run: Run, context: Context) -> Finding | None:
    if len(run.digits) > 19:
        return Finding(run.tokens, "ACCOUNT", 0.6, "account.long_run")
    if len(run.digits) >= LONG_RUN or (run.parent >= LONG_RUN and not context.counts):
        return Finding(run.tokens, "ACCOUNT", 0.4, "account.long_run")
    return None

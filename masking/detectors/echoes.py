"""What was found and is said again: read back by the other side, spelled, or in another form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from masking.detectors.codes import Speller
from masking.detectors.finding import Finding
from masking.tokens import Tokens

TURNS = 4
"""A value is read back within so many turns."""
LABELS = frozenset({"CARD", "SSN", "PHONE", "ACCOUNT", "MRN", "IBAN", "PASSWORD", "IP"})
SHORTEST, LONGEST, MOST = 4, 48, 96
ALIKE = 0.72
"""How alike two strings of letters and digits must be: people and recognisers slip."""


def find_echoes(tokens: Tokens, speller: Speller, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Letters and digits that repeat what was found before, and words of a password. They are
    claimed. A call has few such values; of more than ``MOST`` the first are looked for."""
    for finding in [each for each in findings if each.label in LABELS][:MOST]:
        said = _said(speller, finding)
        if not SHORTEST <= len(said) <= LONGEST:
            continue
        words = _words(speller, finding) if finding.label == "PASSWORD" else set()
        turn = tokens.turn[finding.tokens[-1]]
        for following in range(turn, min(turn + 1 + TURNS, len(tokens.speakers))):
            start, stop = tokens.bounds(following)
            start = max(start, finding.tokens[-1] + 1)
            for found in _alike(speller, said, words, start, min(stop, start + LONGEST)):
                tokens.claim(found)
                reason = f"{finding.label.lower()}.read_back"
                yield Finding(found, finding.label, 0.75, reason)


def _said(speller: Speller, finding: Finding) -> str:
    if finding.label != "PASSWORD":
        return speller.said(finding.tokens)
    text = speller.tokens.text
    numbers = speller.tokens.number
    return "".join(
        numbers[at][1] if at in numbers else speller.letter(at) or text[at]
        for at in finding.tokens
        if text[at] not in speller.spelling.joints
    )


def _words(speller: Speller, password: Finding) -> set[str]:
    """The words of a password that say something by themselves."""
    said = {speller.tokens.text[at] for at in password.tokens}
    return {word for word in said if len(word) > 2 and word not in speller.language.stops}


def _alike(
    speller: Speller, said: str, words: set[str], start: int, stop: int
) -> Iterator[list[int]]:
    tokens = speller.tokens
    at = start
    while at < stop:
        if tokens.text[at] in words and at not in tokens.claimed:
            end = at + 1
            while end < stop and (
                speller.element(end)
                or tokens.text[end] in words
                or tokens.text[end] in speller.spelling.joints
            ):
                end += 1
            yield list(range(at, end))
            at = end
        elif speller.element(at):
            found = speller.code(at, stop)
            again = speller.said(found)
            if len(again) >= SHORTEST and _same(said, again):
                yield found
            at = found[-1] + 1
        else:
            at += 1


def _same(said: str, again: str) -> bool:
    if said == again or said.startswith(again) or said.endswith(again):
        return True
    if len(again) < 5 or abs(len(said) - len(again)) > 6:
        return False
    return SequenceMatcher(None, said, again, autojunk=False).ratio() >= ALIKE

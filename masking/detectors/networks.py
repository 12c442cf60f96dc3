"""IP addresses, written and read out."""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from masking.cues import Cue
from masking.detectors.finding import Finding
from masking.languages.table import TENS, Language
from masking.runs import read
from masking.tokens import Tokens

# Long enough for the longest form of RFC 4291, 2.2, and no longer: each is tried once.
_SIX = re.compile(r"(?<![\w:.])[0-9a-f:]{2,39}(?:\.[0-9]{1,3}){0,3}(?![\w:])")
_GROUPS = re.compile(r"(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}")
OCTET_TOKENS = 6


def find_networks(tokens: Tokens, language: Language, cues: Sequence[Cue]) -> Iterator[Finding]:
    """IPv4 and IPv6 addresses; they are claimed."""
    yield from _six(tokens, cues)
    if language.mail.dots.isdisjoint(tokens.words) and tokens.gap.count(".") < 3:
        return
    starts = [cue.first for cue in cues]
    free = 0
    for first in list(tokens.number):
        if first < free or first in tokens.claimed:
            continue
        last = _four(tokens, language, first)
        if last is None:
            continue
        free = last + 1
        at = bisect_left(starts, first)
        version = at > 0 and cues[at - 1].label == "OTHER" and first - cues[at - 1].last <= 3
        written = tokens.gap[first + 1] == "."
        found = range(first, last + 1)
        tokens.claim(found)
        reason = "ip.written" if written else "ip.spoken"
        yield Finding(found, "IP", 0.4 if version else 0.9, reason)


def _four(tokens: Tokens, language: Language, first: int) -> int | None:
    """The last token of four numbers up to 255 with a dot between them (RFC 791)."""
    at, end = first, tokens.first[tokens.turn[first] + 1]
    if tokens.gap[first] == "." and first > tokens.first[tokens.turn[first]]:
        return None
    for octet in range(4):
        start = at
        while at < end and at in tokens.number and at - start < OCTET_TOKENS:
            joined = tokens.gap[at] == "-" and tokens.number.get(at - 1, ("",))[0] == TENS
            if at > start and not (joined or tokens.gap[at].isspace()):
                break
            at += 1
        while at < end and tokens.text[at] in language.joints and at + 1 in tokens.number:
            at += 1
            while at < end and at in tokens.number and at - start < OCTET_TOKENS:
                at += 1
        members = [each for each in range(start, at) if each in tokens.number]
        digits = "".join(read([tokens.number[each] for each in members]))
        if not digits or len(digits) > 3 or int(digits) > 255:
            return None
        if octet == 3:
            break
        at = _over_fillers(tokens, language, at, end)
        if at < end and tokens.text[at] in language.mail.dots:
            at = _over_fillers(tokens, language, at + 1, end)
        elif at >= end or tokens.gap[at] != ".":
            return None
    at = _put_right(tokens, language, at, end)
    more = at < end and (tokens.gap[at] == "." or tokens.text[at] in language.mail.dots)
    return None if more and at + 1 in tokens.number else at - 1


def _over_fillers(tokens: Tokens, language: Language, at: int, end: int) -> int:
    """After the fillers that begin at a token; a dot is none."""
    while (
        at < end
        and tokens.text[at] in language.fillers
        and tokens.text[at] not in language.mail.dots
    ):
        at += 1
    return at


def _put_right(tokens: Tokens, language: Language, at: int, end: int) -> int:
    """After "no, dot one two zero" behind the last number; `at` where nothing is taken back."""
    ahead, back = at, False
    while ahead < min(end, at + OCTET_TOKENS):
        word = tokens.text[ahead]
        if word in language.mail.back:
            back = True
        elif word not in language.fillers and word not in language.mail.dots:
            break
        ahead += 1
    if not back or ahead >= end or ahead not in tokens.number:
        return at
    while ahead < end and ahead in tokens.number and ahead - at < 2 * OCTET_TOKENS:
        ahead += 1
    return ahead


def _six(tokens: Tokens, cues: Sequence[Cue]) -> Iterator[Finding]:
    if tokens.view.count(":") < 2:
        return
    asked = {tokens.turn[cue.first] for cue in cues if cue.label == "IP"}
    for match in _SIX.finditer(tokens.view):
        if match.group().count(":") < 2:
            continue
        first = bisect_left(tokens.start, match.start())
        last = bisect_right(tokens.start, match.end() - 1) - 1
        if first > last:
            continue
        try:
            ipaddress.IPv6Address(match.group())
        except ValueError:
            # A recogniser drops groups; where one was spoken of, what is left is one still.
            turn = tokens.turn[first]
            announced = asked & {turn, turn - 1, turn - 2}
            if not (announced and _GROUPS.fullmatch(match.group())):
                continue
        found = range(first, last + 1)
        tokens.claim(found)
        yield Finding(found, "IP", 0.9, "ip.written")

"""Payment card numbers, and what is left of a run once they are out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from masking.checks import issuer_lengths, luhn
from masking.context import Surroundings
from masking.detectors.finding import Finding
from masking.runs import Run

SHORTEST, LONGEST = 13, 19  # ISO/IEC 7812-1, with the issuers that use fewer than 19
APART, APART_TURNS, MOST_PIECES = 24, 3, 5
"""Most tokens, and turns, between two pieces of a card with other talk between them."""
LONGEST_SEARCHED = 64
"""A longer run is no card with things around it; it is masked as one number instead."""


@dataclass(slots=True)
class Cards:
    """The cards of a call and the runs that remain, in order."""

    findings: list[Finding] = field(default_factory=list)
    rest: list[Run] = field(default_factory=list)


def find_cards(runs: Sequence[Run], surroundings: Surroundings) -> Cards:
    """Cards by Luhn and issuer, else by issuer and length, else by cue and length.

    People read card, expiry and code in one breath: a card inside a longer run is cut out at
    token boundaries, and what follows it is marked as coming after a card.
    """
    cards = Cards()
    pieces = set()
    for group in _in_pieces(runs, surroundings):
        for run in group:
            pieces.add(run.first)
            cards.findings.append(Finding(run.tokens, "CARD", 0.9, "card.luhn"))
    for run in runs:
        if run.first in pieces:
            continue
        if not SHORTEST - 1 <= len(run.digits) <= LONGEST_SEARCHED:
            cards.rest.append(run)
            continue
        done = _cut(run, cards)
        left = sum(map(len, run.parts[done:]))
        if done and 0 < left < 3 and cards.findings:
            # One or two digits more than the card has: a recogniser's, not somebody's.
            whole = [*cards.findings[-1].tokens, *run.tokens[done:]]
            cards.findings[-1] = Finding(whole, "CARD", 0.99, "card.luhn")
            done = len(run.tokens)
        if done == 0 and len(run.digits) <= LONGEST + 1:
            _whole(run, surroundings, cards)
        elif done < len(run.tokens):
            cards.rest.append(run.part(done, len(run.tokens), after_card=done > 0))
    return cards


def _in_pieces(runs: Sequence[Run], surroundings: Surroundings) -> Iterator[list[Run]]:
    """Cards with talk in the middle: "four zero eighty six -- honey, turn that down -- ...". A few
    numbers of one speaker that are a card together, by issuer, length and Luhn."""
    tokens = surroundings.tokens
    said: dict[str, list[Run]] = {}
    for run in runs:
        pieces = said.setdefault(tokens.speakers[tokens.turn[run.first]], [])
        if len(run.digits) >= SHORTEST:
            pieces.clear()
            continue
        low, end = tokens.bounds(tokens.turn[run.first])
        if len(run.digits) < 2 and end - low > 2:
            continue
        if pieces and (
            run.first - pieces[-1].last > APART
            or tokens.turn[run.first] - tokens.turn[pieces[-1].last] > APART_TURNS
            or surroundings.another_between(pieces[-1].last, run.first)
        ):
            pieces.clear()
        pieces.append(run)
        for size in range(2, MOST_PIECES + 1):
            group = pieces[-size:]
            digits = "".join(each.digits for each in group)
            if len(group) == size and len(digits) in issuer_lengths(digits[:4]) and luhn(digits):
                yield group
                said[tokens.speakers[tokens.turn[run.first]]] = []
                break


def _cut(run: Run, cards: Cards) -> int:
    """Cuts out all that pass Luhn and issuer; the element after the last card, 0 for none."""
    ends = {0: 0}
    length = 0
    for element, part in enumerate(run.parts, start=1):
        length += len(part)
        ends[length] = element
    done = position = 0
    for element, part in enumerate(run.parts):
        if element >= done:
            for size in issuer_lengths(run.digits[position : position + 4]):
                end = ends.get(position + size)
                if end is not None and luhn(run.digits[position : position + size]):
                    left = sum(map(len, run.parts[done:element]))
                    if left < 3 and not done:
                        # A digit too many before it: the recogniser's.
                        element = done
                    if element > done:
                        cards.rest.append(run.part(done, element, after_card=done > 0))
                    tokens = run.tokens[element:end]
                    cards.findings.append(Finding(tokens, "CARD", 0.99, "card.luhn"))
                    done = end
                    break
        position += len(part)
    return done


def _whole(run: Run, surroundings: Surroundings, cards: Cards) -> None:
    size = len(run.digits)
    context = surroundings.of(run)
    lengths = issuer_lengths(run.digits)
    if context.label == "CARD":
        cards.findings.append(Finding(run.tokens, "CARD", 0.8, "card.cue"))
    elif lengths and size == lengths[0] and size >= 15:
        other = context.own is not None and context.own.label in (
            "OTHER",
            "EXPIRY",
            "ACCOUNT",
            "PHONE",
            "IBAN",
            "MRN",
        )
        score = 0.5 if other else 0.7
        cards.findings.append(Finding(run.tokens, "CARD", score, "card.issuer"))
    else:
        cards.rest.append(run)

"""Social Security numbers, telephone numbers, accounts, and long numbers of no known kind."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers

from masking.answers import leads
from masking.checks import issuer_lengths, ssn_possible
from masking.context import Context, Surroundings, is_end
from masking.detectors.beside import Beside
from masking.detectors.finding import Finding
from masking.detectors.scopes import Scopes
from masking.languages.table import Language
from masking.runs import Run
from masking.tokens import Tokens

LONG_RUN = 7
"""A run of as many digits is masked under `strict`, whatever it is."""
MOST_KNOWN = 16
"""Of so many numbers of a call parts are known again; of all, the whole."""
MOST_EXTENSION = 6
"""Tokens of the number behind "extension"."""
COUNTED = 6
"""Tokens between "the last four" and the four digits."""
ADJACENT = 4
"""Tokens between a cue for something else and the number that it takes for its own."""
_TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
_NUMBERED = ("ACCOUNT", "MRN", "IBAN")
_ENDED = ("CARD", "PHONE", "SSN", *_NUMBERED)
"""The labels whose numbers are told by their end."""


def find_identifiers(
    runs: Sequence[Run],
    surroundings: Surroundings,
    region: str | None,
    masked: Sequence[Finding],
    secrets: Sequence[Finding],
) -> Iterator[Finding]:
    """What is left after cards and codes. `region` is an ISO 3166 country, for telephones;
    `masked` are the cards, which are known again where they are read back, `secrets` the codes."""
    tokens = surroundings.tokens
    language = surroundings.language
    scopes = Scopes(
        tokens,
        surroundings.neutral,
        lambda value: not language.leads or leads(tokens, language, value),
    )
    known = _Known()
    beside = Beside(tokens, language, [*masked, *secrets], surroundings.neutral)
    ends = sorted(card.tokens[-1] for card in masked)
    for card in masked:
        known.add("".join(tokens.number.get(at, ("", ""))[1] for at in card.tokens), "CARD")
    doubtful: list[tuple[Run, Context, Finding | None]] = []
    waiting = iter([*surroundings.cues, None])
    cue = next(waiting)
    for run in runs:
        while cue is not None and cue.first < run.first:
            scopes.hear(cue)
            cue = next(waiting)
        context = surroundings.of(run)
        finding = _judge(run, context, surroundings, region, scopes)
        if (finding is None or finding.score < 0.6) and len(run.digits) >= 3 and not context.counts:
            at = bisect_left(ends, run.first)
            turn = tokens.turn[run.first]
            if at and turn - tokens.turn[ends[at - 1]] <= 2 and scopes.neutral.turn(turn):
                # "No, the last four are": a card that was read back is put right.
                finding = Finding(run.tokens, "CARD", 0.65, "card.correction")
            else:
                finding = beside.piece(run, context) or finding
        beside.add(run, finding)
        if finding is not None and finding.label == "PHONE":
            finding = _with_extension(_with_plus(finding, tokens, language), tokens, language)
        if finding is not None and finding.score >= 0.6:
            known.add(run.digits, finding.label)
            yield finding
        else:
            doubtful.append((run, context, finding))
    for run, context, finding in doubtful:
        label = None if context.counts else known.label(run.digits)
        if label is not None:
            finding = Finding(run.tokens, label, 0.7, f"{label.lower()}.read_back")
        if finding is not None:
            yield finding


def _with_plus(finding: Finding, tokens: Tokens, language: Language) -> Finding:
    """With the "plus" that was said before the country's code."""
    first = finding.tokens[0]
    if first == tokens.first[tokens.turn[first]] or tokens.text[first - 1] not in language.plus:
        return finding
    return finding._replace(tokens=[first - 1, *finding.tokens])


def _with_extension(finding: Finding, tokens: Tokens, language: Language) -> Finding:
    """With "extension 993" behind it."""
    at = finding.tokens[-1] + 1
    end = tokens.first[tokens.turn[at - 1] + 1]
    if at >= end or tokens.text[at] not in language.extensions:
        return finding
    last = at
    while last + 1 < end and last + 1 in tokens.number and last - at < MOST_EXTENSION:
        last += 1
    behind = range(at, last + 1) if last > at else ()
    return finding._replace(tokens=[*finding.tokens, *behind])


class _Known:
    """The numbers that were found, to know them again."""

    def __init__(self) -> None:
        self.whole: dict[str, str] = {}
        self.parts: list[str] = []

    def add(self, digits: str, label: str) -> None:
        if len(digits) >= 4:
            self.whole.setdefault(digits, label)
            if len(digits) >= 7 and len(self.parts) < MOST_KNOWN:
                self.parts.append(digits)

    def label(self, digits: str) -> str | None:
        """The label of a number that was found and is said again, or its beginning or end."""
        label = self.whole.get(digits)
        if label is None and 4 <= len(digits) <= 20:
            for each in self.parts:
                if each.startswith(digits) or each.endswith(digits):
                    return self.whole[each]
        return label


def _judge(
    run: Run, context: Context, surroundings: Surroundings, region: str | None, scopes: Scopes
) -> Finding | None:
    tokens, language = surroundings.tokens, surroundings.language
    answered = scopes.answers(run, context)
    if run.parent >= 13 > len(run.digits) and run.after_card:
        return _beside_card(run)
    return (
        _starred(run, tokens)
        or _ssn(run, context, tokens, answered)
        or _announced(run, context, surroundings, answered, region)
        or _phone(run, context, tokens, language, region)
        or _part(run, answered)
        or _counted(run, context, tokens, language)
        or _long(run, context)
    )


def _beside_card(run: Run) -> Finding | None:
    """What was said in one breath with a card and is no expiry."""
    digits = run.digits
    expiry = len(digits) in (3, 4, 6) and int(digits[:-2] if len(digits) < 6 else digits[:2]) >= 1
    if expiry and len(digits) >= 3 and int(digits[: len(digits) - 2][:2]) <= 12:
        return None
    return Finding(run.tokens, "CARD", 0.6, "card.part")


def _starred(run: Run, tokens: Tokens) -> Finding | None:
    """The end of a number that was masked before: "****3885", "xxx-xx-2025"."""
    if not 3 <= len(run.digits) <= 6:
        return None
    if re.search(r"[*\u2022]{2}|[*\u2022][- ][*\u2022]", tokens.gap[run.first]):
        return Finding(run.tokens, "CARD", 0.7, "card.part")
    before = tokens.text[run.first - 1] if run.first else ""
    if 2 <= len(before) <= 4 and set(before) == {"x"}:
        label = "SSN" if len(before) == 2 else "CARD"
        return Finding(run.tokens, label, 0.7, f"{label.lower()}.part")
    return None


def _ssn(run: Run, context: Context, tokens: Tokens, answered: str | None) -> Finding | None:
    size = len(run.digits)
    behind = context.behind is not None and context.behind.label == "SSN" and context.own is None
    own = context.own is not None and context.own.label == "SSN"
    if (own or behind or answered == "SSN") and not context.counts:
        if size == 9:
            possible = ssn_possible(run.digits)
            return Finding(run.tokens, "SSN", 0.95 if possible else 0.7, "ssn.cue")
        return Finding(run.tokens, "SSN", 0.7, "ssn.part") if 2 <= size <= 13 else None
    grouped = tuple(map(len, run.parts)) == (3, 2, 4) if size == 9 else False
    if grouped and ssn_possible(run.digits) and _one_turn(run, tokens):
        return Finding(run.tokens, "SSN", 0.5 if _other(context) else 0.85, "ssn.grouping")
    return None


def _one_turn(run: Run, tokens: Tokens) -> bool:
    return tokens.turn[run.first] == tokens.turn[run.last]


def _other(context: Context) -> bool:
    """Whether a cue for something that is not masked stands right before the number."""
    own = context.own
    return own is not None and own.label in ("OTHER", "EXPIRY") and context.near <= ADJACENT


def _ends_in(context: Context, tokens: Tokens, language: Language) -> bool:
    """ "ending in", "that ends with": what follows is the number's end."""
    own = context.own
    return own is not None and context.near <= 2 and is_end(own, tokens, language)


def _announced(
    run: Run, context: Context, surroundings: Surroundings, answered: str | None, region: str | None
) -> Finding | None:
    """A number whose kind was announced before it, asked for, or told behind it."""
    tokens, language = surroundings.tokens, surroundings.language
    if context.counts:
        return None
    size = len(run.digits)
    own, behind = context.own, context.behind
    label = own.label if own is not None else answered
    if own is None and behind is not None and behind.label in (*_NUMBERED, "PHONE", "CARD"):
        label = behind.label
    how = "cue" if own is not None or label != answered else "question"
    if label in _NUMBERED and size >= 4:
        kind = label if label is not None else ""
        return Finding(run.tokens, kind, 0.8, f"{kind.lower()}.{how}")
    if label == "PHONE" and size >= 7:
        valid = _valid(run.digits, region)
        return Finding(run.tokens, "PHONE", 0.95 if valid else 0.8, f"phone.{how}")
    if label == "CARD" and size >= 10:
        return Finding(run.tokens, "CARD", 0.8, f"card.{how}")
    if label in ("CARD", "PHONE") and how == "cue" and size >= 4 and context.near <= ADJACENT:
        kind = label if label is not None else ""
        return Finding(run.tokens, kind, 0.65, f"{kind.lower()}.part")
    if label == "DOB" and 6 <= size <= 8:
        return Finding(run.tokens, "DOB", 0.75, "dob.cue")
    if _ends_in(context, tokens, language) and 3 <= size <= 8:
        if context.hint in _ENDED:
            return Finding(run.tokens, context.hint, 0.62, f"{context.hint.lower()}.part")
        return Finding(run.tokens, "ACCOUNT", 0.5, "account.part")
    if label == "ZIP" and size in (5, 9):
        return Finding(run.tokens, "ADDRESS", 0.65, "address.post_code")
    return None


def _phone(
    run: Run, context: Context, tokens: Tokens, language: Language, region: str | None
) -> Finding | None:
    size = len(run.digits)
    if not 7 <= size <= 15:
        return None
    previous = tokens.text[run.first - 1] if run.first else ""
    plus = tokens.before(run.first) == "+" or previous in language.plus
    valid = _valid("+" + run.digits if plus else run.digits, None if plus else region)
    named = context.own is not None and context.own.label in ("ACCOUNT", "MRN", "DOB", "CARD")
    asked = (
        context.own is None and context.question is not None and (context.question.label == "OTHER")
    )
    doubt = 0.3 if named or asked or _other(context) else 0.0
    hint = context.hint == "PHONE" and not _other(context)
    bare = run.digits[1:] if size == 11 and run.digits[0] == "1" else run.digits
    if bare.startswith(_TOLL_FREE) and not hint:
        # Nobody's own number: it is one that anybody may call.
        doubt += 0.2
    if hint and (valid or size >= 9):
        return Finding(run.tokens, "PHONE", 0.8, "phone.hint")
    if valid and size >= 8:
        return Finding(run.tokens, "PHONE", (0.9 if plus else 0.75) - doubt, "phone.valid")
    # North American grouping, whether or not the numbering plan has assigned the area code.
    if tuple(map(len, run.parts))[-3:] == (3, 3, 4) and (size == 10 or run.digits[0] == "1"):
        return Finding(run.tokens, "PHONE", 0.7 - doubt, "phone.grouping")
    if plus and size >= 10:
        return Finding(run.tokens, "PHONE", 0.7 - doubt, "phone.plus")
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


def _counted(run: Run, context: Context, tokens: Tokens, language: Language) -> Finding | None:
    """ "The final four?" - "final four, um, nine eight one five": as many digits as were named."""
    size = len(run.digits)
    if not 3 <= size <= 6 or context.counts:
        return None
    turn = tokens.turn[run.first]
    low = tokens.first[turn]
    asked = [low - 1 - step for step in range(COUNTED)] if run.first - low <= COUNTED else []
    own = [run.first - 1 - step for step in range(COUNTED) if run.first - 1 - step >= low]
    for at in (*own, *asked):
        if (
            at > 0
            and at in tokens.counts
            and tokens.text[at - 1] in language.parts
            and tokens.text[at + 1] not in language.units
            and language.digits.get(tokens.text[at], tokens.text[at]) == str(size)
        ):
            label = context.hint or context.label
            label = label if label in _ENDED else "ACCOUNT"
            return Finding(run.tokens, label, 0.61, f"{label.lower()}.part")
    return None


def _part(run: Run, answered: str | None) -> Finding | None:
    """A piece of an answer."""
    if answered is None:
        return None
    return Finding(run.tokens, answered, 0.65, f"{answered.lower()}.part")


def _long(run: Run, context: Context) -> Finding | None:
    if len(run.digits) > 19:
        return Finding(run.tokens, "ACCOUNT", 0.6, "account.long_run")
    other = {cue.label for cue in (context.own, context.question, context.after) if cue}
    if len(run.digits) >= 14 and issuer_lengths(run.digits) and not other & {"OTHER", "ACCOUNT"}:
        return Finding(run.tokens, "CARD", 0.62, "card.length")
    if context.counts:
        return _seven(run, context)
    if context.hint == "ACCOUNT" and len(run.digits) >= 6 and not _other(context):
        return Finding(run.tokens, "ACCOUNT", 0.65, "account.hint")
    if len(run.digits) == 4 and context.hint in _ENDED and context.own is None:
        # "The wrong card, it should have been 9983": its end, as cards and accounts are named.
        return Finding(run.tokens, context.hint, 0.45, f"{context.hint.lower()}.part")
    if context.hint == "CARD" and len(run.digits) >= 12 and not _other(context):
        return Finding(run.tokens, "CARD", 0.7, "card.hint")
    return _seven(run, context)


def _seven(run: Run, context: Context) -> Finding | None:
    if len(run.digits) >= LONG_RUN or (run.parent >= LONG_RUN and not context.counts):
        return Finding(run.tokens, "ACCOUNT", 0.4, "account.long_run")
    return None

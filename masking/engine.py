"""From turns to spans: tokens once, then each detector over what the ones before have left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from masking.answers import Answers
from masking.context import Surroundings
from masking.cues import find_cues
from masking.detectors.addresses import find_addresses
from masking.detectors.births import find_births
from masking.detectors.cards import find_cards
from masking.detectors.codes import Speller, find_codes, with_letters
from masking.detectors.echoes import find_echoes
from masking.detectors.emails import find_emails, find_spoken_emails
from masking.detectors.finding import Finding
from masking.detectors.identifiers import find_identifiers
from masking.detectors.names import find_names
from masking.detectors.networks import find_networks
from masking.detectors.passwords import find_passwords
from masking.detectors.secrets import find_secrets
from masking.detectors.tracks import may_hold_track, tracks
from masking.fold import fold
from masking.languages import LANGUAGES
from masking.languages import language as language_table
from masking.languages.table import Language
from masking.layers import over
from masking.model import FORBIDDEN_AFTER_AUTHORISATION, Span, Turn
from masking.recognisers import Recogniser, with_recognised
from masking.rules import Phrases, Rule, merged_cues, with_rules
from masking.runs import NeutralTurns, drop_cue_numbers, find_runs
from masking.timing import Timing
from masking.tokens import Tokens, tokenize

MOST_BETWEEN = 6
"""Fillers between two pieces of a number that go with them."""
_NUMBERS = frozenset({"CARD", "SSN", "PHONE", "ACCOUNT", "MRN", "IBAN"})

POLICIES: Mapping[str, float] = {"strict": 0.25, "balanced": 0.6}
"""The score from which a finding is masked: `strict` for storage, `balanced` for analytics."""


def find(
    turns: Sequence[Turn],
    *,
    policy: str = "strict",
    region: str | None = None,
    language: str = "en",
    names: Sequence[str] = (),
    rules: Sequence[Rule] = (),
    numbers_only: bool = False,
    recogniser: Recogniser | None = None,
) -> list[Span]:
    """The spans to mask, in order of turn and start, not overlapping.

    `region` is an ISO 3166 country or 3166-2 subdivision ("US-CA") whose numbering plan reads
    telephone numbers; `language` a BCP 47 tag; `rules` are an organisation's own; `recogniser` a
    model from outside, of which nothing is asked where `numbers_only`. Without one it takes time
    linear in the text. Raises ValueError for an unknown policy.
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}; known: {', '.join(sorted(POLICIES))}")
    table = language_table(language)
    search = partial(
        _in_all_languages,
        turns,
        table,
        policy,
        region,
        names=names,
        numbers_only=numbers_only,
    )
    spans = search(())
    if rules:
        spans = with_rules(turns, spans, rules, search)
    if recogniser is not None and not numbers_only:
        spans = with_recognised(turns, spans, recogniser(turns, language), POLICIES[policy])
    return spans


def _in_all_languages(
    turns: Sequence[Turn],
    table: Language,
    policy: str,
    region: str | None,
    phrases: Phrases,
    *,
    names: Sequence[str],
    numbers_only: bool,
) -> list[Span]:
    tokens = tokenize(turns, table)
    spans = _find(
        turns, tokens, table, policy, region, phrases, names=names, numbers_only=numbers_only
    )
    # What must never be kept is looked for in every language: people change theirs in a call,
    # and recognisers name the wrong one.
    forbidden: list[Span] = []
    for other, numbers in _others(table.code):
        if numbers.isdisjoint(tokens.words):
            continue
        again = tokens.read_in(other)
        found = _find(turns, again, other, policy, region, phrases, names=(), numbers_only=True)
        forbidden += (
            span
            for span in found
            if span.label in FORBIDDEN_AFTER_AUTHORISATION
            and _is_said_in(turns[span.turn].text[span.start : span.end], other, table)
        )
    return over(spans, [*forbidden, *(tracks(turns) if may_hold_track(tokens.written) else ())])


@cache
def _others(code: str) -> tuple[tuple[Language, frozenset[str]], ...]:
    """The other languages, each with the number words that it has and this one lacks."""
    own = LANGUAGES[code].numbers.keys()
    return tuple(
        (other, frozenset(other.numbers.keys() - own))
        for other in LANGUAGES.values()
        if other.code != code
    )


_WORDS = re.compile(r"[^\W\d_]+")


def _is_said_in(text: str, other: Language, table: Language) -> bool:
    """Whether ``text`` holds a number word of ``other`` that the declared language lacks:
    written digits, and words of its own, the declared language has judged by itself."""
    return any(
        word in other.numbers and word not in table.numbers
        for word in _WORDS.findall(fold(text).text)
    )


def _find(
    turns: Sequence[Turn],
    tokens: Tokens,
    table: Language,
    policy: str,
    region: str | None,
    phrases: Phrases,
    *,
    names: Sequence[str],
    numbers_only: bool,
) -> list[Span]:
    cues = merged_cues(tokens, find_cues(tokens, table), phrases)
    findings = list(find_emails(tokens))
    answers = Answers(tokens, table, cues)
    speller = Speller(tokens, table)
    if not numbers_only:
        findings += find_spoken_emails(tokens, speller, cues, answers, findings[:])
        findings += find_passwords(tokens, speller, cues, answers)
        findings += find_codes(tokens, speller, cues, answers)
    if tokens.number or any(cue.label in ("ADDRESS", "DOB") for cue in cues):
        drop_cue_numbers(tokens, table, cues)
        if not numbers_only:
            findings += find_networks(tokens, table, cues)
            findings += find_births(tokens, table, cues, answers)
            findings += find_addresses(tokens, speller, cues, answers)
        neutral = NeutralTurns(tokens, table)
        surroundings = Surroundings(tokens, table, cues, neutral)
        cards = find_cards(find_runs(tokens, table, cues, neutral), surroundings)
        secrets = find_secrets(cards.rest, cues, cards.findings, surroundings)
        country = region.split("-")[0].upper() if region else None
        findings += cards.findings
        findings += secrets.findings
        numbers = find_identifiers(
            secrets.rest, surroundings, country, cards.findings, secrets.findings
        )
        findings += with_letters(numbers, speller)
    if not numbers_only:
        for finding in findings:
            tokens.claimed.update(finding.tokens)
        findings += find_echoes(tokens, speller, findings)
        emails = [
            tokens.turn[cue.first] + step
            for cue in cues
            if cue.label == "EMAIL"
            for step in range(3)
        ]
        findings += find_names(tokens, speller, names, emails, answers)
    kept = (finding for finding in findings if finding.score >= POLICIES[policy])
    return _spans(turns, tokens, table, kept)


def _spans(
    turns: Sequence[Turn], tokens: Tokens, table: Language, findings: Iterable[Finding]
) -> list[Span]:
    pieces = [(piece, finding) for finding in findings for piece in _pieces(tokens, finding)]
    pieces.sort(key=lambda item: (item[0][0], -item[1].score))
    spans: list[Span] = []
    timings: dict[int, Timing] = {}
    covered, ended = -1, 0
    for (first, last), finding in pieces:
        # Two findings may meet in a homophone between them: the earlier keeps it.
        first = max(first, covered + 1)
        if first > last:
            continue
        covered = last
        turn = tokens.turn[first]
        if (
            spans
            and spans[-1].turn == turn
            and (spans[-1].label in _NUMBERS and finding.label in _NUMBERS)
            and 0 < first - ended <= MOST_BETWEEN
            and all(
                tokens.text[at] in table.fillers or tokens.text[at] in table.bridges
                for at in range(ended, first)
            )
        ):
            # "Four four two oh, no, sorry": what lies between two pieces goes with the first.
            start, end = tokens.original(ended - 1, first - 1)
            spans[-1] = replace(spans[-1], end=end)
        ended = last + 1
        start, end = tokens.original(first, last)
        start_ms = end_ms = None
        if turns[turn].words:
            timing = timings.setdefault(turn, Timing(turns[turn]))
            start_ms, end_ms = timing.between(start, end)
        spans.append(
            Span(turn, start, end, finding.label, finding.score, finding.reason, start_ms, end_ms)
        )
    return spans


def _pieces(tokens: Tokens, finding: Finding) -> list[tuple[int, int]]:
    """The finding's first and last token in each of its turns.

    An echo may lie between two turns of a number, but never inside a turn of it.
    """
    first, last = finding.tokens[0], finding.tokens[-1]
    if tokens.turn[first] == tokens.turn[last]:
        return [(first, last)]
    pieces: list[tuple[int, int]] = []
    for token in finding.tokens:
        if pieces and tokens.turn[pieces[-1][0]] == tokens.turn[token]:
            pieces[-1] = (pieces[-1][0], token)
        else:
            pieces.append((token, token))
    return pieces

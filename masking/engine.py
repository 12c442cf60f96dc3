"""From turns to spans: tokens once, then each detector over what the ones before have left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from masking.context import Surroundings
from masking.cues import find_cues
from masking.detectors.cards import find_cards
from masking.detectors.emails import find_emails
from masking.detectors.finding import Finding
from masking.detectors.identifiers import find_identifiers
from masking.detectors.secrets import find_secrets
from masking.detectors.tracks import tracks
from masking.fold import fold
from masking.languages import LANGUAGES
from masking.languages import language as language_table
from masking.languages.table import Language
from masking.layers import over
from masking.model import FORBIDDEN_AFTER_AUTHORISATION, Span, Turn
from masking.rules import Phrases, Rule, merged_cues, with_rules
from masking.runs import drop_cue_numbers, find_runs
from masking.timing import Timing
from masking.tokens import Tokens, tokenize

POLICIES: Mapping[str, float] = {"strict": 0.25, "balanced": 0.6}
"""The score from which a finding is masked: `strict` for storage, `balanced` for analytics."""


def find(
    turns: Sequence[Turn],
    *,
    policy: str = "strict",
    region: str | None = None,
    language: str = "en",
    rules: Sequence[Rule] = (),
) -> list[Span]:
    """The spans to mask, in order of turn and start, not overlapping.

    `region` is an ISO 3166 country or 3166-2 subdivision ("US-CA") whose numbering plan reads
    telephone numbers; `language` a BCP 47 tag; `rules` are an organisation's own. Takes time
    linear in the text. Raises ValueError for an unknown policy.
    """
    if policy not in POLICIES:
        raise ValueError(f"unknown policy {policy!r}; known: {', '.join(sorted(POLICIES))}")
    table = language_table(language)
    spans = _in_all_languages(turns, table, policy, region, ())
    if not rules:
        return spans
    return with_rules(
        turns,
        spans,
        rules,
        lambda phrases: _in_all_languages(turns, table, policy, region, phrases),
    )


def _in_all_languages(
    turns: Sequence[Turn], table: Language, policy: str, region: str | None, phrases: Phrases
) -> list[Span]:
    spans = _find(turns, table, policy, region, phrases)
    # What must never be kept is looked for in every language: people change theirs in a call,
    # and recognisers name the wrong one.
    forbidden = [
        span
        for other in LANGUAGES.values()
        if other is not table
        for span in _find(turns, other, policy, region, phrases)
        if span.label in FORBIDDEN_AFTER_AUTHORISATION
        and _is_said_in(turns[span.turn].text[span.start : span.end], other, table)
    ]
    return over(spans, [*forbidden, *tracks(turns)])


_WORDS = re.compile(r"[^\W\d_]+")


def _is_said_in(text: str, other: Language, table: Language) -> bool:
    """Whether ``text`` holds a number word of ``other`` that the declared language lacks:
    written digits, and words of its own, the declared language has judged by itself."""
    return any(
        word in other.numbers and word not in table.numbers
        for word in _WORDS.findall(fold(text).text)
    )


def _find(
    turns: Sequence[Turn], table: Language, policy: str, region: str | None, phrases: Phrases
) -> list[Span]:
    tokens = tokenize(turns, table)
    findings = list(find_emails(tokens))
    if tokens.number:
        cues = merged_cues(tokens, find_cues(tokens, table), phrases)
        drop_cue_numbers(tokens, cues)
        surroundings = Surroundings(tokens, table, cues)
        cards = find_cards(find_runs(tokens, table, cues), surroundings)
        secrets = find_secrets(cards.rest, cues, cards.findings, surroundings)
        country = region.split("-")[0].upper() if region else None
        findings += cards.findings
        findings += secrets.findings
        findings += find_identifiers(secrets.rest, surroundings, country)
    kept = (finding for finding in findings if finding.score >= POLICIES[policy])
    return _spans(turns, tokens, kept)


def _spans(turns: Sequence[Turn], tokens: Tokens, findings: Iterable[Finding]) -> list[Span]:
    pieces = sorted(
        ((piece, finding) for finding in findings for piece in _pieces(tokens, finding)),
        key=lambda item: (item[0][0], -item[1].score),
    )
    spans: list[Span] = []
    timings: dict[int, Timing] = {}
    covered = -1
    for (first, last), finding in pieces:
        # Two findings may meet in a homophone between them: the earlier keeps it.
        first = max(first, covered + 1)
        if first > last:
            continue
        covered = last
        turn = tokens.turn[first]
        start, end = tokens.original(first, last)
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
    pieces: list[tuple[int, int]] = []
    for token in finding.tokens:
        if pieces and tokens.turn[pieces[-1][0]] == tokens.turn[token]:
            pieces[-1] = (pieces[-1][0], token)
        else:
            pieces.append((token, token))
    return pieces

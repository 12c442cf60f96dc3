"""An organisation's own rules: what is taken, what is refused and why, what they add to a call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from masking import (
    FORBIDDEN_AFTER_AUTHORISATION,
    Rule,
    RuleRefused,
    Span,
    Turn,
    Word,
    compile_rule,
    compile_rules,
    find,
    mask,
)
from masking.rules import _WINDOW, LONGEST_MATCH, _ranges
from tests.masking.test_masking_properties import POLICY, TEXTS, turn


def mask_text(
    text: str, *, rules: Sequence[Rule] = (), policy: str = "strict"
) -> tuple[str, list[Span]]:
    """One text as one turn: what is left of it, and the spans of the original."""
    turns = [Turn("", text)]
    spans = find(turns, policy=policy, rules=rules)
    return mask(turns, spans)[0].text, spans


def cue(text: str, label: str = "ACCOUNT", name: str = "own-cue") -> Rule:
    return compile_rule(label, "cue", text, name)


def pattern(text: str, label: str = "ACCOUNT", name: str = "own") -> Rule:
    return compile_rule(label, "pattern", text, name)


# Patterns ------------------------------------------------------------------------------------

FOUND = [
    (r"\bkd-?[0-9]{4}\b", "his code is KD-1234.", "his code is [ACCOUNT]."),
    (r"\bKD-?\d{4}\b", "kd1234 and Kd-9876", "[ACCOUNT] and [ACCOUNT]"),
    (r"\bkd\d{4}\b", "KD\uff19\uff19\uff19\uff19 said", "[ACCOUNT] said"),
    (r"kd\d{4}", "é KD1\u200b234 ß", "é [ACCOUNT] ß"),
    ("müllerstraße", "in der Mu\u0308llerstraße 5", "in der [ACCOUNT] 5"),
    (r"^[a-z]{2}\d+$", "ab12", "[ACCOUNT]"),
    (r"^[a-z]{2}\d+$", "it is ab12", "it is ab12"),
    (r"(?:ref|order) [a-z]+", "order blue, ref green", "[ACCOUNT], [ACCOUNT]"),
    ("zebra", "a zebra", "a [ACCOUNT]"),
    # Nothing between two matches: one stretch, however many there are.
    (".", "é\U0001f642b\nc d", "[ACCOUNT]\n[ACCOUNT]"),
    ("[xy]", "axy bx", "a[ACCOUNT] b[ACCOUNT]"),
    ("zebra", "nothing here", "nothing here"),
]


@pytest.mark.parametrize("policy", ["strict", "balanced"])
@pytest.mark.parametrize(("text", "said", "expected"), FOUND)
def test_a_pattern_is_found_under_both_policies(
    text: str, said: str, expected: str, policy: str
) -> None:
    assert mask_text(said, policy=policy, rules=[pattern(text)])[0] == expected


def test_what_a_pattern_finds_is_told() -> None:
    words = tuple(Word(text, 10 * i, 10 * i + 9) for i, text in enumerate("my kd-1234 yes".split()))
    [span] = find([Turn("a", "my kd-1234 yes", words=words)], rules=[pattern(r"kd-\d{4}")])
    assert span == Span(0, 3, 10, "ACCOUNT", 0.9, "rule.own", 10, 19)


def test_a_pattern_reads_one_turn_at_a_time() -> None:
    turns = [Turn("a", "blue"), Turn("a", "green"), Turn("b", "blue green")]
    spans = find(turns, rules=[pattern("blue.{0,3}green"), pattern("^green", name="second")])
    assert [(span.turn, span.reason) for span in spans] == [(1, "rule.second"), (2, "rule.own")]


def test_a_pattern_of_new_lines_meets_no_other_turn() -> None:
    turns = [Turn("a", "blue"), Turn("b", "green\nblue")]
    spans = find(turns, rules=[pattern(r"[^a-z]blue"), pattern(r"(?m)^blue$", name="line")])
    assert [(span.turn, span.start) for span in spans] == [(0, 0), (1, 5)]


def test_a_match_is_found_wherever_a_window_ends() -> None:
    rule = pattern(r"\bk[a-z]{200}z\b")
    hidden = "k" + "b" * 200 + "z"
    for before in range(0, 2 * _WINDOW, 37):
        text = ("x " * before)[:before].strip() + " " + hidden + " é"
        assert hidden not in mask_text(text, rules=[rule])[0], before


def test_a_match_longer_than_a_window_is_masked_by_its_beginning() -> None:
    text = "k" * (2 * _WINDOW)
    assert len(list(_ranges(pattern("k+").pattern, text.encode()))) == 2
    assert mask_text(text, rules=[pattern("k+")])[0] == "[ACCOUNT]"
    assert LONGEST_MATCH < _WINDOW


def test_a_character_that_a_pattern_cuts_is_masked_whole() -> None:
    for text in ("日本語", "x日x", "日"):
        masked, spans = mask_text(text, rules=[pattern(r"\C")])
        assert masked == "[ACCOUNT]"
        assert [(span.start, span.end) for span in spans] == [(0, len(text))]


# Cues ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label", "said", "expected"),
    [
        ("club code", "ACCOUNT", "my club code is 48213", "my club code is [ACCOUNT]"),
        ("club code", "ACCOUNT", "my CLUB, um, code: 48213", "my CLUB, um, code: [ACCOUNT]"),
        ("club-code", "ACCOUNT", "club code 4 8 2 1 3", "club code [ACCOUNT]"),
        ("magic words", "PIN", "the magic words 4 8 2 1", "the magic words [PIN]"),
        ("club code", "ACCOUNT", "the club 48213", "the club 48213"),
        ("club 7", "ACCOUNT", "my club 7 is 48213", "my club 7 is [ACCOUNT]"),
    ],
)
def test_a_cue_announces_its_label(text: str, label: str, said: str, expected: str) -> None:
    assert mask_text(said, policy="balanced")[0] == said
    assert mask_text(said, policy="balanced", rules=[cue(text, label)])[0] == expected


def test_a_cue_holds_in_any_language_of_the_call() -> None:
    rule = cue("mi clave secreta", "PIN")
    for language in ("en", "es"):
        turns = [Turn("a", "mi clave secreta es cuatro ocho dos uno")]
        masked = mask(turns, find(turns, language=language, rules=[rule]))
        assert masked[0].text == "mi clave secreta es [PIN]"


def test_the_longest_cue_wins_and_of_two_as_long_the_rule() -> None:
    longer = cue("order number of the club", "ACCOUNT")
    assert mask_text("order number of the club 48213", rules=[longer])[0].endswith("[ACCOUNT]")
    same = cue("order number", "ACCOUNT")
    assert mask_text("order number 48213", rules=[same])[0] == "order number [ACCOUNT]"
    shorter = cue("order", "MRN")
    assert mask_text("order number 48213", rules=[shorter])[0] == "order number 48213"


# Nothing is unmasked -------------------------------------------------------------------------


def test_a_rule_hides_no_code() -> None:
    turns = [Turn("agent", "The security code?"), Turn("caller", "the club says 123")]
    for rule in (cue("club"), pattern(r"says \d+"), cue("security code"), pattern(r"\d{3}")):
        spans = find(turns, rules=[rule])
        masked = mask(turns, spans, labels=FORBIDDEN_AFTER_AUTHORISATION)
        assert "123" not in masked[1].text, rule


def test_of_two_rules_that_meet_the_code_stays_a_code() -> None:
    rules = [pattern("abc ?def"), pattern("def ?ghi", "CVV", "second")]
    turns = [Turn("a", "abc def ghi")]
    masked = mask(turns, find(turns, rules=rules), labels=FORBIDDEN_AFTER_AUTHORISATION)
    assert masked[0].text == "abc [CVV]"


def test_a_pattern_in_a_surer_or_larger_span_changes_nothing() -> None:
    text = "it is 4242 4242 4242 4242 ok"
    for rule in (pattern(r"\d{4}"), pattern(r"4242 4242 4242 4242")):
        assert mask_text(text, rules=[rule])[0] == "it is [CARD] ok"


def test_a_pattern_as_large_as_an_unsure_span_names_it() -> None:
    assert mask_text("it was 12345678", rules=[pattern(r"\b\d{8}\b", "MRN")])[0] == "it was [MRN]"


CUES = st.lists(
    st.sampled_from("security code order number my card zip club is phone the two oh".split()),
    min_size=1,
    max_size=4,
).map(" ".join)
PIECES = [
    "a", "b", "[a-z]", "[^a]", ".", r"\d", r"\w", r"\b", r"\B", "^", "$", "*", "+", "?", "{1,9}",
    "{3}", "(", ")", "|", "(?i)", "(?m)", "(?s)", r"\z", r"\A", "é", r"\pL", "1", "12", " ", "-",
    r"\C", "*?", "+?", "4242", r"\s",
]  # fmt: skip
PATTERNS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)
ANY_RULE = st.one_of(
    st.tuples(st.just("cue"), CUES | TEXTS),
    st.tuples(st.just("pattern"), PATTERNS | st.text(max_size=12)),
)
LABEL = st.sampled_from(["ACCOUNT", "CVV", "PIN", "NAME", "PHONE", "PASSWORD"])


def accepted(kind: str, text: str, label: str, name: str) -> Rule | None:
    try:
        return compile_rule(label, kind, text, name)
    except RuleRefused as refused:
        said = str(refused)
    assert said.endswith("."), "a refusal is a sentence"
    return None


@settings(max_examples=500, deadline=None)
@given(
    st.lists(turn(), max_size=4),
    st.lists(st.tuples(ANY_RULE, LABEL), min_size=1, max_size=4),
    POLICY,
)
def test_any_rules_in_any_call(
    turns: list[Turn], drawn: list[tuple[tuple[str, str], str]], policy: str
) -> None:
    """Never an error, never an unsound span, never a character less masked, nor a code less."""
    tried = [
        accepted(kind, text, label, f"r{place}")
        for place, ((kind, text), label) in enumerate(drawn)
    ]
    rules = [rule for rule in tried if rule is not None]
    assume(rules)
    without = find(turns, policy=policy, region="US")
    spans = find(turns, policy=policy, region="US", rules=rules)
    before: dict[int, int] = {}
    for span in spans:
        assert before.get(span.turn, 0) <= span.start < span.end <= len(turns[span.turn].text)
        before[span.turn] = span.end
    mask(turns, spans)
    assert places(without) <= places(spans)
    assert places(without, codes=True) <= places(spans, codes=True)


def places(spans: list[Span], *, codes: bool = False) -> set[tuple[int, int]]:
    return {
        (span.turn, place)
        for span in spans
        if not codes or span.label in FORBIDDEN_AFTER_AUTHORISATION
        for place in range(span.start, span.end)
    }


# Time ----------------------------------------------------------------------------------------


class Counting:
    """A pattern that writes down how far each search may look."""

    def __init__(self, compiled: Any) -> None:
        self.compiled, self.looked = compiled, []  # type: ignore[var-annotated]

    def search(self, text: bytes, position: int, stop: int) -> Any:
        self.looked.append(stop - position)
        return self.compiled.search(text, position, stop)


@settings(max_examples=300, deadline=None)
@given(PATTERNS, st.text(alphabet="ab12 é\n", min_size=1, max_size=1500))
def test_each_search_is_short_and_they_are_few(text: str, said: str) -> None:
    """So any pattern that is taken is linear in the text: RE2 is in each search."""
    rule = accepted("pattern", text, "ACCOUNT", "own")
    assume(rule is not None)
    assert rule is not None
    counting = Counting(rule.pattern)
    size = len(said.encode())
    ranges = list(_ranges(counting, said.encode()))
    assert all(first[1] <= second[0] for first, second in pairwise(ranges))
    assert max(counting.looked) <= _WINDOW
    assert len(counting.looked) <= 2 * len(ranges) + 2 * size // LONGEST_MATCH + 2


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("a.*z|a", "a"),
        ("(x+x+)+y|xx", "x"),
        (r"(\w+\s?)+!|b", "ab "),
        (r"(a|b)*c(a|b){60}|ab", "ab"),
    ],
)
def test_time_is_linear(text: str, unit: str) -> None:
    """Eight times the text takes far less than 64 times the time, where a search that looked to
    the end for every match would."""
    rules = [pattern(text), cue(f"{unit.strip()} nothing")]

    def seconds(size: int) -> float:
        turns = [Turn("a", unit * (size // len(unit)))]
        start = time.process_time()
        find(turns, rules=rules)
        return time.process_time() - start

    small = max(min(seconds(8_000), seconds(8_000)), 0.002)
    assert min(seconds(64_000), seconds(64_000)) / small < 24


# Refusals ------------------------------------------------------------------------------------

REFUSED = [
    ("pattern", "(?=a)b", "Looking ahead or behind"),
    ("pattern", "(?<!a)b", "Looking ahead or behind"),
    ("pattern", r"(a)\1", "back reference"),
    ("pattern", "[a", r"\[ and never closed"),
    ("pattern", "(a", r"\( and never closed"),
    ("pattern", "a)", "never opened"),
    ("pattern", "*a", "nothing before it"),
    ("pattern", "a**", "side by side"),
    ("pattern", "a{1001}", "not possible"),
    ("pattern", "[z-a]", "earlier character comes first"),
    ("pattern", r"\y", "no meaning"),
    ("pattern", "a\\", "nothing behind it"),
    ("pattern", "(?P<a-b>c)", "name of the group"),
    ("pattern", r"[\pL]{1,100}", "too large"),
    ("pattern", ".{1,1000}", "too large"),
    ("pattern", "a*", "where there is nothing"),
    ("pattern", "a|", "where there is nothing"),
    ("pattern", r"\b", "where there is nothing"),
    ("pattern", r"\B", "where there is nothing"),
    ("pattern", "$", "where there is nothing"),
    ("pattern", r"(?m)^", "where there is nothing"),
    ("pattern", r"\b(?:a|$)", "where there is nothing"),
    ("pattern", "", "1 to 500"),
    ("pattern", "a" * 501, "1 to 500"),
    ("pattern", "a\tb", "cannot be seen"),
    ("pattern", "a\ud800", "cannot be seen"),
    ("cue", "", "1 to 500"),
    ("cue", "...", "made of words"),
    ("cue", "@ 12", "made of words"),
    ("cue", "one two 3", "numbers alone"),
    ("cue", "a b c d e f g h i", "8 words at most; this one has 9"),
    ("cue", "club\x00code", "cannot be seen"),
]


@pytest.mark.parametrize(("kind", "text", "why"), REFUSED)
def test_refused(kind: str, text: str, why: str) -> None:
    with pytest.raises(RuleRefused, match=why) as refused:
        compile_rule("ACCOUNT", kind, text, "own")
    assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("label", "kind", "name", "field"),
    [
        ("OTHER", "cue", "own", "label"),
        ("NUMBER", "cue", "own", "label"),
        ("TRACK", "pattern", "own", "label"),
        ("account", "cue", "own", "label"),
        ("ACCOUNT", "regex", "own", "kind"),
        ("ACCOUNT", "cue", "", "name"),
        ("ACCOUNT", "cue", "Own", "name"),
        ("ACCOUNT", "cue", "own_rule", "name"),
        ("ACCOUNT", "cue", "-own", "name"),
        ("ACCOUNT", "cue", "own--rule", "name"),
        ("ACCOUNT", "cue", "own\n", "name"),
        ("ACCOUNT", "cue", "a" * 41, "name"),
    ],
)
def test_refused_by_another_part(label: str, kind: str, name: str, field: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        compile_rule(label, kind, "club code", name)
    assert refused.value.field == field


def test_a_rule_made_by_hand_is_checked_too() -> None:
    with pytest.raises(RuleRefused):
        Rule("ACCOUNT", "pattern", "a*", "own")
    assert Rule("ACCOUNT", "pattern", "a+", "own") == pattern("a+")


ROW = {"label": "ACCOUNT", "kind": "cue", "text": "club code", "name": "own"}


def test_many_at_once() -> None:
    rows = [{**ROW, "name": f"r{place}"} for place in range(200)]
    assert len(compile_rules(rows)) == 200
    with pytest.raises(RuleRefused, match="200 rules at most"):
        compile_rules([*rows, ROW])
    with pytest.raises(RuleRefused, match="rule 2: own is another rule's name"):
        compile_rules([ROW, ROW])
    with pytest.raises(RuleRefused, match="rule 1: expected an object"):
        compile_rules(["x"])  # type: ignore[list-item]
    with pytest.raises(RuleRefused, match="rule 2: text must be text") as refused:
        compile_rules([ROW, {**ROW, "text": 5}])
    assert refused.value.field == "text"

"""An organisation's own rules: phrases that announce a label, and patterns of what to mask.

A rule adds to what is found and takes nothing away: whatever the detectors find without it stays
masked, and a code that may never be kept keeps its label. Patterns are RE2's, which has neither
look-around nor back references and so cannot backtrack; here each is searched in windows besides,
because one search after the other over a whole text is quadratic even in RE2 ("a.*z|a").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import re2  # type: ignore[import-untyped]

from masking.cues import FILLERS_INSIDE, Cue
from masking.fold import View, fold
from masking.languages import LANGUAGES, language
from masking.layers import over
from masking.model import FORBIDDEN_AFTER_AUTHORISATION, LABELS, Span, Turn
from masking.timing import Timing
from masking.tokens import Tokens, tokenize

CUE, PATTERN = "cue", "pattern"
KINDS = (CUE, PATTERN)
RULE_LABELS: frozenset[str] = LABELS - {"NUMBER", "TRACK"}
"""What a rule may say: the two others are this library's own."""
SCORE = 0.9
MAX_RULES = 200
MAX_TEXT = 500
MAX_CUE_WORDS = 8
MAX_NAME = 40
LONGEST_MATCH = 256
"""Bytes of UTF-8 that a match is found in whatever stands around it."""
_WINDOW = 2 * LONGEST_MATCH
# RE2 gives the automaton of each pattern so much at most, and each search of it steps through no
# more than so many instructions a byte.
_MEMORY = 1 << 20
_MAX_PROGRAM = 2_000
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
# All that a zero-width assertion can see: nothing, a word, a blank or a new line on either side.
_EDGES = tuple("".join(pair).encode() for pair in product(("", "a", " ", "\n"), repeat=2))
_NUMBER_WORDS = frozenset(word for table in LANGUAGES.values() for word in table.numbers)
_CONTINUATION = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character
# Between turns that are searched together; `fold` leaves it in no text.
_SEPARATOR = b"\x1f"
_FLAGS_OR_EDGES = re.compile(r"\(\?[a-zA-Z-]|\\[Az]|(?<!\[)\^|\$")


class RuleRefused(ValueError):
    """A rule that cannot be; the message says why, ``field`` which of its parts is wrong."""

    def __init__(self, message: str, field: str = "text") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `text` is a cue phrase that announces `label`, or an RE2 pattern that is it.

    Patterns read the folded text of one turn: letters in any case, accents gone, any decimal an
    ASCII digit. Raises RuleRefused.
    """

    label: str
    kind: str
    text: str
    name: str
    words: tuple[str, ...] = field(init=False, repr=False, compare=False, default=())
    """A cue's words as tokens of a call read."""
    pattern: Any = field(init=False, repr=False, compare=False, default=None)
    alone: bool = field(init=False, repr=False, compare=False, default=True)
    """Whether a pattern may see where a turn begins or ends, and must be shown turns singly."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        if self.label not in RULE_LABELS:
            known = ", ".join(sorted(RULE_LABELS))
            raise RuleRefused(f"There is no label {self.label!r}; there are {known}.", "label")
        if self.kind not in KINDS:
            raise RuleRefused(f"A rule is a cue or a pattern, not {self.kind!r}.", "kind")
        _check_text(self.text)
        if self.kind == CUE:
            object.__setattr__(self, "words", _cue_words(self.text))
        else:
            object.__setattr__(self, "pattern", _compiled(self.text))
            object.__setattr__(self, "alone", bool(_FLAGS_OR_EDGES.search(self.text)))

    @property
    def reason(self) -> str:
        """The reason code of what a pattern finds."""
        return f"rule.{self.name}"


def compile_rule(label: str, kind: str, text: str, name: str) -> Rule:
    """The rule, ready for `masking.find`.

    Raises RuleRefused: for an unknown label or kind, a name that is no slug, a cue without words
    or of more than 8, what RE2 does not read (look-around, back references), what is too large,
    and what matches the empty string.
    """
    return Rule(label, kind, text, name)


def compile_rules(items: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Rules from mappings with `label`, `kind`, `text` and `name`, as a file holds them.

    Raises RuleRefused, with the rule's place in the message, also for more than 200 of them, for
    a name that two of them have and for what is no mapping of texts.
    """
    rules: list[Rule] = []
    for place, item in enumerate(items, start=1):
        if place > MAX_RULES:
            raise RuleRefused(f"There may be {MAX_RULES} rules at most.")
        try:
            rules.append(_from(item))
        except RuleRefused as refused:
            raise RuleRefused(f"rule {place}: {refused}", refused.field) from None
        if any(rule.name == rules[-1].name for rule in rules[:-1]):
            raise RuleRefused(f"rule {place}: {rules[-1].name} is another rule's name.", "name")
    return tuple(rules)


def _from(item: Any) -> Rule:
    if not isinstance(item, Mapping):
        raise RuleRefused("expected an object with label, kind, text and name.")
    parts = {}
    for name in ("label", "kind", "text", "name"):
        value = item.get(name)
        if not isinstance(value, str):
            raise RuleRefused(f"{name} must be text.", name)
        parts[name] = value
    return Rule(**parts)


def _check_name(name: str) -> None:
    if len(name) > MAX_NAME or not _NAME.match(name):
        raise RuleRefused(
            f"A name is 1 to {MAX_NAME} small letters, digits and single hyphens between them.",
            "name",
        )


def _check_text(text: str) -> None:
    if not 1 <= len(text) <= MAX_TEXT:
        raise RuleRefused(f"Give 1 to {MAX_TEXT} characters.")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        raise RuleRefused("It holds a character that cannot be seen, such as a tab or a new line.")


def _cue_words(text: str) -> tuple[str, ...]:
    tokens = tokenize([Turn("", text)], language("en")).text
    if not any(word[0].isalpha() for word in tokens):
        raise RuleRefused("A cue is made of words.")
    if len(tokens) > MAX_CUE_WORDS:
        raise RuleRefused(f"A cue has {MAX_CUE_WORDS} words at most; this one has {len(tokens)}.")
    if all(word.isdigit() or word in _NUMBER_WORDS for word in tokens):
        raise RuleRefused("A cue announces a number; it is not made of numbers alone.")
    return tuple(tokens)


def _compiled(text: str) -> Any:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    # What is searched has no accents: nor has what is looked for.
    plain = "".join(char if char.isascii() else fold(char).text for char in text)
    try:
        pattern = re2.compile(plain.encode(), options)
    except re2.error as error:
        raise RuleRefused(_plain_words(error)) from None
    if max(pattern.programsize, pattern.reverseprogramsize) > _MAX_PROGRAM:
        raise RuleRefused(_TOO_LARGE)
    if any(
        pattern.fullmatch(text, place, place) for text in _EDGES for place in range(len(text) + 1)
    ):
        raise RuleRefused(
            "It matches where there is nothing, so it would be found everywhere. Ask for at least"
            " one character: + in place of *, {1,5} in place of {0,5}."
        )
    return pattern


_TOO_LARGE = (
    "The pattern is too large to be searched quickly. Repeat less often, or write simpler sets of"
    " characters."
)
_LOOKS_AROUND = ("(?=", "(?!", "(?<=", "(?<!")
_TOLD = {
    "missing ]": "A set of characters is opened with [ and never closed with ].",
    "missing )": "A group is opened with ( and never closed with ).",
    "unexpected )": "A group is closed with ) that was never opened with (.",
    "trailing \\": "It ends in a \\ with nothing behind it.",
    "no argument for repetition operator": "The repeat {} has nothing before it to repeat.",
    "bad repetition operator": "Two repeats stand side by side: {}.",
    "invalid repetition size": "The repeat {} is not possible: at most 1,000 times, repeats inside"
    " repeats multiplied, and the smaller number first.",
    "invalid character class range": "The range {} in a set of characters is not possible: the"
    " earlier character comes first, and named sets are those of RE2.",
    "invalid character class": "The set of characters {} is not possible.",
    "invalid named capture group": "The name of the group {} is not possible, or used twice.",
    "pattern too large": _TOO_LARGE,
}


def _plain_words(error: Exception) -> str:
    said = error.args[0]
    said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    what, _, where = said.partition(": ")
    if what == "invalid perl operator":
        if where.startswith(_LOOKS_AROUND) or where in ("(?<", "(?"):
            return (
                f"Looking ahead or behind, as {where} does, is not possible: a search could take"
                " without end. Write what is to be masked, not what must stand around it."
            )
        return f"A group that begins with {where} is not possible."
    if what == "invalid escape sequence":
        if where[1:2].isdigit():
            return f"A back reference, {where}, is not possible: a search could take without end."
        return f"{where} has no meaning here. For the character itself leave out the \\."
    for start, words in _TOLD.items():
        if what.startswith(start):
            return words.replace("{}", where)
    return f"The pattern cannot be read: {said}."


# In a call ---------------------------------------------------------------------------------------

Phrases = Sequence[tuple[tuple[str, ...], str]]
"""Cues' words and the labels that they announce."""


def with_rules(
    turns: Sequence[Turn],
    spans: Sequence[Span],
    rules: Iterable[Rule],
    again: Callable[[Phrases], Sequence[Span]],
) -> list[Span]:
    """`spans`, which were found without them, and what the rules add.

    `again` finds with these cues among the language's own; it is called where the words of one
    are in the call. Takes time linear in the text and in the number of rules.
    """
    rules = tuple(rules)
    views = [fold(turn.text) for turn in turns]
    cues = [rule for rule in rules if rule.kind == CUE]
    phrases = [(rule.words, rule.label) for rule in _spoken(views, cues)]
    said = list(again(phrases)) if phrases else []
    found = over(spans, said)
    patterns = [rule for rule in rules if rule.kind == PATTERN]
    matched = _not_inside(_matches(turns, views, patterns), found)
    # Whatever else a rule calls it: what may never be kept keeps the label that has it destroyed.
    forbidden = [span for span in (*spans, *said, *matched) if _is_forbidden(span)]
    return over(over(found, matched), forbidden)


def _is_forbidden(span: Span) -> bool:
    return span.label in FORBIDDEN_AFTER_AUTHORISATION


def merged_cues(tokens: Tokens, cues: Sequence[Cue], phrases: Phrases) -> list[Cue]:
    """The language's cues and these, in order and without overlap: the longest wins, and of two
    as long these."""
    if not phrases:
        return list(cues)
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, label in sorted(phrases, key=lambda phrase: -len(phrase[0])):
        table.setdefault(words[0], []).append((words, label))
    found = [cue for index in tokens.where(frozenset(table))
             for cue in _at(tokens, index, table[tokens.text[index]])]  # fmt: skip
    ranked = [(cue.first - cue.last, 0, cue) for cue in found]
    ranked += [(cue.first - cue.last, 1, cue) for cue in cues]
    kept: list[Cue] = []
    taken: set[int] = set()
    for *_, cue in sorted(ranked):
        # A cue has ten tokens at most, so that this is linear.
        if taken.isdisjoint(range(cue.first, cue.last + 1)):
            taken.update(range(cue.first, cue.last + 1))
            kept.append(cue)
    return sorted(kept)


def _at(tokens: Tokens, index: int, phrases: Phrases) -> Iterator[Cue]:
    """The longest phrase that begins at a token, over two fillers at most."""
    end = tokens.first[tokens.turn[index] + 1]
    for words, label in phrases:
        at, skips = index + 1, 2
        for word in words[1:]:
            while skips and at < end and tokens.text[at] in FILLERS_INSIDE:
                at, skips = at + 1, skips - 1
            if at >= end or tokens.text[at] != word:
                break
            at += 1
        else:
            yield Cue(index, at - 1, label)
            return


def _spoken(views: Sequence[View], cues: Sequence[Rule]) -> list[Rule]:
    """Those whose words are all somewhere in the call."""
    if not cues:
        return []
    text = "\n".join(view.text for view in views)
    return [rule for rule in cues if all(word in text for word in rule.words)]


def _matches(turns: Sequence[Turn], views: Sequence[View], rules: Sequence[Rule]) -> Iterator[Span]:
    if not rules:
        return
    texts = [view.text.encode() for view in views]
    together = _SEPARATOR.join(texts)
    timings: dict[int, Timing] = {}
    for rule in rules:
        # Most patterns are in most calls nowhere: one search over all says so.
        if not rule.alone and rule.pattern.search(together) is None:
            continue
        for index, text in enumerate(texts):
            for start, end in _characters(text, _joined(_ranges(rule.pattern, text))):
                start, end = views[index].original(start, end)
                timing = timings.setdefault(index, Timing(turns[index]))
                start_ms, end_ms = timing.between(start, end)
                yield Span(index, start, end, rule.label, SCORE, rule.reason, start_ms, end_ms)


def _ranges(pattern: Any, text: bytes) -> Iterator[tuple[int, int]]:
    """The matches of a pattern in bytes of UTF-8, one behind the other.

    No search looks further than a window, and each next one begins at least a byte later: time
    linear in the text, by the window's size. What is longer than a window is found by its
    beginning; edges of a window are no edges of the text.
    """
    position, size = 0, len(text)
    while position < size:
        stop = min(position + _WINDOW, size)
        found = pattern.search(text, position, stop)
        if found is None:
            # What begins in the second half may end beyond the window.
            position = stop if stop == size else stop - LONGEST_MATCH
            continue
        start, end = found.span()
        cut = stop < size and (end == stop or start >= stop - LONGEST_MATCH)
        if cut and start > position:
            # It may go on beyond the window: seen again from its own beginning.
            position = start
            continue
        yield start, end
        position = max(end, position + 1)


def _joined(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those with nothing between them as one: "." would else be a span for each character."""
    held: tuple[int, int] | None = None
    for start, end in ranges:
        if held is not None and start == held[1]:
            held = held[0], end
            continue
        if held is not None:
            yield held
        held = start, end
    if held is not None:
        yield held


def _characters(text: bytes, ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ranges of bytes as ranges of characters; a character that is cut belongs to its range."""
    if text.isascii():
        yield from ranges
        return
    bytes_seen = characters = 0

    def up_to(place: int) -> int:
        """How many characters begin before `place`."""
        nonlocal bytes_seen, characters
        characters += len(text[bytes_seen:place].translate(None, _CONTINUATION))
        bytes_seen = place
        return characters

    for start, end in ranges:
        while text[start] & 0xC0 == 0x80:
            start -= 1
        first, last = up_to(max(start, bytes_seen)), up_to(end)
        if first < last:
            yield first, last


def _not_inside(matched: Iterable[Span], spans: Sequence[Span]) -> list[Span]:
    """Those that tell something: not what lies in a larger or surer one."""
    by_turn: dict[int, list[Span]] = {}
    for span in sorted(spans, key=lambda each: (each.turn, each.start, -each.end)):
        by_turn.setdefault(span.turn, []).append(span)
    kept: list[Span] = []
    at = dict.fromkeys(by_turn, 0)
    for span in sorted(matched, key=lambda each: (each.turn, each.start, -each.end)):
        row = by_turn.get(span.turn, [])
        place = at.get(span.turn, 0)
        while place < len(row) and row[place].end <= span.start:
            place += 1
        at[span.turn] = place
        other = row[place] if place < len(row) else None
        if other is None or not _contains(other, span):
            kept.append(span)
    return kept


def _contains(other: Span, span: Span) -> bool:
    """Whether `span` lies in `other`, and is smaller or less sure."""
    if not other.start <= span.start <= span.end <= other.end:
        return False
    return other.score > span.score or other.end - other.start > span.end - span.start

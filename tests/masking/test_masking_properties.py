"""What must hold for any call, and for any code planted in it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masking import (
    FORBIDDEN_AFTER_AUTHORISATION,
    Turn,
    Word,
    any_suspicious,
    find,
    mask,
    suspicious,
)
from masking.checks import luhn, ssn_possible
from masking.languages import LANGUAGES

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
FRAGMENTS = st.sampled_from(
    [*WORDS, "oh", "double", "twenty", "thirteen", "hundred", "thousand", "for", "to", "um", "and",
     "okay", "no", "cvv", "pin", "security code", "card number", "social", "phone", "zip", "$",
     "dollars", "4242 4242 4242 4242", "123-45-6789", "a@b.co", "@", ".", "-", "\u200b", "\ud800",
     "\x00", "\uff11", "\u0662", "\u00bd", "12", "123", "4567", "415 555 0132", "Stra\u00dfe",
     "\u0130", "doscientos", "mil", "once", "[CVV]", "_", "'"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.tuples(FRAGMENTS, st.sampled_from([" ", "", ", ", "\n"])), max_size=14).map(
        lambda items: "".join(fragment + gap for fragment, gap in items)
    ),
)
POLICY = st.sampled_from(["strict", "balanced"])


@st.composite
def turn(draw: st.DrawFn) -> Turn:
    text = draw(TEXTS)
    spoken = text.split() if draw(st.booleans()) else draw(TEXTS).split()
    words = tuple(Word(word, 10 * i, 10 * i + 10) for i, word in enumerate(spoken))
    return Turn(draw(st.sampled_from(["agent", "caller"])), text, words=words)


@settings(max_examples=300, deadline=None)
@given(st.lists(turn(), max_size=6), POLICY, st.sampled_from(["en", "es", "xx", ""]))
def test_spans_are_sound_and_masks_touch_nothing_else(
    turns: list[Turn], policy: str, language: str
) -> None:
    spans = find(turns, policy=policy, language=language, region="US")
    assert spans == sorted(spans, key=lambda span: (span.turn, span.start))
    before: dict[int, int] = {}
    for span in spans:
        assert before.get(span.turn, 0) <= span.start < span.end <= len(turns[span.turn].text)
        assert 0 < span.score <= 1
        before[span.turn] = span.end
    for index, (original, result) in enumerate(zip(turns, mask(turns, spans), strict=True)):
        rest = result.text
        position = 0
        for span in (span for span in spans if span.turn == index):
            kept = original.text[position : span.start] + f"[{span.label}]"
            assert rest.startswith(kept)
            rest, position = rest[len(kept) :], span.end
        assert rest == original.text[position:]
        assert result.speaker == original.speaker
        assert len(result.words) <= len(original.words)


@settings(max_examples=400, deadline=None)
@given(TEXTS, POLICY, st.sampled_from(["en", "es"]))
def test_what_is_not_suspicious_holds_nothing(text: str, policy: str, language: str) -> None:
    if not suspicious(text):
        turns = [Turn("", text)]
        assert find(turns, policy=policy, language=language, region="US", numbers_only=True) == []


PHRASES = [
    phrase for table in LANGUAGES.values() for cues in table.cues.values() for phrase in cues
] + [word for table in LANGUAGES.values() for word in (*table.homophones, *table.numbers)]
ANNOUNCED = st.lists(
    st.tuples(
        st.sampled_from(PHRASES) | st.integers(0, 9999).map(str) | FRAGMENTS,
        st.sampled_from([" ", "", "-", " um ", ": "]),
    ),
    max_size=7,
).map(lambda items: "".join(fragment + gap for fragment, gap in items))


@settings(max_examples=1500, deadline=None)
@given(st.lists(ANNOUNCED | TEXTS, min_size=1, max_size=3), st.sampled_from(["en", "es"]))
def test_one_look_at_all_misses_none_of_them(texts: list[str], language: str) -> None:
    found = [
        find([Turn("", text)], language=language, region="US", numbers_only=True) for text in texts
    ]
    for text, spans in zip(texts, found, strict=True):
        assert suspicious(text) or not spans, text
    assert any_suspicious(texts) or not any(map(suspicious, texts))


# One frame a row: turns with {} for the code; the agent speaks first.
CVV_FRAMES = [
    ["my cvv is {}"], ["the security code on my card is, um, {} thanks"], ["CVC: {}"],
    ["{} is the security code"], ["the three digits on the back are {}"],
    ["What is the security code on the back?", "{}", "thank you"],
    ["And the CVV?", "sure, hold on a moment, I am looking for my glasses, ok it says {}"],
    ["Can you give me the last three digits on the back?", "yes it's {}", "so {}, right?"],
    ["security code please", "is that on the front?", "no, the back of the card", "right. {}"],
    ["card number, expiry and security code?", "4242 4242 4242 4242, 12 30, and {}"],
    ["cvv?", "{}", "I heard {}", "yes {}"],
    ["I need your security code", "what is it", "three digits on the back", "ah. {}."],
]  # fmt: skip
PIN_FRAMES = [
    ["my pin is {}"], ["pin number {}"], ["Please enter your PIN.", "{}"],
    ["Please say your four digit pin", "okay it's {}", "thanks, {}"],
    ["what is your telephone banking code?", "I think it is {}"],
    ["PIN?", "wait", "take your time", "um, so, {}"],
]  # fmt: skip


def spell(digits: str, style: int, mix: list[bool]) -> str:
    """The digits as a recogniser may write them."""
    if style == 0:
        return digits
    joint = [" ", ", ", " um ", "-", "... ", " uh, "][style % 6]
    said = [
        ("oh" if style > 3 and digit == "0" else WORDS[int(digit)]) if word else digit
        for digit, word in zip(digits, mix, strict=False)
    ]
    return joint.join(said)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.tuples(st.sampled_from(CVV_FRAMES), st.from_regex(r"[0-9]{3,4}", fullmatch=True)),
        st.tuples(st.sampled_from(PIN_FRAMES), st.from_regex(r"[0-9]{4,8}", fullmatch=True)),
    ),
    st.integers(0, 7),
    st.lists(st.booleans(), min_size=8, max_size=8),
    POLICY,
)
def test_no_digit_of_a_planted_code_survives(
    plant: tuple[list[str], str], style: int, mix: list[bool], policy: str
) -> None:
    frame, code = plant
    said = spell(code, style, mix)
    turns = [
        Turn("agent" if index % 2 == 0 else "caller", text.format(said))
        for index, text in enumerate(frame)
    ]
    spans = find(turns, policy=policy)
    # The frame's own numbers are not the code's: what must go is the planted stretch itself.
    for index, text in enumerate(frame):
        at = text.find("{}")
        while at >= 0:
            start = len(text[:at].format(*[said] * text[:at].count("{}")))
            stretch = range(start, start + len(said))
            mine = [
                s for s in spans if s.turn == index and s.label in FORBIDDEN_AFTER_AUTHORISATION
            ]
            for position in stretch:
                covered = any(span.start <= position < span.end for span in mine)
                assert covered, (turns, spans)
            at = text.find("{}", at + 1)


@st.composite
def card(draw: st.DrawFn) -> str:
    body = draw(st.sampled_from(["4", "51", "55", "37", "6011"]))
    body += "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=14, max_size=14)))
    body = body[: 14 if body.startswith("37") else 15]
    return next(body + last for last in "0123456789" if luhn(body + last))


@settings(max_examples=200, deadline=None)
@given(card(), st.sampled_from(["", " ", "-", "\u00a0", "\u200b"]), POLICY, st.booleans())
def test_no_digit_of_a_planted_card_survives(
    number: str, gap: str, policy: str, spoken: bool
) -> None:
    if spoken:
        said = " ".join(WORDS[int(digit)] for digit in number)
    else:
        said = gap.join(number[i : i + 4] for i in range(0, len(number), 4))
    turns = [Turn("caller", f"sure it is {said}, got that?")]
    assert mask(turns, find(turns, policy=policy))[0].text == "sure it is [CARD], got that?"


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[0-8][0-9]{8}", fullmatch=True).filter(ssn_possible), st.integers(0, 3))
def test_no_digit_of_a_planted_ssn_survives(number: str, form: int) -> None:
    said = [
        number, f"{number[:3]}-{number[3:5]}-{number[5:]}", " ".join(number),
        " ".join(WORDS[int(digit)] for digit in number),
    ][form]  # fmt: skip
    turns = [Turn("agent", "Your social security number?"), Turn("caller", f"{said} please")]
    assert mask(turns, find(turns, policy="balanced"))[1].text == "[SSN] please"


def call_of(unit: str) -> Callable[[int], list[Turn]]:
    return lambda size: [Turn("a", unit * (size // len(unit)))]


SHAPES: dict[str, Callable[[int], list[Turn]]] = {
    "digits": call_of("4"),
    "spaced digits": call_of("4 "),
    "one word": call_of("a"),
    "at dot": call_of("at dot "),
    "number words": call_of("one "),
    "@": call_of("@"),
    "a@": call_of("a@"),
    "cue and code": call_of("cvv 123 "),
    "first word of a cue": call_of("security "),
    "at signs": call_of("@"),
    "zero width": call_of("4\u200b"),
    "hidden word": call_of("a\u0301"),
    "cards": call_of("4242 4242 4242 4242 x "),
    "turns": lambda size: [Turn(str(i % 2), "okay 1") for i in range(size // 6)],
    "codes": lambda size: [Turn(str(i % 2), f"cvv {i % 900 + 100}") for i in range(size // 7)],
    "speakers": lambda size: [Turn(str(i), "4") for i in range(size // 4)],
    "timed": lambda size: [
        Turn("a", "cvv 123 " * (size // 8), words=(Word("123", 0, 1),) * (size // 8))
    ],
    "timed otherwise": lambda size: [
        Turn("a", "cvv 123 " * (size // 8), words=(Word("z", 0, 1),) * (size // 8))
    ],
    "small numbers after a question": lambda size: [
        Turn("a", "cvv?"),
        Turn("b", "7 b " * (size // 4)),
    ],
    "echoes": lambda size: [Turn("a", "cvv 123"), Turn("b", "7 " * 9), Turn("a", "1 b " * size)],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear(shape: str) -> None:
    """Eight times the text takes far less than 64 times the time, on any machine."""

    def seconds(size: int) -> float:
        turns = SHAPES[shape](size)
        best = float("inf")
        for _ in range(2):
            start = time.process_time()
            mask(turns, find(turns))
            [suspicious(turn.text) for turn in turns]
            best = min(best, time.process_time() - start)
        return best

    small = max(seconds(15_000), 0.002)
    assert seconds(120_000) / small < 24

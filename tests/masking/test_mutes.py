"""From what is masked to what is silenced."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking import Span, Turn, Word, find, mask
from masking.mutes import JOIN_MS, PADDING_MS, mute_intervals, placeholders

LONG = 60_000


def words(text: str, start: int, each: int = 300) -> tuple[Word, ...]:
    return tuple(
        Word(word, start + place * each, start + place * each + each - 100)
        for place, word in enumerate(text.split())
    )


def spoken(text: str, start: int, speaker: str = "caller", each: int = 300) -> Turn:
    timed = words(text, start, each)
    return Turn(speaker, text, start, timed[-1].end_ms, timed)


def silent(turns: list[Turn], duration: int = LONG) -> list[tuple[int, int]]:
    return mute_intervals(turns, find(turns), duration)


def test_the_words_and_a_little_around_them() -> None:
    turns = [spoken("the security code is 973 thank you", 10_000)]
    # The fifth word: from 11.2 to 11.4 seconds.
    assert silent(turns) == [(11_200 - PADDING_MS, 11_400 + PADDING_MS)]


def test_the_masked_transcript_says_the_same() -> None:
    turns = [
        spoken("my email is ada@example.com and", 2_000),
        spoken("the security code is nine seven three thank you", 10_000),
        spoken("call me at 202 555 0143", 20_000),
    ]
    spans = find(turns)
    assert {"CVV", "EMAIL", "PHONE"} <= {span.label for span in spans}
    masked = mask(turns, spans)
    again = mute_intervals(masked, placeholders(masked), LONG)
    assert again == mute_intervals(turns, spans, LONG) != []


def test_of_some_labels_alone() -> None:
    turns = [spoken("my email is ada@example.com", 2_000), spoken("the cvv is 973", 10_000)]
    assert mute_intervals(turns, find(turns), LONG, labels={"CVV"}) == [(10_750, 11_250)]


@pytest.mark.parametrize(("apart", "stretches"), [(JOIN_MS - 1, 1), (JOIN_MS, 2)])
def test_small_gaps_are_joined(apart: int, stretches: int) -> None:
    second = 1_000 + 2 * PADDING_MS + apart
    turn = Turn(
        "caller", "[CVV] [PIN]", 0, 5_000, (Word("[CVV]", 500, 1_000), Word("[PIN]", second, 3_000))
    )
    assert len(mute_intervals([turn], placeholders([turn]), LONG)) == stretches


def test_clamped_to_the_recording() -> None:
    turn = Turn("caller", "[CVV]", 0, 1_050, (Word("[CVV]", 50, 1_050),))
    assert mute_intervals([turn], placeholders([turn]), 1_100) == [(0, 1_100)]


def test_by_characters_where_words_have_no_times() -> None:
    """As early as it can begin and as late as it can end, and no more than the turn."""
    text = "well then let me see it is ada@example.com and that is all for today I think"
    ((start, end),) = silent([Turn("caller", text, 10_000, 20_000)])
    at = text.index("ada@")
    pace = 10_000 / len(text)
    assert 10_000 < start <= 10_000 + at * pace
    assert 10_000 + (at + len("ada@example.com")) * pace <= end < 20_000


def test_a_code_never_rests_on_an_estimate() -> None:
    text = "well then let me see the security code is 973 and that is all for today"
    assert silent([Turn("caller", text, 10_000, 20_000)]) == [(9_850, 20_150)]


def test_a_code_whose_words_do_not_follow_the_text() -> None:
    """What is timed is not what is written: where in the turn it was said is not certain."""
    turn = Turn(
        "caller",
        "the security code is 973 thanks",
        10_000,
        20_000,
        words("something else was heard here", 12_000),
    )
    assert silent([turn]) == [(9_850, 20_150)]


@pytest.mark.parametrize("kept", [(4,), (5,), (6,), (4, 6), ()])
def test_a_code_of_which_some_digits_have_no_time(kept: tuple[int, ...]) -> None:
    """Nor does the masked transcript forget it, in which one placeholder stands for all."""
    whole = spoken("the security code is 9 7 3 thanks", 10_000)
    timed = tuple(word for at, word in enumerate(whole.words) if at not in (4, 5, 6) or at in kept)
    turn = replace(whole, words=timed)
    masked = mask([turn], find([turn]))
    everything = [(10_000 - PADDING_MS, whole.end_ms + PADDING_MS)]  # type: ignore[operator]
    assert silent([turn]) == mute_intervals(masked, placeholders(masked), LONG) == everything


def test_a_number_of_which_some_digits_have_no_time() -> None:
    text = "well then please call me at 202 555 0143 and that is all that there is to say today"
    whole = spoken(text, 10_000)
    timed = tuple(word for word in whole.words if word.text not in ("555", "0143"))
    masked = mask([replace(whole, words=timed)], find([whole]))
    ((start, end),) = mute_intervals(masked, placeholders(masked), LONG)
    first, last = whole.words[6], whole.words[8]
    assert whole.start_ms < start <= first.start_ms  # type: ignore[operator]
    assert last.end_ms <= end < whole.end_ms  # type: ignore[operator]


def test_numbers_that_were_timed_and_not_written() -> None:
    turn = Turn("caller", "right", 10_000, 12_000, words("right 973", 10_000))
    assert mute_intervals([turn], [], LONG) == [(10_150, 10_650)]


CODE = "the security code is 973"


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param(
            [Turn("a", "hello", 0, 4_000), Turn("c", CODE), Turn("a", "thanks", 9_000, 9_900)],
            (3_850, 9_150),
            id="between its neighbours",
        ),
        pytest.param([Turn("a", "hello", 0, 4_000), Turn("c", CODE)], (3_850, LONG), id="last"),
        pytest.param([Turn("c", CODE), Turn("a", "thanks", 9_000, 9_900)], (0, 9_150), id="first"),
        pytest.param([Turn("c", CODE)], (0, LONG), id="nothing is known"),
        pytest.param(
            [Turn("c", CODE, 5_000, None), Turn("a", "thanks", 9_000, 9_900)],
            (4_850, 9_150),
            id="its start",
        ),
        pytest.param([Turn("c", CODE, 5_000, 5_000)], (0, LONG), id="it takes no time"),
        pytest.param(
            [
                Turn("a", "hello", 0, 8_000),
                Turn("c", CODE),
                Turn("a", "thanks", 6_000, 9_900),
            ],
            (0, 10_050),
            id="neighbours over each other",
        ),
        pytest.param(
            [
                Turn("a", "hello"),
                Turn("c", CODE),
                Turn("a", "x"),
                Turn("a", "thanks", 9_000, 9_900),
            ],
            (0, 9_150),
            id="neighbours of which nothing is known",
        ),
    ],
)
def test_where_less_is_known_more_is_silenced(turns: list[Turn], expected: tuple[int, int]) -> None:
    assert silent(turns) == [expected]


def test_words_that_take_no_time_say_nothing() -> None:
    turn = Turn("c", CODE, 5_000, 6_000, tuple(Word(word, 0, 0) for word in CODE.split()))
    assert silent([turn]) == [(0, PADDING_MS), (4_850, 6_150)]


def test_a_number_over_several_turns() -> None:
    turns = [
        spoken("my card is 4111 1111", 0),
        Turn("agent", "okay", 2_000, 2_400),
        spoken("1111 1111", 30_000),
    ]
    spans = find(turns)
    assert {span.turn for span in spans} == {0, 2}
    (one, other) = mute_intervals(turns, spans, LONG)
    assert one[0] == 900 - PADDING_MS
    assert one[1] < 2_400 < other[0] == 30_000 - PADDING_MS


@pytest.mark.parametrize(
    ("turn", "duration"),
    [(spoken(CODE, 10_000), 9_000), (spoken(CODE, 1_000), 2_000), (spoken(CODE, 0), 1_300)],
)
def test_a_recording_that_is_too_short_is_silenced_whole(turn: Turn, duration: int) -> None:
    """Something was said when it was over: its clock is another."""
    last = mute_intervals([turn], find([turn]), duration)
    assert last[-1][1] == duration
    if turn.start_ms:
        assert last == [(0, duration)]


@pytest.mark.parametrize("unit", [1000, 100, 10])
def test_times_that_are_not_milliseconds(unit: int) -> None:
    """Seconds, or parts of them: said faster than anybody speaks."""
    turns = [spoken("what is the security code", 0, "agent"), spoken(CODE, 3_000)]
    slow = [
        replace(
            turn,
            start_ms=(turn.start_ms or 0) // unit,
            end_ms=(turn.end_ms or 0) // unit,
            words=tuple(Word(w.text, w.start_ms // unit, w.end_ms // unit) for w in turn.words),
        )
        for turn in turns
    ]
    assert silent(slow) == [(0, LONG)]
    assert silent(turns) != [(0, LONG)]
    assert silent([slow[0]]) == []


def test_nothing_masked_nothing_silenced() -> None:
    assert silent([Turn("a", "hello there", 0, 90_000)], 1_000) == []
    assert silent([]) == []


def test_what_looks_like_a_placeholder_and_is_none() -> None:
    assert placeholders([Turn("a", "[NOISE] [cvv] [CVV] [ CVV]")]) == [
        Span(0, 14, 19, "CVV", 1.0, "placeholder")
    ]


TEXTS = st.sampled_from(
    [
        CODE,
        "my pin is one two three four",
        "ada@example.com is my address",
        "call 202 555 0143 please",
        "hello there",
        "nine seven three",
        "what is the security code",
        "4111 1111 1111 1111 and then 12/29",
    ]
)
TIMES = st.integers(0, 30_000)


@given(data=st.data())
def test_what_was_said_is_silent_whichever_words_have_times(data: st.DataObject) -> None:
    """From what is stored: whichever words a recogniser left untimed or heard otherwise."""
    text = " ".join(data.draw(st.lists(TEXTS, min_size=1, max_size=3)))
    whole = spoken(text, 10_000, each=data.draw(st.integers(300, 700)))
    timed = tuple(
        word if data.draw(st.booleans()) else replace(word, text="uh")
        for word in whole.words
        if data.draw(st.integers(0, 2))
    )
    turn = replace(whole, words=timed)
    spans = find([turn])
    masked = mask([turn], spans)
    found = mute_intervals(masked, placeholders(masked), LONG)
    at = 0
    for word in whole.words:
        at = text.index(word.text, at)
        if any(span.start < at + len(word.text) and at < span.end for span in spans):
            assert any(start <= word.start_ms and word.end_ms <= end for start, end in found)
        at += len(word.text)


@st.composite
def any_turns(draw: st.DrawFn) -> list[Turn]:
    """Turns with whatever a recogniser may say of their times."""
    turns = []
    for _ in range(draw(st.integers(1, 5))):
        text = draw(TEXTS)
        kind = draw(st.sampled_from(["words", "turn", "start", "none", "other words", "mad words"]))
        start = draw(TIMES)
        end = start + draw(st.integers(0, 5_000))
        timed: tuple[Word, ...] = ()
        if kind == "words":
            timed = words(text, start, draw(st.integers(110, 500)))
        elif kind == "other words":
            timed = words(draw(TEXTS), start)
        elif kind == "mad words":
            timed = tuple(Word(each, draw(TIMES), draw(TIMES)) for each in text.split())
        known = kind != "none"
        first, last = (start if known else None), (end if known and kind != "start" else None)
        turns.append(Turn("caller", text, first, last, timed))
    return turns


@given(turns=any_turns(), duration=st.integers(1, 60_000))
def test_every_masked_word_is_inside(turns: list[Turn], duration: int) -> None:
    spans = find(turns)
    found = mute_intervals(turns, spans, duration)
    for start, end in found:
        assert 0 <= start < end <= duration
    for (_, end), (start, _) in itertools.pairwise(found):
        assert start - end >= JOIN_MS
    masked = mask(turns, spans)
    for turn in masked:
        for word in turn.words:
            if word.text.startswith("["):
                start, end = min(word.start_ms, duration), min(word.end_ms, duration)
                assert any(one <= start and end <= two for one, two in found)
    assert bool(found) >= bool(spans)
    # What is stored, masked, loses nothing of it for codes whose words are known.
    stored = mute_intervals(masked, placeholders(masked), duration)
    assert bool(stored) >= bool(spans)

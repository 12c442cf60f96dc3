"""Placeholders in the text and in its timed words."""

from __future__ import annotations

from dataclasses import replace

from masking import FORBIDDEN_AFTER_AUTHORISATION, Turn, Word, find, mask


def timed(text: str, spoken: str | None = None) -> Turn:
    """A turn whose words follow each other, 100 ms each."""
    words = (text if spoken is None else spoken).split()
    return Turn(
        "caller", text, 0, 100 * len(words),
        tuple(Word(word, 100 * i, 100 * i + 100) for i, word in enumerate(words)),
    )  # fmt: skip


def words(turn: Turn) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in turn.words]


def test_words_of_a_span_become_one_with_their_time() -> None:
    turn = timed("my CVV is one, um, two three. Thanks")
    spans = find([turn])
    assert [(span.start_ms, span.end_ms) for span in spans] == [(300, 700)]
    result = mask([turn], spans)[0]
    assert result.text == "my CVV is [CVV]. Thanks"
    assert words(result) == [
        ("my", 0, 100), ("CVV", 100, 200), ("is", 200, 300), ("[CVV]", 300, 700),
        ("Thanks", 700, 800),
    ]  # fmt: skip


def test_a_word_that_is_spelled_otherwise_is_masked_too() -> None:
    turn = timed("my CVV is 123 thanks", "my CVV is one two three thanks")
    result = mask([turn], find([turn]))[0]
    assert result.text == "my CVV is [CVV] thanks"
    assert words(result)[2:] == [("is", 200, 300), ("[NUMBER]", 300, 600), ("thanks", 600, 700)]


def test_words_that_are_not_all_of_a_span_do_not_bear_its_name() -> None:
    """A recogniser lost the times of two of three digits: what is left is not the code's time."""
    turn = timed("my CVV is 9 7 3 thanks", "my CVV is 9 thanks")
    result = mask([turn], find([turn]))[0]
    assert [text for text, _, _ in words(result)] == ["my", "CVV", "is", "[NUMBER]", "thanks"]


def test_words_out_of_order_keep_all_of_their_time() -> None:
    turn = timed("my CVV is one two three")
    *others, one, two, three = turn.words
    late, early = replace(one, start_ms=400, end_ms=500), replace(two, start_ms=300, end_ms=400)
    result = mask([replace(turn, words=(*others, late, early, three))], find([turn]))[0]
    assert words(result)[-1] == ("[CVV]", 300, 600)


def test_words_that_the_text_does_not_hold_keep_no_number() -> None:
    turn = timed("hello", "my cvv is one two 3")
    result = mask([turn], find([turn]), labels={"CVV"})[0]
    assert result.text == "hello"
    assert [word.text for word in result.words] == ["my", "cvv", "is"] + ["[NUMBER]"] * 3


def test_only_the_labels_asked_for() -> None:
    turns = [timed("card 4242 4242 4242 4242 and cvv 123")]
    result = mask(turns, find(turns), labels=FORBIDDEN_AFTER_AUTHORISATION)[0]
    assert result.text == "card 4242 4242 4242 4242 and cvv [CVV]"
    assert [word.text for word in result.words][-2:] == ["cvv", "[CVV]"]
    assert [word.text for word in result.words][1] == "4242"


def test_two_spans_side_by_side_stay_two_words() -> None:
    turns = [timed("4242 4242 4242 4242 , 123")]
    spans = find(turns)
    assert [span.label for span in spans] == ["CARD", "CVV"]
    assert [word.text for word in mask(turns, spans)[0].words] == ["[CARD]", ",", "[CVV]"]


def test_a_turn_without_findings_is_the_same_object() -> None:
    turns = [timed("good morning")]
    assert mask(turns, find(turns))[0] is turns[0]


def test_words_with_marks_and_look_alikes_follow_the_text() -> None:
    turn = timed("Mi PIN: \uff11\u200b\uff12\uff13\uff14, \u00a1gracias!", "mi pin: 1234 gracias")
    result = mask([turn], find([turn], language="es"))[0]
    assert [word.text for word in result.words] == ["mi", "pin:", "[PIN]", "gracias"]

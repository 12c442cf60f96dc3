"""The made-up calls that masking is measured on, and how they are scored."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby, pairwise
from typing import Any

import pytest

from bench.masking_corpus import DEVELOPMENT, LABELS, QUESTIONS, REPORTING, STATEMENTS, calls
from bench.masking_corpus.identifiers import iban, luhn_digit
from bench.masking_corpus.numbers import ordinal, suffixed, words
from bench.masking_others import research_calls
from bench.masking_score import Found, missed, right, row, score
from masking import LABELS as KNOWN

COUNT = 1500
RUN = re.compile(r"(?:\d[ .,()/-]{0,2}){7,}")
TIMES = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{1,2}:\d\d|[£$][\d,.]+|\d+(?:\.\d+){1,2}")


@pytest.fixture(scope="module", params=[DEVELOPMENT, REPORTING], ids=["development", "reporting"])
def corpus(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    return list(calls(request.param, COUNT))


def positive(corpus: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [call for call in corpus if call["kind"] == "positive"]


def negative(corpus: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [call for call in corpus if call["kind"] == "negative"]


def test_gold_lies_on_words(corpus):
    """Neither in the middle of one, nor with a blank or a mark at an edge."""
    for call in corpus:
        for gold in call["gold"]:
            text = call["turns"][gold["turn"]]["text"]
            said = text[gold["start"] : gold["end"]]
            assert said
            assert said == said.strip(" ,.?"), (call["id"], said)
            before, after = text[: gold["start"]][-1:], text[gold["end"] :][:1]
            assert not before.isalnum(), (call["id"], said)
            assert not after.isalnum(), (call["id"], said)


def test_gold_of_a_turn_does_not_overlap(corpus):
    for call in corpus:
        for _, each in groupby(call["gold"], key=lambda gold: gold["turn"]):
            ordered = sorted(each, key=lambda gold: gold["start"])
            for one, other in pairwise(ordered):
                assert one["end"] <= other["start"], call["id"]


def test_the_same_seed_makes_the_same_calls():
    assert list(calls(DEVELOPMENT, 60)) == list(calls(DEVELOPMENT, 90))[:60]
    ours = {call["turns"][-1]["text"] + str(call["gold"]) for call in calls(DEVELOPMENT, 300)}
    others = {call["turns"][-1]["text"] + str(call["gold"]) for call in calls(REPORTING, 300)}
    assert len(ours & others) < len(ours) / 2


def test_every_label_is_there_spoken_and_written(corpus):
    count = Counter((gold["label"], gold["form"]) for call in corpus for gold in call["gold"])
    assert set(LABELS) == KNOWN - {"NUMBER", "TRACK"}
    for label in LABELS:
        for form in ("spoken", "written"):
            assert count[label, form] >= 15, (label, form)


def test_a_third_is_negative_and_a_fifth_of_those_holds_long_numbers(corpus):
    assert 0.31 < len(negative(corpus)) / len(corpus) < 0.39
    long = [call for call in negative(corpus) if call.get("long_digits")]
    assert 0.14 < len(long) / len(negative(corpus)) < 0.26


def test_no_gold_in_negatives_and_some_in_every_positive(corpus):
    assert [call["id"] for call in negative(corpus) if call["gold"]] == []
    assert [call["id"] for call in positive(corpus) if not call["gold"]] == []


def test_long_numbers_are_in_the_calls_that_say_so(corpus):
    """Written ones; dates, times, amounts and versions are no runs."""
    for call in negative(corpus):
        texts = [TIMES.sub("x", turn["text"]) for turn in call["turns"]]
        if not call.get("long_digits"):
            assert not any(RUN.search(text) for text in texts), call["id"]


def test_styles_are_written_as_they_say(corpus):
    assert {call["style"] for call in corpus} == {"plain", "written", "mixed"}
    for call in corpus:
        texts = " ".join(turn["text"] for turn in call["turns"])
        if call["style"] == "plain":
            assert texts == texts.lower(), call["id"]
            assert not re.search(r"[?!;]", texts), call["id"]
        if call["style"] == "written":
            assert texts != texts.lower(), call["id"]


def test_a_number_over_several_turns_has_a_group_with_an_agent_between(corpus):
    split = 0
    for call in corpus:
        turns: dict[str, list[int]] = {}
        for gold in call["gold"]:
            if "group" in gold:
                turns.setdefault(gold["group"], []).append(gold["turn"])
        for at in turns.values():
            split += 1
            assert at == list(range(at[0], at[0] + 2 * len(at), 2)), call["id"]
            assert {call["turns"][turn + 1]["speaker"] for turn in at[:-1]} == {"agent"}
    assert split > 20


def test_frames_are_varied():
    for label in LABELS:
        assert len(QUESTIONS[label]) + len(STATEMENTS[label]) >= 25, label
        assert len({*QUESTIONS[label], *STATEMENTS[label]}) == len(QUESTIONS[label]) + len(
            STATEMENTS[label]
        ), label


def test_numbers_are_said_as_people_say_them():
    assert words(42) == "forty two"
    assert words(42, hyphen=True) == "forty-two"
    assert words(1205) == "one thousand two hundred five"
    assert words(205, british=True) == "two hundred and five"
    assert [ordinal(day) for day in (1, 12, 20, 22, 30)] == [
        "first",
        "twelfth",
        "twentieth",
        "twenty second",
        "thirtieth",
    ]
    assert [suffixed(day) for day in (1, 2, 3, 11, 13, 22)] == "1st 2nd 3rd 11th 13th 22nd".split()


def test_check_digits():
    """The textbook's number, a published test card, and IBANs by ISO 7064."""
    import random

    assert luhn_digit("7992739871") == "3"
    assert luhn_digit("424242424242424") == "2"
    for seed in range(50):
        number = iban(random.Random(seed))
        moved = number[4:] + number[:4]
        assert int("".join(str(int(char, 36)) for char in moved)) % 97 == 1


CALL = {
    "kind": "positive",
    "turns": [{"speaker": "caller", "text": "it's four one, um, one"}],
    "gold": [{"turn": 0, "start": 5, "end": 22, "label": "CARD", "form": "spoken"}],
}
NEGATIVE = {"kind": "negative", "turns": [{"speaker": "caller", "text": "no"}], "gold": []}


def test_a_datum_is_found_when_every_letter_is_covered():
    gold = CALL["gold"][0]
    assert missed(CALL, gold, []) == "fouroneumone"
    assert missed(CALL, gold, [Found(0, 5, 13, "CARD"), Found(0, 15, 22, "SSN")]) == ""
    assert missed(CALL, gold, [Found(0, 5, 13, "CARD"), Found(0, 19, 22, "CARD")]) == "um"
    assert missed(CALL, gold, [Found(1, 0, 99, "CARD")]) == "fouroneumone"


def test_a_span_is_right_by_overlap_and_by_half():
    assert right(Found(0, 0, 6, "CARD"), CALL["gold"]) == (True, False)
    assert right(Found(0, 0, 10, "CARD"), CALL["gold"]) == (True, True)
    assert right(Found(0, 0, 5, "CARD"), CALL["gold"]) == (False, False)


def test_the_score():
    found = {id(CALL): [Found(0, 0, 22, "SSN"), Found(0, 0, 4, "PIN")], id(NEGATIVE): []}
    result = score([CALL, NEGATIVE, NEGATIVE], lambda call: found[id(call)])
    assert row(CALL["gold"][0]) == "spoken cards"
    assert row({**CALL["gold"][0], "partial": True}) == "other spoken labels"
    assert result["recall"] == {"spoken cards": {"count": 1, "found": 1.0, "with_label": 0.0}}
    assert result["negatives_touched"]["all"] == {"calls": 2, "touched": 0.0}
    assert result["precision"] == {"spans": 2, "overlapping": 0.5, "half_inside": 0.5}


def test_research_data_becomes_calls_of_one_turn():
    spans = [
        {"entity_type": "US_SSN", "start_position": 12, "end_position": 23},
        {"entity_type": "ORGANIZATION", "start_position": 0, "end_position": 2},
    ]
    (call,) = research_calls([{"full_text": "HM, my SSN: 460-89-9847", "spans": spans}])
    assert [(gold["label"], gold["start"], gold["end"]) for gold in call["gold"]] == [
        ("SSN", 12, 23)
    ]

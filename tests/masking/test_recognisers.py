"""A recogniser from outside adds to what is found, and takes nothing away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masking import LABELS, Recognised, RecogniserError, Turn, Word, find, mask
from masking.reasons import explain
from masking.recognisers import PRESIDIO, SPACY, load, presidio, spacy

CALL = [Turn("caller", "ask for the wozniak people, my card is 4111 1111 1111 1111")]
NAME = (12, 19)


def named(*found: tuple[int, int, int, str, float]):
    return lambda turns, language: [Recognised(*each) for each in found]


def made() -> object:
    """What MASKING_RECOGNISER names in these tests."""
    return named((0, *NAME, "NAME", 0.7))


def test_none_is_asked_by_default():
    assert [span.label for span in find(CALL)] == ["CARD"]


def test_what_it_takes_for_a_name_is_masked():
    spans = find(CALL, recogniser=named((0, *NAME, "NAME", 0.7)))
    assert mask(CALL, spans)[0].text == "ask for the [NAME] people, my card is [CARD]"
    assert spans[0].reason == "name.recogniser"
    assert explain(spans[0].reason, "NAME")


@pytest.mark.parametrize(("score", "policy", "masked"), [
    (0.3, "strict", True), (0.3, "balanced", False), (0.2, "strict", False),
    (0.6, "balanced", True),
])  # fmt: skip
def test_a_policy_takes_what_is_sure_enough_for_it(score, policy, masked):
    spans = find(CALL, policy=policy, recogniser=named((0, *NAME, "NAME", score)))
    assert ("NAME" in {span.label for span in spans}) is masked


def test_times_are_those_of_the_words():
    turn = Turn("a", "ada left", words=(Word("ada", 100, 200), Word("left", 200, 300)))
    span = find([turn], recogniser=named((0, 0, 3, "NAME", 0.9)))[0]
    assert (span.start_ms, span.end_ms) == (100, 200)


def test_it_is_told_the_language_and_not_asked_for_numbers_alone():
    asked = []

    def recogniser(turns: Sequence[Turn], language: str) -> Iterable[Recognised]:
        asked.append((list(turns), language))
        return []

    find(CALL, language="de-AT", recogniser=recogniser)
    find(CALL, numbers_only=True, recogniser=recogniser)
    assert asked == [(CALL, "de-AT")]


@pytest.mark.parametrize("bad", [
    (1, 0, 3, "NAME", 0.9), (-1, 0, 3, "NAME", 0.9), (0, 3, 3, "NAME", 0.9),
    (0, 5, 3, "NAME", 0.9), (0, 0, 9999, "NAME", 0.9), (0, 0, 3, "PERSON", 0.9),
    (0, 0, 3, "NAME", 1.5), (0, 0, 3, "NAME", float("nan")),
])  # fmt: skip
def test_what_is_no_stretch_of_the_call_is_an_error_without_its_words(bad):
    with pytest.raises(RecogniserError) as refused:
        find(CALL, recogniser=named(bad))
    assert "wozniak" not in str(refused.value)


TEXT = CALL[0].text


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.just(0),
            st.integers(0, len(TEXT) - 1),
            st.integers(1, len(TEXT)),
            st.sampled_from(sorted(LABELS)),
            st.floats(0, 1),
        ).filter(lambda found: found[1] < found[2]),
        max_size=5,
    )
)
def test_nothing_is_unmasked_or_told_another_label(found):
    plain = find(CALL)
    spans = find(CALL, recogniser=named(*found))
    places = {(span.turn, at): span.label for span in spans for at in range(span.start, span.end)}
    assert len(places) == sum(span.end - span.start for span in spans)
    for span in plain:
        for at in range(span.start, span.end):
            assert places[span.turn, at] == span.label
    for turn, start, end, _, score in found:
        if score >= 0.25:
            assert all((turn, at) in places for at in range(start, end))


def test_presidios_entities_have_our_labels():
    seen = []

    class Analyzer:
        def analyze(self, text, language, entities):
            seen.append((text, language, set(entities)))
            return [SimpleNamespace(start=12, end=19, entity_type="PERSON", score=0.85)]

    assert find(CALL, language="en-GB", recogniser=presidio(Analyzer()))[0].label == "NAME"
    assert seen == [(CALL[0].text, "en", set(PRESIDIO))]
    assert LABELS.issuperset(PRESIDIO.values())


def test_spacys_entities_have_our_labels_and_others_are_passed_over():
    class Pipeline:
        def pipe(self, texts):
            for _ in texts:
                yield SimpleNamespace(ents=[
                    SimpleNamespace(start_char=12, end_char=19, label_="PERSON"),
                    SimpleNamespace(start_char=0, end_char=3, label_="ORG"),
                ])  # fmt: skip

    assert [span.label for span in find(CALL, recogniser=spacy(Pipeline()))] == ["NAME", "CARD"]
    assert LABELS.issuperset(SPACY.values())


def test_one_is_loaded_by_its_path():
    assert find(CALL, recogniser=load(f"{__name__}:made"))[0].label == "NAME"


@pytest.mark.parametrize("path", ["", "nowhere:made", f"{__name__}:nothing", f"{__name__}:CALL"])
def test_one_that_cannot_be_had_is_told(path):
    with pytest.raises(RecogniserError):
        load(path)


def test_on_the_command_line():
    line = json.dumps({"turns": [{"speaker": "a", "text": TEXT}]})
    command = [sys.executable, "-m", "masking", "-", "--recogniser"]
    done = subprocess.run(
        [*command, "tests.masking.test_recognisers:made"],
        input=line,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "[NAME]" in json.loads(done.stdout)["turns"][0]["text"]
    bad = subprocess.run(
        [*command, "nowhere:made"], input=line, capture_output=True, text=True, check=False
    )
    assert bad.returncode == 1
    assert "nowhere" in bad.stderr
    assert "Traceback" not in bad.stderr

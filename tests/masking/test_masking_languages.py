"""What must never be kept is heard in every language that has a table, whatever was declared."""

from __future__ import annotations

import itertools

import pytest

import masking
from masking import FORBIDDEN_AFTER_AUTHORISATION, Turn

DIALOGUES = {
    "en": (["What is the security code?", "It is seven three nine."], "seven three nine"),
    "es": (["D\u00edgame el c\u00f3digo de seguridad", "siete tres nueve"], "siete tres nueve"),
    "de": (["Wie lautet die Kartenpr\u00fcfnummer?", "sieben drei neun"], "sieben drei neun"),
}


@pytest.mark.parametrize("declared", ["en", "es", "de", "fr", "en-GB"])
@pytest.mark.parametrize("spoken", sorted(DIALOGUES))
def test_a_code_is_found_in_whatever_language_it_is_said(declared, spoken):
    texts, code = DIALOGUES[spoken]
    turns = [Turn("agent", texts[0]), Turn("caller", texts[1])]
    spans = masking.find(turns, language=declared)
    assert any(span.label == "CVV" for span in spans)
    kept = masking.mask(turns, spans, labels=FORBIDDEN_AFTER_AUTHORISATION)
    for word in code.split():
        assert word not in kept[1].text


@pytest.mark.parametrize(
    "text",
    [
        "%B4111111111111111^DOE/JOHN^27121010000000000000739000000?",
        "it reads ;4111111111111111=27121011739? twice",
    ],
)
def test_track_data_is_never_kept(text):
    turns = [Turn("caller", text)]
    spans = masking.find(turns)
    assert [span.label for span in spans] == ["TRACK"]
    kept = masking.mask(turns, spans, labels=FORBIDDEN_AFTER_AUTHORISATION)[0].text
    assert "739" not in kept
    assert "4111" not in kept


def test_spans_stay_sorted_and_apart():
    turns = [
        Turn("caller", "cvv siete tres nueve and card 4111 1111 1111 1111, pin uno dos tres uno")
    ]
    spans = masking.find(turns, language="en")
    for left, right in itertools.pairwise(spans):
        assert (left.turn, left.end) <= (right.turn, right.start)
    assert "siete" not in masking.mask(turns, spans)[0].text

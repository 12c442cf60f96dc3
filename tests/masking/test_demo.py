"""The demonstration calls: audio that decodes, times that are true, and nothing left to find."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from demo.ogg import settle_serial
from demo.script import CALLS
from masking import FORBIDDEN_AFTER_AUTHORISATION, Turn, Word, find, mask

FOLDER = Path(__file__).parents[2] / "demo" / "calls"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def turns(call: dict[str, Any]) -> list[Turn]:
    return [
        Turn(**{**turn, "words": tuple(Word(**word) for word in turn["words"])})
        for turn in call["turns"]
    ]


def test_the_files_are_those_of_the_script_and_small() -> None:
    assert sorted(call.about["name"] for call in CALLS) == NAMES
    assert len(NAMES) >= 3
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_000_000
    assert sum(not load(name)["consent"] for name in NAMES) == 1


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.about["name"])
def test_transcript_is_the_script(call: Any) -> None:
    description = load(call.about["name"])
    assert {key: description[key] for key in call.about} == call.about
    assert [(turn["speaker"], turn["text"]) for turn in description["turns"]] == [
        (line.speaker, line.text) for line in call.lines
    ]
    assert description["consent"] == (call.decision == "given")
    assert [item["purpose"] for item in description["consents"]] == description["purposes"]
    texts = {turn["text"]: turn for turn in description["turns"]}
    for item in description["consents"]:
        answer = texts[item["evidence"]["answer_text"]]
        assert item["evidence"]["answer_start_ms"] == answer["start_ms"]
        assert item["evidence"]["answer_end_ms"] == answer["end_ms"]
        assert item["evidence"]["prompt_end_ms"] < answer["start_ms"]


@pytest.mark.parametrize("name", NAMES)
def test_words_are_where_the_sound_is(name: str) -> None:
    samples, rate = soundfile.read(FOLDER / f"{name}.ogg")
    assert samples.ndim == 1
    call = load(name)
    previous = 0
    voiced = np.zeros(len(samples), dtype=bool)
    for turn in call["turns"]:
        assert [word["text"] for word in turn["words"]] == turn["text"].split()
        assert turn["start_ms"] == turn["words"][0]["start_ms"]
        assert turn["end_ms"] == turn["words"][-1]["end_ms"]
        for word in turn["words"]:
            assert previous <= word["start_ms"] < word["end_ms"]
            previous = word["end_ms"]
            start, end = (word[key] * rate // 1000 for key in ("start_ms", "end_ms"))
            assert np.abs(samples[start:end]).max() > 0.02, word
            voiced[start:end] = True
    duration_ms = len(samples) * 1000 / rate
    assert 0 < duration_ms - previous < 2_000
    energy = samples**2
    # What lies outside the words is pauses, and the ringing of the codec at their edges.
    assert energy[~voiced].sum() < 0.01 * energy.sum()


def test_the_stream_is_a_fixed_point_of_its_serial_number() -> None:
    for name in NAMES:
        stream = (FOLDER / f"{name}.ogg").read_bytes()
        assert settle_serial(stream) == stream
    with pytest.raises(ValueError, match="page"):
        settle_serial(b"RIFF")


@pytest.mark.parametrize("policy", ["strict", "balanced"])
def test_nothing_of_card_and_code_survives_in_the_payment(policy: str) -> None:
    call = turns(load("payment"))
    spans = find(call, policy=policy, region="US")
    assert {span.label for span in spans} == {"CARD", "CVV", "NAME"}
    assert all(span.start_ms is not None and span.end_ms is not None for span in spans)
    masked = mask(call, spans)
    texts = [turn.text.lower() for turn in masked]
    spoken = [" ".join(word.text for word in turn.words).lower() for turn in masked]
    for line in (*texts, *spoken):
        assert not re.search(r"\b(four|two|nine|oh|zero|seven)\b", line), line
    assert "twenty thirty" in "\n".join(texts)
    original = mask(call, spans, labels=FORBIDDEN_AFTER_AUTHORISATION)
    said = "\n".join(turn.text.lower() for turn in original)
    assert "four two four two" in said
    assert not re.search(r"\b(nine|oh|zero|seven)\b", said)


@pytest.mark.parametrize(
    ("name", "language", "region"), [("clinic", "en-GB", "GB"), ("reserva", "es", "US-TX")]
)
def test_the_spoken_telephone_number_is_found(name: str, language: str, region: str) -> None:
    call = turns(load(name))
    spans = find(call, policy="balanced", region=region, language=language)
    assert {span.label for span in spans} == {"PHONE", "NAME"}
    assert len(spans) == 1

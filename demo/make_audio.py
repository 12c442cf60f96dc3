"""Makes `demo/calls/` again from `demo/script.py`: `python -m demo.make_audio`.

Needs espeak-ng with its voices, and nothing else outside the project. The same espeak-ng and
libsndfile give the same files, byte for byte.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile  # type: ignore[import-untyped]

from demo.ogg import settle_serial
from demo.script import CALLS, Call
from demo.speech import Samples, Spoken, speak

FOLDER = Path(__file__).parent / "calls"
RATE = 16_000
"""Wide-band speech; one of the rates that Opus knows."""
COMPRESSION = 0.94  # libsndfile maps 0 to 1 on 256 to 6 kbit/s: about 20
LEAD_MS, PAUSE_MS, TAIL_MS = 300, 350, 400


def main() -> None:
    """Writes every call, and prints its length and size."""
    FOLDER.mkdir(exist_ok=True)
    for call in CALLS:
        samples, description = render(call)
        name = description["name"]
        audio = encode(samples)
        (FOLDER / f"{name}.ogg").write_bytes(audio)
        text = json.dumps(description, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{name}: {len(samples) / RATE:.1f} s, {len(audio):,} bytes")


def render(call: Call) -> tuple[Samples, dict[str, Any]]:
    """The call's samples at RATE, and what its JSON file says."""
    pieces: list[Samples] = [_silence(LEAD_MS)]
    position = len(pieces[0])
    turns: list[dict[str, Any]] = []
    marks: dict[str, dict[str, Any]] = {}
    for line in call.lines:
        spoken = speak(line.text, call.voices[line.speaker])
        turn = _turn(line.speaker, line.text, spoken, position)
        turns.append(turn)
        if line.mark:
            marks[line.mark] = turn
        pieces += [_resample(spoken), _silence(PAUSE_MS)]
        position += len(pieces[-2]) + len(pieces[-1])
    pieces.append(_silence(TAIL_MS))
    description = {
        **call.about,
        "consent": call.decision == "given",
        "is_ai": True,
        "consents": _consents(call, marks["prompt"], marks["answer"]),
        "turns": turns,
    }
    return np.concatenate(pieces), description


def encode(samples: Samples) -> bytes:
    """Opus in OGG, mono."""
    target = io.BytesIO()
    soundfile.write(
        target, samples, RATE, format="OGG", subtype="OPUS", compression_level=COMPRESSION
    )
    return settle_serial(target.getvalue())


def _turn(speaker: str, text: str, spoken: Spoken, position: int) -> dict[str, Any]:
    offset = position * 1000 / RATE

    def at(sample: int) -> int:
        return round(offset + sample * 1000 / spoken.rate)

    words = [
        {"text": word, "start_ms": at(start), "end_ms": at(end)}
        for word, start, end in spoken.words
    ]
    return {
        "speaker": speaker,
        "text": text,
        "start_ms": words[0]["start_ms"],
        "end_ms": words[-1]["end_ms"],
        "words": words,
    }


def _consents(call: Call, prompt: dict[str, Any], answer: dict[str, Any]) -> list[dict[str, Any]]:
    evidence = {
        "prompt_start_ms": prompt["start_ms"],
        "prompt_end_ms": prompt["end_ms"],
        "answer_start_ms": answer["start_ms"],
        "answer_end_ms": answer["end_ms"],
        "answer_text": answer["text"],
        "asr_confidence": 0.97,
    }
    return [
        {"purpose": purpose, "decision": call.decision, "method": "verbal", "evidence": evidence}
        for purpose in call.about["purposes"]
    ]


def _silence(ms: int) -> Samples:
    return np.zeros(RATE * ms // 1000)


def _resample(spoken: Spoken) -> Samples:
    """To RATE, by cutting the spectrum; the ends are silent, so nothing wraps round."""
    spectrum = np.fft.rfft(spoken.samples)
    size = round(len(spoken.samples) * RATE / spoken.rate)
    resampled = np.fft.irfft(spectrum[: size // 2 + 1], size) * (size / len(spoken.samples))
    return np.clip(resampled, -1.0, 1.0)


if __name__ == "__main__":
    main()

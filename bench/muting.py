"""Muting a call of ten minutes: the muted variant made and proved, against decoding it once and
encoding it once as FLAC with the same library.

    make bench-muting
    python -m bench.muting --minutes 60 --rounds 3

Sides alternate in every round, so that what else the machine does meets all; judge by the ratios.
Making decodes twice and encodes once; the proof decodes both files. Nothing is sealed:
``bench.sealing_stream`` measures that.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from masking.audio import verify_muted, write_muted
from masking.mutes import Interval

CALL = Path(__file__).parents[1] / "demo" / "calls" / "payment.ogg"
KINDS = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
_FRAMES = 1 << 16


def speech(minutes: float) -> tuple[Any, int]:
    """A demonstration call, said over and over; samples and their rate in Hz."""
    samples, rate = soundfile.read(CALL, dtype="int16")
    return np.resize(samples, int(minutes * 60 * rate)), rate


def encoded(samples: Any, rate: int, kind: str) -> bytes:
    out = io.BytesIO()
    form, subtype = KINDS[kind]
    # In pieces: the encoder of Opus wants a stack as large as what it is given at once.
    with soundfile.SoundFile(out, "w", rate, 1, subtype, format=form) as sound:
        for start in range(0, len(samples), _FRAMES):
            sound.write(samples[start : start + _FRAMES])
    return out.getvalue()


def stretches(minutes: float) -> list[Interval]:
    """Two seconds of every fifteen."""
    return [(start, start + 2_000) for start in range(5_000, int(minutes * 60_000) - 2_000, 15_000)]


def once(body: bytes) -> bytes:
    """Decoded once and encoded once, with nothing done to it."""
    out = io.BytesIO()
    with (
        soundfile.SoundFile(io.BytesIO(body)) as source,
        soundfile.SoundFile(
            out, "w", source.samplerate, source.channels, "PCM_16", format="FLAC"
        ) as target,
    ):
        while len(block := source.read(_FRAMES, dtype="int16")):
            target.write(block)
    return out.getvalue()


def muted(body: bytes, intervals: list[Interval]) -> bytes:
    out = io.BytesIO()
    write_muted(io.BytesIO(body), out, intervals)
    return out.getvalue()


def proved(body: bytes, made: bytes, intervals: list[Interval]) -> int:
    return verify_muted(io.BytesIO(body), io.BytesIO(made), intervals)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def measure(kind: str, minutes: float, rounds: int) -> dict[str, object]:
    samples, rate = speech(minutes)
    body, intervals = encoded(samples, rate, kind), stretches(minutes)
    took: dict[str, list[float]] = {"once": [], "making": [], "proof": []}
    made = muted(body, intervals)
    for round_ in range(rounds):
        if round_ % 2:
            took["once"].append(timed(lambda: once(body))[1])
        made, seconds = timed(lambda: muted(body, intervals))
        took["making"].append(seconds)
        frames, seconds = timed(partial(proved, body, made, intervals))
        took["proof"].append(seconds)
        if frames < len(samples):
            raise SystemExit("the muted variant is shorter than the call")
        if not round_ % 2:
            took["once"].append(timed(lambda: once(body))[1])
    middle = {side: statistics.median(each) for side, each in took.items()}
    whole = middle["making"] + middle["proof"]
    return {
        "kind": kind,
        "megabytes": round(len(body) / 1e6, 1),
        "muted_megabytes": round(len(made) / 1e6, 1),
        "stretches": len(intervals),
        "making_seconds": round(middle["making"], 2),
        "proof_seconds": round(middle["proof"], 2),
        "times_faster_than_said": round(minutes * 60 / whole),
        "decode_and_encode_seconds": round(middle["once"], 2),
        "ratio_to_decode_and_encode": round(whole / middle["once"], 2),
        "bound": "<= 4",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=["wav", "flac", "opus"])
    args = parser.parse_args()
    found = [measure(kind, args.minutes, args.rounds) for kind in args.kinds]
    print(json.dumps({"minutes": args.minutes, "rounds": args.rounds, "kinds": found}, indent=2))


if __name__ == "__main__":
    main()

"""What is silenced is silent, sample for sample, and nothing else is touched."""

from __future__ import annotations

import io
import tracemalloc
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from masking import Turn, Word, find, mask
from masking.audio import (
    NotMuted,
    SoundRefused,
    has_rate,
    muted_chunks,
    verify_muted,
    write_muted,
)
from masking.mutes import PADDING_MS, mute_intervals
from tests.phi.audio import sound, wav_head

# As kind, subtype, rate and channels; and the FLAC that loses nothing of it.
KINDS = [
    ("WAV", "PCM_U8", 8000, 1, "PCM_16"),
    ("WAV", "PCM_16", 16000, 1, "PCM_16"),
    ("WAV", "PCM_16", 44100, 2, "PCM_16"),
    ("WAV", "PCM_24", 48000, 2, "PCM_24"),
    ("WAV", "ULAW", 8000, 1, "PCM_16"),
    ("WAV", "ALAW", 8000, 2, "PCM_16"),
    ("FLAC", "PCM_S8", 8000, 1, "PCM_16"),
    ("FLAC", "PCM_16", 16000, 1, "PCM_16"),
    ("FLAC", "PCM_24", 22050, 8, "PCM_24"),
    ("OGG", "OPUS", 16000, 1, "PCM_16"),
    ("OGG", "VORBIS", 16000, 2, "PCM_16"),
]
IDS = [f"{kind}-{subtype}-{channels}" for kind, subtype, _, channels, _ in KINDS]
INTERVALS = [(0, 100), (1000, 1500), (2501, 2803)]


def decoded(body: bytes, subtype: str) -> Any:
    dtype = "int32" if subtype == "PCM_24" else "int16"
    return soundfile.read(io.BytesIO(body), dtype=dtype, always_2d=True)


def outside(frames: int, rate: int, intervals: list[tuple[int, int]]) -> Any:
    """Which frames lie in none of the intervals."""
    kept = np.ones(frames, dtype=bool)
    for start, end in intervals:
        kept[start * rate // 1000 : -(-end * rate // 1000)] = False
    return kept


def muted(body: bytes, intervals: list[tuple[int, int]], **options: Any) -> bytes:
    out = io.BytesIO()
    write_muted(io.BytesIO(body), out, intervals, **options)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "subtype", "rate", "channels", "wanted"), KINDS, ids=IDS)
def test_silent_inside_and_the_same_outside(
    kind: str, subtype: str, rate: int, channels: int, wanted: str
) -> None:
    body = sound(kind, 3.4567, rate=rate, channels=channels, subtype=subtype)
    made = muted(body, INTERVALS)
    told = soundfile.info(io.BytesIO(made))
    assert (told.format, told.subtype, told.channels) == ("FLAC", wanted, channels)
    before, _ = decoded(body, wanted)
    after, hertz = decoded(made, wanted)
    assert len(after) == len(before) == told.frames
    kept = outside(len(before), hertz, INTERVALS)
    assert np.array_equal(after[kept], before[kept])
    assert not after[~kept].any()
    assert before[~kept].any()
    assert verify_muted(io.BytesIO(body), io.BytesIO(made), INTERVALS) == len(before)


def test_mp3() -> None:
    """Its decoder's last bit depends on the size of the pieces it is asked for."""
    body = sound("MP3", 3.4567)
    made = muted(body, INTERVALS)
    before, _ = decoded(body, "PCM_16")
    after, hertz = decoded(made, "PCM_16")
    kept = outside(len(before), hertz, INTERVALS)
    assert not after[~kept].any()
    assert np.abs(after[kept].astype(int) - before[kept]).max() <= 1
    verify_muted(io.BytesIO(body), io.BytesIO(made), INTERVALS)


def test_fractions_keep_24_bits_and_stop_at_full_scale() -> None:
    samples = np.array([0.5, -0.25, 1.5, -1.5, 2**-23, 0.0], dtype=np.float32)
    out = io.BytesIO()
    soundfile.write(out, samples, 8000, format="WAV", subtype="FLOAT")
    after, _ = soundfile.read(io.BytesIO(muted(out.getvalue(), [])), dtype="float64")
    assert list(after) == [0.5, -0.25, 1 - 2**-23, -1.0, 2**-23, 0.0]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_a_beep_of_a_kilohertz(subtype: str) -> None:
    body = sound("WAV", 2, rate=16000, channels=2, subtype=subtype)
    made = muted(body, [(500, 1500)], beep=True)
    verify_muted(io.BytesIO(body), io.BytesIO(made), [(500, 1500)], beep=True)
    samples, rate = soundfile.read(io.BytesIO(made))
    tone = samples[rate // 2 : 3 * rate // 2]
    assert np.array_equal(tone[:, 0], tone[:, 1])
    strength = np.abs(np.fft.rfft(tone[:, 0])) / (len(tone) / 2)
    assert strength.argmax() == 1000
    # -20 dBFS, and nothing else is heard.
    assert strength[1000] == pytest.approx(0.1, rel=1e-3)
    assert np.delete(strength, 1000).max() < 1e-4


def test_to_the_very_end() -> None:
    """A duration in whole milliseconds leaves some frames of a recording over."""
    body = sound("WAV", 1.00041, rate=48000)
    samples, _ = decoded(muted(body, [(0, 1000)]), "PCM_16")
    assert len(samples) == 48019
    assert not samples.any()


class Once:
    """A target that cannot be gone back in, as a pipe or a sealed stream."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)


def test_written_in_one_go_with_a_head_that_is_right() -> None:
    body = sound("WAV", 20, channels=2)
    target = Once()
    told = write_muted(io.BytesIO(body), target, INTERVALS)
    assert (told.frames, told.rate, told.channels, told.intervals) == (320_000, 16000, 2, 3)
    seekable = io.BytesIO()
    samples, rate = decoded(bytes(target.held), "PCM_16")
    soundfile.write(seekable, samples, rate, format="FLAC", subtype="PCM_16")
    # Number of samples and MD5 are those that libFLAC writes when it may go back.
    assert target.held[21:42] == seekable.getvalue()[21:42]
    assert any(target.held[26:42])


def test_a_source_that_fails_is_not_taken_for_its_end() -> None:
    class Damaged(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1) -> bytes:
            self.reads += 1
            if self.reads > 12:
                raise RuntimeError("changed or moved")
            return super().read(size)

    with pytest.raises(RuntimeError, match="changed or moved"):
        write_muted(Damaged(sound("WAV", 60)), Once(), [])


@pytest.mark.parametrize("body", [b"", b"no sound" * 99, sound("WAV")[:20]])
def test_what_is_no_sound(body: bytes) -> None:
    with pytest.raises(SoundRefused):
        write_muted(io.BytesIO(body), Once(), [])


def test_an_ogg_page_that_was_damaged() -> None:
    """Its decoder passes over it and gives less than was asked for, which is no difference."""
    body = bytearray(sound("OGG", 6, subtype="OPUS"))
    body[len(body) // 2] ^= 0x55
    with soundfile.SoundFile(io.BytesIO(body)) as source:
        pieces = [source.read(dtype="int16", always_2d=True) for _ in range(3)]
    # The first piece ends before the damage.
    assert all(map(len, pieces[:2]))
    before = np.concatenate(pieces)
    made = muted(bytes(body), INTERVALS)
    after, hertz = decoded(made, "PCM_16")
    kept = outside(len(before), hertz, INTERVALS)
    assert np.array_equal(after[kept], before[kept])
    assert not after[~kept].any()
    assert verify_muted(io.BytesIO(body), io.BytesIO(made), INTERVALS) == len(after)


@pytest.mark.parametrize("rate", [1, 65_535, 65_536, 88_200, 96_001, 191_999, 192_000])
def test_rates_that_flac_holds(rate: int) -> None:
    body = sound("WAV", max(0.1, 30 / rate), rate=rate)
    if has_rate(rate):
        assert muted(body, [])
    else:
        with pytest.raises(SoundRefused):
            muted(body, [])


def test_what_flac_cannot_hold() -> None:
    with pytest.raises(SoundRefused):
        write_muted(io.BytesIO(sound("WAV", 0.1, rate=96_001)), Once(), [])


@pytest.mark.parametrize(
    ("intervals", "other"),
    [
        (INTERVALS, sound("WAV", 3, seed=2)),
        (INTERVALS, sound("WAV", 3.1)),
        (INTERVALS, sound("WAV", 2.9)),
        (INTERVALS, sound("WAV", 3, rate=8000)),
        (INTERVALS, sound("WAV", 3, channels=2)),
        ([(0, 100), (1000, 1501)], sound("WAV", 3)),
        ([], sound("WAV", 3)),
    ],
    ids=["other sound", "longer", "shorter", "rate", "channels", "an interval less", "none"],
)
def test_what_was_written_otherwise_is_found_out(
    intervals: list[tuple[int, int]], other: bytes
) -> None:
    with pytest.raises(NotMuted):
        verify_muted(io.BytesIO(sound("WAV", 3)), io.BytesIO(muted(other, INTERVALS)), intervals)


def test_in_constant_memory() -> None:
    """Ten minutes and twenty take the same."""

    def peak(seconds: int) -> int:
        size = seconds * 32_000
        body = io.BytesIO(wav_head(size) + bytes(size))
        tracemalloc.start()
        try:
            for _ in muted_chunks(body, INTERVALS):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(1200) < 1.2 * peak(600) < 8_000_000


TEXTS = [
    "the security code is 973",
    "my pin is one two three four okay",
    "write to ada@example.com",
    "hello there",
]


@st.composite
def calls(draw: st.DrawFn) -> list[Turn]:
    turns, at = [], 0
    for _ in range(draw(st.integers(1, 4))):
        at += draw(st.integers(0, 900))
        start, timed = at, []
        for word in draw(st.sampled_from(TEXTS)).split():
            end = at + draw(st.integers(20, 250))
            timed.append(Word(word, at, end))
            at = end + draw(st.integers(0, 60))
        text = " ".join(word.text for word in timed)
        turns.append(Turn("caller", text, start, timed[-1].end_ms, tuple(timed)))
    return turns


@settings(max_examples=40, deadline=None)
@given(
    turns=calls(),
    rate=st.sampled_from([8000, 11025, 16000, 44100]),
    channels=st.integers(1, 3),
    subtype=st.sampled_from(["PCM_16", "PCM_24"]),
)
def test_every_masked_word_is_silent(
    turns: list[Turn], rate: int, channels: int, subtype: str
) -> None:
    duration = max(turn.end_ms or 0 for turn in turns) + 100
    body = sound("WAV", duration / 1000, rate=rate, channels=channels, subtype=subtype)
    spans = find(turns)
    intervals = mute_intervals(turns, spans, duration)
    before, _ = decoded(body, subtype)
    after, _ = decoded(muted(body, intervals), subtype)
    padded = np.zeros(len(after), dtype=bool)
    for turn in mask(turns, spans):
        for word in turn.words:
            if word.text.startswith("["):
                first, last = word.start_ms * rate // 1000, -(-word.end_ms * rate // 1000)
                assert not after[first:last].any(), word
                wide = range(word.start_ms - PADDING_MS, word.end_ms + PADDING_MS + 1)
                padded[max(0, wide[0] * rate // 1000) : wide[-1] * rate // 1000 + 1] = True
    kept = outside(len(before), rate, intervals)
    assert np.array_equal(after[kept], before[kept])
    # No more than the words, what is around them, and what is too short to be left over.
    extra = ~kept & ~padded
    if extra.any():
        edges = np.flatnonzero(np.diff(np.concatenate(([0], extra.view(np.int8), [0]))))
        assert (edges[1::2] - edges[::2]).max() <= 0.3 * rate

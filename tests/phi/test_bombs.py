"""Bombs are refused within 10 seconds and in little memory, at the limits that are set."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import Invalid
from phi import audio
from tests.docs.pages import ROOT
from tests.phi.audio import sound
from tests.phi.bombs import BOMBS, encoded_silence, flac_silence, opus

SECONDS = 10.0
MEGABYTES = 60

# In a process of its own, so that its highest memory is that of this one file; read from a file,
# so that the bomb itself is not in memory.
_INSPECT = """
import io, json, resource, sys, time
from core.errors import Invalid
from core.errors import Invalid
from phi import audio
from tests.phi.audio import sound
for kind in ("WAV", "FLAC", "OGG", "MP3"):
    audio.inspect(io.BytesIO(sound(kind)), max_seconds=28800)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begun, code, found = time.perf_counter(), "", None
try:
    with open(sys.argv[1], "rb") as source:
        found = audio.inspect(source, max_seconds=28800).duration_ms
except Invalid as error:
    code = error.code
took = time.perf_counter() - begun
raised = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(json.dumps([code, took, raised, found]))
"""


def inspected(path: Path) -> tuple[str, float, float, int | None]:
    done = subprocess.run(
        [sys.executable, "-c", _INSPECT, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    code, took, raised, found = json.loads(done.stdout)
    return code, took, raised, found


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(BOMBS[name]())
    code, took, raised, _ = inspected(path)
    assert code in {"not-audio", "recording-too-long", "unusual-audio"}
    assert took < SECONDS
    assert raised < MEGABYTES


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (lambda: flac_silence(100, 100 * 65535), 136),
        (lambda: opus(1000, 1000 * 2880), 60),
        (lambda: encoded_silence("OGG", "VORBIS", 600, 16000), 600),
        (lambda: b"ID3\4\0\0\0\0\2\0" + bytes(256) + sound("MP3", 2), 2),
    ],
    ids=["flac", "opus", "vorbis", "tagged mp3"],
)
def test_a_caller_who_says_nothing_is_none(body: object, seconds: int, tmp_path: Path) -> None:
    """What the bombs are made of, of a length that a call has: else the test above proves that
    the files are broken and nothing more."""
    path = tmp_path / "silence"
    path.write_bytes(body())  # type: ignore[operator]
    code, _, raised, found = inspected(path)
    assert code == ""
    assert found is not None
    assert abs(found / 1000 - seconds) < 2
    assert raised < MEGABYTES


def test_decoding_is_bounded_by_time_whatever_the_head_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio, "DECODING_SECONDS", 0.05)
    path = tmp_path / "slow"
    path.write_bytes(flac_silence(1900, 1900 * 65535))
    with pytest.raises(Invalid, match="longer to decode") as caught, path.open("rb") as source:
        audio.inspect(source, max_seconds=28800)
    assert caught.value.code == "unusual-audio"


def test_the_longest_recording_is_taken(tmp_path: Path) -> None:
    """Eight hours, at 16 kHz: 0.9 GB."""
    from tests.phi.audio import wav_head

    path = tmp_path / "long"
    size = 28_800 * 16_000 * 2
    with path.open("wb") as file:
        file.write(wav_head(size))
        # Zeros that the file system keeps as a hole.
        file.truncate(44 + size)
    code, took, raised, found = inspected(path)
    assert (code, found) == ("", 28_800_000)
    assert took < 60
    assert raised < MEGABYTES

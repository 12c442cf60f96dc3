"""Real audio, made in memory."""

from __future__ import annotations

import io
import struct

import numpy as np
import soundfile

SUBTYPES = {
    "WAV": "PCM_16",
    "FLAC": "PCM_16",
    "OGG": "OPUS",
    "MP3": "MPEG_LAYER_III",
}


def sound(
    kind: str = "WAV",
    seconds: float = 1.0,
    *,
    rate: int = 16000,
    channels: int = 1,
    subtype: str = "",
    seed: int = 1,
) -> bytes:
    """Noise of that length as a file of that kind."""
    noise = np.random.default_rng(seed).normal(0, 3000, (int(seconds * rate), channels))
    out = io.BytesIO()
    soundfile.write(
        out, noise.astype(np.int16), rate, format=kind, subtype=subtype or SUBTYPES[kind]
    )
    return out.getvalue()


def wav_head(size: int, *, rate: int = 16000, channels: int = 1) -> bytes:
    """The head of a 16-bit WAV file with ``size`` bytes of sound."""
    wide = channels * 2
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
        + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * wide, wide, 16)
        + struct.pack("<4sI", b"data", size)
    )

"""Is it sound, all of it, and of what kind? Reads and decodes; keeps nothing but a picture.

The containers are walked first (``phi.containers``). libsndfile then names the kind and decodes
every frame, so that damage inside shows as frames that are missing. What decoding may cost is
bounded twice: by what the head promises, before the first frame, and by the time that is spent,
whatever the head said.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import soundfile

from masking.audio import has_rate
from phi.containers import not_audio, too_long, unusual, walk
from phi.waveforms import Drawing

MAX_CHANNELS = 8
MAX_RATE = 192_000
SAMPLES_A_SECOND = 96_000
"""Over the longest recording: 48 kHz stereo. Bounds the work that a small file can ask for."""
MOST_EXPANSION = 150
"""Decoded bytes to stored ones. Speech is 2 to 130 (Opus at 6 kbit/s); nothing but silence is 400
in Opus and 1,000 in FLAC."""
FREE_BYTES = 256 * 1024 * 1024
"""Decoded, of a file that may expand as it likes, a caller who says nothing: 46 minutes at 48 kHz,
under ten seconds of work."""
DECODING_SECONDS = 8.0
DECODED_A_SECOND = 50_000
"""Stored bytes that must be decoded in a second of this thread's processor time, beyond the first
DECODING_SECONDS: a fifth of what the slowest codec (Opus at 16 kbit/s) does on an old machine."""
LEFT_OVER = 128 * 1024
"""Bytes that the decoder may leave unread at a FLAC file's end."""

_BLOCK = 1 << 18
_FORMATS = {"WAV": "wav", "WAVEX": "wav", "FLAC": "flac", "OGG": "ogg", "MP3": "mp3"}


@dataclass(frozen=True, slots=True)
class Sound:
    """What an audio file holds. ``format`` is wav, flac, ogg or mp3; times in milliseconds;
    ``waveform`` its picture (``phi.waveforms``)."""

    format: str
    codec: str
    duration_ms: int
    sample_rate: int
    channels: int
    waveform: bytes


def inspect(source: BinaryIO, *, max_seconds: int) -> Sound:
    """What the seekable ``source`` is, after every frame of it was decoded.

    Raises Invalid, code ``not-audio``, for what libsndfile does not read as WAV, FLAC, Ogg
    (Opus, Vorbis) or MP3, and for a file cut short or damaged; ``recording-too-long`` past
    ``max_seconds``; ``unusual-audio`` for more channels, a higher rate or more samples than a
    call has, and for what takes far more to decode than its size accounts for.
    """
    try:
        walk(source, max_seconds)
        size = source.seek(0, 2)
        source.seek(0)
        with soundfile.SoundFile(source) as sound:
            kind = _FORMATS.get(sound.format)
            if kind is None:
                raise not_audio("The audio is neither WAV, FLAC, Ogg nor MP3.")
            _refuse_absurd(sound, size, max_seconds)
            declared: int = sound.frames
            codec, rate, channels = sound.subtype, sound.samplerate, sound.channels
    except (soundfile.LibsndfileError, struct.error):
        raise not_audio("The body is not audio that can be read.") from None
    drawing = Drawing(declared)
    allowed = DECODING_SECONDS + size / DECODED_A_SECOND
    frames = _decode(source, declared, drawing, allowed)
    if frames > rate * max_seconds:
        raise too_long(max_seconds)
    return Sound(kind, codec, frames * 1000 // rate, rate, channels, drawing.picture())


def _refuse_absurd(sound: soundfile.SoundFile, size: int, max_seconds: int) -> None:
    if sound.frames <= 0:
        raise not_audio("The audio is empty.")
    if not 1 <= sound.channels <= MAX_CHANNELS or not 1 <= sound.samplerate <= MAX_RATE:
        raise unusual(f"A recording has at most {MAX_CHANNELS} channels and {MAX_RATE} Hz.")
    if not has_rate(sound.samplerate):
        # Its muted variant could not be written, and a security code would stay in it.
        raise unusual("Beyond 65,535 Hz a recording's rate is a multiple of ten.")
    if sound.frames > sound.samplerate * max_seconds:
        raise too_long(max_seconds)
    samples = sound.frames * sound.channels
    if samples > max_seconds * SAMPLES_A_SECOND:
        raise unusual("The audio has more samples than a call needs.")
    if samples * 2 > max(FREE_BYTES, size * MOST_EXPANSION):
        raise unusual("The audio is far longer than its size accounts for.")


def _decode(source: BinaryIO, declared: int, drawing: Drawing, allowed: float) -> int:
    """Decode everything in blocks; the number of frames. Raises Invalid."""
    size = source.seek(0, 2)
    source.seek(0)
    frames = rest = 0
    begun = time.thread_time()
    try:
        with soundfile.SoundFile(source) as sound:
            # A second beyond the head: decoders count their own delay in or out.
            most = declared + sound.samplerate
            block = np.empty((_BLOCK // sound.channels, sound.channels), dtype=np.int16)
            while read := sound.buffer_read_into(block, dtype="int16"):
                frames += read
                if frames > most:
                    raise not_audio("The audio holds more than its head says.")
                if time.thread_time() - begun > allowed:
                    raise unusual("The audio takes longer to decode than its size accounts for.")
                drawing.add(block[:read])
            # libsndfile ends where a FLAC file's head says, whatever follows.
            rest = size - source.tell() if sound.format == "FLAC" else 0
    except soundfile.LibsndfileError:
        raise not_audio("The audio is damaged or cut short.") from None
    if frames < declared:
        raise not_audio("The audio is damaged or cut short.")
    if rest > LEFT_OVER:
        raise not_audio("The audio holds more than its head says.")
    return frames

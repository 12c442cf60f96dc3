"""Is it sound, all of it, and of what kind? Reads and decodes; keeps nothing.

libsndfile names the kind and decodes every frame, so that damage inside shows as frames that
are missing. It forgives a WAV or Ogg file that ends early, so their containers, and the frames
of MP3, are walked first.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import soundfile

from core.errors import Invalid

MAX_CHANNELS = 8
MAX_RATE = 192_000
SAMPLES_A_SECOND = 96_000
"""Over the longest recording: 48 kHz stereo. Bounds the work that a small file can ask for."""

_BLOCK = 1 << 18
_FORMATS = {"WAV": "wav", "WAVEX": "wav", "FLAC": "flac", "OGG": "ogg", "MP3": "mp3"}


@dataclass(frozen=True, slots=True)
class Sound:
    """What an audio file holds. ``format`` is wav, flac, ogg or mp3; times in milliseconds."""

    format: str
    codec: str
    duration_ms: int
    sample_rate: int
    channels: int


def not_audio(detail: str) -> Invalid:
    """The refusal of a body that is not whole, readable audio."""
    return Invalid(detail, code="not-audio", title="Not audio")


def inspect(source: BinaryIO, *, max_seconds: int) -> Sound:
    """What the seekable ``source`` is, after every frame of it was decoded.

    Raises Invalid, code ``not-audio``, for what libsndfile does not read as WAV, FLAC, Ogg
    (Opus, Vorbis) or MP3, and for a file cut short or damaged; ``recording-too-long`` past
    ``max_seconds``; ``unusual-audio`` for more channels, a higher rate or more samples than a
    call has.
    """
    source.seek(0)
    try:
        with soundfile.SoundFile(source) as sound:
            kind = _FORMATS.get(sound.format)
            if kind is None:
                raise not_audio("The audio is neither WAV, FLAC, Ogg nor MP3.")
            _refuse_absurd(sound, max_seconds)
            declared: int = sound.frames
            codec, rate, channels = sound.subtype, sound.samplerate, sound.channels
            _WALKS.get(kind, _no_walk)(source)
    except (soundfile.LibsndfileError, struct.error):
        raise not_audio("The body is not audio that can be read.") from None
    frames = _decode(source, declared, rate * max_seconds)
    return Sound(kind, codec, frames * 1000 // rate, rate, channels)


def _refuse_absurd(sound: soundfile.SoundFile, max_seconds: int) -> None:
    if sound.frames <= 0:
        raise not_audio("The audio is empty.")
    if not 1 <= sound.channels <= MAX_CHANNELS or not 1 <= sound.samplerate <= MAX_RATE:
        raise Invalid(
            f"A recording has at most {MAX_CHANNELS} channels and {MAX_RATE} Hz.",
            code="unusual-audio",
        )
    if sound.frames > sound.samplerate * max_seconds:
        raise _too_long(max_seconds)
    if sound.frames * sound.channels > max_seconds * SAMPLES_A_SECOND:
        raise Invalid("The audio has more samples than a call needs.", code="unusual-audio")


def _too_long(max_seconds: int) -> Invalid:
    return Invalid(
        f"A recording may last {max_seconds} seconds at most.", code="recording-too-long"
    )


def _decode(source: BinaryIO, declared: int, most: int) -> int:
    """Decode everything in blocks; the number of frames. Raises Invalid."""
    source.seek(0)
    frames = 0
    try:
        with soundfile.SoundFile(source) as sound:
            block = np.empty((_BLOCK // sound.channels, sound.channels), dtype=np.int16)
            while read := sound.buffer_read_into(block, dtype="int16"):
                frames += read
                if frames > most:
                    raise _too_long(most // sound.samplerate)
    except soundfile.LibsndfileError:
        raise not_audio("The audio is damaged or cut short.") from None
    if frames < declared:
        raise not_audio("The audio is damaged or cut short.")
    return frames


def _no_walk(source: BinaryIO) -> None:
    """libsndfile itself refuses a FLAC file that ends early."""


def _size(source: BinaryIO) -> int:
    size = source.seek(0, 2)
    source.seek(0)
    return size


_UNKNOWN = 0xFFFFFFFF


def _walk_wav(source: BinaryIO) -> None:
    """The data chunk must be there in full. A length of all ones is how a pipe says that it
    does not know."""
    size = _size(source)
    source.seek(12)
    while len(head := source.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        if name == b"data":
            if length != _UNKNOWN and source.tell() + length > size:
                raise not_audio("The WAV file is cut short: its data chunk promises more.")
            return
        source.seek(length + length % 2, 1)
    raise not_audio("The WAV file has no data chunk.")


def _walk_ogg(source: BinaryIO) -> None:
    """Page after page to the file's end, the last one marked as the last (RFC 3533, 6)."""
    size = _size(source)
    position, ended = 0, False
    while position < size:
        head = source.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            raise not_audio("The Ogg file is damaged or cut short.")
        ended = bool(head[5] & 4)
        table = source.read(head[26])
        position += 27 + len(table) + sum(table)
        if len(table) < head[26] or position > size:
            raise not_audio("The Ogg file is cut short.")
        source.seek(position)
    if not ended:
        raise not_audio("The Ogg file is cut short: its last page is missing.")


# kbit/s by index, for MPEG-1 and for MPEG-2 and 2.5, layer III (ISO/IEC 11172-3, 2.4.2.3).
_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _walk_mp3(source: BinaryIO) -> None:
    """Frame after frame to the file's end, between the tags (ID3v2 before, ID3v1 or APE after)."""
    size = _size(source)
    position = 0
    head = source.read(10)
    if head[:3] == b"ID3":
        a, b, c, d = head[6:10]
        position = 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if head[5] & 0x10 else 0)
    while position < size:
        source.seek(position)
        head = source.read(8)
        if head[:3] == b"TAG" or head == b"APETAGEX":
            return
        length = _mp3_frame(head)
        if length == 0 or position + length > size:
            raise not_audio("The MP3 file is damaged or cut short.")
        position += length


def _mp3_frame(head: bytes) -> int:
    """The length in bytes of the layer III frame that begins so; 0 where none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    table, factor = (_MPEG1, 144) if version == 3 else (_MPEG2, 72)
    return factor * 1000 * table[bitrate] // _RATES[version][rate] + (head[2] >> 1 & 1)


_WALKS = {"wav": _walk_wav, "ogg": _walk_ogg, "mp3": _walk_mp3}

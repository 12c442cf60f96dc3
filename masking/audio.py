"""The sound of a call with stretches of it silenced: decoded in blocks, written as FLAC.

Read through libsndfile (WAV, FLAC, Ogg with Opus or Vorbis, MP3), in constant memory, and written
in one go: what is written is never gone back to, so that it can be sealed or sent as it comes.
FLAC's head names the number of samples and their MD5 (RFC 9639, 8.2), which are known only at the
end; so the sound is decoded twice, and the second pass proves the first.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import soundfile

from masking.mutes import Interval

BEEP_HZ = 1000
BEEP_LEVEL = 0.1
"""-20 dBFS: a tenth of the largest sample."""

FOREVER = 1 << 62
"""As an interval's end: to the end of the sound, whatever its head says."""

Block = npt.NDArray[np.int16] | npt.NDArray[np.int32]

_SAMPLES = 1 << 16
# Whole numbers of more than 16 bits, or fractions: FLAC as libsndfile writes it holds 24.
_WIDE = {"PCM_24", "PCM_32", "FLOAT", "DOUBLE"}
# Decoded as fractions, where the loudest may pass full scale and would come out as its opposite:
# the kind of number, and what makes it a whole one, as libsndfile does it itself.
_FRACTIONS = {
    "FLOAT": ("float32", 1 << 23),
    "DOUBLE": ("float64", 1 << 23),
    "VORBIS": ("float32", 0x7FFF),
    "OPUS": ("float32", 0x7FFF),
    "MPEG_LAYER_I": ("float32", 1 << 15),
    "MPEG_LAYER_II": ("float32", 1 << 15),
    "MPEG_LAYER_III": ("float32", 1 << 15),
}
_HEAD = 42
_TOTAL, _MD5 = 21, 26


def has_rate(rate: int) -> bool:
    """Whether FLAC holds sound of so many Hz: its frames name up to 65,535, and tens beyond
    (RFC 9639, 9.1.2)."""
    return 0 < rate < 1 << 16 or (rate % 10 == 0 and rate // 10 < 1 << 16)


class SoundRefused(Exception):
    """The sound cannot be read or written as FLAC; the text holds nothing of it."""


class NotMuted(Exception):
    """What was written is not the source with those stretches silenced."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: frames, their rate in Hz, channels, and how many stretches of it are
    silenced."""

    frames: int
    rate: int
    channels: int
    intervals: int


def write_muted(
    source: BinaryIO, target: Any, intervals: Sequence[Interval], *, beep: bool = False
) -> Written:
    """Write the seekable ``source`` as FLAC to ``target`` (anything with ``write``), with the
    ``intervals`` (milliseconds, in order and apart) silenced or beeped in all channels.

    Whatever lies outside is what the source decodes to, sample for sample; of fractions and of
    32-bit numbers the first 24 bits, of lossy kinds 16. Raises SoundRefused, and what ``source``
    or ``target`` raise.
    """
    for piece in muted_chunks(source, intervals, beep=beep):
        target.write(piece)
    with _decoded(source) as sound:
        return Written(sound.frames, sound.rate, sound.channels, len(intervals))


def muted_chunks(
    source: BinaryIO, intervals: Sequence[Interval], *, beep: bool = False
) -> Iterator[bytes]:
    """The same FLAC file piece by piece, in order, as it is made."""
    sink = _Sink(*_measured(source, intervals, beep))
    with _decoded(source) as sound:
        try:
            out = soundfile.SoundFile(
                sink, "w", sound.rate, sound.channels, sound.subtype, format="FLAC"
            )
            with out:
                for block in _muted(sound, intervals, beep):
                    out.write(block)
                    yield from sink.taken()
        except soundfile.LibsndfileError:
            raise SoundRefused("FLAC does not hold such sound.") from None
    sink.finish()
    yield from sink.taken()


def verify_muted(
    source: BinaryIO,
    muted: BinaryIO,
    intervals: Sequence[Interval],
    *,
    beep: bool = False,
    each: Callable[[Block], None] | None = None,
) -> int:
    """Decode both and compare every sample: silent (or beeped) inside the intervals, the source's
    outside. ``each`` is given the muted blocks. Returns the number of frames; raises NotMuted,
    SoundRefused."""
    frames = 0
    with _decoded(source) as sound, _decoded(muted) as other:
        if (other.rate, other.channels, other.subtype) != (
            sound.rate,
            sound.channels,
            sound.subtype,
        ):
            raise NotMuted("What was written is another kind of sound.")
        theirs = other.blocks()
        for block in _muted(sound, intervals, beep):
            if not np.array_equal(next(theirs, block[:0]), block):
                raise NotMuted("What was written differs from what was to be written.")
            frames += len(block)
            if each is not None:
                each(block)
        if next(theirs, None) is not None:
            raise NotMuted("What was written goes on after the source's end.")
    return frames


def _measured(source: BinaryIO, intervals: Sequence[Interval], beep: bool) -> tuple[int, bytes]:
    """The number of frames, and FLAC's MD5 of the muted samples."""
    frames, digest = 0, hashlib.md5(usedforsecurity=False)
    with _decoded(source) as sound:
        for block in _muted(sound, intervals, beep):
            frames += len(block)
            digest.update(_raw(block))
    return frames, digest.digest()


def _raw(block: Block) -> bytes:
    """Samples as FLAC hashes them: whole bytes, the lowest first."""
    if block.dtype == np.int16:
        return block.astype("<i2").tobytes()
    wide = np.ascontiguousarray(block.astype("<i4")).view(np.uint8).reshape(*block.shape, 4)
    return wide[..., 1:].tobytes()


def _muted(sound: _Decoded, intervals: Sequence[Interval], beep: bool) -> Iterator[Block]:
    stretches = list(_in_frames(sound, intervals))
    start, first = 0, 0
    for block in sound.blocks():
        end = start + len(block)
        while first < len(stretches) and stretches[first][1] <= start:
            first += 1
        for begins, ends in stretches[first:]:
            if begins >= end:
                break
            here = slice(max(begins, start) - start, min(ends, end) - start)
            block[here] = _tone(sound.rate, start, here, block) if beep else 0
        yield block
        start = end


def _in_frames(sound: _Decoded, intervals: Sequence[Interval]) -> Iterator[Interval]:
    """Intervals in frames, outwards. One that ends within a millisecond of what the head calls
    the end goes to where the sound really ends."""
    rate = sound.rate
    for start, end in intervals:
        stop = -(-end * rate // 1000)
        yield start * rate // 1000, FOREVER if sound.frames - stop <= rate // 1000 else stop


def _tone(rate: int, start: int, here: slice, block: Block) -> Block:
    places = np.arange(start + here.start, start + here.stop, dtype=np.float64)
    most = np.iinfo(block.dtype).max
    hertz = min(BEEP_HZ, rate / 4)
    wave = np.rint(BEEP_LEVEL * most * np.sin(2 * math.pi * hertz * places / rate))
    tone: Any = wave.astype(block.dtype)
    if block.dtype == np.int32:
        # 24 bits, in the upper three bytes.
        tone &= ~0xFF
    column: Block = tone[:, None]
    return column


class _Decoded:
    """A source's samples: 16-bit whole numbers, or 24-bit ones in the upper bytes of 32."""

    def __init__(self, sound: soundfile.SoundFile, source: _Source) -> None:
        self._sound, self._source = sound, source
        self.rate: int = sound.samplerate
        self.channels: int = sound.channels
        self.frames: int = sound.frames
        wide = sound.subtype in _WIDE
        self.subtype = "PCM_24" if wide else "PCM_16"
        self._whole_dtype: Any = np.int32 if wide else np.int16
        whole = "int32" if wide else "int16"
        self._dtype, self._scale = _FRACTIONS.get(sound.subtype, (whole, 0))

    def blocks(self) -> Iterator[Any]:
        """All frames, shape (frames, channels), in blocks of one size and what is left over;
        every block is its receiver's to change."""
        shape = (max(1, _SAMPLES // self.channels), self.channels)
        read = -1
        while read:
            block: Any = np.empty(shape, dtype=self._dtype)
            frames = 0
            # A decoder that passes over a damaged page gives less than was asked for.
            while frames < len(block) and read:
                read = self._sound.buffer_read_into(block[frames:], dtype=self._dtype)
                self._source.check()
                frames += read
            if frames:
                yield self._whole(block[:frames])

    def _whole(self, block: Any) -> Any:
        wide = self._whole_dtype == np.int32
        if self._scale:
            most = 0x7FFFFF if wide else 0x7FFF
            scaled = np.rint(block * block.dtype.type(self._scale))
            block = np.clip(scaled, -most - 1, most).astype(self._whole_dtype)
            return block << 8 if wide else block
        if wide:
            block &= ~0xFF
        return block


@contextmanager
def _decoded(file: BinaryIO) -> Iterator[_Decoded]:
    source = _Source(file)
    try:
        with soundfile.SoundFile(source) as sound:
            yield _Decoded(sound, source)
    except soundfile.LibsndfileError:
        source.check()
        raise SoundRefused("The sound cannot be read.") from None


class _Source:
    """A seekable file as libsndfile reads it. What the file raises is kept and raised where
    Python is in charge again: the library in C would take it for the file's end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: Exception | None = None
        file.seek(0)

    def readinto(self, buffer: Any) -> int:
        try:
            view = memoryview(buffer)
            done = 0
            while done < len(view) and (piece := self._file.read(len(view) - done)):
                view[done : done + len(piece)] = piece
                done += len(piece)
            return done
        except Exception as error:  # noqa: BLE001 - raised again by ``check``
            self._error = self._error or error
            return 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._file.seek(offset, whence)
        except Exception as error:  # noqa: BLE001 - raised again by ``check``
            self._error = self._error or error
            return 0

    def tell(self) -> int:
        return self._file.tell()

    def check(self) -> None:
        """Raise what the file raised."""
        if self._error is not None:
            raise self._error


class _Sink:
    """What libFLAC writes, handed on in order. It goes back to its head at the end: by then the
    head is out, with what it was told beforehand, which must be the same."""

    def __init__(self, frames: int, md5: bytes) -> None:
        self._frames, self._md5 = frames, md5
        self._at = self._size = 0
        self._head = bytearray()
        self._waiting: list[bytes] = []
        self._headed = False

    def write(self, data: bytes) -> int:
        start, self._at = self._at, self._at + len(data)
        if start < self._size:
            self._head[start : self._at] = data[: max(0, _HEAD - start)]
            return len(data)
        self._size = self._at
        missing = max(0, _HEAD - len(self._head))
        self._head += data[:missing]
        if rest := data[missing:]:
            self._waiting.append(bytes(rest))
        return len(data)

    def read(self, size: int = -1) -> bytes:
        """Nothing: a file that libsndfile writes is asked for a name's worth of methods."""
        return b""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def _announced(self) -> bytes:
        head = bytearray(self._head)
        head[_TOTAL] = head[_TOTAL] & 0xF0 | self._frames >> 32 & 0x0F
        head[_TOTAL + 1 : _MD5] = (self._frames & 0xFFFFFFFF).to_bytes(4, "big")
        head[_MD5:_HEAD] = self._md5
        return bytes(head)

    def taken(self) -> Iterator[bytes]:
        """What has come since."""
        if not self._headed and len(self._head) == _HEAD and self._waiting:
            self._headed = True
            yield self._announced()
        waiting, self._waiting = self._waiting, []
        yield from waiting

    def finish(self) -> None:
        """Raises NotMuted where the head says something else than was written."""
        if self._announced()[_TOTAL:] != bytes(self._head[_TOTAL:_HEAD]):
            raise NotMuted("The sound changed while it was read.")

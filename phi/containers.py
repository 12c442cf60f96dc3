"""The containers of audio, walked before anything is decoded: is the file whole, and does it ask
for no more than a call needs? Plain parsing of lengths; no sample is looked at.

The decoder believes what a file says of itself. What is refused here never reaches it: lengths
past the end, heads of megabytes, frames beyond the longest recording, several streams in one.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from core.errors import Invalid

MOST_EXTRAS = 4 * 1024 * 1024
"""Bytes of tags, pictures and other things beside the sound that one file may hold at one place:
a decoder may take them into memory whole."""
MOST_CHUNKS = 1000
PAGES_A_SECOND = 100
"""Ogg pages; an encoder that writes each packet of 20 ms by itself makes fifty."""


def not_audio(detail: str) -> Invalid:
    """The refusal of a body that is not whole, readable audio."""
    return Invalid(detail, code="not-audio", title="Not audio")


def unusual(detail: str) -> Invalid:
    """The refusal of audio that is no call's."""
    return Invalid(detail, code="unusual-audio")


def too_long(max_seconds: int) -> Invalid:
    """The refusal of what lasts longer than a recording may."""
    return Invalid(
        f"A recording may last {max_seconds} seconds at most.", code="recording-too-long"
    )


_EXTRAS = f"The file holds more than {MOST_EXTRAS} bytes beside its sound."


def walk(source: BinaryIO, max_seconds: int) -> None:
    """Refuse what is no whole WAV, FLAC, Ogg or MP3 file, by its containers' own lengths.

    Raises Invalid, codes ``not-audio``, ``unusual-audio`` and ``recording-too-long``, and
    struct.error for a head cut short.
    """
    source.seek(0)
    head = source.read(12)
    size = source.seek(0, 2)
    source.seek(0)
    if head[:4] in {b"RIFF", b"RIFX", b"RF64"} and head[8:12] == b"WAVE":
        if head[:4] != b"RIFF":
            raise not_audio("A WAV file must be a RIFF file, little-endian and below 4 GiB.")
        _walk_wav(source, size)
    elif head[:4] == b"fLaC":
        _walk_flac(source, size)
    elif head[:4] == b"OggS":
        _walk_ogg(source, size, max_seconds)
    elif head[:3] == b"ID3" or _mp3_frame(head) != (0, 0, 1):
        _walk_mp3(source, size, max_seconds)
    else:
        raise not_audio("The audio is neither WAV, FLAC, Ogg nor MP3.")
    source.seek(0)


_UNKNOWN = 0xFFFFFFFF


def _walk_wav(source: BinaryIO, size: int) -> None:
    """The data chunk must be there in full. A length of all ones is how a pipe says that it
    does not know."""
    source.seek(12)
    for _ in range(MOST_CHUNKS):
        head = source.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack("<4sI", head)
        if name == b"data":
            if length != _UNKNOWN and source.tell() + length > size:
                raise not_audio("The WAV file is cut short: its data chunk promises more.")
            # What follows the sound is read by the decoder too.
            if length != _UNKNOWN and size - source.tell() - length > MOST_EXTRAS:
                raise unusual(_EXTRAS)
            return
        if source.seek(length + length % 2, 1) > MOST_EXTRAS:
            raise unusual(_EXTRAS)
    raise not_audio("The WAV file has no data chunk.")


def _walk_flac(source: BinaryIO, size: int) -> None:
    """The metadata blocks (RFC 9639, 8.1). libsndfile itself refuses a FLAC file that ends
    early."""
    position = 4
    while position < min(size, MOST_EXTRAS):
        source.seek(position)
        head = source.read(4)
        if len(head) < 4:
            break
        position += 4 + int.from_bytes(head[1:], "big")
        if position > MOST_EXTRAS:
            raise unusual(_EXTRAS)
        if head[0] & 0x80:
            if position > size:
                break
            return
    raise not_audio("The FLAC file is cut short.")


def _walk_ogg(source: BinaryIO, size: int, max_seconds: int) -> None:
    """Page after page to the file's end, all of one stream, the last one marked as the last
    (RFC 3533, 6)."""
    position = packet = 0
    serial, ended = b"", False
    most = max_seconds * PAGES_A_SECOND + MOST_CHUNKS
    for number in range(most):
        if position >= size:
            break
        head = source.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            raise not_audio("The Ogg file is damaged or cut short.")
        if number == 0:
            serial = head[14:18]
        elif head[14:18] != serial or head[5] & 2 or ended:
            raise unusual("The Ogg file holds more than one stream.")
        ended = bool(head[5] & 4)
        table = source.read(head[26])
        position += 27 + len(table) + sum(table)
        if len(table) < head[26] or position > size:
            raise not_audio("The Ogg file is cut short.")
        packet = _open_packet(packet, table)
        source.seek(position)
    else:
        raise unusual("The Ogg file has more pages than a call needs.")
    if not ended:
        raise not_audio("The Ogg file is cut short: its last page is missing.")


def _open_packet(packet: int, table: bytes) -> int:
    """The bytes of the packet that goes on after this page, none of them over the bound."""
    if table.count(255) == len(table):
        packet += sum(table)
    else:
        packet = 255 * (len(table) - len(table.rstrip(b"\xff")))
    if packet > MOST_EXTRAS:
        raise unusual(_EXTRAS)
    return packet


# kbit/s by index, for MPEG-1 and for MPEG-2 and 2.5, layer III (ISO/IEC 11172-3, 2.4.2.3).
_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _walk_mp3(source: BinaryIO, size: int, max_seconds: int) -> None:
    """Frame after frame to the file's end, between the tags (ID3v2 before, ID3v1 or APE after),
    and no longer than a recording may last."""
    position = 0
    head = source.read(10)
    if head[:3] == b"ID3":
        if len(head) < 10:
            raise not_audio("The MP3 file is cut short.")
        a, b, c, d = head[6:10]
        position = 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if head[5] & 0x10 else 0)
        if position > MOST_EXTRAS:
            raise unusual(_EXTRAS)
    seconds = 0.0
    while position < size:
        source.seek(position)
        head = source.read(8)
        if head[:3] == b"TAG" or head == b"APETAGEX":
            if size - position > MOST_EXTRAS:
                raise unusual(_EXTRAS)
            return
        length, samples, rate = _mp3_frame(head)
        if length == 0 or position + length > size:
            raise not_audio("The MP3 file is damaged or cut short.")
        position += length
        seconds += samples / rate
        if seconds > max_seconds + 1:
            raise too_long(max_seconds)


def _mp3_frame(head: bytes) -> tuple[int, int, int]:
    """Bytes, samples and rate of the layer III frame that begins so; (0, 0, 1) where none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0, 0, 1
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0, 0, 1
    table, factor, samples = (_MPEG1, 144, 1152) if version == 3 else (_MPEG2, 72, 576)
    hertz = _RATES[version][rate]
    return factor * 1000 * table[bitrate] // hertz + (head[2] >> 1 & 1), samples, hertz

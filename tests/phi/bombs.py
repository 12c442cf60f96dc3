"""Files that ask for more than they are: small, and hours, gigabytes or streams inside."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import numpy as np
import soundfile

from tests.phi.audio import sound, wav_head


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _number(value: int) -> bytes:
    """A FLAC frame number, as UTF-8 would write it (RFC 9639, 9.1.5)."""
    return chr(value).encode("utf-8", "surrogatepass")


def flac_silence(frames: int, declared: int, *, rate: int = 48000, channels: int = 1) -> bytes:
    """FLAC of ``frames`` frames of 65,535 silent samples each, 15 bytes a frame; its head
    declares ``declared`` samples."""
    info = struct.pack(">HH", 65535, 65535) + bytes(6)
    info += (rate << 44 | (channels - 1) << 41 | 15 << 36 | declared).to_bytes(8, "big")
    out = bytearray(b"fLaC" + bytes([0x80]) + len(info + bytes(16)).to_bytes(3, "big"))
    out += info + bytes(16)
    for number in range(frames):
        head = bytes([0xFF, 0xF8, 0x70, (channels - 1) << 4 | 0x08]) + _number(number) + b"\xff\xfe"
        head += bytes([_crc8(head)])
        body = head + b"\0\0\0" * channels
        out += body + _crc16(body).to_bytes(2, "big")
    return bytes(out)


def encoded_silence(kind: str, subtype: str, seconds: int, rate: int, channels: int = 1) -> bytes:
    """As an encoder makes it."""
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", rate, channels, format=kind, subtype=subtype) as file:
        second = np.zeros((rate // 10, channels), np.int16)
        for _ in range(seconds * 10):
            file.write(second)
    return out.getvalue()


def _ogg_crc_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
        table.append(crc)
    return table


_OGG = _ogg_crc_table()
SILENT = b"\x18\xff\xfe"


def page(*packets: bytes, number: int, flags: int = 0, granule: int = 0, serial: int = 7) -> bytes:
    """An Ogg page of whole packets (RFC 3533, 6) with a right checksum."""
    table = b"".join(bytes([255] * (len(each) // 255) + [len(each) % 255]) for each in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, serial, number, 0, len(table))
    whole = head + table + b"".join(packets)
    return whole[:22] + struct.pack("<I", _ogg_crc(whole)) + whole[26:]


def _ogg_crc(whole: bytes) -> int:
    crc = 0
    for byte in whole:
        crc = (crc << 8 ^ _OGG[crc >> 24 ^ byte]) & 0xFFFFFFFF
    return crc


def opus(packets: int, granule: int, *, a_page: int = 1) -> bytes:
    """Opus of ``packets`` packets of three bytes and 60 ms, so many a page, whose last page
    claims ``granule``."""
    head = struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 48000, 0, 0)
    tags = struct.pack("<8sI4sI", b"OpusTags", 4, b"test", 0)
    out = [page(head, number=0, flags=2), page(tags, number=1)]
    for done in range(a_page, packets + 1, a_page):
        last = done + a_page > packets
        claimed = granule if last else done * 2880
        flags = 4 if last else 0
        out.append(page(*[SILENT] * a_page, number=len(out), flags=flags, granule=claimed))
    return b"".join(out)


def _reserial(stream: bytes, serial: int) -> bytes:
    """The same Ogg stream with another serial number."""
    out, at = [], 0
    while at < len(stream):
        table = stream[at + 27 : at + 27 + stream[at + 26]]
        size = 27 + len(table) + sum(table)
        whole = bytearray(stream[at : at + size])
        whole[14:18] = struct.pack("<I", serial)
        whole[22:26] = bytes(4)
        whole[22:26] = struct.pack("<I", _ogg_crc(bytes(whole)))
        out.append(bytes(whole))
        at += size
    return b"".join(out)


def _chained(subtype: str, times: int) -> bytes:
    one = sound("OGG", 0.2, subtype=subtype)
    return b"".join(_reserial(one, serial) for serial in range(1, times + 1))


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _patched(body: bytes, place: int, value: bytes) -> bytes:
    return body[:place] + value + body[place + len(value) :]


_FMT = 20  # where a WAV file's format chunk begins

BOMBS: dict[str, Callable[[], bytes]] = {
    # Hours of silence in few bytes.
    "flac of 8 h in 0.3 MB": lambda: flac_silence(21_000, 21_000 * 65535),
    "flac of 8 h in stereo": lambda: flac_silence(21_000, 21_000 * 65535, channels=2),
    "flac of 100 h": lambda: flac_silence(21_000, 21_000 * 65535, rate=4000),
    "flac whose head says a second": lambda: flac_silence(21_000, 48_000),
    "flac whose head says nothing": lambda: flac_silence(21_000, 0),
    "flac of 8 channels": lambda: flac_silence(5_000, 5_000 * 65535, channels=8),
    "vorbis of an hour": lambda: encoded_silence("OGG", "VORBIS", 4000, 48000),
    "opus of 4 h": lambda: opus(240_000, 240_000 * 2880, a_page=200),
    "opus of 4 h in as many pages": lambda: opus(240_000, 240_000 * 2880),
    "mp3 of 9 h": lambda: (b"\xff\xf3\x14\xc4" + bytes(44)) * 1_400_000,
    # Heads that promise.
    "flac of 2^36 samples": lambda: flac_silence(1, 2**36 - 1),
    "ogg of 2^62 samples": lambda: opus(3, 2**62),
    "ogg of 10 h in three packets": lambda: opus(3, 36_000 * 48_000),
    "wav of 0xFFFFFFFF and a sample a second": lambda: (
        _patched(wav_head(0, rate=1), 40, b"\xff" * 4) + bytes(1_000_000)
    ),
    "wav of 0xFFFFFFF0": lambda: _patched(wav_head(0), 40, b"\xf0\xff\xff\xff") + bytes(100_000),
    "wav of 65,535 channels": lambda: _patched(sound(), _FMT + 2, b"\xff\xff"),
    "wav of 4 GHz": lambda: _patched(sound(), _FMT + 4, b"\xff\xff\xff\xff"),
    "wav of 0 Hz": lambda: _patched(sound(), _FMT + 4, bytes(4)),
    "wav of 0 bits": lambda: _patched(sound(), _FMT + 14, bytes(2)),
    "wav whose format chunk is 2 GB": lambda: _patched(sound(), 16, b"\xff\xff\xff\x7f"),
    "rf64": lambda: b"RF64" + b"\xff" * 4 + sound()[8:],
    "flac of 1 Hz": lambda: flac_silence(5, 5 * 65535, rate=1),
    # Everything but sound.
    "id3 of 256 MB": lambda: b"ID3\4\0\0" + _synchsafe(2**28 - 1) + sound("MP3"),
    "id3 of 20 MB that is there": lambda: (
        b"ID3\4\0\0" + _synchsafe(20_000_000) + bytes(20_000_000) + sound("MP3")
    ),
    "id3 after id3": lambda: (b"ID3\4\0\0" + _synchsafe(100) + bytes(100)) * 50_000 + sound("MP3"),
    "wav of a million chunks": lambda: sound()[:36] + b"junk\0\0\0\0" * 1_000_000 + sound()[36:],
    "wav with 20 MB of lists": lambda: (
        sound()[:36] + struct.pack("<4sI", b"LIST", 20_000_000) + bytes(20_000_000) + sound()[36:]
    ),
    "flac with 30 MB of pictures": lambda: (
        b"fLaC"
        + (b"\x06" + (15_000_000).to_bytes(3, "big") + bytes(15_000_000)) * 2
        + sound("FLAC")[4:]
    ),
    "ogg with a packet of 20 MB": lambda: (
        page(struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, 0, 48000, 0, 0), number=0, flags=2)
        + b"".join(
            struct.pack("<4sBBqIIIB", b"OggS", 0, 1, -1, 7, number, 0, 255)
            + b"\xff" * 255
            + bytes(65025)
            for number in range(1, 310)
        )
    ),
    "ogg of a million pages": lambda: (
        page(b"x", number=0, flags=2) + b"".join([page(b"", number=1)] * 3_000_000)
    ),
    # Streams in streams.
    "opus chained": lambda: _chained("OPUS", 400),
    "vorbis chained": lambda: _chained("VORBIS", 400),
    # What the decoder would read and we do not take.
    "aiff": lambda: _other("AIFF"),
    "caf": lambda: _other("CAF"),
    "w64": lambda: _other("W64"),
}


def _other(kind: str) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, np.zeros((1000, 1), np.int16), 16000, format=kind, subtype="PCM_16")
    return out.getvalue()

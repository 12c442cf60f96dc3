"""A fixed serial number for an OGG stream (RFC 3533): the same audio is the same bytes."""

from __future__ import annotations

import struct

SERIAL = 1
_POLYNOMIAL = 0x04C11DB7
_SERIAL_AT, _CHECKSUM_AT, _SEGMENTS_AT = 14, 22, 26


def _entry(value: int) -> int:
    value <<= 24
    for _ in range(8):
        value = ((value << 1) ^ _POLYNOMIAL if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


_TABLE = [_entry(value) for value in range(256)]


def settle_serial(stream: bytes) -> bytes:
    """The stream of one logical bitstream with SERIAL in every page. Raises ValueError."""
    result = bytearray(stream)
    position = 0
    while position < len(result):
        if result[position : position + 4] != b"OggS":
            raise ValueError(f"no OGG page at byte {position}")
        segments = result[position + _SEGMENTS_AT]
        header = _SEGMENTS_AT + 1 + segments
        sizes = result[position + _SEGMENTS_AT + 1 : position + header]
        end = position + header + sum(sizes)
        struct.pack_into("<I", result, position + _SERIAL_AT, SERIAL)
        struct.pack_into("<I", result, position + _CHECKSUM_AT, 0)
        checksum = _checksum(result[position:end])
        struct.pack_into("<I", result, position + _CHECKSUM_AT, checksum)
        position = end
    return bytes(result)


def _checksum(page: bytes | bytearray) -> int:
    """RFC 3533's CRC-32: no reflection, nothing inverted."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value

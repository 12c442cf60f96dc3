"""Sealed bytes open as what they were, for whom they were, or not at all."""

import io
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CiphertextRefused
from core.ids import uuid7
from vault import sealing
from vault.sealing import SEGMENT, TAG, SegmentReader

KEY = bytes(range(32))
KEY_ID = uuid7()
BOUND = b"model.field|row"


def sealed(data: bytes, pieces: int = 1000) -> bytes:
    chunks = (data[i : i + pieces] for i in range(0, len(data), pieces))
    return b"".join(sealing.seal_stream(KEY, KEY_ID, BOUND, chunks))


def opened(stream: bytes, bound: bytes = BOUND, key: bytes = KEY) -> bytes:
    return io.BufferedReader(SegmentReader(key, bound, io.BytesIO(stream))).read()


@given(st.binary(max_size=300))
def test_message_round_trip(data):
    assert sealing.open_(KEY, BOUND, sealing.seal(KEY, KEY_ID, BOUND, data)) == data


@given(st.data())
def test_any_flipped_bit_of_a_message_is_refused(data):
    whole = bytearray(sealing.seal(KEY, KEY_ID, BOUND, b"four one one one"))
    place = data.draw(st.integers(0, len(whole) * 8 - 1))
    # The key's id is not under the tag itself; another id means another key and binding.
    if 1 <= place // 8 < 17:
        return
    whole[place // 8] ^= 1 << (place % 8)
    with pytest.raises(CiphertextRefused):
        sealing.open_(KEY, BOUND, bytes(whole))


def test_another_binding_or_key_is_refused():
    whole = sealing.seal(KEY, KEY_ID, BOUND, b"x")
    with pytest.raises(CiphertextRefused):
        sealing.open_(KEY, b"other", whole)
    with pytest.raises(CiphertextRefused):
        sealing.open_(os.urandom(32), BOUND, whole)


@pytest.mark.parametrize("size", [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 200_001])
@pytest.mark.parametrize("pieces", [997, SEGMENT, 1_000_000])
def test_stream_round_trip(size, pieces):
    data = os.urandom(size)
    assert opened(sealed(data, pieces)) == data


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_any_range_reads_as_the_plaintext(start, length):
    data = bytes(i % 251 for i in range(3 * SEGMENT + 5))
    reader = SegmentReader(KEY, BOUND, io.BytesIO(sealed(data, SEGMENT)))
    reader.seek(start)
    assert io.BufferedReader(reader).read(length) == data[start : start + length]


def test_every_truncation_and_addition_is_refused():
    data = os.urandom(2 * SEGMENT + 10)
    stream = sealed(data)
    head = 4 + 16 + 16 + 7
    cuts = [0, 10, head, head + TAG, head + SEGMENT + TAG, head + 2 * (SEGMENT + TAG)]
    for cut in [*cuts, len(stream) - 1]:
        with pytest.raises(CiphertextRefused):
            opened(stream[:cut])
    for extra in (b"x", b"x" * TAG, stream[head:]):
        with pytest.raises(CiphertextRefused):
            opened(stream + extra)


def test_swapped_segments_are_refused():
    stream = sealed(os.urandom(2 * SEGMENT + 10))
    head = 4 + 16 + 16 + 7
    step = SEGMENT + TAG
    first, second = stream[head : head + step], stream[head + step : head + 2 * step]
    with pytest.raises(CiphertextRefused):
        opened(stream[:head] + second + first + stream[head + 2 * step :])


def test_an_interrupted_stream_is_refused():
    def chunks():
        yield os.urandom(2 * SEGMENT)
        raise ConnectionResetError

    written = b""
    with pytest.raises(ConnectionResetError):
        for piece in sealing.seal_stream(KEY, KEY_ID, BOUND, chunks()):
            written += piece
    with pytest.raises(CiphertextRefused):
        opened(written)

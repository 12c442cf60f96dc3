"""The search for canaries is not blind."""

from __future__ import annotations

import base64
import zlib

import pytest

from tests.canaries.search import PHONES, Search, word

VALUES = [*(word() for _ in range(900)), *PHONES]
WRITTEN = {
    "plain": str.encode,
    "hex": lambda value: value.encode().hex().encode(),
    "base64": lambda value: base64.b64encode(value.encode()),
    "base64, later": lambda value: base64.b64encode(b"a" + value.encode()),
    "base64, latest": lambda value: base64.urlsafe_b64encode(b"~?" + value.encode() + b"\xff"),
    "utf-16": lambda value: value.encode("utf-16"),
    "in JSON": lambda value: b'{"name":"' + value.encode() + b'"}',
}


@pytest.mark.parametrize("how", WRITTEN)
def test_what_is_there_is_found(how):
    search = Search(VALUES)
    noise = zlib.compress(b"nothing" * 99)
    for value in VALUES:
        search.bytes(noise + WRITTEN[how](value) + noise, "here")
    assert search.found == {"here": set(VALUES)}


def test_a_file_and_its_name_are_read(tmp_path):
    search = Search(VALUES)
    (tmp_path / VALUES[0]).write_bytes(b"..." + VALUES[1].encode())
    assert search.folder(tmp_path, "files") == 1
    assert set().union(*search.found.values()) == {VALUES[0], VALUES[1]}


def test_nothing_else_is_found():
    search = Search(VALUES)
    search.bytes(b"Qzj 2025551234 " + word().encode() + bytes(range(256)) * 99, "here")
    assert search.found == {}

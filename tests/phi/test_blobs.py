"""Blobs reach the disk, folders included."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from phi import blobs


def test_a_new_blobs_folders_are_settled_up_to_the_store(
    blob_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shelf that is new is an entry in the folder above it, and that one in the next."""
    settled: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        settled.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    name = blobs.new_name()
    blobs.save(name, [b"sealed"])
    path = blob_root / name
    wanted = [path, path.parent, path.parent.parent, blob_root]
    assert settled[-4:] == [str(each.resolve()) for each in wanted]

"""The real server keeps its memory, however long the recording."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from django.db import connection

from bench import recording_http as bench
from voicecompliance.embedded import processes

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
]


def test_a_large_recording_needs_no_more_than_a_small_one(tmp_path: Path) -> None:
    port = bench.free_port()
    token = bench.make_key()
    server = bench.start(
        port,
        BENCH_DATABASE=connection.settings_dict["NAME"],
        BLOB_ROOT=str(tmp_path / "store"),
        # Nothing may go through a file on the way.
        TMPDIR=str(tmp_path / "no-such-folder"),
    )
    try:
        assert processes.wait(lambda: _up(port), 60)
        found = bench.measure(port, token, server.pid, 20 * bench.MB, 200 * bench.MB)
    finally:
        server.terminate()
        server.wait(30)
    assert found["peak_mb_before"] > 20
    assert found["raised_by_upload_mb"] < 15, found
    assert found["raised_by_download_mb"] < 15, found


def _up(port: int) -> bool:
    try:
        bench.await_server(port)
    except SystemExit:
        return False
    return True

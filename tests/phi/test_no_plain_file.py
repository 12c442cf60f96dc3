"""No byte of a recording is ever in a file unsealed: not on the way in, nor out, nor refused."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.files import uploadhandler
from django.db import connection

from phi.blobs import open_blob
from phi.models import MutedVariant
from tests.docs.pages import ROOT
from tests.phi.audio import sound
from vault import services as vault

pytestmark = pytest.mark.django_db(transaction=True)

# Sends a recording, one that is refused and one that breaks off, and plays the first, has it muted
# and plays that too, under the eyes of whoever runs it.
_ACT = """
import io, os, sys
import django
django.setup()
from rest_framework.test import APIClient
from tests.phi.audio import sound

token, call, other = sys.argv[1:]
client = APIClient()
client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

def put(call, body, **more):
    return client.generic(
        "PUT", f"/api/v1/calls/{call}/recording", body, "audio/wav", **more
    ).status_code

body = sound(seconds=40, seed=11)
codes = [put(call, body)]
codes.append(put(other, body[:-5000]))
cut = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body[:9000])}
codes.append(put(other, b"", **cut))
from phi.models import VoiceRecording
recording = VoiceRecording.objects.get()
answer = client.get(f"/api/v1/recordings/{recording.pk}/audio", {"purpose_of_use": "quality"})
codes.append(answer.status_code)
assert b"".join(answer.streaming_content) == body
from phi.tasks import mute_recording
words = [{"speaker": "c", "text": "ada@example.com", "start_ms": 9000, "end_ms": 9900}]
said = {"language": "en", "turns": words}
codes.append(client.post(f"/api/v1/calls/{call}/transcript", said, format="json").status_code)
mute_recording(str(recording.pk))
asked = {"purpose_of_use": "quality", "variant": "muted"}
answer = client.get(f"/api/v1/recordings/{recording.pk}/audio", asked)
codes.append(answer.status_code)
assert b"".join(answer.streaming_content)[:4] == b"fLaC"
print(codes)
"""


def prints(body: bytes) -> list[bytes]:
    """Stretches of the sound that occur nowhere by chance."""
    return [body[place : place + 24] for place in range(1000, len(body) - 24, len(body) // 40)]


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_nothing_is_written_in_plain(
    make_caller: Any, subject: Any, give_consent: Any, blob_root: Path, tmp_path: Path
) -> None:
    """Every write of the process and its threads, seen by the kernel, with its bytes."""
    shop = make_caller("No cards", takes_cards=False)
    calls = []
    for _ in range(2):
        answer = shop.client.post(
            "/api/v1/calls",
            {
                "subject": str(subject.id),
                "direction": "inbound",
                "regions": ["US-TX"],
                "purposes": ["record", "transcribe"],
                "language": "en",
                "is_ai": True,
            },
            format="json",
        )
        calls.append(answer.json()["id"])
    for purpose in ("record", "transcribe"):
        give_consent(subject.id, purpose)
    trace, temporary = tmp_path / "trace", tmp_path / "temporary"
    temporary.mkdir(mode=0o500)
    seen = "trace=open,openat,creat,write,pwrite64,writev,pwritev,pwritev2,sendfile,splice"
    watched = ["strace", "-f", "-y", "-xx", "-s", "70000", "-e", seen, "-o", str(trace)]
    done = subprocess.run(
        [*watched, sys.executable, "-c", _ACT, shop.token, *calls],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.http_settings",
            "BENCH_DATABASE": connection.settings_dict["NAME"],
            "DATABASE_ROLE": "web",
            "BLOB_ROOT": str(blob_root),
            "TMPDIR": str(temporary),
            "ALLOWED_HOSTS": "testserver",
        },
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout == "[201, 422, 400, 200, 201, 200]\n", done.stderr[-2000:]
    variant = MutedVariant.objects.select_related("recording__call").get()
    owner = variant.recording.call.subject_id
    assert owner is not None
    with vault.open_stream(owner, variant.aad, open_blob(str(variant.blob))) as reader:
        muted = reader.read()
    original = sound(seconds=40, seed=11)
    marks = [mark.hex() for body in (original, muted) for mark in prints(body)]
    written = 0
    with trace.open() as lines:
        for line in lines:
            match = re.match(r"\d+ +(\w+)\((.*)", line)
            if match is None or not re.match(r"p?write", match[1]):
                assert "O_TMPFILE" not in line
                assert not (str(temporary) in line and "O_CREAT" in line)
                continue
            data = line.replace("\\x", "")
            written += len(data)
            assert not any(mark in data for mark in marks), line[:300]
    # The sealed bytes were seen: else nothing was looked at.
    assert written > 2 * len(sound(seconds=40))
    assert list(temporary.iterdir()) == []
    found = [path for path in blob_root.rglob("*") if path.is_file()]
    assert len(found) == 2
    for blob in found:
        sealed = blob.read_bytes()
        assert not any(bytes.fromhex(mark) in sealed for mark in marks)


def test_djangos_handlers_of_uploads_have_no_part_in_it(call: str, put: Any) -> None:
    with (
        mock.patch.object(uploadhandler.MemoryFileUploadHandler, "__init__") as memory,
        mock.patch.object(uploadhandler.TemporaryFileUploadHandler, "__init__") as file,
        mock.patch("tempfile.NamedTemporaryFile") as temporary,
        mock.patch("tempfile.SpooledTemporaryFile") as spooled,
    ):
        assert put(call, sound()).status_code == 201
    for each in (memory, file, temporary, spooled):
        each.assert_not_called()

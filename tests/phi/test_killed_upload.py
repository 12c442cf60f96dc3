"""An upload whose process is killed, at any step: after the next sweep there is no blob without
its row and no row without its blob."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone
from moto.server import ThreadedMotoServer

from phi import blobs
from phi.models import VoiceRecording
from phi.services.upkeep import sweep
from tests.docs.pages import ROOT
from tests.phi.audio import sound
from voicecompliance import environment

pytestmark = pytest.mark.django_db(transaction=True)

# Uploads, and kills itself at the step that it is told.
_UPLOAD = """
import os, signal, sys
import django
django.setup()
from consent.models import Call
from core.actors import Actor
from phi import blobs
from phi.services import recordings
from tests.phi.audio import sound

step, call = sys.argv[1:]

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def before(module, name):
    setattr(module, name, die)

def after(module, name):
    real = getattr(module, name)
    def run(*args, **kwargs):
        real(*args, **kwargs)
        die()
    setattr(module, name, run)

body = sound(seconds=300)

def chunks():
    if step == "before the first byte":
        die()
    for start in range(0, len(body), 65536):
        if step == "in the middle" and start > len(body) * 19 // 20:
            die()
        yield body[start : start + 65536]
    if step == "before the last segment":
        die()

match step:
    case "before it is settled": before(blobs, "_settle")
    case "after the blob": after(blobs, "save")
    case "after decoding": after(recordings, "_describe")
    case "before the event": before(recordings, "record")
    case "before the commit": after(recordings, "record")
    case "after the commit": after(recordings, "_commit")
recordings.store_recording(
    actor=Actor.system("tests"), call=Call.objects.get(id=call), chunks=chunks()
)
print("stored")
"""

# The step, and whether a recording is there afterwards.
STEPS = {
    "before the first byte": False,
    "in the middle": False,
    "before the last segment": False,
    "before it is settled": False,
    "after the blob": False,
    "after decoding": False,
    "before the event": False,
    "before the commit": False,
    "after the commit": True,
    "never": True,
}


def upload(step: str, call: str, **changes: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UPLOAD, step, call],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.http_settings",
            "BENCH_DATABASE": connection.settings_dict["NAME"],
            "DATABASE_ROLE": "web",
            **changes,
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    if step == "never":
        assert done.stdout == "stored\n", done.stderr
    else:
        assert done.returncode == -signal.SIGKILL, done.stderr


def settle() -> None:
    """The next sweep that counts what was left as old."""
    sweep(before=timezone.now() + timedelta(seconds=5))


@pytest.mark.parametrize("step", STEPS)
def test_on_a_disk(step: str, call: str, blob_root: Path, put: Any, events: Any) -> None:
    upload(step, call, BLOB_ROOT=str(blob_root))
    stored = STEPS[step]
    assert VoiceRecording.objects.count() == len(events("recording", "stored")) == stored
    settle()
    found = [path for path in blob_root.rglob("*") if path.is_file()]
    assert [path.name for path in found] == [
        row.blob.rpartition("/")[2] for row in VoiceRecording.objects.all()
    ]
    assert events("recording", "lost") == []
    # Asked again, it is stored, or was.
    assert put(call, sound(seconds=300)).status_code == (200 if stored else 201)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.mark.parametrize(
    "step",
    [
        "in the middle",
        "before the last segment",
        "after the blob",
        "before the commit",
        "after the commit",
    ],
)
def test_in_a_bucket(
    step: str, call: str, server: str, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = f"killed-{list(STEPS).index(step)}"
    changes = {
        "BLOB_STORE": "s3",
        "BLOB_S3_BUCKET": bucket,
        "BLOB_S3_ENDPOINT": server,
        "BLOB_S3_REGION": "us-east-1",
        "BLOB_S3_ACCESS_KEY_ID": "id",
        "BLOB_S3_SECRET_ACCESS_KEY": "secret",
    }
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    store: Any = storages.create_storage(environment.blob_store(Path(os.devnull)))
    monkeypatch.setattr(blobs, "store", lambda: store)
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
    )
    client.create_bucket(Bucket=bucket)
    upload(step, call, **changes)
    left = client.list_multipart_uploads(Bucket=bucket).get("Uploads", ())
    assert len(left) == (step in {"in the middle", "before the last segment"})
    assert VoiceRecording.objects.count() == STEPS[step]
    settle()
    held = client.list_objects_v2(Bucket=bucket).get("Contents", ())
    assert [each["Key"] for each in held] == [row.blob for row in VoiceRecording.objects.all()]
    assert "Uploads" not in client.list_multipart_uploads(Bucket=bucket)
    assert events("recording", "lost") == []

"""Recordings in an S3 bucket: a server that speaks S3, on loopback."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.utils import timezone
from moto.server import ThreadedMotoServer

from phi import blobs
from phi.models import VoiceRecording
from phi.objectstore import BLOCK, BLOCKS, PART, RangeReader, SealedObjects, StoreFailed
from phi.services.upkeep import sweep
from tests.phi.audio import sound
from tests.phi.conftest import problem
from voicecompliance import environment

BUCKET = "sealed-recordings"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def client(server: str) -> Iterator[Any]:
    """The bucket's owner, empty-handed at first."""
    made = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
    )
    made.create_bucket(Bucket=BUCKET)
    yield made
    for upload in made.list_multipart_uploads(Bucket=BUCKET).get("Uploads", ()):
        made.abort_multipart_upload(Bucket=BUCKET, Key=upload["Key"], UploadId=upload["UploadId"])
    for each in made.list_objects_v2(Bucket=BUCKET).get("Contents", ()):
        made.delete_object(Bucket=BUCKET, Key=each["Key"])
    made.delete_bucket(Bucket=BUCKET)


@pytest.fixture
def objects(server: str, client: Any, monkeypatch: pytest.MonkeyPatch) -> SealedObjects:
    """The blob store as the environment names it."""
    for name, value in {
        "BLOB_STORE": "s3",
        "BLOB_S3_BUCKET": BUCKET,
        "BLOB_S3_PREFIX": "vault/",
        "BLOB_S3_ENDPOINT": server,
        "BLOB_S3_REGION": "us-east-1",
        "BLOB_S3_ACCESS_KEY_ID": "id",
        "BLOB_S3_SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    built = environment.blob_store(os.devnull)  # type: ignore[arg-type]
    store: Any = storages.create_storage(built)
    storages["blobs"]
    monkeypatch.setitem(storages._storages, "blobs", store)  # type: ignore[attr-defined]
    return store  # type: ignore[no-any-return]


def names(client: Any) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def unfinished(client: Any) -> int:
    return len(client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", ()))


@pytest.mark.django_db
def test_a_recording_goes_in_and_out(
    objects: SealedObjects, client: Any, call: str, put: Any, tell: Any, api: Any
) -> None:
    body = sound(seconds=90)
    assert len(body) > 2 * BLOCK
    id_ = put(call, body).json()["id"]
    tell(call)
    (name,) = names(client)
    recording = VoiceRecording.objects.get(id=id_)
    assert name == f"vault/{recording.blob}"
    stored = client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
    assert stored[:4] == b"VCS1"
    assert body[1000:1040] not in stored
    address = f"/api/v1/recordings/{id_}/audio"
    whole = api.get(address, {"purpose_of_use": "quality"})
    assert b"".join(whole.streaming_content) == body
    part = api.get(
        address, {"purpose_of_use": "quality"}, headers={"Range": "bytes=1048000-1049000"}
    )
    assert b"".join(part.streaming_content) == body[1048000:1049001]
    blobs.remove([recording.blob])
    blobs.remove([recording.blob])
    assert names(client) == []
    problem(api.get(address, {"purpose_of_use": "quality"}), 500, "recording-lost")


@pytest.mark.django_db
def test_a_refused_upload_leaves_nothing(
    objects: SealedObjects, client: Any, call: str, put: Any
) -> None:
    body = sound(seconds=400)
    assert len(body) > PART
    problem(put(call, body[:-50_000], promised=len(body)), 400, "truncated-upload")
    problem(put(call, b"no audio" * 4000), 422, "not-audio")
    assert names(client) == []
    assert unfinished(client) == 0


@pytest.mark.django_db
def test_the_sweep_agrees_with_the_bucket(
    objects: SealedObjects, client: Any, recording: VoiceRecording, events: Any
) -> None:
    stray = blobs.new_name()
    blobs.save(stray, [b"VCS1 left behind"])
    client.create_multipart_upload(Bucket=BUCKET, Key=f"vault/{blobs.new_name()}")
    client.create_multipart_upload(Bucket=BUCKET, Key="not-ours")
    # The server dates every unfinished upload to 2010.
    sweep(before=datetime(2010, 1, 1, tzinfo=UTC))
    assert len(names(client)) == 2
    assert unfinished(client) == 2
    sweep(before=timezone.now() - timedelta(hours=1))
    assert len(names(client)) == 2
    assert unfinished(client) == 1
    assert sweep(before=timezone.now() + timedelta(seconds=5)) == (1, 0)
    assert names(client) == [f"vault/{recording.blob}"]
    assert unfinished(client) == 1
    blobs.remove([recording.blob])
    assert sweep(before=timezone.now()) == (0, 1)
    assert len(events("recording", "lost")) == 1


_CHILD = """
import os, resource, sys
import django
django.setup()
from phi import blobs
piece = os.urandom(64 * 1024)
def go(megabytes):
    name = blobs.new_name()
    blobs.save(name, (piece for _ in range(megabytes * 16)))
    with blobs.open_blob(name) as blob:
        while blob.read(64 * 1024):
            pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(go(20), go(150))
"""


def test_a_large_blob_needs_no_more_memory_than_a_small_one(objects: SealedObjects) -> None:
    """In a process of its own, as the server holds all objects in this one."""
    found = subprocess.run(
        [sys.executable, "-c", _CHILD],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "voicecompliance.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert found.returncode == 0, found.stderr
    small, large = map(int, found.stdout.split())
    assert large - small < 15


def test_a_large_blob_goes_in_parts_and_comes_by_ranges(
    objects: SealedObjects, client: Any
) -> None:
    piece = os.urandom(64 * 1024)
    many = 40 * 1024 * 1024 // len(piece)
    read: list[int] = []

    def chunks() -> Iterator[bytes]:
        for _ in range(many):
            yield piece

    name = blobs.new_name()
    blobs.save(name, chunks())
    head = client.head_object(Bucket=BUCKET, Key=f"vault/{name}")
    assert head["ContentLength"] == many * len(piece)
    assert head["ETag"].strip('"').endswith("-5")
    reader = blobs.open_blob(name)._file.raw
    real = reader._client.get_object

    class Counting:
        def get_object(self, **asked: Any) -> Any:
            first, last = asked["Range"].removeprefix("bytes=").split("-")
            read.append(int(last) - int(first) + 1)
            return real(**asked)

    reader._client = Counting()
    reader.seek(-10, io.SEEK_END)
    assert reader.read(10) == piece[-10:]
    reader.seek(5 * BLOCK + 3)
    assert reader.read(4) == piece[3:7]
    assert read == [BLOCK, BLOCK]
    reader.seek(0)
    while reader.read(64 * 1024):
        assert len(reader._blocks) <= BLOCKS
    # Read in order, each block is asked for once.
    assert len(read) == 2 + many * len(piece) // BLOCK


def test_an_object_written_anew_meanwhile_is_not_mixed(objects: SealedObjects, client: Any) -> None:
    name = blobs.new_name()
    blobs.save(name, [bytes(BLOCK) * 2])
    reader = RangeReader(objects.client, BUCKET, f"vault/{name}")
    assert reader.read(1) == b"\0"
    blobs.save(name, [b"\1" * 2 * BLOCK])
    reader.seek(BLOCK)
    with pytest.raises(StoreFailed):
        reader.read(1)


def test_a_store_that_is_away_is_not_a_lost_blob(
    objects: SealedObjects, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOB_S3_ENDPOINT", "http://127.0.0.1:9")
    away: Any = storages.create_storage(environment.blob_store(os.devnull))  # type: ignore[arg-type]
    with pytest.raises(StoreFailed) as caught:
        away.exists("recordings/00/x")
    assert not isinstance(caught.value, FileNotFoundError)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"BLOB_STORE": "ftp"}, "BLOB_STORE"),
        ({"BLOB_S3_BUCKET": ""}, "BLOB_S3_BUCKET"),
        ({"BLOB_S3_BUCKET": "../x"}, "BLOB_S3_BUCKET"),
        ({"BLOB_S3_ENDPOINT": "http://store.example.com"}, "BLOB_S3_ENDPOINT"),
        ({"BLOB_S3_ENDPOINT": "https://me:pw@store.example.com"}, "BLOB_S3_ENDPOINT"),
        ({"BLOB_S3_ACCESS_KEY_ID": "id"}, "BLOB_S3_SECRET_ACCESS_KEY"),
    ],
)
def test_bad_settings_are_named(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], named: str
) -> None:
    for name, value in {"BLOB_STORE": "s3", "BLOB_S3_BUCKET": "bucket", **changes}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=named):
        environment.blob_store(os.devnull)  # type: ignore[arg-type]

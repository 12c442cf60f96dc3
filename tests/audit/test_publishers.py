"""The media: what is put there, what is read back, what is refused."""

import os
import signal
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import boto3
import pytest
import trustme
from django.core.exceptions import ImproperlyConfigured
from moto.server import ThreadedMotoServer

from audit import note
from audit.object_lock import S3Publisher
from audit.publishers import (
    Contradiction,
    FilePublisher,
    PublishFailed,
    WebhookPublisher,
    body_of,
    parse,
)
from core import signing
from tests.servers import serve, trust

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ORIGIN = "voicecompliance.example/audit"


def a_note(size, seed=b""):
    root = sha256(seed + size.to_bytes(8, "big")).digest()
    checkpoint = note.Checkpoint(ORIGIN, size, root)
    signature = signing.sign_raw(checkpoint.body().encode())
    return note.note(checkpoint, signing.public_key_raw(), signature)


# Addresses ----------------------------------------------------------------------------------


def test_addresses_are_read_and_named_without_secrets():
    found = parse(
        [
            "file:///var/witness/a%20b.log",
            "s3://bucket/audit/log?region=eu-central-1&lock_days=10",
            "https://hooks.example.com/T0KEN/path?key=S3CRET",
            "https://hooks.example.com/other",
        ],
        SECRET,
    )
    names = [each.address for each in found]
    assert names[:2] == ["file:///var/witness/a b.log", "s3://bucket/audit/log"]
    assert len(set(names)) == 4
    assert not any("T0KEN" in name or "S3CRET" in name for name in names)
    assert [each.readable for each in found] == [True, True, False, False]


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "ftp://example.com/",
        "file://host/path",
        "file:relative",
        "file:///",
        "s3://",
        "s3://UPPER/x",
        "s3://bucket/x?lock_days=soon",
        "s3://bucket/x?colour=red",
        "s3://bucket/x?endpoint=http://s3.example.com",
        "s3://bucket/x?endpoint=https://user:S3CRET@s3.example.com",
        "http://example.com/",
        "https://user:S3CRET@example.com/",
        "https://example.com:22/",
    ],
)
def test_bad_addresses_stop_the_start(address):
    with pytest.raises(ImproperlyConfigured, match="AUDIT_PUBLISHERS") as caught:
        parse([address], SECRET)
    assert "S3CRET" not in str(caught.value)


@pytest.mark.parametrize("secret", ["", "plain", "whsec_", "whsec_c2hvcnQ="])
def test_a_webhook_needs_a_secret(secret):
    with pytest.raises(ImproperlyConfigured, match="AUDIT_WEBHOOK_SECRET"):
        parse(["https://example.com/in"], secret)


def test_one_address_once():
    with pytest.raises(ImproperlyConfigured, match="twice"):
        parse(["file:///a/b", "file:///a/b"], "")


# The file -----------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoints.log"


def test_a_file_grows_by_whole_notes(path):
    publisher = FilePublisher(path)
    assert publisher.read_last() is None
    for size in (1, 5, 900):
        publisher.publish(a_note(size), size)
        assert publisher.read_last() == a_note(size)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "".join(f"{a_note(size)}\n" for size in (1, 5, 900))


def test_a_file_holds_each_size_once(path):
    publisher = FilePublisher(path)
    publisher.publish(a_note(5), 5)
    before = path.read_bytes()
    publisher.publish(a_note(5), 5)
    assert path.read_bytes() == before
    with pytest.raises(Contradiction, match="another root"):
        publisher.publish(a_note(5, b"other"), 5)
    assert path.read_bytes() == before


def test_a_file_does_not_go_backwards(path):
    publisher = FilePublisher(path)
    publisher.publish(a_note(9), 9)
    with pytest.raises(Contradiction, match="holds 9 events"):
        publisher.publish(a_note(8), 8)
    assert publisher.read_last() == a_note(9)


def test_a_torn_note_is_passed_over_at_any_length(path):
    publisher = FilePublisher(path)
    publisher.publish(a_note(1), 1)
    whole = path.read_bytes()
    torn = f"{a_note(2)}\n".encode()
    for length in range(1, len(torn)):
        path.write_bytes(whole + torn[:length])
        assert body_of(publisher.read_last()).size in (1, 2), length
        publisher.publish(a_note(3), 3)
        assert publisher.read_last() == a_note(3), length
        # Nothing that was there is gone.
        assert path.read_bytes().startswith(whole + torn[:length])


def test_only_the_end_of_a_long_file_is_read(path):
    publisher = FilePublisher(path)
    path.write_text("".join(f"{a_note(size)}\n" for size in range(1, 2000)))
    assert path.stat().st_size > 5 * 64 * 1024
    assert publisher.read_last() == a_note(1999)


def test_a_file_of_something_else(path):
    path.write_text("root:x:0:0\n")
    publisher = FilePublisher(path)
    for act in (publisher.read_last, lambda: publisher.publish(a_note(1), 1)):
        with pytest.raises(PublishFailed, match="no checkpoint"):
            act()
    assert path.read_text() == "root:x:0:0\n"


def test_what_is_no_plain_file(tmp_path):
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name in ("link", "pipe", "folder", "missing/file"):
        with pytest.raises(PublishFailed):
            FilePublisher(tmp_path / name).publish(a_note(1), 1)
    assert (tmp_path / "real").read_text() == ""
    assert not (tmp_path / "missing").exists()


def test_two_writers_of_one_file(path):
    """Interleaved as they may be, the file holds whole notes in growing order."""

    def write():
        for size in range(1, 40):
            try:
                FilePublisher(path).publish(a_note(size), size)
            except Contradiction:
                continue

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_text() == "".join(f"{a_note(size)}\n" for size in range(1, 40))


_WRITER = """
import sys
from audit.publishers import FilePublisher
from pathlib import Path
text = sys.stdin.read()
size = 1
while True:
    note = text.replace("\\n1\\n", f"\\n{size}\\n", 1)
    FilePublisher(Path(sys.argv[1])).publish(note, size)
    size += 1
    if size == 3:
        print("going", flush=True)
"""


def test_a_killed_writer_leaves_a_file_that_goes_on(path):
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    writer.stdin.write(a_note(1))
    writer.stdin.close()
    assert writer.stdout.readline() == "going\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    publisher = FilePublisher(path)
    assert body_of(publisher.read_last()).size >= 2
    publisher.publish(a_note(10**6), 10**6)
    assert publisher.read_last() == a_note(10**6)


# HTTPS --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def witness(authority, monkeypatch, tmp_path, settings):
    monkeypatch.setenv("SSL_CERT_FILE", trust(authority, tmp_path))
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    with serve(authority, "localhost") as server:
        yield server


def webhook(server):
    return WebhookPublisher(f"https://localhost:{server.port}/in/T0KEN", SECRET)


def test_a_webhook_gets_the_signed_note(witness):
    publisher = webhook(witness)
    publisher.publish(a_note(7), 7)
    publisher.publish(a_note(7), 7)
    first, second = witness.heard
    assert first.body.decode() == a_note(7)
    assert first.headers["content-type"].startswith("text/plain")
    assert first.path == "/in/T0KEN"
    # The same message again says so; its time and signature are new ones.
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-signature"].startswith("v1,")
    assert publisher.read_last() is None


@pytest.mark.parametrize("status", [301, 307, 400, 404, 410, 429, 500, 503])
def test_whatever_is_no_2xx_is_a_failure(witness, status):
    witness.status = status
    with pytest.raises(PublishFailed, match=str(status)) as caught:
        webhook(witness).publish(a_note(7), 7)
    assert "T0KEN" not in str(caught.value)


def test_a_webhook_goes_to_no_private_address(witness, settings):
    publisher = webhook(witness)
    settings.OUTBOUND_ALLOW_LOOPBACK = False
    with pytest.raises(PublishFailed):
        publisher.publish(a_note(7), 7)
    assert witness.heard == []


# S3 -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server, monkeypatch, request, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=s3_server)
    name = "b" + sha256(request.node.name.encode()).hexdigest()[:20]
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    client.name, client.url = name, s3_server
    return client


def s3(bucket, options=""):
    address = f"s3://{bucket.name}/audit/log?region=us-east-1&endpoint={bucket.url}{options}"
    (publisher,) = parse([address], "")
    assert isinstance(publisher, S3Publisher)
    return publisher


def test_an_object_for_each_checkpoint_locked(bucket):
    publisher = s3(bucket, "&lock_days=30")
    assert publisher.read_last() is None
    for size in (3, 20, 100, 99_999):
        publisher.publish(a_note(size), size)
        assert publisher.read_last() == a_note(size)
    listed = bucket.list_objects_v2(Bucket=bucket.name)["Contents"]
    # The newest comes first, so that one request finds it.
    assert [each["Key"].rsplit("-")[-1] for each in listed] == [
        "99999.note",
        "100.note",
        "20.note",
        "3.note",
    ]
    head = bucket.head_object(Bucket=bucket.name, Key=listed[0]["Key"])
    assert head["ObjectLockMode"] == "COMPLIANCE"
    until = head["ObjectLockRetainUntilDate"]
    assert abs(until - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=5)


def test_the_lock_holds_what_was_put(bucket):
    s3(bucket).publish(a_note(3), 3)
    (version,) = bucket.list_object_versions(Bucket=bucket.name)["Versions"]
    with pytest.raises(bucket.exceptions.ClientError, match="AccessDenied"):
        bucket.delete_object(Bucket=bucket.name, Key=version["Key"], VersionId=version["VersionId"])


def test_the_same_size_again_does_nothing_or_contradicts(bucket):
    publisher = s3(bucket)
    publisher.publish(a_note(3), 3)
    publisher.publish(a_note(3), 3)
    assert len(bucket.list_object_versions(Bucket=bucket.name)["Versions"]) == 1
    with pytest.raises(Contradiction):
        publisher.publish(a_note(3, b"other"), 3)
    assert publisher.read_last() == a_note(3)


def test_what_the_credentials_can_add_hides_nothing(bucket):
    """A newer version, a delete marker, strange objects: the locked version is what is read."""
    publisher = s3(bucket)
    publisher.publish(a_note(3), 3)
    publisher.publish(a_note(9), 9)
    (key,) = [
        each["Key"]
        for each in bucket.list_objects_v2(Bucket=bucket.name)["Contents"]
        if each["Key"].endswith("-9.note")
    ]
    bucket.put_object(Bucket=bucket.name, Key=key, Body=a_note(9, b"other").encode())
    assert publisher.read_last() == a_note(9)
    bucket.delete_object(Bucket=bucket.name, Key=key)
    assert publisher.read_last() == a_note(9)
    bucket.put_object(Bucket=bucket.name, Key="audit/log/0000", Body=b"x")
    bucket.put_object(Bucket=bucket.name, Key="audit/other", Body=b"x")
    assert publisher.read_last() == a_note(9)


def test_without_a_lock_in_a_bucket_without_one(bucket):
    bucket.create_bucket(Bucket=f"{bucket.name}x")
    bucket.name += "x"
    with pytest.raises(PublishFailed, match="S3 refused"):
        s3(bucket).publish(a_note(3), 3)
    publisher = s3(bucket, "&lock_days=0")
    publisher.publish(a_note(3), 3)
    assert publisher.read_last() == a_note(3)


def test_no_bucket_no_server_no_credentials(bucket, monkeypatch):
    bucket.name = "not-there"
    publisher = s3(bucket)
    for act in (publisher.read_last, lambda: publisher.publish(a_note(1), 1)):
        with pytest.raises(PublishFailed, match="NoSuchBucket"):
            act()
    bucket.url = "http://127.0.0.1:9"
    with pytest.raises(PublishFailed, match="EndpointConnectionError"):
        s3(bucket).read_last()

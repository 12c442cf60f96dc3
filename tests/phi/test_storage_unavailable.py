"""The blob store is away, refuses, or has no room: said so, and nothing is half done."""

from __future__ import annotations

import os
import re
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from phi import blobs as store
from phi.models import VoiceRecording
from phi.services.upkeep import sweep
from tests.phi.audio import sound
from tests.phi.conftest import problem
from voicecompliance import environment

pytestmark = pytest.mark.django_db


@pytest.fixture
def blocked(blob_root: Path) -> Iterator[None]:
    """A file where the store's folder should be, as of a mount that failed: no call gets through,
    whoever asks."""
    aside = blob_root.with_name("aside")
    if blob_root.exists():
        blob_root.rename(aside)
    blob_root.write_bytes(b"")
    yield
    blob_root.unlink()
    if aside.exists():
        aside.rename(blob_root)


@pytest.fixture
def s3_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bucket on a port where nobody listens."""
    for name, value in {
        "BLOB_STORE": "s3",
        "BLOB_S3_BUCKET": "sealed-recordings",
        "BLOB_S3_ENDPOINT": "http://127.0.0.1:9",
        "BLOB_S3_REGION": "us-east-1",
        "BLOB_S3_ACCESS_KEY_ID": "id",
        "BLOB_S3_SECRET_ACCESS_KEY": "secret",
    }.items():
        monkeypatch.setenv(name, value)
    built: Any = environment.blob_store(Path(os.devnull))
    storages["blobs"]
    monkeypatch.setitem(
        storages._storages,  # type: ignore[attr-defined]
        "blobs",
        storages.create_storage(built),
    )


def play(api: Any, recording: VoiceRecording) -> Any:
    return api.get(f"/api/v1/recordings/{recording.pk}/audio", {"purpose_of_use": "quality"})


@pytest.mark.parametrize("away", ["blocked", "s3_away"])
def test_an_upload_is_refused_and_leaves_nothing(
    call: str, put: Any, events: Any, blobs: Any, request: Any, away: str
) -> None:
    request.getfixturevalue(away)
    answer = put(call, sound())
    problem(answer, 503, "storage-unavailable")
    assert int(answer["Retry-After"]) > 0
    assert not VoiceRecording.objects.exists()
    assert events("recording", "stored") == []


@pytest.mark.parametrize("away", ["blocked", "s3_away"])
def test_a_look_is_refused_and_is_none(
    recording: VoiceRecording, api: Any, events: Any, request: Any, away: str
) -> None:
    request.getfixturevalue(away)
    answer = play(api, recording)
    problem(answer, 503, "storage-unavailable")
    assert "127.0.0.1" not in answer.content.decode()
    assert events("recording", "played") == []


def test_it_plays_again_when_the_store_is_back(
    recording: VoiceRecording, api: Any, blob_root: Path
) -> None:
    aside = blob_root.rename(blob_root.with_name("aside"))
    problem(play(api, recording), 503, "storage-unavailable")
    aside.rename(blob_root)
    assert b"".join(play(api, recording).streaming_content) == sound()


def test_a_disk_that_is_full(call: str, put: Any, events: Any, blobs: Any) -> None:
    """The system refuses a file past 100 kB, in the middle of the upload."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        answer = put(call, sound(seconds=30))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    problem(answer, 503, "storage-unavailable")
    assert blobs() == []
    assert not VoiceRecording.objects.exists()
    # Nothing of it stands in the way of the next one.
    assert put(call, sound(seconds=30)).status_code == 201


# The decoder is C: what its source raises is printed on the way, and the read looks empty to it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_store_that_goes_while_the_sound_is_decoded(
    call: str, put: Any, blobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the decoder it looks like a file cut short: the caller must not be told so."""
    real = store.open_blob

    class Gone:
        """The file of a disk that fails after its first 200 kB."""

        def __init__(self, blob: store.Blob) -> None:
            self._blob, self._file, self.left = blob, blob._file, 200_000

        def read(self, size: int) -> bytes:
            if self.left <= 0:
                raise OSError(5, "Input/output error")
            self.left -= size
            piece: bytes = self._file.read(size)
            return piece

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

    monkeypatch.setattr(store, "open_blob", lambda name: store.Blob(Gone(real(name))))
    problem(put(call, sound(seconds=60)), 503, "storage-unavailable")
    assert blobs() == []
    assert not VoiceRecording.objects.exists()


def test_the_player_says_so(
    recording: VoiceRecording, officer_client: Client, events: Any, blob_root: Path
) -> None:
    address = reverse("admin:phi_voicerecording_play", args=[recording.pk])
    opened = officer_client.post(address, {"purpose_of_use": "quality"})
    source = re.search(r'src="([^"]+/audio/[^"]+)"', opened.content.decode())
    assert source is not None
    shutil.rmtree(blob_root)
    page = officer_client.post(address, {"purpose_of_use": "quality"})
    assert page.status_code == 503
    assert "store of recordings does not answer" in page.content.decode()
    assert "<audio" not in page.content.decode()
    assert len(events("admin", "player_opened")) == 1
    answer = officer_client.get(source[1])
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith("text/plain")
    assert b"store of recordings does not answer" in answer.content
    assert events("recording", "played") == []


def test_what_is_away_is_not_reported_lost(recording: VoiceRecording, blob_root: Path) -> None:
    aside = blob_root.rename(blob_root.with_name("aside"))
    with pytest.raises(store.StorageUnavailable):
        sweep(before=timezone.now())
    aside.rename(blob_root)
    recording.refresh_from_db()
    assert recording.lost_at is None
    assert sweep(before=timezone.now()) == (0, 0)

"""The whole way: what the API takes is muted by a worker that the broker told of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from phi.models import MutedVariant, VoiceRecording
from phi.services import muting
from tests.docs.pages import ROOT
from tests.phi.conftest import CODE_TURNS
from tests.phi.test_muting import BODY
from voicecompliance.celery import app

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(blob_root: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own process, on this test's queue and database."""
    with app.connection_for_write() as broker:
        app.amqp.queues[settings.CELERY_TASK_DEFAULT_QUEUE].bind(broker.default_channel).purge()
    log = (tmp_path / "worker").open("wb")
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "voicecompliance", "worker"),
            *("--pool", "solo", "--loglevel", "warning", "--without-gossip", "--without-mingle"),
            *("-Q", settings.CELERY_TASK_DEFAULT_QUEUE),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.http_settings",
            "BENCH_DATABASE": connection.settings_dict["NAME"],
            "DATABASE_ROLE": "web",
            "BLOB_ROOT": str(blob_root),
        },
        stdout=log,
        stderr=log,
    )
    yield running
    running.terminate()
    running.wait(30)
    log.close()


def wait_until_muted(tmp_path: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if MutedVariant.objects.filter(state="ready").exists():
            return
        time.sleep(0.2)
    raise AssertionError((tmp_path / "worker").read_text())


def test_from_the_api_to_the_worker(
    call: str, put: Any, tell: Any, worker: Any, blobs: Any, tmp_path: Path, events: Any
) -> None:
    tell(call, CODE_TURNS)
    put(call, BODY)
    wait_until_muted(tmp_path)
    recording = VoiceRecording.objects.get()
    assert (recording.state, recording.blob) == ("muted", None)
    assert len(blobs()) == 1
    (event,) = events("recording", "original_destroyed")
    assert (event.actor_kind, event.actor_id) == ("system", "phi.mute_recording")


def test_a_message_that_was_lost_is_sent_again(
    call: str, put: Any, tell: Any, blobs: Any, monkeypatch: Any, request: Any, tmp_path: Path
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(muting, "_tell_a_worker", lambda recording_id: None)
        put(call, BODY)
        tell(call, CODE_TURNS)
    request.getfixturevalue("worker")
    assert MutedVariant.objects.get().state == "waiting"
    assert muting.hand_over(now=timezone.now() + muting.LEASE) == 1
    wait_until_muted(tmp_path)
    assert VoiceRecording.objects.get().state == "muted"

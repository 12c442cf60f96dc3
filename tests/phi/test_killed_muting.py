"""A worker that is killed while it mutes, at any step: whoever comes after it ends the work, with
one event of each kind, no blob without its row, and no moment at which neither variant is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from core.actors import Actor
from phi.models import MutedVariant, VoiceRecording
from phi.services import muting, silencing
from phi.services.upkeep import sweep
from tests.docs.pages import ROOT
from tests.phi.conftest import CODE_TURNS
from tests.phi.test_muting import BODY

pytestmark = pytest.mark.django_db(transaction=True)

# Mutes, and kills itself at the step that it is told.
_WORK = """
import os, signal, sys
import django
django.setup()
from phi import blobs
from phi.services import silencing
from phi.tasks import mute_recording

step, recording = sys.argv[1:]

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def before(holder, name):
    setattr(holder, name, die)

def after(holder, name):
    real = getattr(holder, name)
    def run(*args, **kwargs):
        real(*args, **kwargs)
        die()
    setattr(holder, name, run)

match step:
    case "claimed": before(silencing, "make_variant")
    case "in the middle":
        def broken(*args, **kwargs):
            yield b"fLaC" * 30_000
            die()
        silencing.muted_chunks = broken
    case "written": after(blobs, "save")
    case "proved": after(silencing, "_proved")
    case "before the commit": before(silencing, "record")
    case "muted": before(silencing, "destroy_original")
    case "before the store": before(blobs.store(), "delete")
    case "after the store": after(blobs.store(), "delete")
    case "destroyed": after(silencing, "_note_destroyed")
mute_recording(recording)
print("done")
"""

# The step, and how many blobs and which state there are right after it.
STEPS = {
    "claimed": (1, "waiting"),
    "in the middle": (2, "waiting"),
    "written": (2, "waiting"),
    "proved": (2, "waiting"),
    "before the commit": (2, "waiting"),
    "muted": (2, "destroying"),
    "before the store": (2, "destroying"),
    "after the store": (1, "destroying"),
    "destroyed": (1, "ready"),
    "never": (1, "ready"),
}


@pytest.mark.parametrize("step", STEPS)
def test_at_any_step(
    step: str, call: str, put: Any, tell: Any, blob_root: Path, blobs: Any, events: Any
) -> None:
    put(call, BODY)
    tell(call, CODE_TURNS)
    recording = VoiceRecording.objects.get()
    done = subprocess.run(
        [sys.executable, "-c", _WORK, step, str(recording.pk)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.http_settings",
            "BENCH_DATABASE": connection.settings_dict["NAME"],
            "DATABASE_ROLE": "web",
            "BLOB_ROOT": str(blob_root),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    if step == "never":
        assert done.stdout == "done\n", done.stderr
    else:
        assert done.returncode == -signal.SIGKILL, done.stderr
    files, state = STEPS[step]
    variant = MutedVariant.objects.get()
    assert (len(blobs()), variant.state) == (files, state)
    recording.refresh_from_db()
    assert recording.state == ("muted" if state == "ready" else "quarantined")
    # A sweep that comes now takes what nobody will name, and reports nothing as lost.
    later = timezone.now() + timedelta(minutes=11)
    sweep(before=later)
    # Nobody else takes it up before its time has run out.
    silencing.mute_recording(actor=Actor.system("tests"), recording_id=recording.pk)
    variant.refresh_from_db()
    assert variant.state == state
    muting.hand_over(now=later + timedelta(minutes=10))
    silencing.mute_recording(actor=Actor.system("tests"), recording_id=recording.pk)
    variant.refresh_from_db()
    recording.refresh_from_db()
    assert (variant.state, recording.state, recording.blob) == ("ready", "muted", None)
    sweep(before=later)
    assert [path.name for path in blobs()] == [str(variant.blob).rpartition("/")[2]]
    for action in ("muted", "original_destroyed", "quarantined"):
        assert len(events("recording", action)) == 1, action
    assert events("recording", "lost") == events("recording", "muting_failed") == []

"""README's walk through one call: its commands run as they are printed, against a live server."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from audit.models import AuditEvent
from tests.docs.pages import README, ROOT, blocks, section, text_of

CUT = "--8<--"
PRINTED = "http://127.0.0.1:8000"


def steps() -> list[tuple[str, str]]:
    """Each block of commands with the answer printed under it, or nothing."""
    found: list[tuple[str, str]] = []
    for language, body in blocks(section(text_of(README), "One call with curl")):
        if language == "sh":
            found.append((body, ""))
        elif language == "json":
            found[-1] = (found[-1][0], body)
    return found


def agrees(printed: object, got: object, path: str = "$") -> None:
    """What was printed is what came, but for the places of an ellipsis."""
    if isinstance(printed, str) and printed.endswith("…"):
        assert isinstance(got, str), f"{path}: {got!r}"
        assert got.startswith(printed[:-1].rstrip()), f"{path}: {got!r}"
        assert got, path
    elif isinstance(printed, dict):
        assert isinstance(got, dict), path
        assert set(printed) == set(got), path
        for key in printed:
            agrees(printed[key], got[key], f"{path}.{key}")
    elif isinstance(printed, list):
        assert isinstance(got, list), path
        assert len(printed) == len(got), path
        for place, pair in enumerate(zip(printed, got, strict=True)):
            agrees(*pair, f"{path}[{place}]")
    else:
        assert printed == got, path


def address_of_test_database() -> str:
    """The database that this test runs on, for a command in another process."""
    held = connection.settings_dict
    query = {
        "host": held["HOST"],
        "port": held["PORT"],
        "user": held["USER"],
        "password": held["PASSWORD"],
    }
    given = {name: value for name, value in query.items() if value}
    return f"postgresql:///{held['NAME']}?{urlencode(given)}"


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl on this machine")
@pytest.mark.skipif(not shutil.which("bash"), reason="no bash on this machine")
@pytest.mark.django_db(transaction=True)
def test_the_walk_through_one_call(live_server):
    walk = steps()
    assert len(walk) == 9
    script = f"\necho '{CUT}'\n".join(commands for commands, _ in walk)
    assert script.count(PRINTED) == 1
    assert script.count(".venv/bin/python") == 1
    script = script.replace(PRINTED, live_server.url).replace(".venv/bin/python", sys.executable)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "voicecompliance.settings",
        "DATABASE_ROLE": "web",
        "DATABASE_URL": address_of_test_database(),
        "CELERY_BROKER_URL": settings.CELERY_BROKER_URL,
        "NO_PROXY": "*",
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split(f"{CUT}\n")
    assert len(said) == len(walk), done.stdout
    for (commands, printed), got in zip(walk, said, strict=True):
        if printed:
            agrees(json.loads(printed), json.loads(got), commands)
        else:
            assert got.strip() == ""
    actions = set(AuditEvent.objects.values_list("event_type", "action"))
    assert {
        ("api_key", "created"),
        ("call", "opened"),
        ("consent", "given"),
        ("recording", "stored"),
        ("transcript", "read"),
        ("consent", "withdrawn"),
        ("call", "recording_refused"),
    } <= actions


def test_the_pictures_are_small():
    for picture in (ROOT / "docs/images").iterdir():
        assert Path(picture).stat().st_size <= 250_000, picture.name

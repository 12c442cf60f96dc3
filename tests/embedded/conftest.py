"""A state folder of one's own, and the command line on it in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from voicecompliance.embedded import home, processes

REPOSITORY = Path(__file__).resolve().parents[2]
GIVEN = ("DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "VC_HOME", "DATABASE_ROLE", "PORT")
Exec = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that root's database account reaches too: pytest's own are 0700."""
    folder = Path(tempfile.mkdtemp(prefix="vc-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def state(place: Path) -> Iterator[Path]:
    """A state folder, not made yet, whose path holds spaces."""
    folder = place / "a state folder"
    yield folder
    shutil.rmtree(home.socket_dir(folder), ignore_errors=True)
    left = processes.working_in(folder / "database/data") + processes.working_in(folder / "broker")
    assert left == []


@pytest.fixture
def environment(state: Path) -> dict[str, str]:
    """An environment that names no server and no secret, only the state folder."""
    from voicecompliance.embedded.secrets import MAKERS

    kept = {k: v for k, v in os.environ.items() if k not in GIVEN and k not in MAKERS}
    return kept | {"VC_HOME": str(state)}


@pytest.fixture
def execute(environment: dict[str, str]) -> Exec:
    """Run Python source under `exec`, with `psycopg` connected as `db`."""

    def call(source: str, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(source, *options),
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return call


def command(source: str, *options: str) -> list[str]:
    """The argument list of `exec` around Python source."""
    opening = (
        "import os, psycopg; db = psycopg.connect(os.environ['DATABASE_URL'], autocommit=True)\n"
    )
    start = [sys.executable, "-m", "voicecompliance.embedded", "exec", *options, "--"]
    return [*start, sys.executable, "-c", opening + source]

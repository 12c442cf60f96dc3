"""`make run`'s own process: up, killed, up again with its data, and down without a trace."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from voicecompliance.embedded import processes

from .conftest import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Run:
    """One start of the server, read up to its word that it is ready."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "voicecompliance.embedded", "run"],
            env=environment,
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []

    def read_until(self, pattern: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if re.search(pattern, line):
                return
        raise AssertionError("".join(self.lines))


def _of(state: Path) -> list[str]:
    """The processes whose environment or arguments name the state folder."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                facts = Path(f"/proc/{entry}/environ").read_bytes()
                facts += Path(f"/proc/{entry}/cmdline").read_bytes()
            except OSError:
                continue
            if os.fsencode(state) in facts:
                found.append(entry)
    return found


def test_up_killed_up_again_and_down(environment: dict[str, str], state: Path, port: int) -> None:
    environment["PORT"] = str(port)
    killed = Run(environment)
    killed.read_until(r"^ready in")
    killed.read_until(r"Ctrl-C")
    second = subprocess.run(
        [sys.executable, "-m", "voicecompliance.embedded", "run"],
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert f"already using {state} (process {killed.process.pid})" in second.stdout
    with killed.process:
        killed.process.kill()
    assert processes.wait(lambda: not _of(state), 15), _of(state)

    again = Run(environment)
    again.read_until(r"^ready in")
    assert not any("creating the database" in line for line in again.lines)
    with again.process:
        again.process.send_signal(signal.SIGINT)
        rest = again.process.communicate(timeout=60)[0]
    assert again.process.returncode == 0, rest
    assert "Everything has stopped" in rest
    assert _of(state) == []
    assert processes.wait(lambda: _refused(port), 5)


def test_a_taken_port_is_named(environment: dict[str, str], port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = subprocess.run(
            [sys.executable, "-m", "voicecompliance.embedded", "run"],
            env=environment | {"PORT": str(port)},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in done.stdout


def _refused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0

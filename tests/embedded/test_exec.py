"""`exec`: services around a command, data that stays, nothing that outlives a killed owner."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from voicecompliance.embedded import processes

from .conftest import REPOSITORY, Exec, command

WRITE = "db.execute('CREATE TABLE kept (v text)'); db.execute(\"INSERT INTO kept VALUES ('here')\")"
READ = "print(db.execute('SELECT v FROM kept').fetchone()[0])"


LOOK = """
q = lambda s: db.execute(s).fetchone()[0]
print(q("SHOW listen_addresses") == "", q("SHOW fsync"), q("SHOW server_encoding"),
      q("SELECT datlocale FROM pg_database WHERE datname = current_database()"),
      q("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
import redis
r = redis.from_url(os.environ["CACHE_URL"])
print(*(r.config_get(n)[n] for n in ("port", "appendonly", "maxmemory-policy")))
"""


def test_data_is_there_again(execute: Exec, state: Path) -> None:
    first = execute(WRITE + LOOK)
    assert first.stdout == "True on UTF8 C.UTF-8 False\n0 yes noeviction\n", first.stderr
    second = execute(READ)
    assert (second.returncode, second.stdout) == (0, "here\n"), second.stderr
    for private in ("database", "database/data", "broker", "log"):
        assert stat.S_IMODE((state / private).stat().st_mode) == 0o700


def test_exit_code_is_the_commands(execute: Exec) -> None:
    assert execute("raise SystemExit(7)", "--ephemeral").returncode == 7


def test_ephemeral_leaves_nothing(execute: Exec, place: Path, environment: dict[str, str]) -> None:
    environment["TMPDIR"] = str(place)
    done = execute("print(os.environ['VC_HOME'])", "--ephemeral")
    assert done.stdout.startswith(str(place)), done.stderr
    assert list(place.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal")
def test_killed_owner_leaves_no_server(
    execute: Exec, environment: dict[str, str], state: Path
) -> None:
    owner = subprocess.Popen(
        command(f"{WRITE}; print('up', flush=True); import time; time.sleep(60)"),
        env=environment,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "up\n"
        postmasters = processes.working_in(state / "database/data")
        assert postmasters
        owner.send_signal(signal.SIGKILL)
    # No waiting in between: the start itself waits for its predecessor's servers.
    assert execute(READ).stdout == "here\n"
    assert not set(postmasters) & set(processes.working_in(state / "database/data"))


def test_killed_server_recovers(execute: Exec, state: Path) -> None:
    ended = execute(
        WRITE + "\nimport signal; from pathlib import Path\n"
        "file = Path(os.environ['VC_HOME'], 'database/data/postmaster.pid')\n"
        "os.kill(int(file.read_text().split()[0]), signal.SIGKILL)"
    )
    assert ended.returncode == 0, ended.stderr
    assert (state / "database/data/postmaster.pid").exists()
    assert execute(READ).stdout == "here\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to start as somebody else")
def test_as_an_ordinary_user(place: Path, environment: dict[str, str]) -> None:
    python = Path(sys.executable)
    from voicecompliance.embedded import home

    nobody = home.Account("nobody", 65534, 65534)
    if not (home.reachable(python.resolve(), nobody) and home.reachable(python, nobody)):
        pytest.skip("this Python is closed to other accounts")
    os.chown(place, nobody.uid, nobody.gid)
    environment |= {"VC_HOME": str(place / "theirs"), "HOME": str(place)}
    done = subprocess.run(
        command("print(os.geteuid(), db.execute('SELECT 1').fetchone()[0])"),
        env=environment,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        user=nobody.uid,
        group=nobody.gid,
        extra_groups=[],
        check=False,
        timeout=60,
    )
    assert done.stdout == "65534 1\n", done.stderr

"""An embedded broker and cache: a Valkey server, our own child, on a private unix socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess  # nosec B404
from contextlib import suppress
from pathlib import Path

from voicecompliance.embedded import engine, home, processes
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.home import Account

START_SECONDS = 60.0


def socket_path(state: Path | None = None) -> Path:
    """The server's socket."""
    return home.socket_dir(state) / "valkey.sock"


def broker_url(state: Path | None = None) -> str:
    """Celery's address of the embedded broker."""
    return f"redis+socket://{socket_path(state)}?virtual_host=0"


def cache_url(state: Path | None = None) -> str:
    """Django's address of the cache on the same server, in a database of its own."""
    return f"unix://{socket_path(state)}?db=1"


def answers(state: Path) -> bool:
    """Whether the server answers PONG: it says LOADING while it reads its data."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(socket_path(state)))
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Valkey:
    """One server on one state folder, whose lock the caller holds."""

    name = "broker"

    def __init__(self, state: Path, account: Account | None, *, ephemeral: bool = False) -> None:
        self.state = state
        self.account = account
        self.ephemeral = ephemeral
        self.data = state / "broker"
        self.log = state / "log" / "broker.log"
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; queued tasks of the last run are there again.

        Raises StartError, with the server's last lines, when it does not come up.
        """
        program = engine.valkey_program(self.state, self.account)
        # Two servers on one append-only file would spoil it.
        processes.clear_out(self.data, polite=signal.SIGTERM)
        with suppress(FileNotFoundError):
            socket_path(self.state).unlink()
        options = {
            "port": "0",
            "unixsocket": str(socket_path(self.state)),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "no" if self.ephemeral else "yes",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
            "daemonize": "no",
        }
        argv: list[str | Path] = [program]
        for name, value in options.items():
            argv += [f"--{name}", value]
        with processes.open_log(self.log) as log:
            child = processes.spawn(
                argv,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                cwd=self.data,
                account=self.account,
                death=signal.SIGTERM,
                stdout=log,
                stderr=log,
            )
        self.child = child
        processes.wait(lambda: answers(self.state) or child.poll() is not None, START_SECONDS)
        if child.poll() is not None or not answers(self.state):
            self.stop(hurry=True)
            raise StartError(
                f"The broker did not start. Its last lines ({self.log}):\n"
                f"{processes.tail(self.log)}"
            )

    def stop(self, *, hurry: bool = False) -> None:
        """Write what is not yet written and end; no more than 10 seconds."""
        if self.child is None:
            return
        processes.stop(self.child, [(signal.SIGTERM, 2.0 if hurry else 10.0)])
        self.child = None

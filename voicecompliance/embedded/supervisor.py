"""`make run`: everything up, watched, and down again in order."""

from __future__ import annotations

import errno
import http.client
import os
import signal
import socket
import subprocess  # nosec B404
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from voicecompliance.embedded import ensure, home, processes, reach, secrets
from voicecompliance.embedded.console import Console, Relay
from voicecompliance.embedded.ensure import Services
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.lock import StateLock

READY_SECONDS = 120.0
# How long a predecessor may take to be gone, in seconds.
PREDECESSOR_SECONDS = 45.0


class Stopped(Exception):
    """The operator asked us to stop."""


@dataclass
class Child:
    """One process that is to run for as long as we do."""

    name: str
    process: subprocess.Popen[bytes]
    relay: Relay
    patience: float


class Supervisor:
    """The life of one `make run`."""

    def __init__(self, *, die_with_parent: bool) -> None:
        self.console = Console()
        self.die_with_parent = die_with_parent
        self.state = home.state_dir()
        self.port = _port()
        self.lock = StateLock(self.state)
        self.services: Services | None = None
        self.children: list[Child] = []
        self.environment: dict[str, str] = {}
        self.account: home.Account | None = None
        self.sign_in = ""
        self._signals = 0
        self._last_signal = 0.0
        self._stopping = False

    def run(self) -> int:
        """Run until asked to stop (0) or until something fails (1)."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        if self.die_with_parent:
            processes.die_with_parent(os.getppid(), signal.SIGTERM)
        code = 1
        try:
            self._start()
            self._watch()
        except Stopped:
            code = 0
        except StartError as problem:
            self.console.say(f"\n{problem}")
        finally:
            self._stop()
            if self.sign_in and code:
                self.console.say(self.sign_in)
            self.console.flush()
        return code

    def _start(self) -> None:
        began = time.monotonic()
        self._own()
        self._claim_port()
        reach.named_servers()
        self.console.say(f"Data and secrets: {self.state}")
        secrets.load_or_create(secrets.file_path(self.state))
        self.services = Services(self.state, say=lambda line: self.console.say(f"... {line}"))
        self.services.start()
        self.account = self._owner()
        self._check_stop()
        # The secrets stay in their file: settings read it, and no process list shows them.
        self.environment = {**os.environ, **ensure.addresses(self.state), "PYTHONUNBUFFERED": "1"}
        self.environment["PORT"] = str(self.port)
        self.environment.setdefault("DJANGO_SETTINGS_MODULE", "voicecompliance.settings")
        self.environment.setdefault("LOG_LEVEL", "WARNING")
        if self.account:
            self.environment["HOME"] = str(self.state)
        self.console.say("... bringing the database's tables up to date")
        self._manage("migrate", "--noinput", role="owner")
        self.console.say("... starting web, worker and beat")
        self._start_children()
        officer = self._begin_officer()
        self._wait_ready()
        self._end_officer(officer)
        self.lock.note(phase="ready")
        self._print_ready(time.monotonic() - began)

    def _owner(self) -> home.Account | None:
        """As root in a clone of somebody's: the owner, so that no file of theirs becomes root's."""
        account = self.services.account if self.services else None
        if account is None or self.state.stat().st_uid != account.uid:
            return None
        python = Path(sys.executable)
        mine = home.reachable(python.resolve(), account) and home.reachable(python, account)
        return account if mine else None

    def _own(self) -> None:
        home.prepare(self.state)

        def acquired() -> bool:
            self._check_stop()
            if self.lock.acquire(verb="run"):
                return True
            # A run that is going down will soon be gone; one that is up will not.
            return self.lock.holder().get("phase") not in {"stopping", None}

        processes.wait(acquired, PREDECESSOR_SECONDS, every=0.1)
        if self.lock.mine or processes.wait(lambda: self.lock.acquire(verb="run"), 1.0):
            return
        holder = self.lock.holder()
        what = "make run" if holder.get("verb") == "run" else "A command"
        raise StartError(
            f"{what} is already using {self.state} (process {holder.get('pid')}). "
            "Stop that one first, or set VC_HOME to another folder."
        )

    def _claim_port(self) -> None:
        # After a killed predecessor its web workers may be a moment in going.
        patience = 15.0 if self.lock.after_crash else 0.0
        if not processes.wait(lambda: _port_free(self.port), patience, every=0.2):
            raise StartError(
                f"Port {self.port} on 127.0.0.1 is taken by another program. Stop it, or choose "
                f"another port: make run PORT={self.port + 1}"
            )

    def _start_children(self) -> None:
        schedule = self.state / "beat" / "schedule"
        for file in schedule.parent.iterdir():
            if not os.access(file, os.W_OK):
                # Left by root in a folder that is ours; it holds only times of last runs.
                file.unlink()
        celery = ["-m", "voicecompliance.embedded.queue_worker", "-q", "-A", "voicecompliance"]
        level = self.environment["LOG_LEVEL"]
        worker = ["worker", "--concurrency=2", "--without-gossip", "--without-mingle"]
        beat = ["beat", "-s", str(schedule), "--pidfile="]
        web = ["-m", "voicecompliance.embedded.web", str(self.port)]
        self._spawn("web", web, patience=12.0)
        self._spawn("worker", [*celery, *worker, f"--loglevel={level}"], patience=20.0)
        self._spawn("beat", [*celery, *beat, f"--loglevel={level}"], patience=5.0)

    def _spawn(self, name: str, argv: list[str], *, patience: float) -> None:
        process = processes.spawn(
            [sys.executable, *argv],
            env=self.environment,
            cwd=home.repository(),
            # At once: a worker that ended its task first would do so without its broker.
            death=signal.SIGKILL,
            account=self.account,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if process.stdout is None:
            raise AssertionError("a pipe was asked for")
        relay = Relay(process.stdout, self.console, name)
        self.children.append(Child(name, process, relay, patience))

    def _command(
        self, *argv: str, quiet: bool = False, role: str = ""
    ) -> tuple[subprocess.Popen[bytes], Relay]:
        process = processes.spawn(
            [sys.executable, "manage.py", *argv],
            env=self.environment | ({"DATABASE_ROLE": role} if role else {}),
            cwd=home.repository(),
            death=signal.SIGTERM,
            account=self.account,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if process.stdout is None:
            raise AssertionError("a pipe was asked for")
        return process, Relay(process.stdout, self.console, argv[0], quiet=quiet)

    def _manage(self, *argv: str, role: str) -> None:
        """Run a management command to its end. Raises StartError when it fails."""
        process, relay = self._command(*argv, role=role)
        try:
            while process.poll() is None:
                self._check_stop()
                time.sleep(0.05)
        finally:
            processes.stop(process, [(signal.SIGTERM, 10.0)])
        relay.join()
        if process.returncode != 0:
            raise StartError(f"manage.py {argv[0]} failed (see above).")

    def _begin_officer(self) -> tuple[subprocess.Popen[bytes], Relay]:
        return self._command("first_officer", quiet=True)

    def _end_officer(self, started: tuple[subprocess.Popen[bytes], Relay]) -> None:
        process, relay = started
        while process.poll() is None:
            self._check_stop()
            time.sleep(0.05)
        relay.join()
        self.sign_in = "\n".join(relay.last)
        if process.returncode != 0:
            raise StartError("The first officer could not be made (see below).")

    def _wait_ready(self) -> None:
        limit = time.monotonic() + READY_SECONDS
        answer = "no answer"
        while time.monotonic() < limit:
            self._check_stop()
            self._check_alive()
            answer = _readiness(self.port)
            if answer == "200":
                return
            time.sleep(0.1)
        raise StartError(
            f"http://127.0.0.1:{self.port}/readyz did not say ready within "
            f"{READY_SECONDS:.0f} s (last: {answer})."
        )

    def _watch(self) -> None:
        while True:
            self._check_stop()
            self._check_alive()
            time.sleep(0.2)

    def _check_stop(self) -> None:
        if self._signals and not self._stopping:
            raise Stopped

    def _check_alive(self) -> None:
        for child in self.children:
            if child.process.poll() is not None:
                child.relay.join()
                lines = "\n".join(child.relay.last)
                raise StartError(
                    f"{child.name} ended by itself (code {child.process.returncode}). "
                    f"Its last lines:\n{lines}"
                )
        server = self.services.dead() if self.services else None
        if server:
            raise StartError(
                f"The {server.name} ended by itself. Its last lines ({server.log}):\n"
                f"{processes.tail(server.log)}"
            )

    def _stop(self) -> None:
        self._stopping = True
        self.lock.note(phase="stopping")
        if self.children or self.services:
            self.console.say("\nStopping (Ctrl-C again to hurry) ...")
        before = self._signals

        def hurry() -> bool:
            return self._signals > before

        for child in self.children:
            processes.stop(child.process, [(signal.SIGTERM, child.patience)], hurry=hurry)
            self.console.say(f"... {child.name} has stopped")
        if self.services:
            self.services.stop(hurry=hurry())
        if self.children or self.services:
            self.console.say("Everything has stopped. `make run` starts it again with its data.")
        self.lock.release()

    def _print_ready(self, seconds: float) -> None:
        address = f"http://127.0.0.1:{self.port}"
        demo = "make demo" if self.port == 8000 else f"PORT={self.port} make demo"
        self.console.say(
            f"\nready in {seconds:.1f} s: {address}\n\n{self.sign_in}\n\n"
            f"  Admin          {address}/admin/\n"
            f"  API            {address}/api/v1/docs/\n"
            f"  Sample data    {demo}   (in another terminal)\n"
            "  Stop           Ctrl-C\n"
        )

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # One Ctrl-C can reach us twice, from the terminal and from make: that is not impatience.
        now = time.monotonic()
        if not self._signals or now - self._last_signal > 1.0:
            self._signals += 1
        self._last_signal = now


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _port_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does, or connections of the last run would still block it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise StartError(f"Port {port} needs root. Choose one above 1023.") from None
            return False
    return True


def _readiness(port: int) -> str:
    """The status of /readyz as text, or why there was none."""
    # Not urllib: a proxy in the environment is none of loopback's business.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read(500).decode(errors="replace").strip()
        return "200" if response.status == 200 else f"{response.status} {body}"
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        with suppress(OSError):
            connection.close()

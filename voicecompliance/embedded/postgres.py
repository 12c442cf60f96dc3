"""An embedded PostgreSQL: our own child, on a private unix socket, gone when we are gone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess  # nosec B404
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from voicecompliance.embedded import engine, home, processes
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.home import Account

DATABASE = "voicecompliance"
SUPERUSER = "postgres"
# Owns the database and migrates it; no superuser, so that what works here works on a server.
OWNER = "voicecompliance_owner"
START_SECONDS = 120.0
# A statement in an error line, or the DETAIL of a broken constraint, would hold personal data.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# For a database that is thrown away with the tests that made it.
EPHEMERAL_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def database_url(state: Path | None = None) -> str:
    """The address of the embedded database, the same before and after it is started."""
    folder = quote(str(home.socket_dir(state)), safe="")
    return f"postgresql:///{DATABASE}?host={folder}&user={OWNER}"


def listening(state: Path) -> bool:
    """Whether a server takes connections on this state folder's socket."""
    import socket

    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(home.socket_dir(state) / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


class Postgres:
    """One server on one state folder, whose lock the caller holds."""

    name = "database"

    def __init__(self, state: Path, account: Account | None, *, ephemeral: bool = False) -> None:
        self.state = state
        self.account = account
        self.ephemeral = ephemeral
        self.data = state / "database" / "data"
        self.log = state / "log" / "database.log"
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def is_new(self) -> bool:
        """Whether the data is still to be made."""
        return not (self.data / "PG_VERSION").exists()

    def start(self) -> None:
        """Start the server, making data and database on the first start.

        Raises StartError, with the server's last lines, when it does not come up.
        """
        programs = engine.postgres_bin(self.state, self.account)
        processes.clear_out(self.data, polite=signal.SIGINT)
        if self.is_new:
            self._make_data(programs)
        self._check_version()
        if sys.platform == "linux" and not processes.working_in(self.data):
            # The id in it may by now be a stranger's, and PostgreSQL would then refuse to start.
            with suppress(FileNotFoundError):
                (self.data / "postmaster.pid").unlink()
        self._launch(programs)
        self._make_database()

    def stop(self, *, hurry: bool = False) -> None:
        """Fast shutdown: sessions are ended, everything is written; no more than 35 seconds."""
        if self.child is None:
            return
        patience = 2.0 if hurry else 30.0
        processes.stop(self.child, [(signal.SIGINT, patience), (signal.SIGQUIT, 5.0)])
        self.child = None

    def _environment(self) -> dict[str, str]:
        # Not ours: a PGDATA or PGPORT of the operator's would lead the server elsewhere.
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def _make_data(self, programs: Path) -> None:
        partial = self.data.with_name("data.new")
        for leftover in (partial, self.data):
            # Without PG_VERSION it was never a database.
            shutil.rmtree(leftover, ignore_errors=True)
        partial.mkdir(mode=0o700)
        if self.account:
            os.chown(partial, self.account.uid, self.account.gid)
        argv: list[str | Path] = [programs / "initdb", "-D", partial, "-U", SUPERUSER]
        argv += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        # The library's own locale, for messages and the like: "C" is there on every machine.
        argv += ["--locale=C", "--auth-local=trust", "--auth-host=reject", "--no-instructions"]
        if self.ephemeral:
            argv.append("--no-sync")
        with processes.open_log(self.log) as log:
            child = processes.spawn(
                argv,
                env=self._environment(),
                cwd=partial,
                account=self.account,
                death=signal.SIGKILL,
                stdout=log,
                stderr=log,
            )
            code = child.wait()
        if code != 0:
            raise self._problem("The database could not be created.")
        partial.rename(self.data)

    def _check_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != engine.POSTGRES_MAJOR:
            raise StartError(
                f"{self.data} was made by PostgreSQL {version} and this release brings "
                f"{engine.POSTGRES_MAJOR}. Dump it with the old release and load it with this one."
            )

    def _launch(self, programs: Path) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(home.socket_dir(self.state))}
        settings |= EPHEMERAL_SETTINGS if self.ephemeral else {"fsync": "on"}
        argv: list[str | Path] = [programs / "postgres", "-D", self.data]
        for name, value in settings.items():
            argv += ["-c", f"{name}={value}"]
        with processes.open_log(self.log) as log:
            child = processes.spawn(
                argv,
                env=self._environment(),
                cwd=self.data,
                account=self.account,
                # Fast shutdown, so that even a killed owner leaves a database at rest.
                death=signal.SIGINT,
                stdout=log,
                stderr=log,
            )
        self.child = child
        processes.wait(lambda: self._ready() or child.poll() is not None, START_SECONDS)
        if not self._ready():
            self.stop(hurry=True)
            raise self._problem("The database did not start.")

    def _ready(self) -> bool:
        """Whether the postmaster's own file names our child and says ready."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return (
            self.child is not None
            and len(lines) >= 8
            and lines[0].strip() == str(self.child.pid)
            and lines[7].strip() == "ready"
        )

    def _make_database(self) -> None:
        import psycopg

        folder = home.socket_dir(self.state)
        address = f"postgresql:///postgres?host={folder}&user={SUPERUSER}"
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]
            ).fetchone()
            if not found:
                connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB")
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def _problem(self, sentence: str) -> StartError:
        return StartError(f"{sentence} Its last lines ({self.log}):\n{processes.tail(self.log)}")

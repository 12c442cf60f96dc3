"""The database and the broker for as long as something needs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from voicecompliance.embedded import home, postgres, processes, secrets, valkey
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.lock import StateLock
from voicecompliance.embedded.postgres import Postgres
from voicecompliance.embedded.valkey import Valkey

# How long a command waits for another one to leave the services, in seconds.
PATIENCE = 60.0

Say = Callable[[str], None]


def silent(_line: str) -> None:
    """Say nothing: for commands whose output is read by programs."""


def needs_database() -> bool:
    """Whether no server is named for the database."""
    return not os.environ.get("DATABASE_URL")


def needs_broker() -> bool:
    """Whether no server is named for the queue, or none for the cache beside such a queue."""
    broker = os.environ.get("CELERY_BROKER_URL", "")
    if not broker:
        return True
    return not broker.startswith("redis") and not os.environ.get("CACHE_URL")


def running(state: Path | None = None) -> bool:
    """Whether the embedded services of this state folder are up, started by another process."""
    state = state or home.state_dir()
    if not StateLock(state).held():
        return False
    database = not needs_database() or postgres.listening(state)
    return database and (not needs_broker() or valkey.answers(state))


def addresses(state: Path) -> dict[str, str]:
    """The variables that lead a child process to this state folder and its services."""
    found = {"VC_HOME": str(state)}
    if needs_database():
        found["DATABASE_URL"] = postgres.database_url(state)
    if not os.environ.get("CELERY_BROKER_URL"):
        found["CELERY_BROKER_URL"] = valkey.broker_url(state)
    if needs_broker() and not os.environ.get("CACHE_URL"):
        found["CACHE_URL"] = valkey.cache_url(state)
    return found


class Services:
    """What this process starts in a state folder; the caller holds the folder's lock."""

    def __init__(self, state: Path, *, ephemeral: bool = False, say: Say = silent) -> None:
        self.state = state
        self.account = home.prepare(state)
        self.ephemeral = ephemeral
        self.say = say
        self.servers: list[Postgres | Valkey] = []

    def start(self) -> None:
        """Start what the environment does not name. Raises StartError; then nothing is left."""
        try:
            if needs_database():
                database = Postgres(self.state, self.account, ephemeral=self.ephemeral)
                if database.is_new and not self.ephemeral:
                    self.say("creating the database (once, a few seconds)")
                self._start(database)
            if needs_broker():
                self._start(Valkey(self.state, self.account, ephemeral=self.ephemeral))
        except BaseException:
            self.stop(hurry=True)
            raise

    def stop(self, *, hurry: bool = False) -> None:
        """Stop them, last started first."""
        while self.servers:
            self.servers.pop().stop(hurry=hurry)

    def dead(self) -> Postgres | Valkey | None:
        """A server that has ended by itself, if any."""
        for server in self.servers:
            if server.child is None or server.child.poll() is not None:
                return server
        return None

    def _start(self, server: Postgres | Valkey) -> None:
        self.servers.append(server)
        server.start()
        self.say(f"{server.name} is up")


@contextmanager
def owned(state: Path, *, ephemeral: bool = False, say: Say = silent) -> Iterator[dict[str, str]]:
    """Services for the life of the block: those of a running `make run`, else our own.

    Gives the variables for a child's environment, secrets included. Raises StartError.
    """
    home.prepare(state)
    values = secrets.load_or_create(secrets.file_path(state))
    if not (needs_database() or needs_broker()):
        yield addresses(state) | values
        return
    lock = StateLock(state)
    if not _acquired(lock, state, say):
        yield addresses(state) | values
        return
    try:
        ours = Services(state, ephemeral=ephemeral, say=say)
        ours.start()
        try:
            lock.note(phase="ready")
            yield addresses(state) | values
        finally:
            ours.stop()
    finally:
        lock.release()


@contextmanager
def services() -> Iterator[None]:
    """Have the database and the broker up for this process, and their addresses in os.environ.

    Raises StartError.
    """
    with owned(home.state_dir()) as variables:
        os.environ.update(variables)
        yield


def _acquired(lock: StateLock, state: Path, say: Say) -> bool:
    """True with the lock ours, False when a running `make run` serves us."""
    mine = False
    told = False

    def settled() -> bool:
        nonlocal mine, told
        mine = lock.acquire(verb="command")
        if mine:
            return True
        holder = lock.holder()
        if holder.get("verb") == "run" and holder.get("phase") == "ready":
            return running(state)
        if not told:
            told = True
            say(f"waiting for process {holder.get('pid')} to leave the database")
        return False

    if not processes.wait(settled, PATIENCE, every=0.1):
        raise StartError(
            f"Process {lock.holder().get('pid')} is using the database of {state}. "
            "Wait until it ends, or start make run, which all commands then share."
        )
    return mine

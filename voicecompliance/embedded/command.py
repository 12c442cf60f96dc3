"""`exec`: one command with a database and a broker around it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from voicecompliance.embedded import ensure, home, processes, reach
from voicecompliance.embedded.errors import StartError
from voicecompliance.embedded.lock import StateLock

PREFIX = "vc-ephemeral-"


def execute(argv: Sequence[str], *, ephemeral: bool) -> int:
    """Run the command with the services' addresses in its environment; its exit code."""
    reach.named_servers()
    with _state(ephemeral) as state, ensure.owned(state, ephemeral=ephemeral, say=_say) as found:
        return _run(argv, {**os.environ, **found})


def _run(argv: Sequence[str], environment: dict[str, str]) -> int:
    try:
        # In our own session: it may read the terminal, and gets its Ctrl-C from it.
        child = processes.spawn(argv, env=environment, death=signal.SIGTERM, own_session=False)
    except OSError as error:
        raise StartError(f"{argv[0]} cannot be run: {error.strerror}.") from None
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    return 128 - code if code < 0 else code


@contextmanager
def _state(ephemeral: bool) -> Iterator[Path]:
    if not ephemeral:
        yield home.state_dir()
        return
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        sockets = home.socket_dir(folder)
        shutil.rmtree(sockets, ignore_errors=True)


def _sweep() -> None:
    """Remove what killed runs left behind: ours, an hour old, and held by nobody."""
    for folder in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            status = folder.lstat()
        except OSError:
            continue
        old = time.time() - status.st_mtime > 3600
        if status.st_uid == os.geteuid() and old and not StateLock(folder).held():
            shutil.rmtree(folder, ignore_errors=True)


def _say(line: str) -> None:
    sys.stderr.write(f"... {line}\n")
    sys.stderr.flush()

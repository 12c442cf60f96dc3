"""Starting, watching and stopping child processes that never outlive us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess  # nosec B404
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from voicecompliance.embedded.home import Account

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int, death: signal.Signals) -> None:
    """Have the kernel send this process `death` when its parent ends, however it ends.

    Linux only. The kernel forgets it when credentials change, so it comes after setuid; and it
    goes by the parent's thread, so children are started from the main thread.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)
    if os.getppid() != parent:
        # It ended before the call.
        os.kill(os.getpid(), death)


def spawn(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    death: signal.Signals,
    cwd: Path | None = None,
    account: Account | None = None,
    stdout: int | IO[Any] | None = None,
    stderr: int | IO[Any] | None = None,
    own_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a child that receives `death` when we end.

    With `own_session` a Ctrl-C in the terminal does not reach it: we stop it in our order.
    `account` is for root only.
    """
    parent = os.getpid()
    identity: dict[str, Any] = {}
    if account:
        identity = {"user": account.uid, "group": account.gid, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603  # nosec B603
        [os.fspath(part) for part in argv],
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL if own_session else None,
        stdout=stdout,
        stderr=stderr,
        start_new_session=own_session,
        umask=0o077 if account else -1,
        preexec_fn=lambda: die_with_parent(parent, death),
        **identity,
    )


def stop(
    child: subprocess.Popen[bytes],
    steps: Sequence[tuple[signal.Signals, float]],
    *,
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Send each signal and wait its seconds until the child is gone; at last kill its group.

    `hurry` says whether to go on to the next step at once.
    """
    for number, seconds in steps:
        if child.poll() is not None:
            break
        with suppress(ProcessLookupError):
            child.send_signal(number)
        wait(lambda: child.poll() is not None or hurry(), seconds)
    with suppress(ProcessLookupError, PermissionError):
        # Also when the child is gone: what it left in its session goes too.
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def wait(done: Callable[[], bool], seconds: float, *, every: float = 0.02) -> bool:
    """Poll until done or out of time; whether it was done."""
    limit = time.monotonic() + seconds
    while not done():
        if time.monotonic() > limit:
            return False
        time.sleep(every)
    return True


def working_in(folder: Path) -> list[int]:
    """Ids of the processes whose working folder this is. Linux only; elsewhere none.

    PostgreSQL and Valkey both work in their data folder, so this finds a server that is still
    ending, and does not take a stranger with a reused id for one.
    """
    target = os.path.realpath(folder)
    found = []
    with suppress(FileNotFoundError):
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with suppress(OSError):
                    if os.readlink(f"/proc/{entry}/cwd") == target:
                        found.append(int(entry))
    return found


def clear_out(folder: Path, *, polite: signal.Signals) -> None:
    """Wait for old servers that still work in this folder; end them if they do not go.

    Called with the state folder's lock held, so whatever is left has lost its owner.
    """
    for number, seconds in ((None, 5.0), (polite, 20.0), (signal.SIGKILL, 5.0)):
        left = working_in(folder)
        if not left:
            return
        for pid in left:
            if number is not None:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, number)
        wait(lambda: not working_in(folder), seconds)


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file; empty when there is none."""
    with suppress(OSError):
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    return ""


def open_log(log: Path, *, keep_bytes: int = 5_000_000) -> IO[bytes]:
    """Open a server's log to append, moving a large one aside first."""
    from voicecompliance.embedded.home import give_to_owner

    with suppress(OSError):
        if log.stat().st_size > keep_bytes:
            log.replace(log.with_name(log.name + ".1"))
    file = log.open("ab")
    log.chmod(0o600)
    give_to_owner(log)
    return file

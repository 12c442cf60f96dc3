"""One owner for a state folder at a time, known to the others by name."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from voicecompliance.embedded import home


class StateLock:
    """An advisory lock that ends with its process, however that ends."""

    def __init__(self, state: Path) -> None:
        self.path = state / "lock"
        self._handle: int | None = None
        self.after_crash = False

    @property
    def mine(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self, *, verb: str) -> bool:
        """Take the lock if it is free; whether we have it."""
        # Python's descriptors are not inherited over exec, so no child keeps it after us.
        handle = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        # An end in good order leaves it empty.
        self.after_crash = bool(self.holder())
        home.give_to_owner(self.path)
        self.note(verb=verb, phase="starting")
        return True

    def note(self, **facts: str) -> None:
        """Tell the others what the owner is doing."""
        if self._handle is None:
            return
        text = json.dumps({**self.holder(), "pid": os.getpid(), **facts}).encode()
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, text, 0)

    def release(self) -> None:
        """Give it up, leaving word that it ended in good order."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def holder(self) -> dict[str, Any]:
        """What the owner last wrote; empty after an end in good order."""
        with suppress(OSError, ValueError):
            found: dict[str, Any] = json.loads(self.path.read_text())
            return found
        return {}

    def held(self) -> bool:
        """Whether some process holds it now."""
        try:
            handle = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

"""Printing that cannot hold up the supervisor: a reader that stops reading must not stop it."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections import deque
from typing import IO

# Lines waiting for a reader; past it, lines are dropped, never waited for.
BACKLOG = 5000


class Console:
    """Prints whole lines in order, from any thread, without waiting."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue(BACKLOG)
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def say(self, text: str, *, name: str = "") -> None:
        """Print a text, each line with the name of who said it."""
        for line in text.splitlines() or [""]:
            try:
                self._lines.put_nowait(f"{name:>8} | {line}" if name else line)
            except queue.Full:
                return

    def flush(self, seconds: float = 1.0) -> None:
        """Give the writer a moment to finish; the console prints no more after it."""
        try:
            self._lines.put(None, timeout=seconds)
        except queue.Full:
            return
        self._writer.join(seconds)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                sys.stdout.write(line + "\n")
                if self._lines.empty():
                    sys.stdout.flush()
            except (OSError, ValueError):
                # Nobody is reading any more; the work goes on.
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        try:
            sys.stdout.flush()
        except (OSError, ValueError):
            return


class Relay:
    """Passes a child's output on, line by line, and remembers the last of it."""

    def __init__(self, stream: IO[bytes], console: Console, name: str, *, quiet: bool = False):
        self.last: deque[str] = deque(maxlen=25)
        self._stream = stream
        self._console = console
        self._name = name
        self._quiet = quiet
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def join(self, seconds: float = 2.0) -> None:
        """Wait until the child's output has ended."""
        self._thread.join(seconds)

    def _read(self) -> None:
        for raw in self._stream:
            line = raw.decode(errors="replace").rstrip()
            self.last.append(line)
            if not self._quiet:
                self._console.say(line, name=self._name)

"""How far a command is, on standard error: a bar on a terminal, a line a tenth elsewhere."""

from __future__ import annotations

from typing import TextIO

WIDTH = 40


class Bar:
    """Call it with how much is done and the total; ``end`` leaves the line."""

    def __init__(self, out: TextIO, what: str) -> None:
        self._out, self._what = out, what
        self._terminal = out.isatty()
        self._said = -1

    def __call__(self, done: int, total: int) -> None:
        part = done / total if total else 1.0
        step = int(part * (1000 if self._terminal else 10))
        if step == self._said:
            return
        self._said = step
        if self._terminal:
            full = int(part * WIDTH)
            bar = "#" * full + "." * (WIDTH - full)
            self._out.write(f"\r{self._what} [{bar}] {part:4.0%} {done}/{total}")
        else:
            self._out.write(f"{self._what} {part:.0%} ({done} of {total})\n")
        self._out.flush()

    def end(self) -> None:
        """Go on in a line of its own."""
        if self._terminal and self._said >= 0:
            self._out.write("\n")

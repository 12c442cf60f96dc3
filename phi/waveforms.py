"""A recording's picture: the lowest and highest sample of each of up to 400 stretches of time.

Made while the sound is decoded, in constant memory; drawn as one SVG path. It shows when somebody
spoke and how loud, so it is personal data and lies sealed beside the recording.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BUCKETS = 400
_HEIGHT = 128


class Drawing:
    """Takes blocks of 16-bit frames in order; all channels count as one."""

    def __init__(self, frames: int) -> None:
        """``frames`` as the file's head declares them."""
        self._frames = max(1, frames)
        self._buckets = min(BUCKETS, self._frames)
        self._low = np.zeros(self._buckets, dtype=np.int8)
        self._high = np.zeros(self._buckets, dtype=np.int8)
        self._at = 0

    def add(self, block: npt.NDArray[np.int16]) -> None:
        """The next frames, shape (frames, channels)."""
        start = 0
        while start < len(block):
            bucket = min(self._at * self._buckets // self._frames, self._buckets - 1)
            # The first frame of the next bucket; the last bucket takes what is left.
            edge = -(-(bucket + 1) * self._frames // self._buckets)
            if bucket == self._buckets - 1:
                edge = self._at + len(block)
            stop = min(len(block), start + edge - self._at)
            stretch = block[start:stop]
            self._low[bucket] = min(self._low[bucket], int(stretch.min()) >> 8)
            self._high[bucket] = max(self._high[bucket], int(stretch.max()) >> 8)
            self._at += stop - start
            start = stop

    def picture(self) -> bytes:
        """Lowest and highest of each bucket, as signed bytes, in turn."""
        return np.column_stack((self._low, self._high)).tobytes()


def pairs(picture: bytes) -> list[list[int]]:
    """The lowest and highest sample of each bucket, in order, of -128 to 127: full scale."""
    found: list[list[int]] = np.frombuffer(picture, dtype=np.int8).reshape(-1, 2).tolist()
    return found


def path(picture: bytes) -> str:
    """The SVG path of a picture, in a box of one unit a bucket by 256: along the tops, and back
    along the bottoms."""
    drawn = list(enumerate(pairs(picture)))
    tops = " ".join(f"{x},{_HEIGHT - high - 1}" for x, (_, high) in drawn)
    bottoms = " ".join(f"{x},{_HEIGHT - low + 1}" for x, (low, _) in reversed(drawn))
    return f"M{tops} {bottoms}Z"


def width(picture: bytes) -> int:
    """How many buckets a picture has."""
    return len(picture) // 2

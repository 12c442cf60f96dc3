"""Sealing a recording into a file: our stream of segments against one AES-GCM message of the
whole, and against Fernet, each with the write of its bytes to a file of the same folder.

    make bench-sealing
    python -m bench.sealing_stream --sizes 64 512 --rounds 5

Sides alternate in every round, so that what else the machine does meets all; judge by the ratios.
No side calls fsync unless ``--fsync`` is given, and then all three do: the disk is not what is
compared. The peak of memory is that of a process that seals and does nothing else.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault import sealing

MB = 1024 * 1024
CHUNK = 64 * 1024
BOUND = b"v1|bench|owner|key"


def pieces(data: bytes) -> Iterator[bytes]:
    """As a request's body gives them."""
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]


def by_stream(data: bytes, key: bytes) -> Iterator[bytes]:
    return sealing.seal_stream(key, uuid4(), BOUND, pieces(data))


def by_one_message(data: bytes, key: bytes) -> Iterator[bytes]:
    yield AESGCM(key).encrypt(os.urandom(12), data, BOUND)


def by_fernet(data: bytes, key: bytes) -> Iterator[bytes]:
    yield Fernet(base64.urlsafe_b64encode(key)).encrypt(data)


SIDES: dict[str, Callable[[bytes, bytes], Iterator[bytes]]] = {
    "stream": by_stream,
    "one_message": by_one_message,
    "fernet": by_fernet,
}


def write(path: Path, sealed: Iterator[bytes], fsync: bool) -> float:
    """Seconds to seal and write."""
    begun = time.perf_counter()
    with path.open("wb", buffering=0) as file:
        for piece in sealed:
            # A bare file writes 2 GiB at most at once.
            view = memoryview(piece)
            while view:
                view = view[file.write(view) :]
        if fsync:
            os.fsync(file.fileno())
    took = time.perf_counter() - begun
    path.unlink()
    return took


def opened(path: Path, data: bytes, key: bytes) -> float:
    """Seconds to read the sealed stream back; the bytes are compared outside the time."""
    with path.open("wb") as file:
        file.writelines(by_stream(data, key))
    begun = time.perf_counter()
    with sealing.SegmentReader(key, BOUND, path.open("rb")) as reader:
        read = 0
        while piece := reader.read(CHUNK):
            read += len(piece)
    took = time.perf_counter() - begun
    path.unlink()
    if read != len(data):
        raise SystemExit("the stream did not open whole")
    return took


def peak_of_stream(size: int) -> int:
    """Bytes by which sealing ``size`` bytes raised the highest memory of a fresh process."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.sealing_stream", "--peak", str(size)],
        capture_output=True,
        check=True,
        timeout=600,
    )
    return int(found.stdout)


def peak(size: int) -> None:
    piece = os.urandom(CHUNK)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Path(os.devnull).open("wb", buffering=0) as nowhere:
        chunks = (piece for _ in range(size // CHUNK))
        for sealed in sealing.seal_stream(bytes(32), uuid4(), BOUND, chunks):
            nowhere.write(sealed)
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)


def measure(size: int, rounds: int, fsync: bool, folder: Path) -> dict[str, object]:
    data, key, path = os.urandom(size), os.urandom(32), folder / "sealed"
    took: dict[str, list[float]] = {side: [] for side in SIDES}
    for seal in SIDES.values():
        write(path, seal(data[: 8 * MB], key), fsync)
    for round_ in range(rounds):
        order = list(SIDES)
        shift = round_ % len(order)
        for side in order[shift:] + order[:shift]:
            took[side].append(write(path, SIDES[side](data, key), fsync))
    reading = statistics.median(opened(path, data, key) for _ in range(min(3, rounds)))
    middle = {side: statistics.median(each) for side, each in took.items()}
    return {
        "megabytes": size // MB,
        "stream_mb_per_s": round(size / MB / middle["stream"]),
        "one_message_mb_per_s": round(size / MB / middle["one_message"]),
        "fernet_mb_per_s": round(size / MB / middle["fernet"]),
        "opening_mb_per_s": round(size / MB / reading),
        "ratio_to_one_message": round(middle["one_message"] / middle["stream"], 2),
        "bound": ">= 0.8",
        "ratio_to_fernet": round(middle["fernet"] / middle["stream"], 1),
        "bound_to_fernet": ">= 5",
        "stream_peak_memory_mb": round(peak_of_stream(size) / MB, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 512], help="in MB")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--fsync", action="store_true", help="on all sides")
    parser.add_argument("--folder", type=Path, help="where the files are written")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.peak:
        peak(args.peak)
        return
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        found = [measure(s * MB, args.rounds, args.fsync, Path(folder)) for s in args.sizes]
    print(json.dumps({"fsync": args.fsync, "rounds": args.rounds, "sizes": found}, indent=2))


if __name__ == "__main__":
    main()

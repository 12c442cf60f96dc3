"""A recording of 1 GB through the server that `make run` starts: memory and speed of the upload,
the download and a range.

    make bench-recordings
    python -m voicecompliance.embedded exec --ephemeral -- python -m bench.recording_http --small 5

Memory is the highest resident set (VmHWM) of the server's processes, and by how much a large
recording raised it above what a small one had. Linux alone.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.audit_http import await_server, free_port
from bench.scratch import scratch

NAME = "bench_recording_http"
MB = 1024 * 1024
RATE = 24_000
SCOPES = ["calls", "consents:write", "recordings:read", "recordings:write"]
_PIECE = os.urandom(MB)


class Api:
    """The API on loopback, for one application's key."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer, unread."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)
        given = {"Authorization": f"Bearer {self._token}", **headers}
        connection.request(method, f"/api/v1{path}", body, given)
        return connection.getresponse()

    def post(self, path: str, body: Any) -> Any:
        answer = self.send("POST", path, json.dumps(body), **{"Content-Type": "application/json"})
        told = json.loads(answer.read())
        if answer.status != 201:
            raise SystemExit(f"{path}: {answer.status} {told}")
        return told

    def call(self) -> str:
        """The id of a call that may be recorded."""
        subject = self.post("/subjects", {"external_id": f"bench-{time.time_ns()}"})["id"]
        call: str = self.post(
            "/calls",
            {
                "subject": subject,
                "direction": "inbound",
                "regions": ["US-TX"],
                "purposes": ["record"],
                "language": "en",
                "is_ai": True,
            },
        )["id"]
        consent = {
            "subject": subject,
            "purpose": "record",
            "decision": "given",
            "method": "verbal",
            "notice_version": 1,
            "call": call,
        }
        self.post("/consents", consent)
        return call


def wav(size: int) -> Iterator[bytes]:
    """A mono WAV file of ``size`` bytes in all."""
    data = size - 44
    yield (
        struct.pack("<4sI4s", b"RIFF", size - 8, b"WAVE")
        + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * 2, 2, 16)
        + struct.pack("<4sI", b"data", data)
    )
    while data:
        piece = _PIECE[: min(data, MB)]
        data -= len(piece)
        yield piece


def upload(api: Api, size: int) -> tuple[str, float]:
    """The recording's id, and seconds from the first byte to the answer."""
    call = api.call()
    begun = time.perf_counter()
    answer = api.send("PUT", f"/calls/{call}/recording", wav(size), **{"Content-Length": str(size)})
    told = json.loads(answer.read())
    if answer.status != 201:
        raise SystemExit(f"upload: {answer.status} {told}")
    return told["id"], time.perf_counter() - begun


def download(api: Api, recording: str, size: int) -> float:
    """Seconds; the bytes are compared by their hash."""
    begun = time.perf_counter()
    answer = api.send("GET", f"/recordings/{recording}/audio?purpose_of_use=quality")
    came, hashed = 0, hashlib.sha256()
    while piece := answer.read(256 * 1024):
        came += len(piece)
        hashed.update(piece)
    took = time.perf_counter() - begun
    wanted = hashlib.sha256()
    for piece in wav(size):
        wanted.update(piece)
    if came != size or hashed.digest() != wanted.digest():
        raise SystemExit("what came back is not what was sent")
    return took


def part(api: Api, recording: str, size: int) -> float:
    """Seconds until a range near the end was read whole."""
    first = size - MB
    begun = time.perf_counter()
    answer = api.send(
        "GET",
        f"/recordings/{recording}/audio?purpose_of_use=quality",
        Range=f"bytes={first}-{first + 99_999}",
    )
    came = answer.read()
    took = time.perf_counter() - begun
    place = (first - 44) % MB
    if answer.status != 206 or came != (_PIECE * 2)[place : place + 100_000]:
        raise SystemExit("the range is not what was sent")
    return took


def processes(root: int) -> list[int]:
    """``root`` and all that descends from it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found = [root]
    for each in found:
        found += [pid for pid, parent in parents.items() if parent == each]
    return found


def peak(root: int) -> float:
    """The highest resident set of any of the server's processes so far, in MB."""
    highest = 0
    for pid in processes(root):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                highest = max(highest, int(line.split()[1]))
    return highest / 1024


def measure(port: int, token: str, server: int, small: int, large: int) -> dict[str, Any]:
    """Figures of ``large`` bytes after several of ``small``, so that every process is warm."""
    api = Api(port, token)
    for _ in range(6):
        recording, _ = upload(api, small)
        download(api, recording, small)
    before = peak(server)
    recording, up = upload(api, large)
    after_upload = peak(server)
    down = download(api, recording, large)
    ranged = part(api, recording, large)
    after = peak(server)
    return {
        "megabytes": round(large / MB),
        "upload_mb_per_s": round(large / MB / up),
        "download_mb_per_s": round(large / MB / down),
        "range_near_the_end_ms": round(ranged * 1000, 1),
        "peak_mb_before": round(before, 1),
        "peak_mb_after": round(after, 1),
        "raised_by_upload_mb": round(after_upload - before, 1),
        "raised_by_download_mb": round(after - after_upload, 1),
        "bound": "raised < 100 in all",
    }


def start(port: int, **environment: str) -> subprocess.Popen[bytes]:
    """The server of `make run`."""
    return subprocess.Popen(
        [sys.executable, "-m", "voicecompliance.embedded.web", str(port)],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.http_settings",
            "DATABASE_ROLE": "web",
            **environment,
        },
    )


def make_key() -> str:
    from accounts.services.applications import create_api_key, create_application
    from core.actors import Actor

    actor = Actor.system("bench")
    application = create_application(actor=actor, name="bench", takes_cards=False)
    return create_api_key(actor=actor, application=application, scopes=SCOPES)[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--small", type=int, default=20, help="megabytes of the warm-up's uploads")
    args = parser.parse_args()
    if sys.platform != "linux":
        raise SystemExit("It reads memory from /proc, which Linux alone has.")
    # Not when imported: a test uses the parts, and its process has settings of its own.
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_settings"
    port = free_port()
    with scratch(NAME):
        token = make_key()
        server = start(port, BENCH_DATABASE=NAME)
        try:
            await_server(port)
            found = measure(port, token, server.pid, args.small * MB, args.megabytes * MB)
            print(json.dumps(found, indent=2))
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()

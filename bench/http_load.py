"""Load on one address: requests of fixed bytes over kept connections, counted.

`python -m bench.http_load PORT CONNECTIONS SECONDS < request`; loopback only.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time


class Connection(asyncio.Protocol):
    def __init__(self, request: bytes, until: float, done: asyncio.Future[None]) -> None:
        self.request, self.until, self.done = request, until, done
        self.held = b""
        self.took: list[float] = []
        self.wrong: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.sent = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.held += data
        head, found, rest = self.held.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(rest) < length:
            return
        self.held = b""
        now = time.perf_counter()
        self.took.append(now - self.sent)
        if b" 201 " not in head[:16]:
            self.wrong.append((head[:16] + rest[:200]).decode(errors="replace"))
        if now >= self.until or self.wrong:
            self.transport.close()
            self.done.set_result(None)
        else:
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.wrong.append(f"closed: {exc}")
            self.done.set_result(None)


async def load(port: int, connections: int, seconds: float, request: bytes) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    made = []
    for _ in range(connections):
        done = loop.create_future()
        _, connection = await loop.create_connection(
            lambda done=done: Connection(request, begun + seconds, done), "127.0.0.1", port
        )
        made.append(connection)
    await asyncio.gather(*(connection.done for connection in made))
    elapsed = time.perf_counter() - begun
    took = sorted(each for connection in made for each in connection.took)
    return {
        "requests": len(took),
        "per_s": round(len(took) / elapsed, 1),
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1),
        "wrong": [each for connection in made for each in connection.wrong][:3],
    }


if __name__ == "__main__":
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(asyncio.run(load(port, connections, seconds, sys.stdin.buffer.read()))))

"""Load on one address: requests of fixed bytes over kept connections, counted.

`python -m bench.http_load PORT CONNECTIONS SECONDS < request`; loopback only. On bare sockets,
so that the load takes as little as it can of the processors that it shares with the server.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_HIGHEST_WAIT = 30.0


class Connection:
    """One request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.held, self.sent = b"", 0.0

    def send(self, request: bytes) -> None:
        self.held, self.sent = b"", time.perf_counter()
        self.socket.sendall(request)

    def answered(self) -> bytes | None:
        """The answer once it is whole; raises SystemExit where the server hangs up."""
        data = self.socket.recv(262_144)
        if not data:
            raise SystemExit("the server closed a connection")
        self.held += data
        head, found, rest = self.held.partition(b"\r\n\r\n")
        length = _LENGTH.search(head) if found else None
        if length is None or len(rest) < int(length[1]):
            return None
        return self.held


def load(port: int, connections: int, seconds: float, request: bytes) -> dict[str, object]:
    waiting = selectors.DefaultSelector()
    took: list[float] = []
    wrong: list[str] = []
    begun = time.perf_counter()
    for _ in range(connections):
        connection = Connection(port)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(request)
    while waiting.get_map():
        ready = waiting.select(_HIGHEST_WAIT)
        if not ready:
            raise SystemExit("the server answers no longer")
        for key, _ in ready:
            connection = key.data
            answer = connection.answered()
            if answer is None:
                continue
            now = time.perf_counter()
            took.append(now - connection.sent)
            if b" 201 " not in answer[:16]:
                wrong.append(answer[:400].decode(errors="replace"))
            if wrong or now >= begun + seconds:
                waiting.unregister(connection.socket)
                connection.socket.close()
            else:
                connection.send(request)
    elapsed = time.perf_counter() - begun
    took.sort()
    return {
        "requests": len(took),
        "per_s": round(len(took) / elapsed, 1),
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1),
        "wrong": wrong[:3],
    }


if __name__ == "__main__":
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(load(port, connections, seconds, sys.stdin.buffer.read())))

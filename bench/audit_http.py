"""Reporting events over HTTP: batches against one connection's COPY, single events against a
plain Django REST framework endpoint on the same server.

    make bench-http
    python -m voicecompliance.embedded exec --ephemeral -- python -m bench.audit_http --seconds 3

Rounds alternate, so that what else the machine does meets both sides; judge by the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from typing import Any

from bench.scratch import scratch

if __name__ == "__main__":
    # Not when imported: others use the parts, and their process has settings of its own.
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.http_settings"
os.environ.setdefault("LOG_LEVEL", "WARNING")
BATCH = 500
NAME = "bench_audit_http"


def event(number: int) -> dict[str, Any]:
    """About what an application reports of a call."""
    return {
        "event_type": "call",
        "action": "answered",
        "user_id": f"customer-{number % 97}",
        "severity": "INFO",
        "occurred_at": "2026-01-31T10:15:00Z",
        "details": {"call": f"0191e8f0-1234-7abc-8def-{number:012d}", "attempt": 2, "queue": "en"},
    }


def request_of(path: str, token: str, body: Any) -> bytes:
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nAccept: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def load(port: int, connections: int, seconds: float, request: bytes) -> dict[str, Any]:
    """From a process of its own, that ends by itself."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.http_load", str(port), str(connections), str(seconds)],
        input=request,
        capture_output=True,
        timeout=seconds + 60,
        check=True,
    )
    answer: dict[str, Any] = json.loads(found.stdout)
    if answer["wrong"]:
        raise SystemExit(f"the server refused: {answer['wrong']}")
    return answer


def prepare() -> str:
    """The peer's table, and a key that may write."""
    from django.db import connection

    from accounts.services.applications import create_api_key, create_application
    from bench.plain.models import PlainEvent
    from core.actors import Actor
    from core.database import WEB

    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        with connection.schema_editor() as editor:
            editor.create_model(PlainEvent)
        cursor.execute(f"GRANT SELECT, INSERT ON {PlainEvent._meta.db_table} TO {WEB}")
        cursor.execute("RESET ROLE")
    actor = Actor.system("bench")
    application = create_application(actor=actor, name="bench")
    return create_api_key(actor=actor, application=application, scopes=["audit:write"])[1]


def copy_rows(rounds: int) -> float:
    """Rows a second by COPY of the columns of the very rows that the service would write."""
    from django.db import connection, transaction
    from django.utils import timezone

    from audit import services
    from audit.ingest import entry_of
    from core.actors import Actor
    from core.ids import uuid7

    actor = Actor("application", str(uuid7()), "bench", "127.0.0.1")
    rows = []
    for number in range(BATCH):
        sent = event(number)
        entry = entry_of(
            sent["event_type"],
            sent["action"],
            sent["user_id"],
            sent["details"],
            sent["severity"],
            timezone.now(),
        )
        common = services._common(actor, timezone.now())
        rows.append(services._row(services._event(common, entry, dict(entry.details))))
    statement = f"COPY audit_auditevent ({services._COLUMNS}) FROM STDIN"
    spent = 0.0
    for _ in range(rounds):
        rows = [(uuid7(), *row[1:]) for row in rows]
        start = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        spent += time.perf_counter() - start
    return rounds * BATCH / spent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def await_server(port: int) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                answer.read()
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not come up")


def measure(port: int, token: str, args: argparse.Namespace) -> dict[str, Any]:
    events = "/api/v1/audit/events"
    single = request_of(events, token, event(7))
    plain = request_of("/api/v1/bench/plain", token, event(7))
    open_ = request_of("/api/v1/bench/open", token, event(7))
    batch = request_of(events, token, [event(number) for number in range(BATCH)])
    for each in (single, plain, open_):
        load(port, args.connections, 1, each)
    # Single events first: what batches leave behind for the vacuum must not meet one side alone.
    singles = []
    for number in range(args.rounds):
        sides = [plain, single, open_]
        order = (0, 1, 2) if number % 2 else (1, 0, 2)
        took = {side: load(port, args.connections, args.seconds, sides[side]) for side in order}
        singles.append([took[side] for side in range(3)])
    copy_rows(5)
    batches = []
    for _ in range(args.rounds):
        by_copy = copy_rows(args.copies)
        by_http = load(port, args.batch_connections, args.seconds, batch)
        batches.append((by_http["per_s"] * BATCH, by_copy))
    middle = statistics.median
    ours, theirs, without = (
        middle(round_[side]["per_s"] for round_ in singles) for side in (1, 0, 2)
    )
    return {
        "batches_of_500": {
            "http_events_per_s": round(middle(http for http, _ in batches)),
            "copy_rows_per_s": round(middle(copy for _, copy in batches)),
            "ratio": round(middle(http / copy for http, copy in batches), 3),
            "bound": ">= 0.5",
            "connections": args.batch_connections,
        },
        "single": {
            "requests_per_s": ours,
            "plain_drf_requests_per_s": theirs,
            "ratio": round(middle(r[1]["per_s"] / r[0]["per_s"] for r in singles), 3),
            "bound": ">= 1.6",
            "plain_drf_without_credentials_per_s": without,
            "ratio_to_it": round(middle(r[1]["per_s"] / r[2]["per_s"] for r in singles), 3),
            "p99_ms": middle(round_[1]["p99_ms"] for round_ in singles),
            "connections": args.connections,
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="of each load")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--copies", type=int, default=40, help="batches copied each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--batch-connections", type=int, default=4)
    args = parser.parse_args()
    port = free_port()
    with scratch(NAME):
        token = prepare()
        server = subprocess.Popen(
            [sys.executable, "-m", "voicecompliance.embedded.web", str(port)],
            env={
                **os.environ,
                "BENCH_DATABASE": NAME,
                "DATABASE_ROLE": "web",
                "RATE_WRITE": "100000000/min",
                "RATE_INGEST": "100000000/min",
                "RATE_ADDRESS": "100000000/min",
            },
        )
        try:
            await_server(port)
            print(json.dumps(measure(port, token, args), indent=2))
        finally:
            server.terminate()
            server.wait(30)


if __name__ == "__main__":
    main()

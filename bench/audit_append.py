"""What writing the audit log costs: batches against raw COPY, one event against its act, the
sealer against the writers, and dropping a month.

    make bench-append
    python -m bench.audit_append --rows 20000 --seconds 6 --month 1000000

Every figure has its peer in the same run; judge by the ratios.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench.scratch import scratch

BATCH = 500
ROUNDS = 9


def details(number: int) -> dict[str, Any]:
    """About what an application reports: 264 bytes of row with the rest."""
    return {"call": f"0191e8f0-1234-7abc-8def-{number:012d}", "state": "answered", "attempt": 2}


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def batches(rows: int) -> dict[str, Any]:
    """Events a second through the service, and by COPY of the very same rows."""
    from django.db import connection, transaction

    from audit import services
    from audit.services import Entry, record_many
    from core.actors import Actor
    from core.ids import uuid7

    actor = Actor("application", "bench", "bench", "127.0.0.1")
    inputs = [
        [Entry(event_type="call", action="reported", details=details(n + k)) for k in range(BATCH)]
        for n in range(0, rows, BATCH)
    ]
    ready: list[list[tuple[Any, ...]]] = []

    def through_the_service() -> None:
        for entries in inputs:
            with transaction.atomic():
                record_many(actor=actor, entries=entries)

    def prepare() -> None:
        now = datetime.now(UTC)
        for entries in inputs:
            common = services._common(actor, now)
            events = [services._event(common, entry, dict(entry.details)) for entry in entries]
            ready.append([services._row(event) for event in events])

    def by_copy() -> None:
        for rows_ in ready:
            with transaction.atomic(), connection.cursor() as cursor:
                statement = f"COPY audit_auditevent ({services._COLUMNS}) FROM STDIN"
                with cursor.copy(statement) as copy:
                    for row in rows_:
                        copy.write_row(row)

    prepare()
    by_copy()
    pairs = []
    for _ in range(ROUNDS):
        for rows_ in ready:
            rows_[:] = [(uuid7(), *row[1:]) for row in rows_]
        # What the bench itself holds is not what a server would look through for garbage.
        gc.freeze()
        copy_time = timed(by_copy)
        pairs.append((timed(through_the_service), copy_time))
    service, copy = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "service_events_per_s": round(rows / service),
        "copy_rows_per_s": round(rows / copy),
        "ratio": round(statistics.median(c / s for s, c in pairs), 3),
        "bound": ">= 0.5",
    }


def compared(count: int, act: Callable[[bool], object]) -> dict[str, Any]:
    """Medians of an act without and with its event, by turns."""
    for _ in range(50):
        act(True)
    plain, audited = [], []
    for _ in range(count):
        plain.append(timed(lambda: act(False)))
        audited.append(timed(lambda: act(True)))
    without, with_event = statistics.median(plain), statistics.median(audited)
    return {
        "act_ms": round(without * 1000, 3),
        "act_and_event_ms": round(with_event * 1000, 3),
        "added": round(with_event / without - 1, 3),
        "bound": "<= 0.25",
    }


def verb(count: int) -> dict[str, Any]:
    """A verb of the product: a call announced and answered by the gate."""
    from accounts.models import VoiceApplication
    from consent.services import calls, subjects
    from core.actors import Actor

    application = VoiceApplication.objects.create(name="bench verb")
    actor = Actor("application", str(application.id), "bench", "127.0.0.1")
    subject, _ = subjects.put_subject(
        actor=actor, id_space="bench", external_id="bench", values={"region": "US-TX"}
    )
    recorded = calls.record

    def act(audited: bool) -> None:
        calls.record = recorded if audited else lambda **_: None  # type: ignore[assignment]
        calls.open_call(
            actor=actor,
            application_id=application.id,
            subject=subject,
            direction="inbound",
            regions=["US-TX"],
            purposes=["record"],
            language="en",
            is_ai=True,
        )

    try:
        return compared(count, act)
    finally:
        calls.record = recorded


def single(count: int) -> dict[str, Any]:
    """The smallest act there is, one row by the ORM, with and without its event."""
    from django.db import transaction

    from accounts.models import VoiceApplication
    from audit.services import record
    from consent.models import Call
    from core.actors import Actor
    from core.ids import uuid7

    actor = Actor("application", "bench", "bench", "127.0.0.1")
    application = VoiceApplication.objects.create(name="bench")

    def act(audited: bool) -> None:
        with transaction.atomic():
            call = Call.objects.create(
                id=uuid7(),
                application=application,
                direction="inbound",
                regions=["US-TX"],
                purposes=["record"],
                language="en",
                is_ai=True,
                started_at=datetime.now(UTC),
            )
            if audited:
                record(
                    actor=actor,
                    event_type="call",
                    action="opened",
                    obj=call,
                    details={"purposes": ["record"]},
                )

    return compared(count, act)


def writers(seconds: float, size: int, threads: int = 16) -> dict[str, Any]:
    """Events a second from 16 writers, with the sealer at work every 5 s and without."""
    from django.db import connection, transaction

    from audit.sealing import seal
    from audit.services import Entry, record_many
    from core.actors import Actor

    actor = Actor("application", "bench", "bench", "127.0.0.1")
    entries = [Entry(event_type="call", action="reported", details=details(k)) for k in range(size)]

    def load() -> int:
        stop = time.perf_counter() + seconds
        counts = [0] * threads

        def write(place: int) -> None:
            try:
                while time.perf_counter() < stop:
                    with transaction.atomic():
                        record_many(actor=actor, entries=entries)
                    counts[place] += size
            finally:
                connection.close()

        pool = [threading.Thread(target=write, args=[n]) for n in range(threads)]
        for thread in pool:
            thread.start()
        for thread in pool:
            thread.join()
        return sum(counts)

    def with_sealer() -> int:
        """The sealer in a process of its own, as the worker is."""
        import subprocess

        done = threading.Event()
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.sealer", connection.settings_dict["NAME"]],
            stdin=subprocess.PIPE,
        )
        try:
            total = load()
        finally:
            done.set()
            if child.stdin:
                child.stdin.close()
            child.wait(60)
        return total

    pairs = []
    for _ in range(3):
        seal()
        alone = load()
        seal()
        pairs.append((alone, with_sealer()))
    alone, beside = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "alone_events_per_s": round(alone / seconds),
        "with_sealer_events_per_s": round(beside / seconds),
        "cost": round(1 - statistics.median(b / a for a, b in pairs), 3),
    }


def month(rows: int) -> dict[str, Any]:
    """Seconds to drop a month of so many events by the deleter's own path."""
    from django.db import connection, transaction

    from core.actors import Actor
    from core.database import dropping
    from core.inventory import get

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SELECT audit_ensure_partition('2017-03-01T00:00:00Z')")
        cursor.execute(
            "INSERT INTO audit_auditevent SELECT gen_random_uuid(),"
            " '2017-03-01T00:00:00Z'::timestamptz + n * interval '1 second', NULL, 'call',"
            " 'reported', 'INFO', 'application', 'bench', 'bench', '', '', '', '', '{}', 'x'"
            " FROM generate_series(1, %s) n",
            [rows],
        )
    assert Actor
    declaration = get("audit_events")
    assert declaration.drop is not None
    drop = declaration.drop
    cutoff = declaration.keep.cutoff(datetime.now(UTC))

    def work() -> None:
        with dropping():
            gone = drop(cutoff, held=lambda start, end: False, dry_run=False)
            assert gone[0].rows == rows

    return {"events": rows, "seconds": round(timed(work), 3), "bound": "<= 0.5"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--acts", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--month", type=int, default=1_000_000)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "batch_against_copy": lambda: batches(options.rows),
        "single_event_in_an_act_of_one_row": lambda: single(options.acts),
        "single_event_in_a_call_opened": lambda: verb(options.acts),
        "sealer_with_16_single_writers": lambda: {
            **writers(options.seconds, 1),
            "bound": "<= 0.20",
        },
        "sealer_with_16_batch_writers": lambda: {
            **writers(options.seconds, BATCH),
            "bound": "<= 0.35",
        },
        "drop_a_month": lambda: month(options.month),
    }
    with scratch("bench_audit_append"):
        print(
            json.dumps(
                {
                    name: part()
                    for name, part in parts.items()
                    if not options.only or name in options.only.split(",")
                },
                indent=2,
            )
        )


if __name__ == "__main__":
    main()

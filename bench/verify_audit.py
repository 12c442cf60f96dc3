"""How fast the log is verified, columns and all, against a Merkle tree built in memory.

    make bench-verify
    python -m bench.verify_audit --events 200000 --processes 2 --times 5

The peer is the tree of the very same entries, from bytes in memory, in the same run; memory is
the greatest resident size of any process of the verification, at so many events and at
``--times`` as many.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

from bench.audit_append import BATCH, details
from bench.scratch import scratch


def fill(count: int) -> None:
    """Events as an application reports them, sealed."""
    from django.db import connection, transaction

    from audit.sealing import seal
    from audit.services import Entry, record_many
    from core.actors import Actor

    actor = Actor("application", "bench", "bench", "127.0.0.1")
    for start in range(0, count, BATCH):
        entries = [
            Entry(event_type="call", action="reported", details=details(number))
            for number in range(start, min(start + BATCH, count))
        ]
        with transaction.atomic():
            record_many(actor=actor, entries=entries)
    seal()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute("VACUUM ANALYZE audit_auditevent, audit_leaf")
        cursor.execute("RESET ROLE")
    connection.close()


def merkle() -> tuple[float, float, bytes]:
    """Seconds to build the tree from the entries in memory: with the leaves' hashes, and of the
    tree alone; and the root."""
    from django.db import connection

    from audit.merkle import Frontier, leaf_hash

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry FROM audit_auditevent e JOIN audit_leaf l ON l.event_id = e.id"
            " ORDER BY l.index"
        )
        entries = [bytes(row[0]) for row in cursor]
    start = time.perf_counter()
    frontier = Frontier()
    for entry in entries:
        frontier.append(leaf_hash(entry))
    whole = time.perf_counter() - start
    leaves = [leaf_hash(entry) for entry in entries]
    start = time.perf_counter()
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return whole, time.perf_counter() - start, frontier.root()


def peak_kib() -> int:
    """The greatest resident size of this process so far, of what it was before exec apart."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def child(name: str, processes: int) -> None:
    """One verification in a process of its own: prints its figures."""
    import django

    django.setup()
    from django.db import connection

    from audit.verifier.run import verify

    connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    before = peak_kib()
    start = time.perf_counter()
    verdict = verify(processes=processes)
    seconds = time.perf_counter() - start
    assert verdict.ok, verdict
    peak = max(peak_kib(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    document = verdict.document()
    print(
        json.dumps(
            {
                "seconds": seconds,
                "idle_kib": before,
                "peak_kib": peak,
                "root": document["root"],
            }
        )
    )


def verified(processes: int) -> dict[str, Any]:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.verify_audit", "--child", name, str(processes)],
        stdout=subprocess.PIPE,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--times", type=int, default=5, help="1: leave the memory's figure out")
    parser.add_argument("--child", nargs=2, metavar=("DATABASE", "PROCESSES"))
    options = parser.parse_args()
    if options.child:
        child(options.child[0], int(options.child[1]))
        return
    from base64 import b64encode

    with scratch("bench_verify_audit"):
        began = datetime.now(UTC)
        fill(options.events)
        pairs = []
        for _ in range(3):
            built, tree, root = merkle()
            seen = verified(options.processes)
            assert seen["root"] == b64encode(root).decode()
            pairs.append((built / seen["seconds"], tree / seen["seconds"], built, seen))
        ratio, of_tree, built, seen = sorted(pairs, key=lambda pair: pair[0])[1]
        alone = verified(1)
        result: dict[str, Any] = {
            "events": options.events,
            "processes": options.processes,
            "verified_per_s": round(options.events / seen["seconds"]),
            "merkle_build_per_s": round(options.events / built),
            "ratio": round(ratio, 3),
            "ratio_to_hashed_leaves": round(of_tree, 3),
            "bound": ">= 0.15",
            "one_process_per_s": round(options.events / alone["seconds"]),
            "idle_mib": round(seen["idle_kib"] / 1024, 1),
            "peak_mib": round(seen["peak_kib"] / 1024, 1),
        }
        if options.times > 1:
            fill(options.events * (options.times - 1))
            more = verified(options.processes)
            result |= {
                f"peak_mib_at_{options.times}_times": round(more["peak_kib"] / 1024, 1),
                "memory_growth": round(more["peak_kib"] / seen["peak_kib"], 3),
                f"verified_per_s_at_{options.times}_times": round(
                    options.events * options.times / more["seconds"]
                ),
            }
        result["took_s"] = round((datetime.now(UTC) - began).total_seconds())
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

"""Rotation of data keys in PostgreSQL against MultiFernet.rotate of the same tokens in memory.

    make bench-rewrap
    make bench-rewrap BENCH_ARGS="--number 50000 --rounds 3"

In one run: every data key is rewrapped in the database with ``rotate_keys``' own function, and
the same tokens by MultiFernet in one thread, in turn; the best of each counts. Beside the keys
lie sealed columns, hashed before and after: rotation must not write a byte of content.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from bench.scratch import scratch

NAME = "bench_rewrap"
TARGET = 0.40


def fill(number: int) -> None:
    """Data keys of as many owners, and a sealed result of a job for every fiftieth."""
    import base64
    import os

    from django.utils import timezone

    from core.ids import uuid7
    from operations.models import Job
    from operations.services.jobs import result_binding
    from vault import services
    from vault.models import DataKey

    for _ in range(number // 5000 or 1):
        rows = []
        for _ in range(min(5000, number)):
            owner, key_id = uuid7(), uuid7()
            value = base64.b64encode(owner.bytes + key_id.bytes + os.urandom(32)).decode()
            rows.append(DataKey(id=key_id, owner_id=owner, key_class="content", wrapped=value))
        DataKey.objects.bulk_create(rows)
    now = timezone.now()
    jobs = []
    for _ in range(number // 50):
        job_id = uuid7()
        sealed = services.seal(job_id, "request_file", result_binding(job_id), os.urandom(20_000))
        jobs.append(
            Job(
                id=job_id,
                kind="bench",
                state="succeeded",
                created_at=now,
                queued_at=now,
                finished_at=now,
                result=sealed,
                result_expires_at=now,
            )
        )
        if len(jobs) == 100:
            Job.objects.bulk_create(jobs)
            jobs = []
    Job.objects.bulk_create(jobs)


def content() -> tuple[str, int]:
    """A hash over every sealed column with its row's place on disk, and the bytes in them: a
    row that was written again, even with the same bytes, has another place."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(md5(result) || ctid::text || xmin::text, '' ORDER BY id)),"
            " sum(length(result)) FROM operations_job WHERE result IS NOT NULL"
        )
        found, size = cursor.fetchone()
    return str(found), int(size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with scratch(NAME):
        from cryptography.fernet import Fernet, MultiFernet
        from django.conf import settings
        from django.db import connection

        from core.actors import Actor
        from core.fields import PREFIX
        from vault.columns import columns
        from vault.models import DataKey
        from vault.rewrap import rewrap_all

        settings.FIELD_ENCRYPTION_PROVIDER = "environment"
        fill(args.number)
        before, size = content()
        keys = next(each for each in columns() if each.model is DataKey)
        database: list[float] = []
        memory: list[float] = []
        rewrapped = 0
        for _ in range(args.rounds):
            settings.FIELD_ENCRYPTION_KEYS = (
                Fernet.generate_key().decode(),
                settings.FIELD_ENCRYPTION_KEYS[0],
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT substr(wrapped, 22) FROM vault_datakey")
                tokens = [row[0].encode() for row in cursor.fetchall()]
            ring = MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
            start = time.perf_counter()
            for token in tokens:
                ring.rotate(token)
            memory.append(len(tokens) / (time.perf_counter() - start))
            start = time.perf_counter()
            done = rewrap_all(actor=Actor.system("bench"))
            database.append(done.values / (time.perf_counter() - start))
            rewrapped += done.values
            assert done.complete, done
        after, _ = content()
        ratio = max(database) / max(memory)
        result: dict[str, Any] = {
            "number": args.number,
            "rewrapped": rewrapped,
            "column": keys.label,
            "database_per_s": [round(each) for each in database],
            "memory_per_s": [round(each) for each in memory],
            "ratio": round(ratio, 3),
            "bound": f">= {TARGET}",
            "content_bytes": size,
            "content_bytes_rewritten": 0 if before == after else size,
        }
        assert PREFIX == "vc1:"
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

"""What sealing health records costs, in bulk: against the same rows in the clear, and against
django-encrypted-model-fields as it comes.

    make bench-health
    python -m bench.health_records --rows 10000 --subjects 500 --rounds 9

A record has two values of 200 bytes. In the clear and with the package they are two columns; the
product seals a record's content as one JSON object. Read through the ORM, as an export or a
report reads, whose one event for the whole is not measured here. The three take turns within
each round, in another order each; figures are medians, ratios medians of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.scratch import scratch

NAME = "bench_health"
SIZE = 200


def models() -> tuple[Any, Any]:
    """A table in the clear and the package's, each with a health record's columns and indexes."""
    from django.db import connection, models
    from django.utils import timezone

    from core.database import WEB
    from core.fields import PackageTextField
    from core.ids import uuid7

    def made(name: str, field: Callable[[], Any]) -> Any:
        meta = type(
            "Meta",
            (),
            {
                "app_label": "phi",
                "indexes": [
                    models.Index(fields=["subject", "data_type", "-id"], name=f"{name}_a"[-30:]),
                    models.Index(fields=["data_type", "-id"], name=f"{name}_b"[-30:]),
                ],
            },
        )
        return type(
            name,
            (models.Model,),
            {
                "__module__": __name__,
                "Meta": meta,
                "id": models.UUIDField(primary_key=True, default=uuid7),
                "subject": models.ForeignKey(
                    "consent.DataSubject", models.PROTECT, related_name="+", db_index=False
                ),
                "application": models.ForeignKey(
                    "accounts.VoiceApplication", models.PROTECT, related_name="+"
                ),
                "data_type": models.CharField(max_length=24),
                "first": field(),
                "second": field(),
                "recorded_at": models.DateTimeField(db_index=True),
                "created_at": models.DateTimeField(default=timezone.now),
            },
        )

    found = made("BenchPlain", models.TextField), made("BenchPackage", PackageTextField)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        with connection.schema_editor() as editor:
            for model in found:
                editor.create_model(model)
        for model in found:
            cursor.execute(f"GRANT ALL ON {model._meta.db_table} TO {WEB}")
        cursor.execute(f"SET ROLE {WEB}")
    return found


def timed(work: Callable[[], int]) -> float:
    """Seconds; what lies about from before is not collected in between."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    gc.enable()
    return took


def turns(acts: dict[str, Callable[[], int]], rounds: int, rows: int) -> dict[str, Any]:
    """Rows a second of each act, and of each its ratio to the first's."""
    for act in acts.values():
        act()
    took: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name in random.sample(sorted(acts), len(acts)):
            took[name].append(timed(acts[name]))
    base = took["plain"]
    figures: dict[str, Any] = {}
    for name, each in took.items():
        figures[f"{name}_rows_per_s"] = round(rows / statistics.median(each))
        if name != "plain":
            ratios = [plain / own for plain, own in zip(base, each, strict=True)]
            figures[f"{name}_ratio"] = round(statistics.median(ratios), 3)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--subjects", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with scratch(NAME):
        from django.db import transaction
        from django.utils import timezone

        from accounts.models import VoiceApplication
        from consent.services.subjects import put_subject
        from core.actors import Actor
        from core.ids import uuid7
        from phi.models import HealthRecord
        from phi.services.health import open_many, seal_many

        plain, package = models()
        actor = Actor.system("bench")
        application = VoiceApplication.objects.create(name="bench")
        subjects = [
            put_subject(actor=actor, id_space="bench", external_id=str(n), values={})[0].pk
            for n in range(options.subjects)
        ]
        now = timezone.now()
        # Not compressible: what is stored is what is measured.
        texts = ["".join(random.choices("abcdefghijklmnopqrstuvwxyz ", k=SIZE)) for _ in range(997)]

        def columns(number: int) -> dict[str, Any]:
            return {
                "id": uuid7(),
                "subject_id": subjects[number % len(subjects)],
                "application_id": application.pk,
                "data_type": "diagnosis",
                "recorded_at": now,
            }

        def values(number: int) -> dict[str, str]:
            return {"first": texts[number % 997], "second": texts[(number + 1) % 997]}

        def write(model: Any, rows: int) -> int:
            with transaction.atomic():
                made = [model(**columns(n), **values(n)) for n in range(rows)]
                return len(model.objects.bulk_create(made, batch_size=1000))

        def write_sealed(rows: int) -> int:
            with transaction.atomic():
                made = seal_many((HealthRecord(**columns(n)), values(n)) for n in range(rows))
                return len(HealthRecord.objects.bulk_create(made, batch_size=1000))

        def read(model: Any) -> int:
            return len([(row, row.first, row.second) for row in model.objects.all()])

        def read_sealed() -> int:
            return len(
                [
                    (row, content["first"], content["second"])  # type: ignore[index]
                    for row, content in open_many(HealthRecord.objects.all())
                ]
            )

        write(plain, options.rows)
        write(package, options.rows)
        write_sealed(options.rows)
        reading = turns(
            {
                "plain": lambda: read(plain),
                "sealed": read_sealed,
                "package": lambda: read(package),
            },
            options.rounds,
            options.rows,
        )
        writing = turns(
            {
                "plain": lambda: write(plain, options.rows),
                "sealed": lambda: write_sealed(options.rows),
                "package": lambda: write(package, options.rows),
            },
            options.rounds,
            options.rows,
        )
        found = {
            "rows": options.rows,
            "subjects": options.subjects,
            "read": {**reading, "bound": "sealed_ratio >= 0.5"},
            "write": {**writing, "bound": "sealed_ratio >= 0.75"},
        }
    json.dump(found, sys.stdout, indent=2)
    print()
    if reading["sealed_ratio"] < 0.5 or writing["sealed_ratio"] < 0.75:
        sys.exit("below the bound")


if __name__ == "__main__":
    main()

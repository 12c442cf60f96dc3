"""``manage.py rotate_keys``: everything under an old wrapping key goes under the newest."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from core import wrapping
from core.actors import Actor
from vault.keys import count_and_keep
from vault.progress import Bar
from vault.rewrap import BATCH, rewrap_all, waiting


class Command(BaseCommand):
    help = "Wrap under the newest key what is under older ones. May be killed and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count, and say what is left")
        parser.add_argument("--json", action="store_true", help="one JSON document, no progress")
        parser.add_argument("--batch", type=int, default=BATCH, help="values in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["batch"] <= 100_000:
            raise CommandError("--batch is 1 to 100000.")
        try:
            found = self._found(options)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
        else:
            self._tell(found)
        if found["left"]:
            sys.exit(1)

    def _found(self, options: dict[str, Any]) -> dict[str, Any]:
        if options["check"]:
            counts = count_and_keep()
            to = wrapping.ring().newest.id
            return {
                "to": to,
                "left": waiting(counts, to),
                "columns": {label: dict(keys) for label, keys in sorted(counts.items())},
            }
        bar = Bar(sys.stderr, "rewrapping")
        actor = Actor.system("manage.py rotate_keys")
        done = rewrap_all(
            actor=actor, batch=options["batch"], progress=None if options["json"] else bar
        )
        bar.end()
        return {
            "to": done.to,
            "rewrapped": done.values,
            "refused": done.refused,
            "left": done.left,
        }

    def _tell(self, found: dict[str, Any]) -> None:
        ring = wrapping.ring()
        for label, keys in found.get("columns", {}).items():
            for key_id, rows in sorted(keys.items()):
                self.stdout.write(f"{label}: {rows} under {key_id or 'an unnamed key'}")
        if "rewrapped" in found:
            self.stdout.write(f"{found['rewrapped']} values rewrapped under key {found['to']}.")
        for key_id, rows in found["left"].items():
            why = "" if not key_id or ring.by_id(key_id) else ", which the list does not hold"
            self.stdout.write(f"{rows} values are under {key_id or 'an unnamed key'}{why}.")
        if not found["left"]:
            self.stdout.write(f"Nothing is left under another key than {found['to']}.")

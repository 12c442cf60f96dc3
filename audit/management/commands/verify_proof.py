"""``manage.py verify_proof FILE``: what a proof file proves, without looking into the database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.proofs import BadProof, Grown, check


class Command(BaseCommand):
    help = (
        "Check the proof that an event is in the log, or that the log only grew; exit 1 with the"
        " reason where it fails."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--key",
            metavar="VERIFIER_KEY",
            help="The log's verifier key, from a source that you trust.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proved = check(options["file"].read_bytes(), key=options["key"])
        except (BadProof, OSError) as error:
            raise CommandError(f"Not proved: {error}") from None
        if isinstance(proved, Grown):
            self.stdout.write(
                f"Proved: the log {proved.new.origin} of {proved.new.size} events begins with that"
                f" of {proved.old.size}."
            )
        else:
            point = proved.checkpoint
            self.stdout.write(
                f"Proved: event {proved.entry['id']} is entry {proved.index} of the log"
                f" {point.origin} of {point.size} events. It says:"
            )
            self.stdout.write(json.dumps(proved.entry, indent=2))
        if proved.own_key:
            self.stdout.write(
                "Warning: the key was taken from the file itself, so anyone may have signed it."
                " Give the key that you trust with --key."
            )

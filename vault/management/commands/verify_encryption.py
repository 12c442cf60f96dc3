"""``manage.py verify_encryption``: which stored values are not ciphertext, or do not open."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from core.actors import Actor
from vault.progress import Bar
from vault.verification import verify


class Command(BaseCommand):
    help = "Find values that are not ciphertext or do not open; exit 1 where there is one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="look at the form, open nothing")
        parser.add_argument("--json", action="store_true", help="one JSON document, no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = Bar(sys.stderr, "verifying")
        try:
            found = verify(
                actor=Actor.system("manage.py verify_encryption"),
                quick=options["quick"],
                progress=None if options["json"] else bar,
            )
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        bar.end()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in found], indent=2))
        else:
            for each in found:
                self.stdout.write(f"{each.model}.{each.field} {each.id}: {each.reason}")
            what = "has the form of" if options["quick"] else "opens as"
            if not found:
                self.stdout.write(f"Every stored value {what} ciphertext of its row.")
        if found:
            sys.exit(1)

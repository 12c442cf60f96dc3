"""``manage.py verify_audit``: the whole log, proved from what is stored, or the first bad entry."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.note import BadNote
from audit.verifier.run import Verdict, verify


class Command(BaseCommand):
    help = "Check every audit event, leaf, tile and checkpoint; exit 1 with the first bad entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Write one JSON document.")
        parser.add_argument(
            "--checkpoint",
            metavar="FILE",
            type=Path,
            action="append",
            default=[],
            help="Signed notes kept outside, one or several: the log must lead to each.",
        )
        parser.add_argument(
            "--key",
            metavar="VERIFIER_KEY",
            action="append",
            default=[],
            help="Trust this key, or these, in place of the installation's own.",
        )
        parser.add_argument(
            "--processes", type=int, default=2, help="Work in so many processes (2)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outside = [_text(path) for path in options["checkpoint"]]
            verdict = verify(outside=outside, keys=options["key"], processes=options["processes"])
        except BadNote as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            self.stdout.write(json.dumps(verdict.document(), indent=2))
        else:
            self._tell(verdict)
        if not verdict.ok:
            raise SystemExit(1)

    def _tell(self, verdict: Verdict) -> None:
        bad = verdict.first_bad
        self.stdout.write(
            f"{verdict.events} events, {verdict.size} of them in the log or dropped,"
            f" {verdict.unsealed} not sealed yet; {verdict.checkpoints} checkpoints,"
            f" {verdict.copies} of outside copies."
        )
        if bad is None:
            self.stdout.write(
                f"Everything agrees. Root {verdict.document()['root']}"
                if verdict.size or verdict.events
                else "The log is empty: nothing was ever written, or all of it is gone."
            )
            if not verdict.copies:
                self.stdout.write(
                    "No outside copy was compared (--checkpoint FILE): a log that the holder of"
                    " the signing key rewrote, or that was cut short, would look the same."
                )
            return
        place = "" if bad.index is None else f", entry {bad.index}"
        self.stdout.write(f"{verdict.faults} faults. The first: {bad.id}{place}")
        self.stdout.write(f"{bad.code}: {bad.reason}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None

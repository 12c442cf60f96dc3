"""``manage.py enforce_retention``: what goes and why, what stays and why."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.actors import Actor
from retention.deleter import enforce
from retention.report import Report


def moment(text: str) -> datetime:
    """An ISO 8601 moment, UTC where it names no zone. Raises CommandError."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--at: {text!r} is not an ISO 8601 moment such as 2026-11-24T12:00:00Z."
        ) from None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def plain(value: object) -> str:
    """A value of a document that JSON has no type for."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _shown(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M:%S}"


class Command(BaseCommand):
    help = "Delete personal data that has reached its end and is not held."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Delete nothing; say what would go."
        )
        parser.add_argument(
            "--at",
            metavar="ISO",
            help="Compare ends with this moment instead of now; one in the future only with"
            " --dry-run.",
        )
        parser.add_argument("--json", action="store_true", help="Write one JSON document.")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run: bool = options["dry_run"]
        now = timezone.now()
        at = moment(options["at"]) if options["at"] else now
        if at > now and not dry_run:
            raise CommandError(
                "--at in the future needs --dry-run: nothing is ever deleted ahead of its time."
            )
        # On disk: there may be more of them than memory holds.
        with TemporaryFile("w+", encoding="utf-8") as items:
            report = enforce(
                actor=Actor.system("enforce_retention"),
                now=at,
                dry_run=dry_run,
                on_item=lambda item: print(json.dumps(asdict(item), default=plain), file=items),
            )
            if options["json"]:
                self._json(report, items)
            else:
                self._text(report, items)
        if report.error:
            raise CommandError(f"Not everything could be deleted: {report.error}")

    def _json(self, report: Report, items: TextIO) -> None:
        document = {
            "run": report.run_id,
            "at": report.at,
            "dry_run": report.dry_run,
            "categories": report.counts(),
        }
        head = json.dumps(document, default=plain, indent=2).removesuffix("\n}")
        self.stdout.write(head + ',\n  "items": [')
        items.seek(0)
        comma = ""
        for line in items:
            self.stdout.write(f"{comma}    {line.rstrip()}", ending="")
            comma = ",\n"
        self.stdout.write("\n  ]\n}")

    def _text(self, report: Report, items: TextIO) -> None:
        verb = "would go" if report.dry_run else "deleted"
        self.stdout.write(f"As of {report.at:%Y-%m-%d %H:%M:%S} UTC")
        for code, counts in report.categories.items():
            stays = "" if counts.kept is None else f", {counts.kept} not ended yet"
            by = "a policy" if counts.decided_by == "policy" else "the default"
            self.stdout.write(
                f"{code}: {counts.deleted} {verb}, {counts.held} held,"
                f" {counts.failed} failed{stays}"
                f" (kept for {counts.days} days by {by})"
            )
            items.seek(0)
            for item in map(json.loads, items):
                if item["category"] == code:
                    self.stdout.write(
                        f"  {item['outcome']:8} {item['id']}  from {_shown(item['clock'])}"
                        f"  end {_shown(item['ends'])}  {item['reason']}"
                    )
        self.stdout.write(
            f"{report.deleted} {verb}, {report.held} held, {report.failed} failed."
            f" Run {report.run_id}."
        )

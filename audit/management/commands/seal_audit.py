"""``manage.py seal_audit``: what is committed gets its place and a signed checkpoint now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit.sealing import seal


class Command(BaseCommand):
    help = "Seal the audit events that are committed and wait for their seal."

    def handle(self, *args: Any, **options: Any) -> None:
        done = seal(wait=True)
        self.stdout.write(f"{done.events} events sealed; the log holds {done.size}.")

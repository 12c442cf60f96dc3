"""``manage.py make_wrapping_key``: a new entry for the list of wrapping keys."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from core import wrapping


class Command(BaseCommand):
    help = (
        "Print a new entry for FIELD_ENCRYPTION_KEYS, alone on standard output. Under Vault it"
        " is a ciphertext, and nobody sees the key."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entry = wrapping.make_key()
            key_id = wrapping.public_id(entry)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        self.stderr.write(
            f"Key {key_id}. Back it up, test the back-up, put it behind the others in the list and"
            " restart, then move it to the front (docs/keys.md). It is shown once:"
        )
        self.stdout.write(entry)

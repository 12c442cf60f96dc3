"""``manage.py rotate_api_key PREFIX``: an old key's successor, alone on standard output."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiKey
from accounts.services import rotate_api_key
from accounts.services.applications import OVERLAP
from core.actors import Actor
from core.errors import Problem


class Command(BaseCommand):
    help = "Make a new API key in the place of an old one, print it once, and end the old one soon."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix", help="the old key's: what stands between vc_ and the secret")
        parser.add_argument(
            "--overlap-hours",
            type=int,
            default=OVERLAP // timedelta(hours=1),
            help="for how long both work, 0 to 168",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        old = ApiKey.objects.filter(prefix=options["prefix"]).first()
        if old is None:
            # What was typed may be a whole key: it is not said again.
            raise CommandError("There is no key with this prefix.")
        try:
            new, text = rotate_api_key(
                actor=Actor.system("manage.py rotate_api_key"),
                key=old,
                overlap=timedelta(hours=options["overlap_hours"]),
            )
        except Problem as problem:
            said = [message for field in problem.errors.values() for message in field]
            raise CommandError(" ".join(said) or problem.detail) from None
        old.refresh_from_db()
        self.stderr.write(
            f"Application {new.application.name}. Scopes: {', '.join(new.scopes)}. Good until"
            f" {new.expires_at:%Y-%m-%d}. The old key works until"
            f" {old.expires_at:%Y-%m-%d %H:%M} UTC. The new one is shown once:"
        )
        self.stdout.write(text)

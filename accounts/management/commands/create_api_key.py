"""``manage.py create_api_key NAME --scopes a,b``: the key, once, alone on standard output."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import VoiceApplication
from accounts.models.applications import ORGANISATION
from accounts.scopes import SCOPES, unknown
from accounts.services import create_api_key, create_application
from accounts.services.applications import KEY_DAYS
from core.actors import Actor
from core.errors import Problem


class Command(BaseCommand):
    help = "Make an API key for a voice application (made too where it is new) and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the voice application's name")
        parser.add_argument(
            "--scopes", required=True, help=f"comma-separated, of: {', '.join(SCOPES)}"
        )
        parser.add_argument("--days", type=int, default=KEY_DAYS, help="how long it is good")
        parser.add_argument(
            "--id-space", default=ORGANISATION, help="for a new application: its ids' numbering"
        )
        parser.add_argument(
            "--no-cards", action="store_true", help="for a new application: it takes no cards"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("manage.py create_api_key")
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        if wrong := unknown(scopes):
            raise CommandError(
                f"Unknown scope: {', '.join(wrong)}. There are: {', '.join(SCOPES)}."
            )
        try:
            with transaction.atomic():
                application = VoiceApplication.objects.filter(name=options["name"]).first()
                made = application is None
                if application is None:
                    application = create_application(
                        actor=actor,
                        name=options["name"],
                        id_space=options["id_space"],
                        takes_cards=not options["no_cards"],
                    )
                key, text = create_api_key(
                    actor=actor, application=application, scopes=scopes, days=options["days"]
                )
        except Problem as problem:
            said = [message for field in problem.errors.values() for message in field]
            raise CommandError(" ".join(said) or problem.detail) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        state = "new" if made else "known" if application.is_active else "INACTIVE: activate it"
        self.stderr.write(
            f"Application {application.name} ({state}). Scopes: {', '.join(key.scopes)}."
            f" Good until {key.expires_at:%Y-%m-%d}. The key is shown once:"
        )
        self.stdout.write(text)

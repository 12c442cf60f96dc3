"""``manage.py first_officer``: who signs in first, and how."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.services import create_first_officer
from accounts.services.people import active_officers
from core.actors import Actor


class Command(BaseCommand):
    help = "Make the first compliance officer where there is none, and say how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        parser.add_argument("--address", default=address, help="where we serve")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"].rstrip("/") + "/admin/"
        made = create_first_officer(actor=Actor.system("manage.py first_officer"))
        if made is None:
            name = active_officers().order_by("created_at").values_list("username", flat=True)[0]
            self.stdout.write(
                f"Sign in at {address} as {name} with password and authenticator code.\n"
                f"Phone lost:    .venv/bin/python manage.py reset_factor {name}\n"
                f"Password lost: .venv/bin/python manage.py reset_factor --password {name}"
            )
            return
        user, password = made
        self.stdout.write(
            f"Sign in at {address}\n"
            f"  User name: {user.username}\n"
            f"  Password:  {password}   (shown once: keep it)\n"
            "  Then scan the QR code with an authenticator app on your phone, and keep the"
            " recovery codes."
        )

"""``manage.py reset_factor USERNAME``: for somebody who has lost phone and recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from accounts.services import new_password, reset_factor, set_password
from core.actors import Actor


class Command(BaseCommand):
    help = "Take away a person's second factor and end their sessions; they enrol a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument(
            "--password", action="store_true", help="give a new random password too, shown once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            raise CommandError("There is no person with this name.") from None
        if not options["yes"]:
            answer = input(
                f"Reset the second factor of {user.username}? Whoever knows the password can"
                " enrol next, so be sure who asks. Type yes: "
            )
            if answer.strip().lower() != "yes":
                raise CommandError("Nothing was changed.")
        actor = Actor.system("manage.py reset_factor")
        with transaction.atomic():
            reset_factor(actor=actor, user=user)
            if options["password"]:
                password = new_password()
                set_password(actor=actor, user=user, password=password)
        self.stdout.write(
            f"{user.username} is signed out everywhere and has no second factor."
            " At the next sign-in: name and password, then a QR code to scan."
        )
        if options["password"]:
            self.stdout.write(f"New password, shown once: {password}")
        if not user.is_active:
            self.stdout.write("The account is not active: activate it in the admin first.")

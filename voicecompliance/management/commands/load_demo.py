"""``manage.py load_demo``: calls through the API, and a second officer for four eyes."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User, VoiceApplication
from accounts.services.applications import create_api_key, create_application, revoke_api_key
from accounts.services.people import create_person, new_password
from consent.models import Call
from core.actors import Actor
from voicecompliance import demo
from voicecompliance.wsgi import application as wsgi

APPLICATION = "Demonstration voice app"
SECOND = "second-officer"
SCOPES = (
    "calls consents:read consents:write recordings:read recordings:write transcripts:read"
    " transcripts:write mask"
).split()


class Command(BaseCommand):
    help = "Fill the installation with a few fictional calls and a second officer. Repeatable."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url",
            default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}",
            help="the running server; without one there the API is called in this process",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor.system("manage.py load_demo")
        application = VoiceApplication.objects.filter(name=APPLICATION).first()
        if application is None:
            application = create_application(actor=actor, name=APPLICATION, id_space="demo")
        key, token = create_api_key(actor=actor, application=application, scopes=SCOPES, days=1)
        try:
            with self._client(options["url"], token) as client:
                for script, audio in demo.scripts():
                    version = demo.model_version(script["name"])
                    if Call.objects.filter(application=application, model_version=version):
                        self.stdout.write(f"  {script['title']}: there already")
                        continue
                    told = demo.play(client, script, audio)
                    self.stdout.write(f"  {told.title}: {told.outcome}")
        except (demo.DemoFailed, httpx.HTTPError) as error:
            raise CommandError(str(error)) from error
        finally:
            revoke_api_key(actor=actor, key=key)
        self._second_officer(actor)
        self.stdout.write("Next: open Calls in the admin and look at one.")

    def _client(self, url: str, token: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            httpx.get(f"{url}/healthz", timeout=5).raise_for_status()
        except httpx.HTTPError:
            self.stdout.write(f"No server at {url}: the API is called in this process.")
            return httpx.Client(
                base_url="http://localhost",
                transport=httpx.WSGITransport(app=wsgi),
                headers=headers,
            )
        return httpx.Client(base_url=url, headers=headers, timeout=60)

    def _second_officer(self, actor: Actor) -> None:
        if User.objects.filter(username=SECOND).exists():
            self.stdout.write(f"The second officer, {SECOND}, is there already.")
            return
        password = new_password()
        create_person(
            actor=actor,
            username=SECOND,
            roles=["compliance officer"],
            password=password,
            name="Second officer",
        )
        self.stdout.write(
            "A second officer, for acts that take two people (use another browser profile):\n"
            f"  User name: {SECOND}\n"
            f"  Password:  {password}   (shown once: keep it)"
        )

"""One planted world for all checks of a module; what a check does is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AdminSession, Passkey, SessionToken
from accounts.services import add_passkey
from tests.access.callers import Caller, pages_callers, people_by_token
from tests.access.table import ROWS
from tests.access.world import World, plant
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import register
from tests.conftest import ALL_SCOPES


@dataclass
class Cast:
    """The world and everybody who calls on it."""

    world: World
    pages: list[Caller]
    people: list[Caller]
    keys: dict[str | None, list[Caller]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for scope in {use.scope for row in ROWS for use in row.uses.values()}:
            self.keys[scope] = list(self._applications(scope))

    def page(self, role: str) -> Caller:
        """The person of ``role``, signed in to the admin."""
        return next(each for each in self.pages if each.role == role)

    def api(self, scope: str | None) -> list[Caller]:
        """Everybody who may come to a route of the API that asks for ``scope``."""
        cookie = APIClient(raise_request_exception=False)
        cookie.cookies = self.page("compliance officer").client.cookies
        forged = APIClient(raise_request_exception=False)
        forged.credentials(HTTP_AUTHORIZATION="Bearer vcs_" + "x" * 43)
        strangers = [
            Caller("nobody", APIClient(raise_request_exception=False)),
            Caller("a session of the admin", cookie),
            Caller("a forged token", forged),
        ]
        return [*strangers, *self.keys[scope], *self.people]

    def _applications(self, scope: str | None) -> Iterator[Caller]:
        own, other = self.world.application, self.world.stranger
        everything = frozenset(ALL_SCOPES)
        sets = {
            "its application, with the scope alone": (own, {scope} if scope else {"mask"}),
            "its application, with all but the scope": (own, everything - {scope}),
            "another application": (other, everything),
        }
        for name, (application, scopes) in sets.items():
            client = self.world.client(application, sorted(scopes))
            owner = "application" if application is own else ""
            yield Caller(name, client, scopes=frozenset(scopes), owner=owner)


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Planted once a module, and never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = plant()
        pages = pages_callers(world)
        people = people_by_token(world)
        world.ids["accounts.sessiontoken"] = SessionToken.objects.order_by("id")[0].pk
        owner = world.people["compliance officer"]
        register(owner, Authenticator(), verb=add_passkey)
        world.ids["accounts.passkey"] = Passkey.objects.get().pk
        world.ids["accounts.adminsession"] = AdminSession.objects.order_by("id")[0].pk
        yield Cast(world, pages, people)
        transaction.set_rollback(True)


@pytest.fixture
def world(cast: Cast) -> World:
    return cast.world


@pytest.fixture(autouse=True)
def _metrics_token(settings: Any) -> None:
    settings.METRICS_TOKEN = "for the metrics alone"


__all__ = ["Cast", "Client"]


@pytest.fixture(autouse=True)
def _a_proof_that_lasts(settings: Any) -> None:
    """The checks of a module share one world, and together take longer than a proof is good for."""
    settings.STEP_UP_SECONDS = 3600

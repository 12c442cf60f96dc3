"""Who calls: nobody, people of every role, applications with and without the scope."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts import otp
from accounts.models import TotpDevice
from accounts.services import issue_session_token
from core.actors import Actor
from tests.access.routes import Route
from tests.access.rows import STAFF, Row, Use
from tests.access.world import PASSWORD, World
from tests.conftest import ALL_SCOPES, verified_client

# What a request leaves behind even where it is refused.
TRACES = (
    "audit_",  # what was tried
    "django_session",  # that the session was used
    "accounts_apikey",  # when a key was last used
    "accounts_sessiontoken",  # and a token
    "accounts_adminsession",  # and a session
    "accounts_attempttally",  # that somebody tried to sign in
    "phi_access",  # who looked, beside the event of the look
)


@dataclass
class Caller:
    """A client, and what the table knows of who is behind it."""

    name: str
    client: Client
    # The person's role; "" for nobody and for applications.
    role: str = ""
    # An application's scopes; None for everybody else.
    scopes: frozenset[str] | None = None
    owner: str = ""

    def __post_init__(self) -> None:
        self._cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def send(self, route: Route, row: Row, method: str, ids: dict[str, Any], world: World) -> Any:
        """Make the row's request, with ``ids`` as the objects."""
        # Signing out and the like: what a request did to the cookies is undone with the rest.
        self.client.cookies = SimpleCookie(self._cookies)
        use = row.use(method) or Use()
        values = {name: ids[row.of] for name in route.parameters if name not in row.values}
        path = route.path({**values, **row.values})
        query: dict[str, Any] = {}
        if use.query:
            query = {"query_params": world.filled(dict(use.query), ids)}
        if method in {"GET", "HEAD", "OPTIONS"}:
            return self.client.generic(method, path, **query)
        if not route.is_api:
            if method == "POST":
                return self.client.post(path, world.filled(dict(use.form), ids), **query)
            return self.client.generic(method, path, **query)
        if use.raw is not None:
            return self.client.generic(method, path, use.raw, "application/octet-stream")
        body = world.filled(use.body, ids) if use.body is not None else {}
        api: Any = self.client
        send = getattr(api, method.lower())
        return send(path, body, format="json") if isinstance(api, APIClient) else send(path)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def written() -> dict[str, int]:
    """Rows written so far in this transaction by table, those rolled back included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def changed_since(before: dict[str, int]) -> set[str]:
    """The tables written to since, but for the traces of any request."""
    after = written()
    return {
        table
        for table, rows in after.items()
        if rows != before.get(table) and not table.startswith(TRACES)
    }


def session_token(person: Any) -> str:
    """A token as ``POST /auth/token`` gives it; the person's app is enrolled already."""
    device = TotpDevice.objects.get(user=person)
    # A code counts while it is shown: one that is about to change is not begun.
    if (left := otp.STEP_SECONDS - time.time() % otp.STEP_SECONDS) < 5:
        time.sleep(left)
    code = otp.code_at(device.secret, int(time.time()) // otp.STEP_SECONDS)
    _, text = issue_session_token(
        actor=Actor.anonymous(""), username=person.username, password=PASSWORD, code=code
    )
    return text


def pages_callers(world: World) -> list[Caller]:
    """Everybody who may come to a page."""
    half = Client(raise_request_exception=False)
    half.force_login(world.people["asker"])
    application = world.client(world.application, ALL_SCOPES)
    people = [
        Caller(role, verified_client(world.people[role], raise_request_exception=False), role)
        for role in sorted(STAFF)
    ]
    return [
        Caller("nobody", Client(raise_request_exception=False)),
        Caller("someone without the second step", half),
        Caller("an application", application),
        *people,
    ]


def people_by_token(world: World) -> list[Caller]:
    """People of every role with a session token; to be called after ``pages_callers``."""
    found = []
    for role in sorted(STAFF):
        client = APIClient(raise_request_exception=False)
        token = session_token(world.people[role])
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        found.append(Caller(role, client, role))
    return found

"""What every answer tells the browser: scripts, frames, referrers, caches; and what it demands."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from tests.access.callers import Caller, undone
from tests.access.conftest import Cast
from tests.access.routes import Route, routes
from tests.access.rows import UNSAFE, Row
from tests.access.table import ROWS
from tests.conftest import verified_client

pytestmark = pytest.mark.django_db

ROUTES = {route.key: route for route in routes()}
# Documents without anybody's data.
PUBLIC = {"schema", "docs"}


def wrong_headers(route: Route, answer: Any) -> list[str]:
    """What is missing or too weak in an answer's headers, a word each."""
    policy = answer.headers.get("Content-Security-Policy", "")
    rules = dict(re.findall(r"([a-z-]+) ([^;]+)", policy))
    scripts = rules.get("script-src", rules.get("default-src", "*"))
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    eval_allowed = route.is_admin and is_page
    held = {
        "scripts": not {"'unsafe-inline'", "*", "data:", "https:", "http:"} & set(scripts.split()),
        "eval": "'unsafe-eval'" not in scripts or eval_allowed,
        "data": is_page or rules.get("default-src") == "'none'",
        "frames": rules.get("frame-ancestors") == "'none'",
        "base": rules.get("base-uri") == "'none'",
        "objects": rules.get("object-src", rules.get("default-src")) == "'none'",
        "forms": rules.get("form-action") in {"'self'", "'none'"},
        "X-Frame-Options": answer.headers.get("X-Frame-Options") == "DENY",
        "nosniff": answer.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": answer.headers.get("Referrer-Policy") == "same-origin",
        "opener": answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "resource": answer.headers.get("Cross-Origin-Resource-Policy") == "same-origin",
        "permissions": {"camera=()", "microphone=()", "geolocation=()"}
        <= set(answer.headers.get("Permissions-Policy", "").split(", ")),
        "cache": "no-store" in answer.headers.get("Cache-Control", ""),
        "request id": "X-Request-ID" in answer.headers,
    }
    return [name for name, right in held.items() if not right]


def callers(route: Route, row: Row, cast: Cast) -> list[Caller]:
    """One who may, where anybody may, and nobody."""
    use = row.use("GET") or next(iter(row.uses.values()))
    if route.is_api:
        every = cast.api(use.scope)
        return [every[0], every[3], every[-1]]
    return [cast.pages[0], *(cast.page(role) for role in sorted(use.who)[:1])]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_answer_carries_them(row: Row, cast: Cast) -> None:
    route = ROUTES[row.route]
    wrong = []
    for caller in callers(route, row, cast):
        for method in ("GET", *(row.uses if caller.role or caller.scopes else UNSAFE)):
            with undone():
                answer = caller.send(route, row, method, cast.world.ids, cast.world)
            missing = wrong_headers(route, answer)
            if missing:
                wrong.append(f"{method} as {caller.name}, {answer.status_code}: {missing}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", ["/nothing", "/admin/nothing/", "/api/v1/nothing", "/static/no"])
def test_what_is_not_there_carries_them_too(path: str, cast: Cast) -> None:
    client = cast.page("auditor").client
    answer = client.get(path)
    assert answer.status_code == 404
    route = Route(path, path.removeprefix("/"), None)
    expected = ["cache"] if path.startswith("/static/") else []
    assert wrong_headers(route, answer) == expected


# CSRF -------------------------------------------------------------------------------------------

PAGES = [row for row in ROWS if not ROUTES[row.route].is_api and ROUTES[row.route].is_admin]


@pytest.fixture(scope="module")
def checked(cast: Cast) -> Caller:
    """Somebody who may do everything, in a browser that Django does not trust."""
    person = cast.world.people["everything"]
    client = verified_client(person, enforce_csrf_checks=True, raise_request_exception=False)
    return Caller("everything", client, "everything")


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.id)
def test_a_post_needs_its_token(row: Row, cast: Cast, checked: Caller) -> None:
    route, world = ROUTES[row.route], cast.world
    answer = checked.send(route, row, "POST", world.ids, world)
    assert answer.status_code == 403
    assert b"CSRF" in answer.content
    nobody = Caller("nobody", Client(enforce_csrf_checks=True))
    assert b"CSRF" in nobody.send(route, row, "POST", world.ids, world).content


@pytest.mark.parametrize("key", ["admin:login", "admin:index", "admin:accounts_user_add"])
def test_a_post_with_its_token_is_let_in(key: str, cast: Cast, checked: Caller) -> None:
    """Or else the refusals above would say nothing of the token."""
    row, world = next(row for row in ROWS if row.route == key), cast.world
    token = _get_new_csrf_string()
    client = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": token})
    client.cookies["sessionid"] = checked.client.cookies["sessionid"].value
    client.cookies["csrftoken"] = token
    answer = Caller("with a token", client).send(ROUTES[key], row, "POST", world.ids, world)
    assert b"CSRF" not in answer.content


def test_a_token_from_another_site_is_none(cast: Cast, checked: Caller) -> None:
    token = _get_new_csrf_string()
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://elsewhere.example"})
    client.cookies["csrftoken"] = token
    answer = client.post("/admin/login/", {"csrfmiddlewaretoken": token})
    assert answer.status_code == 403


# Cookies ----------------------------------------------------------------------------------------


def test_cookies_are_out_of_scripts_reach(cast: Cast) -> None:
    client = Client()
    client.get("/admin/login/")
    person = cast.world.people["somebody"]
    form = {"username": person.username, "password": "correct horse battery staple"}
    answer = client.post("/admin/login/", form)
    assert answer.status_code == 302, "no session was made"
    assert set(client.cookies) == {"sessionid", "csrftoken"}
    for cookie in client.cookies.values():
        assert cookie["httponly"], cookie.key
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]

"""Headers where no route is, the CSRF token of every POST, cookies. The headers of every route's
answers are looked at in test_routes."""

from __future__ import annotations

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from tests.access.callers import Caller
from tests.access.conftest import Cast
from tests.access.headers import wrong_headers
from tests.access.routes import Route, routes
from tests.access.table import ROWS
from tests.conftest import verified_client

pytestmark = pytest.mark.django_db

ROUTES = {route.key: route for route in routes()}


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


def test_every_post_of_the_admin_needs_its_token(cast: Cast, checked: Caller) -> None:
    world, wrong = cast.world, []
    nobody = Caller("nobody", Client(enforce_csrf_checks=True))
    for row in PAGES:
        for caller in (checked, nobody):
            answer = caller.send(ROUTES[row.route], row, "POST", world.ids, world)
            if answer.status_code != 403 or b"CSRF" not in answer.content:
                wrong.append(f"{row.id} as {caller.name}: {answer.status_code}")
    assert not wrong
    assert len(PAGES) > 150


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

"""Every route x method x caller x object: the table against what the product answers, and the
headers of each answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any
from uuid import uuid4

import pytest

from tests.access.callers import Caller, changed_since, undone, written
from tests.access.conftest import Cast
from tests.access.headers import wrong_headers
from tests.access.routes import Route, routes
from tests.access.rows import METHODS, NOBODY, UNSAFE, Row
from tests.access.table import ROWS

pytestmark = pytest.mark.django_db

ROUTES = {route.key: route for route in routes()}
API = [row for row in ROWS if row.route in ROUTES and ROUTES[row.route].is_api]
PAGES = [row for row in ROWS if row.route in ROUTES and not ROUTES[row.route].is_api]
OWN, DELETED, WRONG, UNKNOWN = "own", "deleted", "of another kind", "unknown"


def test_every_route_has_a_row() -> None:
    """A new route says who may use it, before it is used."""
    missing = sorted(ROUTES.keys() - {row.route for row in ROWS})
    assert not missing, f"no row in tests/access/table_*.py for: {', '.join(missing)}"


def test_every_row_has_a_route() -> None:
    left = sorted({row.route for row in ROWS} - ROUTES.keys())
    assert not left, f"rows of routes that the resolver does not know: {', '.join(left)}"
    twice = [id_ for id_, number in Counter(row.id for row in ROWS).items() if number > 1]
    assert not twice, f"two rows of one route need a case each: {twice}"


def test_no_two_routes_share_a_key() -> None:
    twice = [key for key, number in Counter(each.key for each in routes()).items() if number > 1]
    assert not twice


def test_every_object_that_a_row_names_is_planted(cast: Cast) -> None:
    named = {row.of for row in ROWS if row.of}
    missing = sorted(named - cast.world.ids.keys())
    assert not missing, f"tests/access/world.py plants no {', '.join(missing)}"


@pytest.mark.parametrize("row", API, ids=lambda row: row.id)
def test_api(row: Row, cast: Cast) -> None:
    calls = []
    for scope in {use.scope for use in row.uses.values()}:
        callers = cast.api(scope)
        # Where none is asked for, a credential is not read either: two callers show it.
        for caller in (callers[0], callers[-1]) if row.open else callers:
            calls += [(caller, each) for each in METHODS if _scope(row, each) in {scope, "any"}]
    _check(row, calls, cast, _of_api)


def _scope(row: Row, method: str) -> str | None:
    use = row.use(method)
    return "any" if use is None else use.scope


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.id)
def test_pages(row: Row, cast: Cast) -> None:
    calls = []
    for caller in cast.pages:
        # HEAD does what GET does: it is enough that one of those who may asks by it.
        who = row.uses["GET"].who if "GET" in row.uses else NOBODY
        repeated = caller.role in who and caller.role != min(who)
        calls += [(caller, each) for each in METHODS if each != "HEAD" or not repeated]
    _check(row, calls, cast, _of_pages)


class Wrong(dict[str, list[str]]):
    """What is otherwise than the table says, and for whom."""

    def add(self, name: str, what: str) -> None:
        if name not in self.setdefault(what, []):
            self[what].append(name)

    def told(self, row: Row) -> str:
        said = [f"  {what}, as {', '.join(names)}" for what, names in self.items()]
        return "\n".join([f"{row.id}:", *said])


Expect = Callable[[Row, Caller, str], dict[str, int]]


def _check(row: Row, calls: Sequence[tuple[Caller, str]], cast: Cast, expect: Expect) -> None:
    """All that is refused, which must write nothing; then what is allowed, undone."""
    route, world, wrong = ROUTES[row.route], cast.world, Wrong()
    refused, allowed = [], []
    for caller, method in calls:
        expected = expect(row, caller, method)
        for variant, ids in _variants(row, route, method, cast, expected).items():
            # Deleted or never there: for the caller it is the same.
            status = expected[OWN] if variant == OWN else expected["gone"]
            (refused if status >= 400 else allowed).append((caller, method, variant, ids, status))
    told: dict[tuple[str, str, str], Any] = {}
    before = written()
    for caller, method, variant, ids, status in refused:
        answer = told[caller.name, method, variant] = caller.send(route, row, method, ids, world)
        _compare(route, caller, method, variant, answer, status, wrong)
    if tables := changed_since(before):
        wrong.add("one of those refused", f"wrote to {', '.join(sorted(tables))}")
    for caller, method, variant, ids, status in allowed:
        with undone() if method in UNSAFE else nullcontext():
            answer = caller.send(route, row, method, ids, world)
        _compare(route, caller, method, variant, answer, status, wrong)
    for name, method, variant in told:
        # Another's is refused in the very words of one that is not there.
        own = told.get((name, method, OWN))
        same = own is None or _plain(own) == _plain(told[name, method, variant])
        if row.owner and own is not None and own.status_code == 404 and not same:
            wrong.add(name, f"{method}: another's is told from one {variant}")
    assert not wrong, wrong.told(row)


def _compare(
    route: Route,
    caller: Caller,
    method: str,
    variant: str,
    answer: Any,
    status: int,
    wrong: Wrong,
) -> None:
    what = f"{method}, {variant}: {answer.status_code}"
    if answer.status_code != status:
        wrong.add(caller.name, f"{what}, where the table says {status}")
    if not caller.role and not answer.get("Location", "/admin/").startswith("/admin/"):
        wrong.add(caller.name, f"{what}, and goes to {answer['Location']}")
    if missing := wrong_headers(route, answer):
        wrong.add(caller.name, f"{what}, its headers are wrong: {', '.join(missing)}")


def _plain(answer: Any) -> Any:
    """What an answer tells, but for its own id and moment."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"X-Request-ID", "Content-Length"}
    }
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content, headers


def _variants(
    row: Row, route: Route, method: str, cast: Cast, expected: dict[str, int]
) -> dict[str, dict[str, Any]]:
    """The ids of a request by what they name: two are enough where any is refused."""
    ids = cast.world.ids
    if not row.of or method not in {"GET", "POST", "PUT", "PATCH"}:
        return {OWN: ids}
    if not route.is_api and method not in {"GET", "POST"}:
        return {OWN: ids}
    found = {OWN: ids}
    refused = not route.is_api and expected[OWN] == expected["gone"] >= 400
    whole = isinstance(ids[row.of], int)
    found[UNKNOWN] = {**ids, row.of: 2**40 if whole else uuid4()}
    if refused:
        return found
    if row.of in cast.world.deleted:
        found[DELETED] = {**ids, row.of: cast.world.deleted[row.of]}
    if not whole:
        other = "phi.transcript" if row.of != "phi.transcript" else "phi.voicerecording"
        found[WRONG] = {**ids, row.of: ids[other]}
    return found


def _of_api(row: Row, caller: Caller, method: str) -> dict[str, int]:
    use = row.use(method)
    own = use.answer if use is not None else 200 if method == "OPTIONS" else 405
    if row.open:
        # No credential is asked for, and so none is read.
        return {OWN: own, "gone": row.gone}
    known = caller.role != "" or caller.scopes is not None
    if not known:
        return {OWN: 401, "gone": 401}
    if use is None:
        return {OWN: own, "gone": own}
    if caller.scopes is not None:
        allowed = use.applications and (use.scope is None or use.scope in caller.scopes)
        theirs = row.owner != "application" or caller.owner == "application"
    else:
        allowed, theirs = caller.role in use.who, True
    if not allowed:
        return {OWN: use.refused, "gone": use.refused}
    return {OWN: own if theirs else row.gone, "gone": row.gone}


def _of_pages(row: Row, caller: Caller, method: str) -> dict[str, int]:
    use = row.use(method)
    if method not in {"GET", "HEAD", "POST"}:
        return {OWN: 405, "gone": 405}
    if row.open:
        own = 405 if use is None else use.answer
        return {OWN: own, "gone": own}
    if not caller.role:
        # To the sign-in page, whatever was asked.
        status = 302 if use is None or use.anonymous is None else use.anonymous
        return {OWN: status, "gone": status}
    if use is None:
        return {OWN: 405, "gone": 405}
    if caller.role not in use.who:
        return {OWN: use.refused, "gone": row.gone if caller.role in row.seen else use.refused}
    theirs = not row.owner or caller.role == row.owner
    return {OWN: use.answer if theirs else row.gone, "gone": row.gone}

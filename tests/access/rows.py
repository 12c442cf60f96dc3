"""What a row of the tables says: who may use a route by which method, and what they get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts import roles

Who = frozenset[str]


def _only(role: str) -> Who:
    return frozenset({role})


OFFICER = _only(roles.COMPLIANCE_OFFICER)
DPO = _only(roles.DPO)
SECURITY = _only(roles.SECURITY_OFFICER)
AUDITOR = _only(roles.AUDITOR)
CARE = _only(roles.CARE_STAFF)
ADMINISTRATOR = _only(roles.ADMINISTRATOR)
# Signed in with a second factor, and no role at all.
NO_ROLE = _only("no role")
NOBODY: Who = frozenset()
ROLES: Who = OFFICER | DPO | SECURITY | AUDITOR | CARE | ADMINISTRATOR
STAFF: Who = ROLES | NO_ROLE

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Use:
    """One method of one route.

    ``who`` are the people who may; ``answer`` what they get. ``refused`` is what other people
    get who are signed in, ``anonymous`` what those get who are not (None: the door's own
    answer, 401 from the API and the sign-in page from the admin).

    For the API: ``scope`` is what a credential needs (None: any credential), and applications
    with it may too unless ``applications`` is false. ``body``, ``form`` and ``query`` make a
    request that holds: ``"$consent.call"`` stands for the planted call's id.
    """

    who: Who = NOBODY
    answer: int = 200
    refused: int = 403
    anonymous: int | None = None
    scope: str | None = None
    applications: bool = True
    body: Any = None
    raw: bytes | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One route. A method that ``uses`` does not name is not allowed: 405.

    ``of`` names the kind of object that the route, or a request to it, is about; ``values`` are
    the pattern's other parameters. ``owner`` says whose the planted object is: the application
    that wrote it (``"application"``), or the one role that a message or a piece of work belongs
    to; for others it is not there. ``gone`` is the answer to a deleted or a wrong id; whoever may
    not use the route, but is among those of ``seen`` who look at such objects anyway, gets it too.
    ``case`` tells two rows of one route apart. ``open`` routes ask for no credential.
    """

    route: str
    uses: Mapping[str, Use]
    of: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    gone: int = 404
    seen: Who = NOBODY
    case: str = ""
    open: bool = False

    @property
    def id(self) -> str:
        return f"{self.route} ({self.case})" if self.case else self.route

    def use(self, method: str) -> Use | None:
        """The method's use; HEAD is GET's unless it has its own."""
        found = self.uses.get(method)
        return self.uses.get("GET") if found is None and method == "HEAD" else found


def row(route: str, **given: Any) -> Row:
    """A row; methods are given by name: ``row("calls", POST=...)``."""
    uses = {name: given.pop(name) for name in METHODS if name in given}
    return Row(route, uses, **given)


def by(who: Who, answer: int = 200, **given: Any) -> Use:
    """What people may do in the admin."""
    return Use(who, answer, **given)


def scoped(scope: str | None, who: Who, answer: int = 200, **given: Any) -> Use:
    """What credentials with ``scope`` may do in the API, people of ``who`` among them."""
    return Use(who, answer, scope=scope, **given)


def model(
    label: str,
    see: Who,
    *,
    add: Who = NOBODY,
    change: Who = NOBODY,
    pages: Iterable[Row] = (),
    owner: str = "",
    added: Use | None = None,
    changed: Use | None = None,
    acts: Use | None = None,
) -> list[Row]:
    """The rows of a model's admin: its list, its pages, and ``pages`` of its own.

    Nothing is ever deleted there. ``added`` and ``changed`` are the forms that hold, with their
    answers; ``acts`` is the use of the list's actions, where it has any.
    """
    name = label.replace(".", "_")
    app, model_name = label.split(".")
    page = f"admin/{app}/{model_name}/<path:object_id>/"
    add_use, change_use = added or Use(answer=302), changed or Use(answer=302)
    return [
        row(f"admin:{name}_changelist", GET=by(see), **({"POST": acts} if acts else {})),
        row(
            f"admin:{name}_add",
            GET=by(add),
            POST=by(add, add_use.answer, form=add_use.form),
        ),
        row(
            f"admin:{name}_change",
            of=label,
            owner=owner,
            # Django goes to the start page and says there that it is not there (any more).
            gone=302,
            GET=by(see),
            POST=by(change, change_use.answer, form=change_use.form),
        ),
        row(f"admin:{name}_delete", of=label, GET=by(NOBODY), POST=by(NOBODY), gone=403),
        # The events of an object outlive it: its history is there for a deleted one too.
        row(f"admin:{name}_history", of=label, GET=by(see, 302), gone=302),
        # To the object's page, which asks who wants to see it.
        row(page, of=label, GET=by(STAFF, 302), gone=302),
        *pages,
    ]

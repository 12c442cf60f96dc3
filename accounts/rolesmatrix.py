"""What the database says that each role may, beside what ``accounts.roles`` declares; and who has
which role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast

from accounts.models import User
from accounts.roles import ROLES, allows
from accounts.services.factors import factor_held
from audit.models import AuditEvent
from core.actors import PERSON


@dataclass(frozen=True, slots=True)
class Cell:
    """One role and one permission: as the database has it, and as it was declared."""

    held: bool
    declared: bool

    @property
    def differs(self) -> bool:
        """Whether somebody changed the database by hand, or a migration is missing."""
        return self.held != self.declared


@dataclass(frozen=True, slots=True)
class Row:
    """A permission (``app.codename``) in plain words, with a cell for each role."""

    permission: str
    words: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A role that has a permission undeclared (``held``), or lacks a declared one."""

    role: str
    permission: str
    held: bool


def matrix() -> dict[str, list[Row]]:
    """The rows of each app, by its title; the cells in the order of ``ROLES``. Two queries."""
    held = _held()
    rows: dict[str, list[Row]] = defaultdict(list)
    for label, name, words in _permissions():
        cells = tuple(Cell(name in held[code], allows(role, name)) for code, role in ROLES.items())
        if any(cell.held or cell.declared for cell in cells):
            rows[str(apps.get_app_config(label).verbose_name)].append(Row(name, words, cells))
    return dict(rows)


def drift() -> list[Difference]:
    """Where the database and the declaration differ, groups that are no role and have people or
    permissions among them."""
    found = [
        Difference(code, row.permission, cell.held)
        for rows in matrix().values()
        for row in rows
        for code, cell in zip(ROLES, row.cells, strict=True)
        if cell.differs
    ]
    for code, names in _held().items():
        if code not in ROLES:
            found += [Difference(code, name, held=True) for name in sorted(names)]
    return found


def _held() -> dict[str, set[str]]:
    """What each group has in the database, every role among the keys."""
    held: dict[str, set[str]] = {code: set() for code in ROLES}
    rows = Group.objects.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    )
    for group, label, codename in rows:
        names = held.setdefault(group, set())
        if codename is not None:
            names.add(f"{label}.{codename}")
    return held


def _permissions() -> Iterator[tuple[str, str, str]]:
    rows = Permission.objects.filter(
        content_type__app_label__in=[config.label for config in apps.get_app_configs()]
    ).order_by("content_type__app_label", "content_type__model", "codename")
    for label, codename, words in rows.values_list("content_type__app_label", "codename", "name"):
        yield label, f"{label}.{codename}", words


def people() -> QuerySet[User, Any]:
    """Everybody, with their roles, whether a second factor is held (``enrolled``) and when they
    last did anything that the log knows (``last_act``). One query and one for the roles."""
    acts = AuditEvent.objects.filter(
        actor_kind=PERSON, actor_id=Cast(OuterRef("pk"), CharField())
    ).order_by("-received_at")
    return (
        User.objects.annotate(
            enrolled=factor_held(), last_act=Subquery(acts.values("received_at")[:1])
        )
        .prefetch_related("groups")
        .order_by("username")
    )


def roles_of(person: User) -> list[str]:
    """The person's role codes, from what was fetched with them."""
    held = {group.name for group in person.groups.all()}
    return [code for code in ROLES if code in held]

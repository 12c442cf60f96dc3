"""The inventory of personal data: each kind is declared once, by the app that owns it.

Retention, legal hold, subject access, erasure and the register of processing (GDPR art. 30)
all follow from the declaration. ``manage.py check`` fails for a model neither declared nor
exempted, so that a new table cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.core import checks
from django.db.models import Model, Q
from django.db.models.expressions import BaseExpression, Combinable


@dataclass(frozen=True, slots=True)
class Period:
    """How long: ``days``, never less than ``floor`` and never more than ``ceiling`` (calendar
    periods, counted from the same start; None for no bound)."""

    days: int
    floor: relativedelta | None = None
    ceiling: relativedelta | None = None

    def end(self, start: datetime, days: int | None = None) -> datetime:
        """The moment from which a thing with this ``start`` must go. ``days`` overrides ours,
        inside the bounds."""
        moment = start + timedelta(days=self.days if days is None else days)
        if self.floor is not None:
            moment = max(moment, start + self.floor)
        if self.ceiling is not None:
            moment = min(moment, start + self.ceiling)
        return moment

    def cutoff(self, now: datetime, days: int | None = None) -> datetime:
        """What started at or before this moment has ended by ``now``."""
        moment = now - timedelta(days=self.days if days is None else days)
        if self.floor is not None:
            moment = min(moment, now - self.floor)
        if self.ceiling is not None:
            moment = max(moment, now - self.ceiling)
        return moment


@dataclass(frozen=True, slots=True)
class Dropped:
    """A partition that went (or, in a dry run, would go): name, rows, its period, and what its
    event shall say besides (a root that commits to what went)."""

    name: str
    rows: int
    start: datetime
    end: datetime
    evidence: dict[str, Any] = field(default_factory=dict)


Export = Callable[[UUID], Iterable[dict[str, Any]]]
Erase = Callable[[Sequence[Any]], Sequence[str]]
Drop = Callable[..., list[Dropped]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What one kind of personal data is, how long it stays, how it is shown and destroyed.

    ``clock``: the field or expression from which ``keep`` runs; a row whose clock is null does
    not expire. ``subject_path`` and ``call_path``: look-up paths to the subject's and the
    call's id, for holds and for a subject's own data. ``export(subject_id)`` yields the rows a
    person is given. ``erase(rows)`` destroys locked rows of one batch inside the deleter's
    transaction and returns the names of blobs to remove after commit; ``drop(cutoff, ...)``
    does the same for kinds that go by whole partitions. ``parts``: models that live and die
    with this one. ``live``: further conditions under which a row still counts (an anonymised
    profile is not expired again). ``deletable``: further conditions under which a row past its
    end may go. ``starts``: an indexed column that is never later than the clock, which spares a
    sweep the rows that are too young. ``in_place``: the row stays, emptied, so that what refers
    to it does not keep it. ``over(now)``: rows for which this holds have ended by ``now``, whatever
    their clock says, because what they were kept for has (``over_reason`` says so in words); a
    policy does not lengthen that, a hold does.
    """

    model: type[Model]
    code: str
    title: str
    clock: str | BaseExpression | Combinable
    keep: Period
    lawful_bases: tuple[str, ...]
    export: Export
    erase: Erase | None = None
    drop: Drop | None = None
    remove_blobs: Callable[[Sequence[str]], None] | None = None
    subject_path: str | None = None
    call_path: str | None = None
    key_class: str | None = None
    parts: tuple[type[Model], ...] = ()
    live: Q = field(default_factory=Q)
    deletable: Q = field(default_factory=Q)
    starts: str | None = None
    in_place: bool = False
    over: Callable[[datetime], Q] | None = None
    over_reason: str = "what it was kept for has ended"

    def children(self) -> Iterator[tuple[Declaration, str]]:
        """Kinds with clocks of their own whose rows refer to this one's, and by which field: a
        row is not deleted while one of them remains."""
        if self.in_place:
            return
        for relation in self.model._meta.related_objects:
            for other in declarations():
                if relation.related_model is other.model and other.model not in self.parts:
                    yield other, relation.field.name


_declared: dict[str, Declaration] = {}
_exempt: dict[type[Model], str] = {}


def declare(model: type[Model], **kwargs: Any) -> Declaration:
    """Declare ``model`` as a kind of personal data (see Declaration for the arguments).

    Raises ValueError for a code or a model declared twice, or without exactly one of
    ``erase`` and ``drop``.
    """
    declaration = Declaration(model=model, **kwargs)
    if (declaration.erase is None) == (declaration.drop is None):
        raise ValueError(f"{declaration.code}: declare either erase or drop")
    if declaration.code in _declared:
        raise ValueError(f"{declaration.code} is declared twice")
    taken = {m for d in _declared.values() for m in (d.model, *d.parts)}
    for each in (model, *declaration.parts):
        if each in taken or each in _exempt:
            raise ValueError(f"{each._meta.label} is declared or exempted twice")
    _declared[declaration.code] = declaration
    return declaration


def exempt(model: type[Model], *, reason: str) -> None:
    """Say that ``model`` holds no personal data of callers, or goes by another rule, and why.

    Raises ValueError without a reason or for a model already declared or exempted.
    """
    if not reason.strip():
        raise ValueError(f"{model._meta.label}: an exemption needs a reason")
    if model in _exempt or any(model in (d.model, *d.parts) for d in _declared.values()):
        raise ValueError(f"{model._meta.label} is declared or exempted twice")
    _exempt[model] = reason


def declarations() -> Iterator[Declaration]:
    """Every declaration, by code."""
    yield from (_declared[code] for code in sorted(_declared))


def get(code: str) -> Declaration:
    """The declaration with ``code``. Raises KeyError."""
    return _declared[code]


def owners_with(key_class: str, subject_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these subjects still have a row of some kind whose content that class of their
    keys seals: their key must stay."""
    found: set[UUID] = set()
    wanted = list(subject_ids)
    for declaration in declarations():
        if declaration.key_class == key_class and declaration.subject_path and wanted:
            path = declaration.subject_path
            rows = declaration.model._default_manager.filter(**{f"{path}__in": wanted})
            found.update(rows.order_by().values_list(path, flat=True).distinct())
    return found


def exemptions() -> dict[type[Model], str]:
    """Exempted models and their reasons."""
    return dict(_exempt)


def undeclared() -> list[type[Model]]:
    """Concrete models, ours and the libraries', that nobody has spoken for."""
    known = set(_exempt)
    for declaration in _declared.values():
        known.update((declaration.model, *declaration.parts))
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model not in known and not model._meta.proxy and model._meta.managed
    ]


def check_inventory(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check: every model is declared or exempted."""
    return [
        checks.Error(
            f"{model._meta.label} is neither declared nor exempted in the inventory.",
            hint="Add inventory.declare(...) or inventory.exempt(...) to its app's"
            " personal_data.py.",
            obj=model,
            id="core.E001",
        )
        for model in undeclared()
    ]

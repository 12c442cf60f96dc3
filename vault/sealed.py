"""The sealed columns of every app: which there are, and what each row's bytes are bound to.

An app declares its own in a module named ``sealed``, which is imported at the start:

    sealed.declare(Job, "result", bound=lambda row: (row.pk, result_binding(row.pk)))

``manage.py verify_encryption`` walks them; a test holds every BinaryField against this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model

Bound = Callable[[Any], tuple[UUID, str]]


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A BinaryField whose bytes are messages of ``vault.services.seal``. ``bound(row)`` gives the
    owner's id and the ``aad``; ``related`` and ``needs`` name the relations and columns that it
    reads."""

    model: type[Model]
    field: str
    bound: Bound
    related: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Model and field, as people name them."""
        return f"{self.model._meta.label}.{self.field}"


_columns: dict[str, SealedColumn] = {}


def declare(
    model: type[Model],
    field: str,
    *,
    bound: Bound,
    related: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
) -> None:
    """Say that ``model.field`` is sealed (see SealedColumn). Raises ValueError for one twice."""
    column = SealedColumn(model, field, bound, related, needs)
    if column.label in _columns:
        raise ValueError(f"{column.label} is declared twice")
    _columns[column.label] = column


def sealed_columns() -> Iterator[SealedColumn]:
    """Every declared column, by label."""
    yield from (_columns[label] for label in sorted(_columns))

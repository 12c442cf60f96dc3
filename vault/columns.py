"""Every encrypted text column there is, found by walking the models, and what lies in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.models import Model

from core.fields import EncryptedTextField
from vault.models import DataKey


@dataclass(frozen=True, slots=True)
class Column:
    """One encrypted column of one table."""

    model: type[Model]
    field: EncryptedTextField

    @property
    def label(self) -> str:
        """Model and field, as people name them."""
        return f"{self.model._meta.label}.{self.field.name}"

    @property
    def wraps_keys(self) -> bool:
        """Whether its values are data keys."""
        return self.model is DataKey

    def sql(self) -> dict[str, str]:
        """Table, column, primary key and its type, quoted for a statement."""
        quote = connection.ops.quote_name
        pk = self.model._meta.pk
        return {
            "table": quote(self.model._meta.db_table),
            "column": quote(str(self.field.column)),
            "pk": quote(str(pk.column)),
            "pk_type": str(pk.db_type(connection)),
        }


def columns() -> Iterator[Column]:
    """Every encrypted column of every installed model, by label; data keys last, since whoever
    waits for them waits for everything."""
    found = [
        Column(model, field)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    yield from sorted(found, key=lambda each: (each.wraps_keys, each.label))


def count(some: Iterable[Column] | None = None) -> dict[str, Counter[str]]:
    """How many values lie under which key id, for each column's label. Reads whole tables: the
    proof that nothing is left, and nothing for a page."""
    tables: dict[str, list[Column]] = {}
    for column in columns() if some is None else some:
        tables.setdefault(column.model._meta.db_table, []).append(column)
    found: dict[str, Counter[str]] = {}
    for table, inside in tables.items():
        places = ", ".join(
            f"({number}, t.{column.sql()['column']})" for number, column in enumerate(inside)
        )
        for column in inside:
            found[column.label] = Counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.place, CASE WHEN substr(c.value, 21, 1) = ':'"
                " THEN substr(c.value, 5, 16) ELSE '' END, count(*)"
                f" FROM {connection.ops.quote_name(table)} t,"
                f" LATERAL (VALUES {places}) AS c(place, value)"
                " WHERE c.value IS NOT NULL GROUP BY 1, 2"
            )
            for place, key_id, rows in cursor.fetchall():
                found[inside[place].label][key_id] += rows
    return found


def by_key(counts: dict[str, Counter[str]]) -> Counter[str]:
    """The same for all columns together."""
    total: Counter[str] = Counter()
    for each in counts.values():
        total.update(each)
    return total


def newest_values() -> Iterator[tuple[Column, Model]]:
    """The newest row of each column that has a value: a sample, by the primary key's index."""
    for column in columns():
        row = (
            column.model._base_manager.filter(**{f"{column.field.name}__isnull": False})
            .order_by("-pk")
            .only("pk", column.field.name)
            .first()
        )
        if row is not None:
            yield column, row

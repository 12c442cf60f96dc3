"""Lists that stay quick over millions of rows: what the admin's own counts, filters and searches
would read in full is capped, fixed or looked up by index."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib.admin import SimpleListFilter
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, UUIDField
from django.http import HttpRequest
from django.utils.functional import cached_property

MOST_COUNTED = 10_000


class AtLeast(int):
    """A count that stopped: shown with a plus."""

    def __str__(self) -> str:
        return f"{int(self):,}+"


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts to 10,000 and no further. Who wants a row beyond that filters or searches."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        rows: Any = self.object_list
        found: int = rows.order_by()[: MOST_COUNTED + 1].count()
        return AtLeast(MOST_COUNTED) if found > MOST_COUNTED else found


def choices_filter(
    field: str, title: str, choices: Callable[[], Iterable[tuple[str, str]]]
) -> type[SimpleListFilter]:
    """A list filter on a text column whose values are known without reading the column."""

    class ChoicesFilter(SimpleListFilter):
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
            return list(choices())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            value = self.value()
            return queryset if value is None else queryset.filter(**{field: value})

    ChoicesFilter.title = title
    return ChoicesFilter


def with_exactly(rows: QuerySet[Any], fields: Iterable[str], term: str) -> QuerySet[Any]:
    """Rows of which one of the columns is ``term``, compared as the column's own type: folded to
    upper-case text, as the admin's own exact search does, no index would serve."""
    try:
        id_: UUID | None = UUID(term)
    except ValueError:
        id_ = None
    found = Q(pk__in=[])
    for name in fields:
        field = rows.model._meta.get_field(name)
        target = field.target_field if field.is_relation else field
        if not isinstance(target, UUIDField):
            found |= Q(**{name: term})
        elif id_ is not None:
            found |= Q(**{name: id_})
    return rows.filter(found)

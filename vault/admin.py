"""The inventory of data keys: that they exist, under which key, and when they went; never what
they are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince
from unfold.decorators import display

from audit.modeladmin import ReadOnlyAdmin
from core import inventory, wrapping
from core.fields import key_id_of
from vault.models import DataKey, WrappingKey

DESTROYED = "destroyed"


class WrappedUnderFilter(admin.SimpleListFilter):
    """Data keys under one wrapping key, by the index of that."""

    title = "wrapped under"
    parameter_name = "under"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        ids = WrappingKey.objects.values_list("key_id", flat=True)
        return [*((each, each) for each in ids), (DESTROYED, "none: destroyed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None:
            return queryset
        if chosen == DESTROYED:
            chosen_under: dict[str, Any] = {"under__isnull": True}
        else:
            chosen_under = {"under": "" if chosen == WrappingKey.BEFORE_IDS else chosen}
        return queryset.filter(**chosen_under)


@admin.register(DataKey)
class DataKeyAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "key_class",
        "owner_id",
        "shown_state",
        "shown_under",
        "created_at",
        "shown_age",
        "destroyed_at",
    )
    list_filter = ("key_class", WrappedUnderFilter)
    exact_search = ("owner_id",)
    search_help_text = "The exact id of an owner"
    ordering = ("-id",)
    fields = (*list_display, "shown_rows")
    readonly_fields = ("shown_state", "shown_under", "shown_age", "shown_rows")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DataKey]:
        rows: QuerySet[DataKey] = super().get_queryset(request)
        return rows.annotate(under=key_id_of("wrapped")).defer("wrapped")

    @display(
        description="state", label={"Live": "success", "Destroyed": "default", "Lost": "danger"}
    )
    def shown_state(self, key: DataKey) -> str:
        if key.destroyed_at is not None:
            return "Destroyed"
        under = key.under  # type: ignore[attr-defined]
        try:
            lost = bool(under) and wrapping.ring().by_id(under) is None
        except ImproperlyConfigured:
            lost = True
        return "Lost" if lost else "Live"

    @admin.display(description="wrapped under")
    def shown_under(self, key: DataKey) -> str:
        under = key.under  # type: ignore[attr-defined]
        return "–" if under is None else under or WrappingKey.BEFORE_IDS

    @admin.display(description="age", ordering="-id")
    def shown_age(self, key: DataKey) -> str:
        return timesince(key.created_at, key.destroyed_at or timezone.now(), depth=1)

    @admin.display(description="rows under it")
    def shown_rows(self, key: DataKey) -> str:
        """By kind: what the inventory says this class of the owner's keys seals."""
        said = []
        for declaration in inventory.declarations():
            if declaration.key_class == key.key_class and declaration.subject_path:
                rows = declaration.model._base_manager.filter(
                    **{declaration.subject_path: key.owner_id}
                )
                said.append(f"{declaration.title}: {rows.count()}")
        return "; ".join(said) or "No kind of data of a person's"

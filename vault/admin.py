"""The key inventory: that keys exist and when they went, never what they are."""

from __future__ import annotations

from django.contrib import admin

from audit.modeladmin import ReadOnlyAdmin
from vault.models import DataKey


@admin.register(DataKey)
class DataKeyAdmin(ReadOnlyAdmin):
    list_display = ("id", "key_class", "owner_id", "created_at", "destroyed_at")
    list_filter = ("key_class",)
    exact_search = ("owner_id",)
    search_help_text = "The exact id of an owner"
    ordering = ("-id",)
    fields = list_display

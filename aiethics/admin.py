"""Disclosures in the admin: a new version is added, an old one is never edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from aiethics.models import Disclosure, SpokenDisclosure
from aiethics.services import publish_disclosure
from audit.modeladmin import ReadOnlyAdmin, RecordedAdmin
from consent.adminforms import LanguageField
from core.actors import actor_of


class DisclosureForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a new version; the number counts up by itself."""

    language = LanguageField()

    class Meta:
        model = Disclosure
        fields = ("interaction", "language", "text")


@admin.register(Disclosure)
class DisclosureAdmin(RecordedAdmin):
    form = DisclosureForm
    list_display = ("interaction", "language", "version", "text", "published_at")
    list_filter = ("interaction",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display if obj is not None else self.form.Meta.fields

    def save_model(self, request: HttpRequest, obj: Disclosure, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in self.form.Meta.fields}
        obj.pk = publish_disclosure(actor=actor_of(request), **given).pk


@admin.register(SpokenDisclosure)
class SpokenDisclosureAdmin(ReadOnlyAdmin):
    list_display = ("recorded_at", "call", "disclosure", "spoken_at_ms")
    list_select_related = ("call", "disclosure")
    list_filter = ("disclosure__interaction",)
    ordering = ("-id",)
    fields = ("call", "disclosure", "spoken_at_ms", "recorded_at")

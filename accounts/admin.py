"""Applications and keys in the admin; people are in ``personadmin``. Every change is a verb of
accounts.services, which writes the audit event; so Django's own notes of it are left out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse

from accounts.keyadmin import ApiKeyAdmin
from accounts.modeladmin import AccountsAdmin
from accounts.models import VoiceApplication
from accounts.personadmin import PersonAdmin
from accounts.services import (
    change_application,
    create_application,
)
from accounts.sessionadmin import AdminSessionAdmin, SessionTokenAdmin
from accounts.stepup import recent_factor
from core.actors import actor_of

__all__ = (
    "AdminSessionAdmin",
    "ApiKeyAdmin",
    "PersonAdmin",
    "SessionTokenAdmin",
    "VoiceApplicationAdmin",
)

# Roles follow accounts.roles and are no object to edit.
if admin.site.is_registered(Group):
    admin.site.unregister(Group)


@admin.register(VoiceApplication)
class VoiceApplicationAdmin(AccountsAdmin):
    fields = ("name", "id_space", "takes_cards", "is_active")
    list_display = ("name", "id_space", "takes_cards", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("name",)

    @recent_factor("change a voice application")
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: VoiceApplication, form: Any, change: Any
    ) -> None:
        actor = actor_of(request)
        given: dict[str, Any] = {
            "name": obj.name,
            "id_space": obj.id_space,
            "takes_cards": obj.takes_cards,
        }
        if change:
            change_application(actor=actor, application=obj, is_active=obj.is_active, **given)
        else:
            vars(obj).update(vars(create_application(actor=actor, **given)))

"""Voice profiles in the admin: their state, their end, and what their vendors confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import display

from core import inventory
from core.actors import actor_of
from operations.modeladmin import Button, VerbAdmin
from operations.permissions import may, require
from phi.models import VoiceProfile, VoiceProfileDestruction
from phi.releases import purpose_over
from phi.services.keeping import VOICE_PROFILES
from phi.services.voiceprofiles import confirm_vendor_destruction, end_voice_profile
from retention.schedule import explain

END = "phi.end_voice_profile"
CONFIRM = "phi.confirm_vendor_destruction"


@admin.register(VoiceProfile)
class VoiceProfileAdmin(VerbAdmin):
    list_display = ("id", "subject_ref", "vendor", "is_over", "last_interaction_at", "created_at")
    list_filter = (("purpose_ended_at", admin.EmptyFieldListFilter),)
    exact_search = ("id", "subject")
    search_help_text = "The exact id of this or its data subject"
    ordering = ("-id",)
    fields = (
        "id",
        "subject",
        "application",
        "vendor",
        "release",
        "last_interaction_at",
        "goes",
        "purpose_ended_at",
        "purpose_ended_reason",
        "created_at",
    )
    readonly_fields = ("goes",)
    verbs = {"end": "end"}
    sensitive = {"end": "end a voice profile and destroy it"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        over = Case(
            When(purpose_over(timezone.now()), then=True),
            default=Value(False),
            output_field=BooleanField(),
        )
        return super().get_queryset(request).annotate(over=over).defer("template_sealed")

    @admin.display(description="data subject")
    def subject_ref(self, profile: VoiceProfile) -> UUID:
        found: UUID = profile.subject_id
        return found

    @display(description="purpose has ended", boolean=True)
    def is_over(self, profile: Any) -> bool:
        return bool(profile.over)

    @admin.display(description="when it goes")
    def goes(self, profile: VoiceProfile) -> str:
        return explain(inventory.get(VOICE_PROFILES), profile, timezone.now()).sentence

    def buttons(self, request: HttpRequest, obj: VoiceProfile) -> Iterable[Button]:
        if may(actor_of(request), END):
            yield Button(
                "end",
                "Its purpose has ended: destroy it for good",
                "delete_forever",
                variant="danger",
                asks_reason=True,
            )

    def end(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        require(actor, END)
        end_voice_profile(
            actor=actor,
            profile_id=object_id,
            application_id=None,
            reason=request.POST.get("reason", ""),
        )
        messages.success(request, "The profile is destroyed. Have its vendor destroy its copy.")
        return HttpResponseRedirect(reverse("admin:phi_voiceprofile_changelist"))


@admin.register(VoiceProfileDestruction)
class VoiceProfileDestructionAdmin(VerbAdmin):
    list_display = ("profile_id", "vendor", "cause", "destroyed_at", "vendor_destroyed_at")
    list_filter = (("vendor_destroyed_at", admin.EmptyFieldListFilter), "cause")
    exact_search = ("profile_id", "subject_id")
    search_help_text = "The exact id of the voice profile or of its data subject"
    ordering = ("-id",)
    verbs = {"confirm": "confirm"}

    def buttons(self, request: HttpRequest, obj: VoiceProfileDestruction) -> Iterable[Button]:
        if obj.vendor_destroyed_at is None and may(actor_of(request), CONFIRM):
            yield Button(
                "confirm", "The vendor confirmed: its copy is gone", "verified", asks_reason=True
            )

    def confirm(self, request: HttpRequest, object_id: UUID) -> None:
        actor = actor_of(request)
        require(actor, CONFIRM)
        confirm_vendor_destruction(
            actor=actor, destruction_id=object_id, how=request.POST.get("reason", "")
        )
        messages.success(request, "Noted.")

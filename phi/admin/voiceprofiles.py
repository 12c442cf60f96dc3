"""Voice profiles in the admin: their state, their end, and what their vendors confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.stepup import recent_factor
from core import inventory
from core.actors import actor_of
from core.errors import Forbidden, Invalid, NotFound, Problem
from operations.modeladmin import Button, VerbAdmin, told
from operations.permissions import may, require
from phi.evidence import VENDOR_GRACE
from phi.models import VoiceProfile, VoiceProfileDestruction
from phi.releases import purpose_over
from phi.services.keeping import VOICE_PROFILES
from phi.services.voiceprofiles import confirm_vendor_destruction, end_voice_profile
from retention.schedule import explain

END = "phi.end_voice_profile"
CONFIRM = "phi.confirm_vendor_destruction"


class EndForm(forms.Form):
    """Why the purpose of a voice profile has ended."""

    reason = forms.CharField(
        label="Why has its purpose ended?",
        max_length=300,
        widget=UnfoldAdminTextInputWidget,
        help_text="1 to 300 characters. It stays with the proof: name nobody.",
    )


class StateFilter(admin.SimpleListFilter):
    """Voice profiles whose purpose goes on, or has ended for whatever reason."""

    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("kept", "kept"), ("over", "to be destroyed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("kept", "over"):
            return queryset
        return queryset.filter(over=self.value() == "over")


class ProofFilter(admin.SimpleListFilter):
    """Proofs by the vendor's word: given, awaited, or awaited for too long."""

    title = parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("confirmed", "confirmed"),
            ("open", "vendor to confirm"),
            ("overdue", "overdue"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "confirmed":
            return queryset.filter(vendor_destroyed_at__isnull=False)
        if self.value() == "open":
            return queryset.filter(vendor_destroyed_at__isnull=True)
        if self.value() == "overdue":
            late = timezone.now() - VENDOR_GRACE
            return queryset.filter(vendor_destroyed_at__isnull=True, destroyed_at__lte=late)
        return queryset


@admin.register(VoiceProfile)
class VoiceProfileAdmin(VerbAdmin):
    list_display = ("id", "subject_ref", "vendor", "state", "last_interaction_at", "created_at")
    list_filter = (StateFilter,)
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

    @display(description="state", label={"kept": "success", "to be destroyed": "danger"})
    def state(self, profile: Any) -> str:
        return "to be destroyed" if profile.over else "kept"

    @admin.display(description="when it goes")
    def goes(self, profile: VoiceProfile) -> str:
        return explain(inventory.get(VOICE_PROFILES), profile, timezone.now()).sentence

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.end)
        own = [path("<uuid:object_id>/end/", view, name="phi_voiceprofile_end")]
        return own + super().get_urls()

    def buttons(self, request: HttpRequest, obj: VoiceProfile) -> Iterable[Button]:
        if may(actor_of(request), END):
            yield Button(
                "end",
                "Its purpose has ended: destroy it",
                "delete_forever",
                variant="danger",
                asks_first=True,
            )

    @recent_factor("end a voice profile and destroy it")
    def end(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """GET: what will happen, and the question. POST: the end."""
        actor = actor_of(request)
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            require(actor, END)
        except Forbidden:
            raise PermissionDenied from None
        profile = self.get_queryset(request).filter(pk=object_id).first()
        if profile is None:
            raise Http404
        form = EndForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                end_voice_profile(
                    actor=actor,
                    profile_id=object_id,
                    application_id=None,
                    reason=form.cleaned_data["reason"],
                )
            except NotFound:
                raise Http404 from None
            except Invalid as problem:
                form.add_error("reason", told(problem))
            except Problem as problem:
                messages.error(request, told(problem))
                return HttpResponseRedirect(self.page_of(object_id))
            else:
                messages.success(
                    request, "The profile is destroyed. Have its vendor destroy its copy."
                )
                return HttpResponseRedirect(reverse("admin:phi_voiceprofile_changelist"))
        return self.page(
            request,
            "admin/phi/end_voice_profile.html",
            title="End a voice profile",
            form=form,
            profile=profile,
            days=VENDOR_GRACE.days,
            back=self.page_of(object_id),
        )


@admin.register(VoiceProfileDestruction)
class VoiceProfileDestructionAdmin(VerbAdmin):
    list_display = (
        *("profile_id", "vendor", "cause", "destroyed_at"),
        *("state", "vendor_destroyed_at"),
    )
    list_filter = (ProofFilter, "cause")
    exact_search = ("profile_id", "subject_id")
    search_help_text = "The exact id of the voice profile or of its data subject"
    ordering = ("-id",)
    verbs = {"confirm": "confirm"}

    @display(
        description="vendor's copy",
        label={"confirmed gone": "success", "vendor to confirm": "warning", "overdue": "danger"},
    )
    def state(self, proof: VoiceProfileDestruction) -> str:
        if proof.vendor_destroyed_at is not None:
            return "confirmed gone"
        late = proof.destroyed_at <= timezone.now() - VENDOR_GRACE
        return "overdue" if late else "vendor to confirm"

    def buttons(self, request: HttpRequest, obj: VoiceProfileDestruction) -> Iterable[Button]:
        if obj.vendor_destroyed_at is None and may(actor_of(request), CONFIRM):
            yield Button(
                "confirm",
                "The vendor confirmed: its copy is gone",
                "verified",
                asks_reason=True,
                reason_label="How it was confirmed",
            )

    def confirm(self, request: HttpRequest, object_id: UUID) -> None:
        actor = actor_of(request)
        require(actor, CONFIRM)
        confirm_vendor_destruction(
            actor=actor, destruction_id=object_id, how=request.POST.get("reason", "")
        )
        messages.success(request, "Noted.")

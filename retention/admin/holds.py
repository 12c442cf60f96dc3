"""Legal holds: placed by one person, released by two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.stepup import recent_factor
from audit.adminlists import choices_filter
from core.actors import actor_of
from operations.modeladmin import Button, VerbAdmin
from operations.permissions import may
from retention.admin.policies import kinds
from retention.models import LegalHold
from retention.services import place_hold, request_release

CRITERIA = ("subject_id", "call_id", "category", "period_from", "period_to")


class HoldForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a new hold needs; the kinds to choose from are the inventory's."""

    category = forms.ChoiceField(
        required=False, widget=UnfoldAdminSelectWidget, help_text="Leave empty for every kind."
    )

    class Meta:
        model = LegalHold
        fields = ("matter", "reason", "custodian", *CRITERIA)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("category")
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Every kind"), *kinds()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        # The model's constraint says so too, but only once every field is valid.
        if not self.errors and not any(given.get(name) for name in CRITERIA):
            raise forms.ValidationError("Say what is held: a subject, a call, a kind or a period.")
        return given


@admin.register(LegalHold)
class LegalHoldAdmin(VerbAdmin):
    form = HoldForm
    list_display = ("matter", "criteria", "placed_by_name", "placed_at", "is_active")
    list_filter = (
        ("released_at", admin.EmptyFieldListFilter),
        choices_filter("category", "kind", kinds),
    )
    search_fields = ("matter",)
    ordering = ("-id",)
    verbs = {"release": "release"}
    sensitive = {"release": "ask for the release of a hold"}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(actor_of(request), "retention.place_hold")

    @recent_factor("place a legal hold")
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return HoldForm.Meta.fields
        return [field.name for field in LegalHold._meta.concrete_fields if field.name != "id"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in HoldForm.Meta.fields}
        obj.pk = place_hold(actor=actor_of(request), **given).pk

    @admin.display(description="what is held")
    def criteria(self, hold: LegalHold) -> str:
        words = []
        if hold.subject_id:
            words.append(f"subject {hold.subject_id}")
        if hold.call_id:
            words.append(f"call {hold.call_id}")
        if hold.category:
            words.append(hold.category)
        if hold.period_from:
            words.append(f"from {hold.period_from:%Y-%m-%d %H:%M}")
        if hold.period_to:
            words.append(f"to {hold.period_to:%Y-%m-%d %H:%M}")
        return ", ".join(words)

    @display(description="active", boolean=True)
    def is_active(self, hold: LegalHold) -> bool:
        return hold.released_at is None

    def buttons(self, request: HttpRequest, obj: LegalHold) -> Iterable[Button]:
        if obj.released_at is None and may(actor_of(request), "retention.release_hold"):
            yield Button("release", "Ask for its release", "lock_open", asks_reason=True)

    def release(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        approval = request_release(
            actor=actor_of(request), hold_id=object_id, reason=request.POST.get("reason", "")
        )
        return HttpResponseRedirect(reverse("admin:operations_approval_change", args=[approval.pk]))

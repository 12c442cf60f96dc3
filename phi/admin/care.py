"""Care relationships in the admin: made and ended, never edited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.models import User
from accounts.stepup import recent_factor
from consent.accesses import FOUND
from consent.adminforms import SubjectField
from consent.models import DataSubject
from core import accesses
from core.actors import actor_of
from operations.modeladmin import Button, VerbAdmin
from operations.permissions import may
from phi.models import CareRelationship
from phi.services.care import BARE_SUBJECT, KEEP, end_relationship, make_relationship, seen_by


class StaffField(forms.ModelChoiceField):
    """People who may read health records, by the name that colleagues know."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.full_title)


class RelationshipForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a new relationship needs."""

    person = StaffField(
        queryset=User.objects.none(), label="Member of staff", widget=UnfoldAdminSelectWidget
    )
    subject = SubjectField(label="Data subject")
    request: HttpRequest

    class Meta:
        model = CareRelationship
        fields = ("person", "subject", "kind", "starts_at", "ends_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            staff = User.objects.filter(
                is_active=True,
                groups__permissions__codename="read_health",
                groups__permissions__content_type__app_label="phi",
            )
            self.fields["person"].queryset = staff.order_by("username").distinct()  # type: ignore[attr-defined]
        if "starts_at" in self.fields:
            self.fields["starts_at"].required = False
            self.fields["starts_at"].help_text = "UTC. Leave empty for now."

    def clean_subject(self) -> DataSubject:
        found: DataSubject = self.cleaned_data["subject"]
        if self.data.get(self.add_prefix("subject"), "").strip() != str(found.pk):
            # Whoever gives an identifier learns whose it is, whatever becomes of the form.
            event_type, action = FOUND
            accesses.look(
                actor=actor_of(self.request),
                kind=accesses.PROFILES,
                event_type=event_type,
                action=action,
                obj=found,
                subject_id=found.pk,
            )
        return found

    def clean_starts_at(self) -> Any:
        return self.cleaned_data.get("starts_at") or timezone.now()


@admin.register(CareRelationship)
class CareRelationshipAdmin(VerbAdmin):
    form = RelationshipForm
    list_display = ("staff", "of", "kind", "starts_at", "ends_at", "in_force")
    list_filter = (("ends_at", admin.EmptyFieldListFilter),)
    list_select_related = ("person",)
    exact_search = ("id", "subject", "person")
    search_help_text = "The exact id of a relationship, a data subject or a member of staff"
    ordering = ("-id",)
    verbs = {"end": "end"}
    sensitive = {"end": "end a care relationship"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = seen_by(user=request.user).select_related("person")
        return rows.prefetch_related(BARE_SUBJECT)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(actor_of(request), KEEP)

    @recent_factor("say who looks after whom")
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return RelationshipForm.Meta.fields
        return (
            "staff",
            "subject",
            "kind",
            "starts_at",
            "ends_at",
            "made_by_name",
            "created_at",
            "ended_by_name",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("staff",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        obj.pk = make_relationship(
            actor=actor_of(request),
            person_id=given["person"].pk,
            subject_id=given["subject"].pk,
            kind=given["kind"],
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
        ).pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Recorded by the verb."""

    @admin.display(description="member of staff", ordering="person")
    def staff(self, row: CareRelationship) -> str:
        return row.person.full_title

    @admin.display(description="data subject")
    def of(self, row: CareRelationship) -> UUID:
        return row.subject_id

    @display(description="in force", boolean=True)
    def in_force(self, row: CareRelationship) -> bool:
        now = timezone.now()
        return row.starts_at <= now and (row.ends_at is None or row.ends_at > now)

    def buttons(self, request: HttpRequest, obj: CareRelationship) -> Iterable[Button]:
        ended = obj.ends_at is not None and obj.ends_at <= timezone.now()
        if not ended and may(actor_of(request), KEEP):
            yield Button("end", "End it now", "event_busy")

    def end(self, request: HttpRequest, object_id: UUID) -> HttpResponse | None:
        end_relationship(actor=actor_of(request), relationship_id=object_id)
        messages.success(request, "Ended. Nothing is read by it from now on.")
        return None

"""Breaking the glass in the admin, and its review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldBooleanWidget

from accounts.stepup import recent_factor
from audit.adminlists import choices_filter
from consent.models import DataSubject
from core.actors import actor_of
from core.errors import Problem
from operations.modeladmin import Button, VerbAdmin, told
from phi.models import BreakGlass
from phi.services import breakglass, care


class BreakForm(forms.Form):
    """Why, and that the consequences are understood."""

    reason = forms.CharField(
        label="What is the emergency?",
        min_length=breakglass.LEAST,
        max_length=breakglass.MOST,
        widget=UnfoldAdminTextareaWidget,
        help_text="10 to 500 characters. Kept encrypted; the reviewer reads it.",
    )
    understood = forms.BooleanField(
        label="I need these records now, and I know that this is told and reviewed.",
        widget=UnfoldBooleanWidget,
    )


@admin.register(BreakGlass)
class BreakGlassAdmin(VerbAdmin):
    list_display = ("granted_at", "person_name", "of", "expires_at", "due", "review")
    list_filter = (choices_filter("state", "review", lambda: BreakGlass.State.choices),)
    exact_search = ("id", "subject", "person")
    search_help_text = "The exact id of an access, a data subject or a member of staff"
    ordering = ("-id",)
    verbs = {"justify": "justify", "condemn": "condemn"}
    sensitive = {
        "justify": "review a break-glass access",
        "condemn": "review a break-glass access",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All of them; to care staff their own. A list opens no reason."""
        rows = super().get_queryset(request).prefetch_related(care.BARE_SUBJECT)
        if request.resolver_match and "_changelist" in (request.resolver_match.url_name or ""):
            rows = rows.defer("reason", "review_note")
        return rows.filter(person=request.user) if care.is_bound(request.user) else rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        user: Any = request.user
        told_why = user.has_perm(breakglass.REVIEW) or (
            obj is not None and obj.person_id == user.pk
        )
        return (
            "person_name",
            "subject",
            *(("reason",) if told_why else ()),
            "granted_at",
            "expires_at",
            "state",
            "review_due_at",
            "reviewed_at",
            "reviewed_by_name",
            *(("review_note",) if told_why else ()),
        )

    @admin.display(description="data subject")
    def of(self, row: BreakGlass) -> UUID:
        return row.subject_id

    @admin.display(description="review due", ordering="review_due_at")
    def due(self, row: BreakGlass) -> Any:
        return row.review_due_at if row.state == BreakGlass.State.OPEN else None

    @display(
        description="review",
        label={
            "overdue": "danger",
            "to be reviewed": "warning",
            "justified": "success",
            "not justified": "danger",
        },
    )
    def review(self, row: BreakGlass) -> str:
        if row.state == BreakGlass.State.OPEN and row.review_due_at <= timezone.now():
            return "overdue"
        return str(BreakGlass.State(row.state).label).lower()

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.open)
        own = [path("open/<uuid:subject_id>/", view, name="phi_breakglass_open")]
        return own + super().get_urls()

    @recent_factor("break the glass")
    def open(self, request: HttpRequest, subject_id: UUID) -> HttpResponse:
        """What breaking the glass means, and the form that does it."""
        user: Any = request.user
        if not user.has_perm(breakglass.BREAK) or not care.is_bound(user):
            raise PermissionDenied
        subject = DataSubject.objects.identified().filter(pk=subject_id).only("id").first()
        if subject is None:
            raise Http404
        back = reverse("admin:consent_datasubject_change", args=[subject.pk])
        form = BreakForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                grant = breakglass.break_glass(
                    actor=actor_of(request),
                    user=user,
                    subject_id=subject.pk,
                    reason=form.cleaned_data["reason"],
                )
            except Problem as problem:
                form.add_error(None, told(problem))
            else:
                messages.warning(
                    request,
                    "The glass is broken: you may read this person's health records for an"
                    f" emergency until {grant.expires_at:%H:%M} UTC. The reviewers were told.",
                )
                return HttpResponseRedirect(back)
        return self.page(
            request,
            "admin/phi/break_glass.html",
            title="Break the glass",
            form=form,
            subject=subject,
            back=back,
            minutes=settings.BREAK_GLASS_MINUTES,
            hours=settings.BREAK_GLASS_REVIEW_HOURS,
        )

    def buttons(self, request: HttpRequest, obj: BreakGlass) -> Iterable[Button]:
        user: Any = request.user
        if obj.state != BreakGlass.State.OPEN or not user.has_perm(breakglass.REVIEW):
            return
        why_not = "" if obj.reviewable_by(user.pk) else "you broke the glass: another reviews it."
        yield Button(
            "justify",
            "Justified",
            "check",
            "primary",
            asks_reason=True,
            reason_label="Why it was justified",
            why_not=why_not,
        )
        if not why_not:
            yield Button(
                "condemn",
                "Not justified",
                "report",
                asks_reason=True,
                reason_label="Why it was not",
            )

    def justify(self, request: HttpRequest, object_id: UUID) -> HttpResponse | None:
        self._review(request, object_id, justified=True)
        return None

    def condemn(self, request: HttpRequest, object_id: UUID) -> HttpResponse | None:
        self._review(request, object_id, justified=False)
        return None

    def _review(self, request: HttpRequest, object_id: UUID, *, justified: bool) -> None:
        breakglass.review(
            actor=actor_of(request),
            grant_id=object_id,
            justified=justified,
            note=request.POST.get("reason", ""),
        )
        messages.success(request, "Reviewed.")

"""Accesses to review: the list, each with what was recorded of it, and the sign-off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from audit.models import AccessReview
from audit.reviews import sign_off
from core import accesses
from core.actors import actor_of
from core.errors import NotFound, Problem

SIGN_OFF = "audit.sign_off_access"
TITLES = {kind.code: kind.title for kind in accesses.KINDS}


class SignOffForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=[("", "–"), *AccessReview.Outcome.choices], widget=UnfoldAdminSelectWidget
    )
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="Needed for a concern. Name people and calls by their ids.",
    )


@admin.register(AccessReview)
class AccessReviewAdmin(ReadOnlyAdmin):
    list_display = (
        "accessed_at",
        "what",
        "actor_name",
        "shown_rule",
        "accesses",
        "shown_state",
        "due_at",
        "reviewer_name",
    )
    list_filter = (
        ("reviewed_at", admin.EmptyFieldListFilter),
        *("outcome", "why", "rule"),
        choices_filter("kind", "access", TITLES.items),
    )
    exact_search = ("actor_id", "event_id", "object_id")
    search_help_text = "The exact id of an actor, an event or an object"
    readonly_fields = ("event", "what")
    fields = (
        *("event", "what", "accessed_at", "actor_kind", "actor_id", "actor_name"),
        *("object_type", "object_id", "why", "rule", "accesses", "created_at", "due_at"),
        *("reviewer_name", "reviewed_at", "outcome", "note"),
    )
    change_form_outer_before_template = "audit/sign_off.html"

    @admin.display(description="access", ordering="kind")
    def what(self, review: AccessReview) -> str:
        return TITLES.get(review.kind, review.kind)

    @admin.display(description="why", ordering="rule")
    def shown_rule(self, review: AccessReview) -> str:
        return str(AccessReview.Rule(review.rule).label)

    @admin.display(description="event")
    def event(self, review: AccessReview) -> str:
        page = reverse("admin:audit_auditevent_change", args=[review.event_id])
        return format_html('<a class="underline" href="{}">{}</a>', page, review.event_id)

    @display(
        description="state",
        label={"Waiting": "info", "Overdue": "danger", "Fine": "success", "Concern": "warning"},
    )
    def shown_state(self, review: AccessReview) -> str:
        if review.reviewed_at is not None:
            return str(AccessReview.Outcome(review.outcome).label)
        return "Overdue" if review.due_at < timezone.now() else "Waiting"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.sign_off_view))
        own = path("<uuid:review_id>/sign-off/", view, name="audit_accessreview_sign_off")
        return [own, *super().get_urls()]

    def page_context(self, request: HttpRequest, obj: AccessReview) -> dict[str, Any]:
        if obj.reviewed_at is not None or not self._may(request):
            return {}
        return {
            "own_access": obj.actor_id == actor_of(request).id,
            "sign_off": SignOffForm(auto_id="sign-off-%s"),
        }

    def sign_off_view(self, request: HttpRequest, review_id: UUID) -> HttpResponse:
        """Sign one off, and go to the list of what still waits."""
        if not self._may(request):
            raise PermissionDenied
        back = reverse("admin:audit_accessreview_change", args=[review_id])
        try:
            sign_off(
                actor=actor_of(request),
                review_id=review_id,
                outcome=request.POST.get("outcome", ""),
                note=request.POST.get("note", ""),
            )
        except NotFound:
            raise Http404 from None
        except Problem as problem:
            told = [text for texts in problem.errors.values() for text in texts]
            messages.error(request, " ".join(told) or problem.detail)
            return HttpResponseRedirect(back)
        messages.success(request, "Signed off.")
        waiting = reverse("admin:audit_accessreview_changelist") + "?reviewed_at__isempty=1"
        return HttpResponseRedirect(waiting)

    def _may(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SIGN_OFF)  # type: ignore[union-attr]

"""Keep times: what holds now for each kind, and asking for another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSplitDateTimeWidget,
    UnfoldAdminTextareaWidget,
)

from accounts.stepup import recent_factor
from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from core import inventory
from core.actors import actor_of
from core.errors import Invalid, Problem
from core.inventory import Declaration
from operations.modeladmin import told
from operations.permissions import may
from retention.models import RetentionPolicy
from retention.schedule import bounds, keep_of
from retention.services import request_policy


@dataclass(frozen=True, slots=True)
class Row:
    """One kind in the overview."""

    declaration: Declaration
    days: int
    decided_by: str
    least: int
    most: int | None


def overview() -> list[Row]:
    """Every kind, with the days that hold now and the bounds."""
    now = timezone.now()
    policies = RetentionPolicy.objects.days_by_code(now)
    rows = []
    for declaration in inventory.declarations():
        keep = keep_of(declaration, now, policies)
        rows.append(Row(declaration, keep.days, keep.decided_by, *bounds(declaration)))
    return rows


def kinds() -> list[tuple[str, str]]:
    """Every kind's code and title, for the lists' filters."""
    return [(each.code, each.title) for each in inventory.declarations()]


class PolicyForm(forms.Form):
    days = forms.IntegerField(widget=UnfoldAdminIntegerFieldWidget, min_value=1)
    reason = forms.CharField(widget=UnfoldAdminTextareaWidget, max_length=500)
    effective_from = forms.SplitDateTimeField(
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text="UTC. Leave empty for the moment of the approval.",
    )


@admin.register(RetentionPolicy)
class RetentionPolicyAdmin(ReadOnlyAdmin):
    list_display = ("code", "days", "effective_from", "set_by_name", "approved_by_name")
    list_filter = (choices_filter("code", "kind", kinds),)
    list_before_template = "retention/keep_times.html"

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "ask/<str:code>/",
            self.admin_site.admin_view(self.ask),
            name="retention_retentionpolicy_ask",
        )
        return [own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "keep_times": overview(),
            "may_ask": may(actor_of(request), "retention.set_policy"),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    @recent_factor("ask for another keep time")
    @transaction.atomic
    def ask(self, request: HttpRequest, code: str) -> HttpResponse:
        """A form that asks for another keep time; it becomes an approval."""
        if not may(actor_of(request), "retention.set_policy"):
            raise PermissionDenied
        try:
            declaration = inventory.get(code)
        except KeyError:
            raise Http404 from None
        form = PolicyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                approval = request_policy(actor=actor_of(request), code=code, **form.cleaned_data)
            except Invalid as problem:
                for name, said in problem.errors.items():
                    form.add_error(name if name in form.fields else None, said)
            except Problem as problem:
                form.add_error(None, told(problem))
            else:
                page = reverse("admin:operations_approval_change", args=[approval.pk])
                return HttpResponseRedirect(page)
        least, most = bounds(declaration)
        context = {
            "title": f"Another keep time: {declaration.title}",
            "form": form,
            "declaration": declaration,
            "keep": keep_of(declaration, timezone.now()),
            "least": least,
            "most": most,
        }
        return self.page(request, "retention/ask_policy.html", **context)

"""The organisation's masking rules in the admin: each added, changed and switched with a why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.stepup import recent_factor
from audit.adminlists import choices_filter
from audit.modeladmin import RecordedAdmin
from core.actors import actor_of
from operations.admin.maskingtrial import TRY, trial_page
from operations.modeladmin import Button, ButtonsAdmin
from operations.models import MaskingRule
from operations.models.masking import label_choices
from operations.services import (
    add_masking_rule,
    change_masking_rule,
    remove_masking_rule,
    switch_masking_rule,
)
from operations.services.maskingrules import KEEP

CHANGE = "change what is masked"


def _has(request: HttpRequest, permission: str) -> bool:
    """For what is shown; the verbs ask the database. Asked often for one page, and read once."""
    person: Any = request.user
    return bool(person.has_perm(permission))


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One rule; what it may say is looked at by the verb."""

    class Meta:
        model = MaskingRule
        fields = ("name", "label", "kind", "text", "note")
        widgets = {"note": UnfoldAdminTextareaWidget(attrs={"rows": 3})}


@admin.register(MaskingRule)
class MaskingRuleAdmin(ButtonsAdmin, RecordedAdmin):
    form = RuleForm
    list_display = ("name", "label", "kind", "text", "state", "changed_by_name", "changed_at")
    list_filter = ("is_on", "kind", choices_filter("label", "label", label_choices))
    exact_search = ("id", "name")
    search_help_text = "The exact name or id of a rule"
    ordering = ("name",)
    list_before_template = "operations/masking_rules.html"
    verbs = {"switch_off": "switch_off", "switch_on": "switch_on", "remove": "remove"}
    sensitive = dict.fromkeys(verbs, CHANGE)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _has(request, KEEP)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _has(request, KEEP)

    @recent_factor(CHANGE)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"may_try": _has(request, TRY), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return RuleForm.Meta.fields
        who = ("added_by_name", "added_at", "changed_by_name", "changed_at")
        return (*RuleForm.Meta.fields, "is_on", *who)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return tuple(
            name for name in self.get_fields(request, obj) if name not in RuleForm.Meta.fields[1:]
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.cleaned_data
        if change:
            change_masking_rule(actor=actor_of(request), rule_id=obj.pk, **given)
        else:
            obj.pk = add_masking_rule(actor=actor_of(request), **given).pk

    @display(description="state", ordering="is_on", label={"on": "success", "off": "warning"})
    def state(self, rule: MaskingRule) -> str:
        return "on" if rule.is_on else "off"

    def buttons(self, request: HttpRequest, obj: MaskingRule) -> Iterable[Button]:
        if not _has(request, KEEP):
            return
        if obj.is_on:
            yield Button(
                "switch_off", "Switch off", "toggle_off", asks_reason=True, reason_label="Why off"
            )
        else:
            yield Button(
                "switch_on", "Switch on", "toggle_on", asks_reason=True, reason_label="Why on"
            )
        yield Button(
            "remove", "Remove", "delete", "danger", asks_reason=True, reason_label="Why removed"
        )

    def switch_off(self, request: HttpRequest, object_id: UUID) -> HttpResponse | None:
        self._switch(request, object_id, on=False)
        messages.success(request, "Off. What is sent from now on is masked without it.")
        return None

    def switch_on(self, request: HttpRequest, object_id: UUID) -> HttpResponse | None:
        self._switch(request, object_id, on=True)
        messages.success(request, "On. What is sent from now on is masked by it too.")
        return None

    def _switch(self, request: HttpRequest, object_id: UUID, *, on: bool) -> None:
        reason = request.POST.get("reason", "")
        switch_masking_rule(actor=actor_of(request), rule_id=object_id, on=on, reason=reason)

    def remove(self, request: HttpRequest, object_id: UUID) -> HttpResponse | None:
        reason = request.POST.get("reason", "")
        remove_masking_rule(actor=actor_of(request), rule_id=object_id, reason=reason)
        messages.success(request, "Removed. What it said is in the audit log.")
        return HttpResponseRedirect(reverse("admin:operations_maskingrule_changelist"))

    def get_urls(self) -> list[URLPattern]:
        def tried(request: HttpRequest) -> HttpResponse:
            return trial_page(self, request)

        shown = require_http_methods(["GET", "HEAD", "POST"])(tried)
        own = [path("try/", self.admin_site.admin_view(shown), name="operations_maskingrule_try")]
        return [*own, *super().get_urls()]

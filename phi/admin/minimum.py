"""The minimum necessary in the admin: one table, changed cell by cell."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.stepup import recent_factor
from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from core.actors import actor_of
from core.errors import Problem
from operations.modeladmin import told
from operations.permissions import may
from phi.models import SPECIALLY_PROTECTED, DataType, MinimumNecessary, PurposeOfUse
from phi.services import minimum


class CellForm(forms.Form):
    """One role and one type: for which purposes."""

    purposes = forms.MultipleChoiceField(
        label="Purposes of use",
        required=False,
        choices=PurposeOfUse.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextareaWidget)


def table() -> tuple[list[str], list[dict[str, Any]]]:
    """The columns' titles, and a row for each data type with a cell for each column."""
    columns, held = minimum.columns(), minimum.matrix()
    labels = dict(PurposeOfUse.choices)
    rows = [
        {
            "title": data_type.label,
            "law": SPECIALLY_PROTECTED.get(data_type, ""),
            "cells": [
                {
                    "role": title,
                    "purposes": [
                        labels[each]
                        for each in PurposeOfUse.values
                        if each in held.get((role, data_type.value), ())
                    ],
                    "link": reverse("admin:phi_minimumnecessary_ask", args=[role, data_type.value]),
                }
                for role, title in columns.items()
            ],
        }
        for data_type in DataType
    ]
    return list(columns.values()), rows


@admin.register(MinimumNecessary)
class MinimumNecessaryAdmin(ReadOnlyAdmin):
    list_display = ("whose", "data_type", "purpose", "set_by_name", "set_at")
    list_filter = (
        choices_filter("role", "role", lambda: minimum.columns().items()),
        choices_filter("data_type", "data type", lambda: DataType.choices),
        choices_filter("purpose", "purpose", lambda: PurposeOfUse.choices),
    )
    fields = ("whose", "data_type", "purpose", "set_by_name", "set_at")
    readonly_fields = ("whose",)
    # The table above says it all; the rows below, who set which.
    list_per_page = 10
    list_before_template = "phi/minimum_necessary.html"

    @admin.display(description="role", ordering="role")
    def whose(self, row: MinimumNecessary) -> str:
        return minimum.columns().get(row.role, row.role)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        titles, rows = table()
        context = {
            "columns": titles,
            "matrix": rows,
            "may_set": may(actor_of(request), minimum.SET),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ask)
        own = [
            path("ask/<str:role>/<str:data_type>/", view, name="phi_minimumnecessary_ask"),
        ]
        return own + super().get_urls()

    @recent_factor("change who may see which health records")
    def ask(self, request: HttpRequest, role: str, data_type: str) -> HttpResponse:
        """One cell: what is taken away goes at once, what is added waits for another person."""
        if not may(actor_of(request), minimum.SET):
            raise PermissionDenied
        columns = minimum.columns()
        if role not in columns or data_type not in DataType.values:
            raise Http404
        back = reverse("admin:phi_minimumnecessary_changelist")
        now = sorted(minimum.matrix().get((role, data_type), ()))
        form = CellForm(request.POST or None, initial={"purposes": now})
        if request.method == "POST" and form.is_valid():
            try:
                approval = minimum.set_purposes(
                    actor=actor_of(request), role=role, data_type=data_type, **form.cleaned_data
                )
            except Problem as problem:
                for name, said in problem.errors.items():
                    form.add_error(name if name in form.fields else None, said)
                if not problem.errors:
                    form.add_error(None, told(problem))
            else:
                if approval is not None:
                    messages.info(request, "What was added waits for another person to agree.")
                    back = reverse("admin:operations_approval_change", args=[approval.pk])
                else:
                    messages.success(request, "Taken away. It holds at once.")
                return HttpResponseRedirect(back)
        kind = DataType(data_type)
        return self.page(
            request,
            "admin/phi/minimum_cell.html",
            title=f"{columns[role]}: {kind.label}",
            form=form,
            law=SPECIALLY_PROTECTED.get(kind, ""),
            back=back,
        )

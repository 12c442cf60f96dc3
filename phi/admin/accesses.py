"""Who looked at whose data, in the admin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget

from accounts.stepup import recent_factor
from audit.adminlists import choices_filter
from audit.modeladmin import ReadOnlyAdmin
from consent.models import DataSubject
from core.actors import actor_of
from core.errors import Problem
from operations.modeladmin import told
from phi import whopanels
from phi.days import zone
from phi.models import Access
from phi.services.wholooked import Asked, export, lookers, looks
from phi.titles import GRANTS, KINDS, shown

whopanels.register()

PAGE = 50


class AskedForm(forms.Form):
    """Which looks: by whom, of what, and when."""

    by = forms.ChoiceField(label="By whom", required=False, widget=UnfoldAdminSelectWidget)
    kind = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Everything"), *KINDS.items()],
        widget=UnfoldAdminSelectWidget,
    )
    first = forms.DateField(
        label="From", required=False, widget=UnfoldAdminDateWidget(attrs={"type": "date"})
    )
    last = forms.DateField(
        label="To", required=False, widget=UnfoldAdminDateWidget(attrs={"type": "date"})
    )

    def __init__(self, subject_id: UUID, data: Any) -> None:
        super().__init__(data, auto_id="asked-%s")
        by: Any = self.fields["by"]
        by.choices = [("", "Everybody"), *lookers(subject_id)]

    def asked(self) -> Asked:
        """What was asked for; a field that does not hold asks for nothing."""
        self.is_valid()
        held = self.cleaned_data
        return Asked(held.get("by", ""), held.get("kind", ""), held.get("first"), held.get("last"))


@admin.register(Access)
class AccessAdmin(ReadOnlyAdmin):
    list_display = (
        *("accessed_at", "subject_id", "actor_name", "what", "purpose_of_use", "allowed_by"),
    )
    list_filter = (
        choices_filter("kind", "what", KINDS.items),
        "purpose_of_use",
        ("accessed_at", RangeDateTimeFilter),
    )
    list_filter_submit = True
    exact_search = ("subject_id", "actor_id", "object_id")
    search_help_text = "The exact id of a data subject, an actor or an object"
    ordering = ("-id",)

    @admin.display(description="what", ordering="kind")
    def what(self, access: Access) -> str:
        return KINDS.get(access.kind, access.kind)

    @admin.display(description="allowed by")
    def allowed_by(self, access: Access) -> str:
        return GRANTS.get(access.granted_by, access.granted_by) or "–"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("of/<uuid:subject_id>/", wrap(require_safe(self.of)), name="phi_access_of"),
            path(
                "of/<uuid:subject_id>/export/",
                wrap(require_POST(self.export)),
                name="phi_access_export",
            ),
        ]
        return own + super().get_urls()

    def of(self, request: HttpRequest, subject_id: UUID) -> HttpResponse:
        """Every look at one person's data, the newest first; looking here is an event too."""
        subject = self._subject(request, subject_id)
        form = AskedForm(subject_id, request.GET)
        rows = looks(subject_id, form.asked())
        if last := _place(request.GET.get("after", "")):
            row = Access.objects.filter(pk=last, subject_id=subject_id).first()
            if row is not None:
                rows = rows.filter(
                    Q(accessed_at__lt=row.accessed_at) | Q(id__lt=row.pk),
                    accessed_at__lte=row.accessed_at,
                )
        found = list(rows[: PAGE + 1])
        carried = [(name, request.GET[name]) for name in form.fields if request.GET.get(name)]
        older = ""
        if len(found) > PAGE:
            older = urlencode([*carried, ("after", str(found[PAGE - 1].pk))])
        return self.page(
            request,
            "admin/phi/who_looked.html",
            subject,
            title=f"Who looked at {subject}",
            form=form,
            looks=[shown(row) for row in found[:PAGE]],
            zone=zone(),
            older=older,
            carried=carried,
            export=reverse("admin:phi_access_export", args=[subject_id]),
        )

    @recent_factor("take out who looked at a person's data")
    def export(self, request: HttpRequest, subject_id: UUID) -> HttpResponse:
        """The looks as a file."""
        subject = self._subject(request, subject_id)
        form = AskedForm(subject_id, request.POST)
        try:
            made = export(
                actor=actor_of(request),
                subject=subject,
                asked=form.asked(),
                format_=request.POST.get("format", ""),
                names=bool(request.POST.get("names")),
            )
        except Problem as problem:
            messages.error(request, told(problem))
            return HttpResponseRedirect(reverse("admin:phi_access_of", args=[subject_id]))
        response = HttpResponse(made.content, content_type=made.media_type)
        response["Content-Disposition"] = f'attachment; filename="who-looked.{made.extension}"'
        response["Cache-Control"] = "no-store"
        return response

    def _subject(self, request: HttpRequest, subject_id: UUID) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = DataSubject.objects.filter(pk=subject_id).only("id").first()
        if found is None:
            raise Http404
        return found


def _place(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""The admin classes that every app's admin builds on: read-only or audited, views included."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IS_POPUP_VAR, TO_FIELD_VAR
from django.contrib.admin.utils import flatten
from django.contrib.admin.views.main import (
    ALL_VAR,
    ERROR_FLAG,
    ORDER_VAR,
    PAGE_VAR,
    SEARCH_VAR,
)
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models, transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin

from audit.adminlists import CappedPaginator, with_exactly
from audit.refusals import record_refusal
from audit.services import record
from core import panels
from core.actors import actor_of
from core.errors import CiphertextRefused, Problem
from core.fields import EncryptedTextField, KeyMissing

_OWN_PARAMETERS = {SEARCH_VAR, ORDER_VAR, PAGE_VAR, ALL_VAR, ERROR_FLAG, IS_POPUP_VAR, TO_FIELD_VAR}


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]
    """Writes an audit event for every list, page, form, addition, change and deletion.

    In place of Django's own log, whose rows go with the user. The event is written in the
    transaction of the act; a list's event names its filters and never their values. What a verb
    refuses while a form is saved (a Problem) undoes the save and is said in the form.
    ``exact_search`` names indexed columns that the search box looks a whole value up in.
    """

    change_form_outer_after_template = "admin/panels.html"
    show_full_result_count = False
    list_per_page = 50
    paginator = CappedPaginator
    exact_search: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """A list is narrowed by its own filters and by no other column: Django would compare any,
        also those that nobody is shown, such as a hash."""
        first = lookup.partition("__")[0]
        try:
            self.model._meta.get_field(first)
        except FieldDoesNotExist:
            allowed: bool = super().lookup_allowed(lookup, value, request)
            return allowed
        return first in self._narrowing(request) and bool(
            super().lookup_allowed(lookup, value, request)
        )

    def _narrowing(self, request: HttpRequest) -> set[str]:
        """The columns and parameters that the list's own filters narrow it by."""
        shown = {self.date_hierarchy or ""}
        for each in self.get_list_filter(request):
            name = each[0] if isinstance(each, tuple) else each
            named = name if isinstance(name, str) else getattr(name, "parameter_name", "")
            shown.add(named.partition("__")[0])
        return shown

    def _filters(self, request: HttpRequest) -> list[str]:
        """Which of the list's own filters the address names. Nothing else of it: whatever a
        caller writes there would stand in the log."""
        own = {*_OWN_PARAMETERS, *self._narrowing(request)}
        named = {name.partition("__")[0] for name in request.GET}
        return sorted(named & own) + ["unknown"] * bool(named - own)

    def audit(self, request: HttpRequest, action: str, obj: Any = None, **details: Any) -> None:
        """Record what ``request`` did with ``obj``, or with the model as a whole."""
        record(
            actor=actor_of(request),
            event_type="admin",
            action=action,
            obj=obj,
            object_type="" if obj is not None else self.model._meta.label,
            details=details,
        )

    @transaction.atomic
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method == "POST" and not self.get_actions(request):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response: HttpResponse = super().changelist_view(request, extra_context)
        # Rendered inside the transaction, so that what was shown is what was recorded.
        if hasattr(response, "render"):
            response.render()
        self.audit(request, "listed", filters=self._filters(request))
        return response

    def get_search_fields(self, request: HttpRequest) -> Any:
        return self.exact_search or super().get_search_fields(request)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        if not self.exact_search:
            found: tuple[models.QuerySet[Any], bool] = super().get_search_results(
                request, queryset, search_term
            )
            return found
        term = search_term.strip()
        return (self.search_exactly(queryset, term) if term else queryset), False

    def search_exactly(self, queryset: models.QuerySet[Any], term: str) -> models.QuerySet[Any]:
        """Rows that the whole ``term`` names."""
        return with_exactly(queryset, self.exact_search, term)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        try:
            return self._changeform(request, object_id, form_url, extra_context)
        except Problem as problem:
            # The save is rolled back; the form is shown again with what the verb has against it.
            vars(request)["refusal"] = problem
            return self._changeform(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        refusal = vars(request).get("refusal")
        if refusal is None:
            return form
        return type(form.__name__, (_Refused, form), {"refusal": refusal})

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What an object's page shows beside its fields, for the page's own templates."""
        return {}

    @transaction.atomic
    def _changeform(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any
    ) -> HttpResponse:
        obj = self.get_object(request, object_id) if object_id else None
        if obj is not None and self.has_view_or_change_permission(request, obj):
            parts = panels.shown(request, self.model._meta.label, obj)
            own = self.page_context(request, obj)
            extra_context = {**(extra_context or {}), **own, "panels": parts}
        response: HttpResponse = super().changeform_view(
            request, object_id, form_url, extra_context
        )
        if hasattr(response, "render"):
            response.render()
        # A look by HEAD is a look: its answer's length tells something too.
        if request.method != "POST" and response.status_code == 200:
            if object_id is None:
                self.audit(request, "add_form")
            elif obj is not None:
                self.note_view(request, obj)
        return response

    def note_view(self, request: HttpRequest, obj: Any) -> None:
        """Write down that the object's page was shown: one event, where an app has a look for it
        that one."""
        self.audit(request, "viewed", obj)

    @transaction.atomic
    def page(
        self, request: HttpRequest, template: str, obj: Any = None, **context: Any
    ) -> TemplateResponse:
        """A page of the model's own beside the list and the form; getting it is an event."""
        base = {**self.admin_site.each_context(request), "opts": self.model._meta}
        response = TemplateResponse(request, template, {**base, **context})
        response.render()
        if request.method != "POST":
            self.audit(request, "page_shown", obj, page=template)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """An object's history is its audit events. Raises PermissionDenied."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        query = f"?object_type={self.model._meta.label}&object_id={object_id}"
        return HttpResponseRedirect(reverse("admin:audit_auditevent_changelist") + query)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        self.audit(request, "added", obj)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        changed = sorted(
            name
            for part in message
            if isinstance(part, dict)
            for name in part.get("changed", {}).get("fields", [])
        )
        self.audit(request, "changed", obj, fields=changed)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        for obj in queryset:
            self.audit(request, "deleted", obj)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        # Bulk deletion goes past every duty that hangs on a row.
        actions.pop("delete_selected", None)
        return actions


class _Refused:
    """A form that a verb has refused: invalid, whatever its fields hold."""

    refusal: Problem

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        form: Any = self
        if not self.refusal.errors:
            form.add_error(None, self.refusal.detail)
        for name, said in self.refusal.errors.items():
            form.add_error(name if name in form.fields else None, said)


class RecordedAdmin(AuditedAdmin):
    """An admin whose saves are services' verbs (called in ``save_model``), which write their own
    events; nothing is deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Recorded by the verb."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Recorded by the verb."""


class ReadOnlyAdmin(AuditedAdmin):
    """Shows and never changes; every look is recorded. A field that does not open says so, and the
    rest of the page stays."""

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        obj = super().get_object(request, *args, **kwargs)
        if obj is not None:
            self._say_what_does_not_open(request, obj)
        return obj

    def _say_what_does_not_open(self, request: HttpRequest, obj: models.Model) -> None:
        """In place of the value, on an instance that nobody saves; one event a field and request
        (a page reads its object twice)."""
        known = vars(request).setdefault("refused_fields", set())
        shown = set(flatten(self.get_fields(request, obj)))
        for field in obj._meta.concrete_fields:
            if not isinstance(field, EncryptedTextField) or field.name not in shown:
                continue
            try:
                getattr(obj, field.attname)
            except CiphertextRefused as error:
                error.of = error.of or f"{obj._meta.label_lower}.{field.name}|{obj.pk}"
                if error.of not in known:
                    known.add(error.of)
                    record_refusal(actor=actor_of(request), error=error)
                setattr(obj, field.attname, _does_not_open(error))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _does_not_open(error: CiphertextRefused) -> str:
    if isinstance(error, KeyMissing):
        return (
            f"Does not open: wrapped under key {error.key_id}, which FIELD_ENCRYPTION_KEYS does"
            " not hold. Put that key back."
        )
    return "Does not open: what is stored was changed or moved. This is in the audit log."

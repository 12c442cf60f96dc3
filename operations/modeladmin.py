"""Admin pages on which what can be done is a button, a POST and a verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from accounts.stepup import ask
from audit.modeladmin import AuditedAdmin, ReadOnlyAdmin
from core.errors import Forbidden, NotFound, Problem


@dataclass(frozen=True, slots=True)
class Button:
    """One verb on an object's page. ``why_not`` says why it cannot be pressed, where it cannot;
    ``asks_reason`` puts a field ``reason`` beside it, under ``reason_label``; ``asks_first``
    makes it a link to a page that says what will happen, and asks."""

    name: str
    label: str
    icon: str = ""
    variant: str = "default"
    asks_reason: bool = False
    reason_label: str = "Reason"
    asks_first: bool = False
    why_not: str = ""


Verb = Callable[[HttpRequest, UUID], HttpResponse | None]


def told(problem: Problem) -> str:
    """A problem as a sentence for the page: its detail, or what is wrong with which field."""
    if not problem.errors:
        return problem.detail
    return " ".join(str(message) for said in problem.errors.values() for message in said)


class ButtonsAdmin(AuditedAdmin):
    """Pages with buttons, each a POST. ``verbs`` maps a button's name to the method that does
    it; the method calls a service and returns a response, or None for the object's page again.
    ``sensitive`` names those that need a recent second factor, and says what they do."""

    verbs: dict[str, str] = {}
    sensitive: dict[str, str] = {}
    change_form_outer_before_template = "operations/verbs.html"

    def buttons(self, request: HttpRequest, obj: Any) -> Iterable[Button]:
        """What can be done with ``obj`` by who asks."""
        return ()

    def get_urls(self) -> list[URLPattern]:
        options = self.model._meta
        own = [
            path(
                f"<uuid:object_id>/{name}/",
                self.admin_site.admin_view(require_POST(partial(self._do, name))),
                name=f"{options.app_label}_{options.model_name}_{name}",
            )
            for name in self.verbs
        ]
        return [*own, *super().get_urls()]

    def page_of(self, object_id: object) -> str:
        """The path of an object's page."""
        options = self.model._meta
        return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[object_id])

    def _do(self, name: str, request: HttpRequest, object_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if name in self.sensitive and (question := ask(request, self.sensitive[name])):
            return question
        verb: Verb = getattr(self, self.verbs[name])
        try:
            response = verb(request, object_id)
        except NotFound:
            raise Http404 from None
        except Forbidden:
            # The verb has recorded it where its refusal is an event.
            raise PermissionDenied from None
        except Problem as problem:
            messages.error(request, told(problem))
            response = None
        return response or HttpResponseRedirect(self.page_of(object_id))

    def page_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        options = self.model._meta
        shown = []
        for button in self.buttons(request, obj):
            name = f"admin:{options.app_label}_{options.model_name}_{button.name}"
            shown.append((button, reverse(name, args=[obj.pk])))
        return {**super().page_context(request, obj), "buttons": shown}


class VerbAdmin(ButtonsAdmin, ReadOnlyAdmin):
    """Read-only, with buttons."""

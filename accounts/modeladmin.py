"""What the admin classes of people, applications and keys share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.adminforms import ReasonForm
from audit.modeladmin import RecordedAdmin
from core.errors import Problem


def sent_in(request: HttpRequest) -> Any:
    """What a form is bound to: the fields of a POST, also where there are none."""
    return request.POST if request.method == "POST" else None


class AccountsAdmin(RecordedAdmin):
    """People, applications and keys: each further step is a page of its own."""

    def change_url(self, object_id: Any) -> str:
        """The address of an object's page."""
        options = self.model._meta
        name = f"{self.admin_site.name}:{options.app_label}_{options.model_name}_change"
        return reverse(name, args=[object_id])

    def one(self, request: HttpRequest, object_id: str) -> Any:
        """The object, for somebody who may change it. Raises Http404 or PermissionDenied."""
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        options = self.model._meta
        if not request.user.has_perm(f"{options.app_label}.change_{options.model_name}"):
            raise PermissionDenied
        return obj

    def confirmed(
        self,
        request: HttpRequest,
        obj: Any,
        *,
        title: str,
        question: str,
        act: Callable[[], object],
        done: str,
    ) -> HttpResponse:
        """GET: the question. POST: the act."""
        back = self.change_url(obj.pk)
        if request.method != "POST":
            return self.page(
                request, "admin/confirm.html", obj, title=title, question=question, back=back
            )
        try:
            act()
        except Problem as problem:
            return self.refused(request, obj, problem)
        messages.success(request, done)
        return HttpResponseRedirect(back)

    def with_reason(
        self,
        request: HttpRequest,
        obj: Any,
        *,
        title: str,
        question: str,
        act: Callable[[str], object],
        done: str,
    ) -> HttpResponse:
        """As ``confirmed``, for an act that asks why."""
        form = ReasonForm(sent_in(request))
        back = self.change_url(obj.pk)
        if request.method == "POST" and form.is_valid():
            try:
                act(form.cleaned_data["reason"])
            except Problem as problem:
                return self.refused(request, obj, problem)
            messages.success(request, done)
            return HttpResponseRedirect(back)
        return self.page(
            request,
            "accounts/ask_reason.html",
            obj,
            title=title,
            question=question,
            form=form,
            back=back,
        )

    def refused(self, request: HttpRequest, obj: Any, problem: Problem) -> HttpResponse:
        """The object's page again, with what the verb has against it."""
        messages.error(request, problem.detail)
        return HttpResponseRedirect(self.change_url(obj.pk))

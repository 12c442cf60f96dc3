"""What the admin pages of people, applications and keys share."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse

from audit.modeladmin import RecordedAdmin


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

"""The start page: evidence as it was last measured, and what waits for the person."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from core import evidence
from operations.models import Approval, Notification


def tiles(request: HttpRequest) -> dict[str, Any]:
    """Template context of the start page: only what this person may open."""
    user = request.user
    assert isinstance(user, User)
    context: dict[str, Any] = {
        "evidence": [
            (check, evidence.read(check.code), _link(user, check.link))
            for check in evidence.checks()
        ],
        "notifications": Notification.objects.for_person(
            user.pk, user.groups.values_list("name", flat=True)
        ).unread()[:10],
    }
    if user.has_perm("operations.view_approval"):  # type: ignore[union-attr]
        waiting = Approval.objects.filter(state=Approval.State.PENDING)
        context["approvals"] = waiting.order_by("expires_at")[:10]
    return context


def _link(user: User, name: str) -> str:
    """The page behind a measurement (``admin:app_model_changelist``), where they may open it."""
    app, _, model = name.removeprefix("admin:").removesuffix("_changelist").partition("_")
    return reverse(name) if name and user.has_perm(f"{app}.view_{model}") else ""

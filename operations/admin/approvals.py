"""Decisions that take two people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from audit.adminlists import choices_filter
from core.actors import actor_of
from operations import approvals, services
from operations.approvals import ApprovalKind
from operations.modeladmin import Button, VerbAdmin
from operations.models import Approval


def kind_of(approval: Approval) -> ApprovalKind | None:
    """The approval's registered kind; None where it is not registered any more."""
    try:
        return approvals.get(approval.kind)
    except KeyError:
        return None


def kinds() -> list[tuple[str, str]]:
    """Every registered kind, for the list's filter."""
    return [(kind.code, kind.title) for kind in approvals.kinds()]


@admin.register(Approval)
class ApprovalAdmin(VerbAdmin):
    list_display = (
        "kind_title",
        "shown_state",
        "requested_by_name",
        "created_at",
        "decided_by_name",
        "decided_at",
    )
    list_filter = ("state", choices_filter("kind", "what", kinds))
    ordering = ("-id",)
    verbs = {"approve": "approve", "reject": "reject", "withdraw": "withdraw"}
    sensitive = {"approve": "approve what somebody asks for", "reject": "reject a request"}

    @admin.display(description="what", ordering="kind")
    def kind_title(self, approval: Approval) -> str:
        kind = kind_of(approval)
        return approval.kind if kind is None else kind.title

    @display(
        description="state",
        ordering="state",
        label={
            "Pending": "info",
            "Approved": "success",
            "Rejected": "danger",
            "Withdrawn": "warning",
            "Expired": "warning",
        },
    )
    def shown_state(self, approval: Approval) -> str:
        return str(Approval.State(approval.state).label)

    def buttons(self, request: HttpRequest, obj: Approval) -> Iterable[Button]:
        if obj.state != Approval.State.PENDING:
            return
        actor = actor_of(request)
        refusal = services.refusal_for(obj, actor, timezone.now())
        if refusal is not None:
            yield Button("approve", "You cannot decide", why_not=refusal.detail)
        else:
            yield Button("approve", "Approve", "check", "primary")
            yield Button("reject", "Reject", "close", "danger", asks_reason=True)
        if obj.requested_by_id == actor.id:
            yield Button("withdraw", "Withdraw", "undo")

    def page_context(self, request: HttpRequest, obj: Approval) -> dict[str, Any]:
        context = super().page_context(request, obj)
        kind = kind_of(obj)
        if kind is not None:
            said = [kind.title]
            if kind.describe is not None:
                said.append(kind.describe(obj))
            said.append(f"{obj.requested_by_name} asks for it because: {obj.reason}")
            context["said"] = said
        return context

    def approve(self, request: HttpRequest, object_id: UUID) -> None:
        services.approve(
            actor=actor_of(request), approval_id=object_id, reason=request.POST.get("reason", "")
        )
        messages.success(request, "Approved, and done.")

    def reject(self, request: HttpRequest, object_id: UUID) -> None:
        services.reject(
            actor=actor_of(request), approval_id=object_id, reason=request.POST.get("reason", "")
        )
        messages.success(request, "Rejected.")

    def withdraw(self, request: HttpRequest, object_id: UUID) -> None:
        services.withdraw(actor=actor_of(request), approval_id=object_id)
        messages.success(request, "Withdrawn.")

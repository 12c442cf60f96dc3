"""A person's own messages, and those to their roles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.decorators import display

from core.actors import actor_of
from operations import services
from operations.modeladmin import Button, VerbAdmin
from operations.models import Notification


def roles_of(request: HttpRequest) -> tuple[str, ...]:
    """The names of the roles of who asks."""
    user: Any = request.user
    return tuple(user.groups.order_by("name").values_list("name", flat=True))


@admin.register(Notification)
class NotificationAdmin(VerbAdmin):
    list_display = ("title", "shown_link", "created_at", "is_read")
    list_filter = (("read_at", admin.EmptyFieldListFilter),)
    ordering = ("-id",)
    fields = ("title", "body", "shown_link", "created_at", "read_at")
    readonly_fields = ("shown_link",)
    actions = ("mark_all_read",)
    verbs = {"read": "read"}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_person(request.user.pk, roles_of(request))

    @admin.display(description="about")
    def shown_link(self, note: Notification) -> str:
        if not note.link:
            return "–"
        return format_html('<a href="{}">Open</a>', note.link)

    @display(description="read", boolean=True)
    def is_read(self, note: Notification) -> bool:
        return note.read_at is not None

    def buttons(self, request: HttpRequest, obj: Notification) -> Iterable[Button]:
        if obj.read_at is None:
            yield Button("read", "Mark as read", "done", "primary")

    def read(self, request: HttpRequest, object_id: UUID) -> None:
        services.mark_read(
            actor=actor_of(request), notification_id=object_id, roles=roles_of(request)
        )

    @admin.action(description="Mark as read")
    def mark_all_read(self, request: HttpRequest, queryset: Any) -> None:
        roles = roles_of(request)
        chosen = list(queryset.unread().values_list("pk", flat=True))
        for note_id in chosen:
            services.mark_read(actor=actor_of(request), notification_id=note_id, roles=roles)
        messages.success(request, f"{len(chosen)} marked as read.")

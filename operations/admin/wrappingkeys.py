"""The installation's wrapping keys: which there are, what lies under each, and rotation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from unfold.decorators import display

from core.actors import actor_of
from core.errors import Conflict, Forbidden, NotFound
from operations.modeladmin import Button, VerbAdmin
from operations.rewrap_job import KIND
from operations.services import start_job
from vault import keys
from vault.models import WrappingKey

LABELS = {
    keys.NEWEST: "In use",
    keys.OLD: "Old",
    keys.MISSING: "Missing",
    keys.UNOPENED: "Unnamed",
}
OVERDUE = "Rotation overdue"
NOT_COUNTED = "not counted yet: counted every night"


def state_of(row: WrappingKey) -> str:
    """A key's state for people; missing only where something lies under it."""
    try:
        state = keys.state_of(row)
    except ImproperlyConfigured:
        return "Unknown"
    if state == keys.NEWEST and keys.overdue(row, timezone.now()):
        return OVERDUE
    if state == keys.MISSING and not (row.identifiers or keys.data_keys_under(row)):
        return "Retired"
    return LABELS[state]


@admin.register(WrappingKey)
class WrappingKeyAdmin(VerbAdmin):
    list_display = (
        "key_id",
        "shown_state",
        "shown_data_keys",
        "shown_values",
        "first_seen_at",
        "shown_age",
        "shown_counted",
    )
    ordering = ("-first_seen_at", "-id")
    fields = list_display
    verbs = {"rewrap": "rewrap"}
    sensitive = {"rewrap": "wrap everything under the newest key"}

    @display(
        description="state",
        label={
            "In use": "success",
            "Old": "info",
            "Retired": "default",
            "Unnamed": "warning",
            "Missing": "danger",
            OVERDUE: "danger",
            "Unknown": "danger",
        },
    )
    def shown_state(self, row: WrappingKey) -> str:
        return state_of(row)

    @admin.display(description="data keys", ordering="data_keys")
    def shown_data_keys(self, row: WrappingKey) -> str:
        return str(keys.data_keys_under(row))

    @admin.display(description="other values", ordering="identifiers")
    def shown_values(self, row: WrappingKey) -> str:
        return NOT_COUNTED if row.identifiers is None else str(row.identifiers)

    @admin.display(description="other values counted", ordering="counted_at")
    def shown_counted(self, row: WrappingKey) -> Any:
        return row.counted_at or NOT_COUNTED

    @admin.display(description="age", ordering="-first_seen_at")
    def shown_age(self, row: WrappingKey) -> str:
        return timesince(row.first_seen_at, timezone.now(), depth=1)

    def buttons(self, request: HttpRequest, obj: WrappingKey) -> Iterable[Button]:
        if not request.user.has_perm("vault.rotate_keys"):  # type: ignore[union-attr]
            return
        newest = state_of(obj) in {LABELS[keys.NEWEST], OVERDUE}
        yield Button(
            "rewrap",
            "Wrap everything under this key",
            "autorenew",
            "primary",
            why_not="" if newest else "It is not the newest key of the list.",
        )

    def page_context(self, request: HttpRequest, obj: WrappingKey) -> dict[str, Any]:
        context = super().page_context(request, obj)
        said = {
            "Missing": "FIELD_ENCRYPTION_KEYS does not hold this key: what lies under it cannot be"
            " read. Put it back into the list (see the documentation, Keys).",
            "Unnamed": "Values from before keys were named: rewrapping gives them their key's name"
            " and binds them to their rows.",
            "Retired": "No data key lies under this key, and nothing else did when it was last"
            " counted. Copies of the database may still need it.",
            OVERDUE: f"This key is older than {settings.KEY_ROTATION_DAYS} days: make a new one,"
            " put it behind the others in the list, restart every process, move it to the front,"
            " restart, and rewrap.",
        }.get(state_of(obj))
        if said:
            context["said"] = [said]
        return context

    def rewrap(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        if not request.user.has_perm("vault.rotate_keys"):  # type: ignore[union-attr]
            raise Forbidden
        if not WrappingKey.objects.filter(pk=object_id).exists():
            raise NotFound
        try:
            newest = keys.newest_row()
        except ImproperlyConfigured as error:
            raise Conflict(str(error)) from None
        if newest.pk != object_id:
            raise Conflict("It is not the newest key of the list.")
        job = start_job(actor=actor_of(request), kind=KIND)
        messages.success(request, "The job waits for a worker.")
        return HttpResponseRedirect(reverse("admin:operations_job_change", args=[job.pk]))

"""Who looked at whose data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.ids import uuid7
from phi.models.purposes import PurposeOfUse


class Access(models.Model):
    """One look at one person's data: what the person is shown who asks who looked.

    Written with the look's audit event, which is the evidence; this row answers "who looked at
    this person" without reading the log. Plain values, so that it outlives the account and the
    thing looked at. ``kind`` is one of ``core.accesses``; ``granted_by`` says what allowed it: the
    role, a care relationship, break-glass.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_id = models.UUIDField("data subject")
    accessed_at = models.DateTimeField(help_text="UTC.")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200, help_text="As it was at the time.")
    kind = models.CharField(max_length=32, help_text="What was looked at.")
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    purpose_of_use = models.CharField(max_length=16, choices=PurposeOfUse, blank=True)
    granted_by = models.CharField(max_length=24, blank=True)
    event_id = models.UUIDField(help_text="The audit event of the look.")

    class Meta:
        verbose_name = "access"
        verbose_name_plural = "accesses"
        default_permissions = ("view",)
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_id", "-accessed_at", "-id"], name="phi_access_subject"),
            models.Index(fields=["actor_id", "-accessed_at"], name="phi_access_actor"),
            models.Index(fields=["accessed_at"], name="phi_access_accessed"),
            models.Index(fields=["kind", "-id"], name="phi_access_kind"),
            models.Index(fields=["purpose_of_use", "-id"], name="phi_access_purpose"),
            models.Index(fields=["object_id"], name="phi_access_object"),
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_access_purpose_known",
                condition=Q(purpose_of_use__in=["", *PurposeOfUse.values]),
            )
        ]

    def __str__(self) -> str:
        return f"Access {self.id}"

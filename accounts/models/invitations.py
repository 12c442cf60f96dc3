"""The way in for a new person."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from core.ids import uuid7


class Invitation(models.Model):
    """Evidence that somebody was asked in, by whom, and that the link was used once or never.

    The link ends in ``vci_<secret>``, shown once to whoever invites; the row holds its hash. No
    salt and no stretching: the secret is 256 random bits.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    made_by_id = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=200, help_text="The maker's name at the time.")
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="accounts_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(withdrawn_at=None),
                name="accounts_invitation_one_end",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def works(self, now: datetime) -> bool:
        """Whether the link opens anything at ``now`` (UTC)."""
        return self.used_at is None and self.withdrawn_at is None and self.expires_at > now

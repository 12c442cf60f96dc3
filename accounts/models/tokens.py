"""A person's session with the API."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.crypto import constant_time_compare

from core.ids import uuid7


def token_hash(token: str) -> str:
    """SHA-256 of a whole key or token, as 64 hex digits. No salt: 256 random bits need none."""
    return hashlib.sha256(token.encode()).hexdigest()


class SessionToken(models.Model):
    """Evidence that a person proved password and second factor, and for how long that counts.

    The token is ``vcs_<secret>``, answered once; the row holds its hash.
    """

    class Factor(models.TextChoices):
        TOTP = "totp", "Authenticator app"
        RECOVERY_CODE = "recovery_code", "Recovery code"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="session_tokens"
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    session_hash = models.CharField(
        max_length=64,
        editable=False,
        help_text="The person's session hash when it was issued: a new password, role or"
        " factor ends the token.",
    )
    factor = models.CharField(max_length=16, choices=Factor)
    created_at = models.DateTimeField(auto_now_add=True)
    proved_at = models.DateTimeField(
        "last proof", null=True, help_text="When a second factor was proved again with it."
    )
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(factor__in=["totp", "recovery_code"]),
                name="accounts_token_factor_known",
            ),
        ]

    def __str__(self) -> str:
        return f"session token {self.pk}"

    @property
    def last_proof(self) -> datetime:
        """When a second factor was last proved with it."""
        return self.proved_at or self.created_at

    def works(self, now: datetime) -> bool:
        """Whether the token opens anything at ``now``; reads the person too."""
        return (
            self.revoked_at is None
            and self.expires_at > now
            and self.user.is_active
            and constant_time_compare(self.session_hash, self.user.get_session_auth_hash())
        )

"""A person's session with the admin."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from core.ids import uuid7


class AdminSession(models.Model):
    """Evidence that a person was signed in to the admin: from when, whence, proved how, and
    when and why it ended.

    Django's session, which the cookie names, holds this row's id. What counts is said here, so
    that it can be ended from elsewhere and no cookie can say otherwise.
    """

    class Factor(models.TextChoices):
        TOTP = "totp", "Authenticator app"
        RECOVERY_CODE = "recovery_code", "Recovery code"
        PASSKEY = "passkey", "Passkey"

    class End(models.TextChoices):
        SIGNED_OUT = "signed_out", "Signed out"
        SIGNED_IN_AGAIN = "signed_in_again", "Signed in again in the same browser"
        IDLE = "idle", "Not used for too long"
        TOO_OLD = "too_old", "As old as a session may become"
        REVOKED = "revoked", "Ended by the person, from another session"
        TAKEN = "taken", "Ended by an officer"
        PASSWORD = "password", "New password"
        FACTOR = "factor", "Second factor changed"
        RIGHTS = "rights", "Roles or rights changed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="admin_sessions"
    )
    factor = models.CharField("verified by", max_length=16, choices=Factor)
    address = models.CharField(max_length=45, help_text="Where the person signed in from.")
    agent = models.CharField(
        "program", max_length=60, help_text="Browser and system, as the browser says."
    )
    created_at = models.DateTimeField("began")
    seen_at = models.DateTimeField(
        "last seen", help_text="To the minute: not every request writes it."
    )
    proved_at = models.DateTimeField(
        "last proof", help_text="When a second factor was last proved in this session."
    )
    ended_at = models.DateTimeField("ended", null=True, blank=True, db_index=True)
    end_reason = models.CharField("why it ended", max_length=16, choices=End, blank=True)

    class Meta:
        verbose_name = "admin session"
        ordering = ["-created_at"]
        default_permissions = ("view",)
        permissions = [("end_session", "May end anybody's session or session token")]
        indexes = [
            models.Index(
                fields=["user"],
                condition=models.Q(ended_at=None),
                name="accounts_session_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(factor__in=["totp", "recovery_code", "passkey"]),
                name="accounts_session_factor_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, end_reason="")
                | models.Q(
                    ended_at__isnull=False,
                    end_reason__in=[
                        "signed_out",
                        "signed_in_again",
                        "idle",
                        "too_old",
                        "revoked",
                        "taken",
                        "password",
                        "factor",
                        "rights",
                    ],
                ),
                name="accounts_session_end_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"admin session {self.pk}"

    def over(self, now: datetime) -> str:
        """Why an open session ends at ``now``, or nothing: idle for ``SESSION_IDLE_SECONDS``, or
        ``SESSION_ABSOLUTE_SECONDS`` old (NIST SP 800-63B-4, 2.2.3)."""
        if now - self.created_at >= timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS):
            return self.End.TOO_OLD
        if now - self.seen_at >= timedelta(seconds=settings.SESSION_IDLE_SECONDS):
            return self.End.IDLE
        return ""

    def proved_recently(self, now: datetime) -> bool:
        """Whether the last proof of a second factor is at most ``STEP_UP_SECONDS`` old."""
        return now - self.proved_at <= timedelta(seconds=settings.STEP_UP_SECONDS)

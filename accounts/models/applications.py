"""Voice applications and the keys by which they speak to the API."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce

from core.ids import uuid7

ORGANISATION = "organisation"


class VoiceApplication(models.Model):
    """Evidence of which system wrote a call, recording, transcript or decision.

    What it wrote is visible to it alone; data subjects and their consents are the
    organisation's and shared.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(
        max_length=100,
        unique=True,
        error_messages={"unique": "There is a voice application with this name already."},
    )
    id_space = models.CharField(
        "id space",
        max_length=64,
        default=ORGANISATION,
        help_text="In which numbering its customers' ids are read: applications that share one"
        " mean the same person by the same id.",
    )
    takes_cards = models.BooleanField(
        "may take cards",
        default=True,
        help_text="Callers may say card numbers: a recording cannot be played until its"
        " transcript has been screened (PCI DSS 3.3.1).",
    )
    is_active = models.BooleanField("active", default=True, help_text="Its keys work.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name=""), name="accounts_application_name_given"
            ),
            models.CheckConstraint(
                condition=~models.Q(id_space=""), name="accounts_application_space_given"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """Evidence of what an application was allowed to do, from when, until when, by whose hand.

    The key is ``vc_<prefix>_<secret>``, shown once; the row holds a hash of it. No salt and no
    stretching: the secret is 256 random bits.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(VoiceApplication, on_delete=models.PROTECT, related_name="keys")
    prefix = models.CharField(
        max_length=12, unique=True, help_text="The part of the key that may be shown."
    )
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=200, help_text="The maker's name at the time.")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="To the minute: not every request writes it."
    )
    last_used_address = models.CharField(max_length=45, blank=True)
    replaced_by = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        help_text="The key that was made in its place; until it expires both work.",
    )

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0), name="accounts_key_has_scopes"
            ),
            models.CheckConstraint(
                condition=~models.Q(replaced_by=models.F("id")),
                name="accounts_key_replaced_by_another",
            ),
        ]
        indexes = [
            # What accounts.querysets.unused_keys reads.
            models.Index(
                Coalesce("last_used_at", "created_at"),
                condition=models.Q(revoked_at=None),
                name="accounts_key_last_sign",
            ),
        ]

    def __str__(self) -> str:
        return f"vc_{self.prefix}_…"

    def works(self, now: datetime) -> bool:
        """Whether the key opens anything at ``now``; reads the application too."""
        return self.revoked_at is None and self.expires_at > now and self.application.is_active

    def why_not_rotated(self, now: datetime) -> str | None:
        """What forbids another key in its place at ``now``: a sentence, or None."""
        if self.replaced_by_id is not None:
            return "The key was rotated already."
        if self.revoked_at is not None:
            return "The key is revoked."
        return "The key has expired." if self.expires_at <= now else None

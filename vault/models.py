"""Keys in custody: random data keys, wrapped under the installation's own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.fields import EncryptedTextField
from core.ids import uuid7


class DataKey(models.Model):
    """A 256-bit key for one owner's data of one class; once destroyed, evidence that it was.

    ``owner_id`` is a plain id (a data subject's, a job's): the vault knows no model above it.
    Destroying the key makes everything sealed under it noise, in copies and backups too once
    those no longer hold the wrapped key.
    """

    class KeyClass(models.TextChoices):
        CONTENT = "content", "Content (audio, transcripts, decisions)"
        HEALTH = "health", "Health records"
        CONSENT_EVIDENCE = "consent_evidence", "Consent evidence"
        VOICE_PROFILE = "voice_profile", "Voice profiles"
        REQUEST_FILE = "request_file", "Request files and results"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField()
    key_class = models.CharField(max_length=20, choices=KeyClass)
    wrapped = EncryptedTextField(context="vault.datakey.wrapped", null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [models.Index(fields=["owner_id"], name="vault_key_owner")]
        constraints = [
            models.CheckConstraint(
                name="vault_key_class_known",
                condition=Q(
                    key_class__in=[
                        "content",
                        "health",
                        "consent_evidence",
                        "voice_profile",
                        "request_file",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="vault_key_held_or_destroyed",
                condition=Q(wrapped__isnull=True, destroyed_at__isnull=False)
                | Q(wrapped__isnull=False, destroyed_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="vault_one_live_key",
                fields=["owner_id", "key_class"],
                condition=Q(destroyed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key_class} key {self.id}"


class KeyCheck(models.Model):
    """What the installation's keys made on first use, so that a wrong key is seen at start."""

    name = models.CharField(primary_key=True, max_length=32)
    canary = EncryptedTextField(context="vault.keycheck.canary", editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

"""Keys in custody: random data keys, wrapped under the installation's own."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from core.fields import EncryptedTextField, key_id_of
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
        indexes = [
            models.Index(fields=["owner_id"], name="vault_key_owner"),
            # The list of those under one wrapping key, newest first.
            models.Index(key_id_of("wrapped"), F("id").desc(), name="vault_key_wrapped_under"),
        ]
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
        return f"{self.get_key_class_display()} key {self.id}"


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


class WrappingKey(models.Model):
    """A key of ``FIELD_ENCRYPTION_KEYS`` that this database has seen, by its public id; never
    the key.

    ``data_keys`` and ``identifiers`` say what was found under it when it was last counted: data
    keys, and encrypted values of all other columns. ``BEFORE_IDS`` stands for values from before
    tokens named their key.
    """

    BEFORE_IDS = "before key ids"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key_id = models.CharField(
        max_length=16, unique=True, help_text="16 hex digits that tell keys apart."
    )
    first_seen_at = models.DateTimeField(db_default=Now(), editable=False)
    data_keys = models.BigIntegerField(null=True, editable=False)
    identifiers = models.BigIntegerField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "wrapping key"
        ordering = ["-first_seen_at", "-id"]
        default_permissions = ("view",)
        permissions = [("rotate_keys", "Can have everything wrapped under the newest key")]

    def __str__(self) -> str:
        return f"wrapping key {self.key_id}"

"""Templates of people's voices, as a vendor keeps them, and the proof that they were destroyed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.fields import EncryptedTextField
from core.ids import uuid7
from phi.models.checks import is_sealed
from phi.querysets import VoiceProfileQuerySet


class VoiceProfile(models.Model):
    """Where a vendor keeps one person's voiceprint, and the written release that it rests on.

    The voiceprint itself is the vendor's; the reference to it is sealed here. ``release`` is the
    consent record shown when it was made (BIPA, 740 ILCS 14/15(b); GDPR 9(2)(a)): whether it
    still holds is asked of the consents at every read, so that a withdrawal binds at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, related_name="voice_profiles", db_index=False
    )
    application = models.ForeignKey("accounts.VoiceApplication", models.PROTECT, related_name="+")
    vendor = models.CharField(max_length=120, help_text="Who keeps the voiceprint.")
    template_sealed = models.BinaryField(editable=False)
    template_hash = models.CharField(
        max_length=64, editable=False, help_text="Keyed: the same template is stored once."
    )
    release = models.ForeignKey(
        "consent.ConsentRecord", models.PROTECT, related_name="voice_profiles"
    )
    last_interaction_at = models.DateTimeField(
        db_index=True, help_text="The keep time runs from here."
    )
    purpose_ended_at = models.DateTimeField(null=True, blank=True)
    purpose_ended_reason: Any = EncryptedTextField(
        context="phi.voiceprofile.purpose_ended_reason", null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = VoiceProfileQuerySet.as_manager()

    class Meta:
        verbose_name = "voice profile"
        default_permissions = ("view",)
        permissions = [
            ("read_template", "Can read a voice profile's template reference"),
            ("end_voice_profile", "Can say that a voice profile's purpose has ended"),
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["purpose_ended_at"],
                name="phi_voice_profile_ended",
                condition=Q(purpose_ended_at__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="phi_voice_profile_once",
                fields=["subject", "application", "vendor", "template_hash"],
            ),
            models.CheckConstraint(
                name="phi_voice_profile_template_is_sealed",
                condition=is_sealed("template_sealed"),
            ),
            models.CheckConstraint(
                name="phi_voice_profile_end_has_reason",
                condition=Q(purpose_ended_at__isnull=True, purpose_ended_reason__isnull=True)
                | Q(purpose_ended_at__isnull=False, purpose_ended_reason__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Voice profile {self.id}"

    @property
    def aad(self) -> str:
        """What the sealed template reference is bound to: its row, whose it is, and where."""
        return f"phi.voiceprofile.template|{self.id}|{self.application_id}|{self.vendor}"


class VoiceProfileDestruction(models.Model):
    """Evidence that a voice profile was destroyed, when and why, and that its vendor says the same.

    Without the reference: that went with the profile. Plain ids, for it outlives what they name.
    The vendor's copy lies outside; ``vendor_confirmation`` says how its end was confirmed.
    """

    class Cause(models.TextChoices):
        RELEASE = "release", "The release was withdrawn, expired or replaced by a no"
        PURPOSE = "purpose", "The purpose had ended"
        UNUSED = "unused", "Three years since the last interaction, or the keep time"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    profile_id = models.UUIDField("voice profile", unique=True)
    subject_id = models.UUIDField("data subject", db_index=True)
    application_id = models.UUIDField("application")
    vendor = models.CharField(max_length=120)
    cause = models.CharField(max_length=8, choices=Cause)
    reason: Any = EncryptedTextField(
        context="phi.voiceprofiledestruction.reason",
        null=True,
        blank=True,
        help_text="As it was given.",
    )
    destroyed_at = models.DateTimeField(db_index=True)
    vendor_destroyed_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="When the vendor's copy was confirmed gone."
    )
    vendor_confirmation: Any = EncryptedTextField(
        context="phi.voiceprofiledestruction.vendor_confirmation",
        null=True,
        blank=True,
        help_text="How it was confirmed.",
    )
    confirmed_by_id = models.CharField(max_length=80, blank=True)
    confirmed_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "voice profile destroyed"
        verbose_name_plural = "voice profiles destroyed"
        default_permissions = ("view",)
        permissions = [
            ("confirm_vendor_destruction", "Can note that a vendor destroyed a voiceprint")
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["destroyed_at"],
                name="phi_voice_to_confirm",
                condition=Q(vendor_destroyed_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_voice_destruction_cause_known",
                condition=Q(cause__in=["release", "purpose", "unused"]),
            ),
            models.CheckConstraint(
                name="phi_voice_destruction_says_how",
                condition=Q(vendor_destroyed_at__isnull=True, vendor_confirmation__isnull=True)
                | Q(vendor_destroyed_at__isnull=False, vendor_confirmation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Destruction of voice profile {self.profile_id}"

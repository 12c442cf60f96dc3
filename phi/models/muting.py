"""A recording's muted variant, and the work that makes it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from phi.models.checks import is_sealed


class MutedVariant(models.Model):
    """The sound of a call with what its transcript masks silenced, as FLAC, sealed like the
    original; evidence of what was silenced, and the place in the queue until it is there.

    Without anything to silence (``intervals`` 0) there is no second file: the recording is its own
    muted variant. ``reason`` says why the original must be destroyed once the variant is proved;
    empty where both stay. ``claim`` is its worker's, until ``due_at``; then it is handed over
    again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be made"
        DESTROYING = "destroying", "Made; the original is to be destroyed"
        READY = "ready", "Ready"
        FAILED = "failed", "Failed"

    recording = models.OneToOneField(
        "phi.VoiceRecording", models.CASCADE, primary_key=True, related_name="muted"
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=120, blank=True)
    blob = models.CharField(
        max_length=80,
        unique=True,
        null=True,
        editable=False,
        help_text="A random name in the blob store; null where nothing was to be silenced.",
    )
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    bytes = models.PositiveBigIntegerField(null=True, blank=True)
    intervals = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many stretches are silenced."
    )
    waveform_sealed = models.BinaryField(
        null=True, editable=False, help_text="Its picture (phi.waveforms), sealed."
    )
    made_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(
        null=True, blank=True, help_text="When its sealed audio was found missing."
    )
    claim = models.UUIDField(null=True, editable=False)
    due_at = models.DateTimeField(
        editable=False, help_text="UTC. When it is handed to the queue again."
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=80, blank=True, help_text="What the last attempt met.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "destroying"]),
                name="phi_muted_due",
            ),
            models.Index(
                fields=["recording"], condition=Q(state="failed"), name="phi_muted_failed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_muted_state_known",
                condition=Q(state__in=["waiting", "destroying", "ready", "failed"]),
            ),
            models.CheckConstraint(
                name="phi_muted_made_is_dated",
                condition=~Q(state__in=["destroying", "ready"])
                | Q(made_at__isnull=False, intervals__isnull=False),
            ),
            models.CheckConstraint(
                name="phi_muted_blob_is_told",
                condition=Q(blob__isnull=True, sha256="", bytes__isnull=True)
                | Q(
                    blob__isnull=False,
                    sha256__regex="^[0-9a-f]{64}$",
                    bytes__gt=0,
                    intervals__gt=0,
                    made_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="phi_muted_waveform_is_sealed",
                condition=Q(waveform_sealed__isnull=True) | Q(is_sealed("waveform_sealed")),
            ),
        ]

    def __str__(self) -> str:
        return f"Muted variant of recording {self.pk}"

    @property
    def aad(self) -> str:
        """What the sealed audio is bound to."""
        return f"phi.mutedvariant.audio|{self.pk}"

    @property
    def waveform_aad(self) -> str:
        """What its sealed picture is bound to."""
        return f"phi.mutedvariant.waveform|{self.pk}"

"""What was said on a call: its recording and its transcript, both sealed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

import masking
from core.ids import uuid7
from phi.models.checks import is_sealed
from phi.querysets import RecordingQuerySet, TranscriptQuerySet

SECURITY_CODE_HEARD = "card-security-code-heard"


class VoiceRecording(models.Model):
    """The sound of one call, kept sealed in the blob store; evidence that it was taken, unchanged.

    ``sha256`` and ``bytes`` are of the audio as it was sent, also when that is gone. ``state``
    says whether it may be played: not before its transcript was screened for card security codes
    and PINs where the application may take cards. Once one was heard nobody plays it, and as soon
    as its muted variant is proved its original is destroyed (PCI DSS 4.0.1, 3.3.1): then
    ``blob`` is null and ``original_destroyed_at`` says when.
    """

    class Format(models.TextChoices):
        WAV = "wav", "WAV"
        FLAC = "flac", "FLAC"
        OGG = "ogg", "Ogg"
        MP3 = "mp3", "MP3"

    class State(models.TextChoices):
        UNSCREENED = "unscreened", "Waits for its transcript"
        AVAILABLE = "available", "Available"
        QUARANTINED = "quarantined", "Quarantined"
        MUTED = "muted", "Only the muted variant is left"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.OneToOneField("consent.Call", models.PROTECT, related_name="recording")
    blob = models.CharField(
        max_length=80,
        unique=True,
        null=True,
        editable=False,
        help_text="A random name in the blob store; null once the original was destroyed.",
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    bytes = models.PositiveBigIntegerField()
    format = models.CharField(max_length=4, choices=Format)
    codec = models.CharField(max_length=32, help_text="As libsndfile names it.")
    duration_ms = models.PositiveBigIntegerField("duration (ms)")
    sample_rate = models.PositiveIntegerField("sample rate (Hz)")
    channels = models.PositiveSmallIntegerField()
    captured_at = models.DateTimeField(
        db_index=True, help_text="When the call began; the keep time runs from here."
    )
    state = models.CharField(max_length=11, choices=State)
    quarantine_reason = models.CharField(max_length=120, blank=True)
    lost_at = models.DateTimeField(
        null=True, blank=True, help_text="When its sealed audio was found missing."
    )
    original_destroyed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the original was destroyed because a card security code was heard.",
    )
    waveform_sealed = models.BinaryField(
        null=True,
        editable=False,
        help_text="Its picture (phi.waveforms), sealed; null where none was made.",
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = "recording"
        default_permissions = ("view",)
        permissions = [
            ("play_recording", "Can play a recording"),
            ("mute_recording", "Can have a recording muted again"),
        ]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="phi_recording_format_known",
                condition=Q(format__in=["wav", "flac", "ogg", "mp3"]),
            ),
            models.CheckConstraint(
                name="phi_recording_state_known",
                condition=Q(state__in=["unscreened", "available", "quarantined", "muted"]),
            ),
            models.CheckConstraint(
                name="phi_recording_quarantine_has_reason",
                condition=Q(state__in=["quarantined", "muted"]) & ~Q(quarantine_reason="")
                | ~Q(state__in=["quarantined", "muted"]) & Q(quarantine_reason=""),
            ),
            models.CheckConstraint(
                name="phi_recording_has_its_original",
                condition=Q(blob__isnull=False, original_destroyed_at__isnull=True)
                | Q(
                    blob__isnull=True,
                    original_destroyed_at__isnull=False,
                    state__in=["quarantined", "muted"],
                ),
            ),
            models.CheckConstraint(
                name="phi_recording_muted_is_destroyed",
                condition=~Q(state="muted") | Q(original_destroyed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="phi_recording_hashed", condition=Q(sha256__regex="^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="phi_recording_is_sound",
                condition=Q(bytes__gt=0, channels__gt=0, sample_rate__gt=0),
            ),
            models.CheckConstraint(
                name="phi_recording_waveform_is_sealed",
                condition=Q(waveform_sealed__isnull=True) | Q(is_sealed("waveform_sealed")),
            ),
        ]

    def __str__(self) -> str:
        return f"Recording {self.id}"

    @property
    def aad(self) -> str:
        """What the sealed audio is bound to."""
        return f"phi.voicerecording.audio|{self.id}"

    @property
    def waveform_aad(self) -> str:
        """What its sealed picture is bound to."""
        return f"phi.voicerecording.waveform|{self.id}"


class Transcript(models.Model):
    """What was said on one call: masked for reading, and the original, both sealed.

    The original too holds no card security code and no PIN (PCI DSS 4.0.1, 3.3.1). ``findings``
    counts what was masked, per label.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    call = models.OneToOneField("consent.Call", models.PROTECT, related_name="transcript")
    language = models.CharField(max_length=16)
    masked_sealed = models.BinaryField(editable=False)
    original_sealed = models.BinaryField(editable=False)
    findings: Any = models.JSONField(default=dict, editable=False)
    captured_at = models.DateTimeField(
        db_index=True, help_text="When it was said; the keep time runs from here."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    has_words = models.BooleanField(
        default=True, editable=False, help_text="Whether any turn holds words."
    )

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("read_original", "Can read a transcript's original"),
            ("search_transcripts", "Can search what was said, masked"),
        ]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="phi_transcript_masked_is_sealed",
                condition=is_sealed("masked_sealed"),
            ),
            models.CheckConstraint(
                name="phi_transcript_original_is_sealed",
                condition=is_sealed("original_sealed"),
            ),
        ]

    def __str__(self) -> str:
        return f"Transcript {self.id}"

    def aad(self, view: str) -> str:
        """What the sealed turns of a view (``masked`` or ``original``) are bound to."""
        return f"phi.transcript.{view}|{self.id}"

    @property
    def holds_security_code(self) -> bool:
        """Whether a card security code, a PIN or a card's track was said."""
        return any(self.findings.get(label) for label in masking.FORBIDDEN_AFTER_AUTHORISATION)

    @property
    def proves_screening(self) -> bool:
        """Whether its words could have shown a security code: there are words, in a language
        whose numbers and cues are known."""
        return self.has_words and masking.is_known(self.language)

"""Purposes, the notices that are read out for them, and the answers."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from consent.querysets import ConsentRecordQuerySet, NoticeQuerySet
from core.ids import uuid7


class Purpose(models.Model):
    """What data is used for, on which ground, and how strong a yes it takes."""

    class LawfulBasis(models.TextChoices):
        CONSENT = "consent", "Consent (GDPR 6(1)(a))"
        EXPLICIT_CONSENT = "explicit_consent", "Explicit consent (GDPR 9(2)(a))"
        HEALTH_CARE = "health_care", "Health care (GDPR 9(2)(h); HIPAA treatment)"
        CONTRACT = "contract", "Contract (GDPR 6(1)(b))"
        LEGAL_OBLIGATION = "legal_obligation", "Legal obligation (GDPR 6(1)(c))"
        LEGITIMATE_INTERESTS = "legitimate_interests", "Legitimate interests (GDPR 6(1)(f))"

    class Strength(models.TextChoices):
        IMPLIED = "implied", "Implied: staying on the line after the notice"
        EXPRESS = "express", "Express: a spoken or keyed yes"
        WRITTEN = "written", "Written: a signed or electronic release"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    lawful_basis = models.CharField(max_length=24, choices=LawfulBasis)
    requires_consent = models.BooleanField(default=True)
    strength = models.CharField("least strength of consent", max_length=8, choices=Strength)
    source = models.CharField(max_length=200, help_text="The articles that bind this purpose.")

    class Meta:
        default_permissions = ("view",)
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="consent_purpose_basis_known",
                condition=Q(
                    lawful_basis__in=[
                        "consent",
                        "explicit_consent",
                        "health_care",
                        "contract",
                        "legal_obligation",
                        "legitimate_interests",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="consent_purpose_strength_known",
                condition=Q(strength__in=["implied", "express", "written"]),
            ),
            models.CheckConstraint(
                name="consent_purpose_consent_is_asked",
                condition=~Q(lawful_basis__in=["consent", "explicit_consent"])
                | Q(requires_consent=True),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Notice(models.Model):
    """The words read out before a consent, per purpose and language, in numbered versions.

    A draft becomes evidence when two people have published it; from then on the database
    refuses to change it (migration 0002).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="notices")
    language = models.CharField(max_length=16)
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=4000)
    sha256 = models.CharField(max_length=64, editable=False, help_text="Of the text in UTF-8.")
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "add", "change")
        permissions = [("publish_notice", "Can ask for and approve a notice's publication")]
        ordering = ["purpose", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="consent_notice_version_once", fields=["purpose", "language", "version"]
            ),
            models.CheckConstraint(
                name="consent_notice_version_from_one", condition=Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.purpose_id} {self.language} v{self.version}"


class ConsentRecord(models.Model):
    """One answer of one person to one question: evidence of a yes, a no or a withdrawal.

    Append-only by trigger. A later record supersedes an earlier one; nothing is edited. The call
    is a plain id, because the evidence outlives the call's own row.
    """

    class Decision(models.TextChoices):
        GIVEN = "given", "Given"
        DENIED = "denied", "Denied"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Method(models.TextChoices):
        VERBAL = "verbal", "Spoken"
        DTMF = "dtmf", "Keyed on the phone"
        WEB = "web", "Web form"
        WRITTEN = "written", "Written and signed"
        STAY_ON_LINE = "stay_on_line", "Stayed on the line"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, related_name="consents", db_index=False
    )
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision)
    method = models.CharField(max_length=12, choices=Method)
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="+")
    notice_sha256 = models.CharField(max_length=64, blank=True)
    call_ref = models.UUIDField("call", null=True, blank=True, db_index=True)
    application_ref = models.UUIDField("application", null=True, blank=True)
    recorded_by = models.CharField(max_length=200, help_text="The actor's name at the time.")
    evidence: Any = models.JSONField(
        default=dict, blank=True, help_text="Offsets (ms), confidence and hash of the answer."
    )
    answer_sealed = models.BinaryField(null=True, blank=True, editable=False)
    decided_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.UUIDField(
        null=True,
        blank=True,
        unique=True,
        help_text="The record that this one replaces; a plain id, since that one goes first.",
    )

    objects = ConsentRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "consent record"
        default_permissions = ("view", "add")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["subject", "purpose", "-decided_at", "-id"], name="consent_latest"
            ),
            models.Index(fields=["decided_at"], name="consent_decided"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consent_decision_known",
                condition=Q(decision__in=["given", "denied", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="consent_method_known",
                condition=Q(method__in=["verbal", "dtmf", "web", "written", "stay_on_line"]),
            ),
            models.CheckConstraint(
                name="consent_given_names_its_notice",
                condition=~Q(decision="given") | Q(notice__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.id}"

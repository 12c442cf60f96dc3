"""Health records, who may see which for what, and whose patient somebody is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.roles import ROLES
from core.fields import EncryptedTextField
from core.ids import uuid7
from phi.models.checks import is_sealed
from phi.models.purposes import PurposeOfUse
from phi.querysets import HealthRecordQuerySet
from vault.fields import SealedField

APPLICATION_ROLE = "application"
"""In the table of the minimum necessary: every voice application's key."""


class DataType(models.TextChoices):
    """What a health record is about, by the names of FHIR R4's resources and categories."""

    ALLERGY = "allergy", "Allergy or intolerance"
    APPOINTMENT = "appointment", "Appointment"
    BILLING = "billing", "Billing and claims"
    CARE_PLAN = "care_plan", "Care plan"
    CLINICAL_NOTE = "clinical_note", "Clinical note"
    COVERAGE = "coverage", "Insurance coverage"
    DIAGNOSIS = "diagnosis", "Diagnosis or condition"
    IMAGING = "imaging", "Imaging"
    IMMUNISATION = "immunisation", "Immunisation"
    LAB_RESULT = "lab_result", "Laboratory result"
    MEDICAL_HISTORY = "medical_history", "Medical history"
    MEDICATION = "medication", "Medication"
    PROCEDURE = "procedure", "Procedure"
    VITAL_SIGNS = "vital_signs", "Vital signs"
    GENETIC = "genetic", "Genetic information"
    HIV = "hiv", "HIV and other sexually transmitted infections"
    MENTAL_HEALTH = "mental_health", "Mental health"
    PSYCHOTHERAPY_NOTES = "psychotherapy_notes", "Psychotherapy notes"
    REPRODUCTIVE = "reproductive", "Reproductive health"
    SUBSTANCE_USE = "substance_use", "Substance use disorder"


SPECIALLY_PROTECTED = {
    # Settled: federal text. The others rest on state law: verify.
    DataType.PSYCHOTHERAPY_NOTES: "45 CFR 164.508(a)(2)",
    DataType.SUBSTANCE_USE: "42 CFR part 2",
    DataType.GENETIC: "45 CFR 164.502(a)(5)(i); state law",
    DataType.HIV: "state law",
    DataType.MENTAL_HEALTH: "state law",
    DataType.REPRODUCTIVE: "state law",
}
"""Types that a law protects beyond the rest, and which."""


class HealthRecord(models.Model):
    """One piece of health information about a person, as an application wrote it.

    ``content_sealed`` is a JSON object or text under the person's ``health`` key; no list and no
    page opens it, only the verb that reads it for a purpose of use.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, related_name="health_records", db_index=False
    )
    application = models.ForeignKey("accounts.VoiceApplication", models.PROTECT)
    data_type = models.CharField("data type", max_length=24, choices=DataType)
    content_sealed = SealedField()
    recorded_at = models.DateTimeField(
        db_index=True, help_text="UTC. When it was found or written."
    )
    # No default of the database: with one, Django writes rows in bulk value by value.
    created_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
        help_text="UTC. When we were told; the keep time runs from here.",
    )

    objects = HealthRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "health record"
        default_permissions = ("view",)
        permissions = [("read_health", "Can read the content of health records")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "data_type", "-id"], name="phi_health_of_subject"),
            models.Index(fields=["data_type", "-id"], name="phi_health_of_type"),
            # What the deleter asks by.
            models.Index(fields=["created_at"], name="phi_health_created"),
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_health_type_known", condition=Q(data_type__in=DataType.values)
            ),
            models.CheckConstraint(
                name="phi_health_content_is_sealed",
                condition=is_sealed("content_sealed"),
            ),
        ]

    def __str__(self) -> str:
        return f"Health record {self.id}"

    @property
    def aad(self) -> str:
        """What the sealed content is bound to, beside its subject and key: its row, and what
        decides who may read it."""
        return f"phi.healthrecord.content|{self.id}|{self.data_type}|{self.application_id}"


class MinimumNecessary(models.Model):
    """One permitted combination: who, what, for which purpose; what has no row is refused.

    45 CFR 164.502(b), 164.514(d)(2): each role's access is limited to what its work needs.
    ``role`` is a code of ``accounts.roles`` or ``application``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    role = models.CharField(max_length=40)
    data_type = models.CharField("data type", max_length=24, choices=DataType)
    purpose = models.CharField(max_length=16, choices=PurposeOfUse)
    set_by_id = models.CharField("set by", max_length=80, blank=True)
    set_by_name = models.CharField("set by", max_length=200)
    set_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "minimum necessary"
        verbose_name_plural = "minimum necessary"
        default_permissions = ("view",)
        permissions = [("set_minimum_necessary", "Can change who may see which health records")]
        ordering = ["role", "data_type", "purpose"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "data_type", "purpose"], name="phi_minimum_once"
            ),
            models.CheckConstraint(
                name="phi_minimum_type_known", condition=Q(data_type__in=DataType.values)
            ),
            models.CheckConstraint(
                name="phi_minimum_purpose_known", condition=Q(purpose__in=PurposeOfUse.values)
            ),
        ]

    def __str__(self) -> str:
        role = ROLES[self.role].title if self.role in ROLES else "Voice applications"
        return f"{role}: {self.get_data_type_display()} for {self.get_purpose_display()}"


class CareRelationship(models.Model):
    """Evidence that somebody of the staff looked after a person, from when until when.

    Care staff read the health records of those whom they look after. No two of one pair overlap:
    an exclusion constraint in the database (``phi_care_no_overlap``).
    """

    class Kind(models.TextChoices):
        TREATING = "treating", "Treating"
        PRIMARY_CARE = "primary_care", "Primary care"
        NURSING = "nursing", "Nursing"
        CARE_COORDINATION = "care_coordination", "Care coordination"
        CONSULTING = "consulting", "Consulting"
        COVERING = "covering", "Covering for a colleague"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, related_name="care_relationships"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    starts_at = models.DateTimeField("starts", help_text="UTC.")
    ends_at = models.DateTimeField(
        "ends", null=True, blank=True, db_index=True, help_text="UTC; empty while it lasts."
    )
    made_by_kind = models.CharField(max_length=16, editable=False)
    made_by_id = models.CharField(max_length=80, editable=False)
    made_by_name = models.CharField("made by", max_length=200, editable=False)
    ended_by_id = models.CharField(max_length=80, blank=True, editable=False)
    ended_by_name = models.CharField("ended by", max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "care relationship"
        default_permissions = ("view",)
        permissions = [("keep_care_relationship", "Can make and end care relationships")]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "subject", "starts_at"], name="phi_care_of_person")
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_care_runs_forward",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                violation_error_message="It ends before it starts.",
            ),
            models.CheckConstraint(
                name="phi_care_kind_known",
                condition=Q(
                    kind__in=[
                        "treating",
                        "primary_care",
                        "nursing",
                        "care_coordination",
                        "consulting",
                        "covering",
                    ]
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"Care relationship {self.id}"


class BreakGlass(models.Model):
    """Evidence that somebody opened a stranger's health records in an emergency, and of the review
    that must follow (45 CFR 164.312(a)(2)(ii), 164.308(a)(1)(ii)(D)).

    ``reason`` and ``review_note`` may tell of the person: they are encrypted, bound to the
    row and to the person; the log has neither.
    """

    class State(models.TextChoices):
        OPEN = "open", "To be reviewed"
        JUSTIFIED = "justified", "Justified"
        UNJUSTIFIED = "unjustified", "Not justified"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person_name = models.CharField("who", max_length=200, help_text="As it was at the time.")
    subject = models.ForeignKey("consent.DataSubject", models.PROTECT, related_name="+")
    reason = EncryptedTextField(
        context="phi.breakglass.reason", bound_to="subject_id", editable=False
    )
    granted_at = models.DateTimeField(db_index=True)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=State, default=State.OPEN)
    review_due_at = models.DateTimeField("review due")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by_id = models.CharField(max_length=80, blank=True)
    reviewed_by_name = models.CharField("reviewed by", max_length=200, blank=True)
    review_note = EncryptedTextField(
        context="phi.breakglass.review_note",
        bound_to="subject_id",
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        verbose_name = "break-glass access"
        verbose_name_plural = "break-glass accesses"
        default_permissions = ("view",)
        permissions = [
            ("break_glass", "Can break the glass in an emergency"),
            ("review_break_glass", "Can review break-glass accesses"),
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["person", "subject", "-expires_at"], name="phi_glass_of_person"),
            models.Index(
                fields=["review_due_at"], name="phi_glass_to_review", condition=Q(state="open")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_glass_state_known",
                condition=Q(state="open", reviewed_at__isnull=True, reviewed_by_id="")
                | Q(state__in=["justified", "unjustified"], reviewed_at__isnull=False)
                & ~Q(reviewed_by_id=""),
            ),
            models.CheckConstraint(
                name="phi_glass_ends", condition=Q(expires_at__gt=F("granted_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"Break-glass access {self.id}"

    def reviewable_by(self, person_id: Any) -> bool:
        """Whether this person may be the reviewer: not the one who broke the glass."""
        return self.state == self.State.OPEN and str(self.person_id) != str(person_id)

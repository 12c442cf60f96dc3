"""The people on the other end."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from consent.querysets import DataSubjectQuerySet
from core.fields import EncryptedTextField
from core.ids import uuid7


class DataSubject(models.Model):
    """A person whose data is processed, under a random id.

    Direct identifiers are ciphertext and found by keyed hash. After the profile's time they are
    emptied and the row stays as ``anonymised``: a number that consents and calls refer to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    id_space = models.CharField(
        max_length=80, help_text="Whose numbering the external id belongs to."
    )
    external_id = EncryptedTextField(context="consent.datasubject.external_id", null=True)
    external_id_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)
    name = EncryptedTextField(context="consent.datasubject.name", null=True, blank=True)
    phone = EncryptedTextField(context="consent.datasubject.phone", null=True, blank=True)
    phone_hash = models.CharField(max_length=64, null=True, db_index=True, editable=False)
    email = EncryptedTextField(context="consent.datasubject.email", null=True, blank=True)
    email_hash = models.CharField(max_length=64, null=True, db_index=True, editable=False)
    date_of_birth = EncryptedTextField(
        context="consent.datasubject.date_of_birth", null=True, blank=True
    )
    patient_id = EncryptedTextField(context="consent.datasubject.patient_id", null=True, blank=True)
    patient_id_hash = models.CharField(max_length=64, null=True, db_index=True, editable=False)
    region = models.CharField(
        max_length=6, blank=True, help_text="ISO 3166-2 such as US-CA, or a country such as DE."
    )
    language = models.CharField(max_length=16, blank=True, help_text="BCP 47, such as en or es-MX.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_interaction_at = models.DateTimeField(db_default=Now(), db_index=True, editable=False)
    anonymised_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = DataSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = "data subject"
        default_permissions = ("view", "change")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="consent_subject_identified_or_anonymised",
                condition=Q(anonymised_at__isnull=True, external_id__isnull=False)
                | Q(
                    anonymised_at__isnull=False,
                    external_id__isnull=True,
                    external_id_hash__isnull=True,
                    name__isnull=True,
                    phone__isnull=True,
                    phone_hash__isnull=True,
                    email__isnull=True,
                    email_hash__isnull=True,
                    date_of_birth__isnull=True,
                    patient_id__isnull=True,
                    patient_id_hash__isnull=True,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"Subject {self.id}"

"""Why somebody looks."""

from __future__ import annotations

from django.db import models


class PurposeOfUse(models.TextChoices):
    """Why somebody looks (HIPAA 164.502, 164.506, 164.510, 164.524; GDPR 5(1)(b))."""

    TREATMENT = "treatment", "Treatment"
    PAYMENT = "payment", "Payment"
    OPERATIONS = "operations", "Health care operations"
    PATIENT_REQUEST = "patient_request", "The person asked for it"
    AUTHORISED = "authorised", "The person authorised it"
    EMERGENCY = "emergency", "Emergency"
    LEGAL = "legal", "Legal claim or duty"
    QUALITY = "quality", "Quality review"

"""What was disclosed to outside parties, and the statements made of it."""

from __future__ import annotations

from datetime import UTC

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.ids import uuid7
from phi.models.checks import is_sealed


class Authority(models.TextChoices):
    """What allows, or asks for, a disclosure (45 CFR 164.502 to 164.514)."""

    REQUIRED_BY_LAW = "512a", "Required by law (164.512(a))"
    PUBLIC_HEALTH = "512b", "Public health (164.512(b))"
    ABUSE = "512c", "Abuse, neglect or domestic violence (164.512(c))"
    OVERSIGHT = "512d", "Health oversight (164.512(d))"
    JUDICIAL = "512e", "Judicial or administrative proceeding (164.512(e))"
    LAW_ENFORCEMENT = "512f", "Law enforcement (164.512(f))"
    DECEDENTS = "512g", "About decedents (164.512(g))"
    DONATION = "512h", "Organ, eye or tissue donation (164.512(h))"
    RESEARCH = "512i", "Research (164.512(i))"
    THREAT = "512j", "Serious threat to health or safety (164.512(j))"
    GOVERNMENT = "512k", "Specialised government function (164.512(k))"
    COMPENSATION = "512l", "Workers' compensation (164.512(l))"
    SECRETARY = "502a2ii", "To the Secretary of HHS (164.502(a)(2)(ii))"
    OPERATIONS = "506", "Treatment, payment or operations (164.506)"
    AUTHORISED = "508", "By the person's authorisation (164.508)"
    INVOLVED = "510", "Directory, or people involved in care (164.510)"
    INDIVIDUAL = "502a1i", "To the person (164.502(a)(1)(i))"
    INCIDENT = "502a1iii", "Incident to a permitted use (164.502(a)(1)(iii))"
    LIMITED = "514e", "Limited data set (164.514(e))"
    NONE = "none", "Not permitted: it should not have happened"


class Exclusion(models.TextChoices):
    """Which disclosures need not be told of (45 CFR 164.528(a)(1)(i) to (ix))."""

    OPERATIONS = "operations", "Treatment, payment or health care operations"
    INDIVIDUAL = "individual", "To the person themself"
    INCIDENT = "incident", "Incident to a permitted use"
    AUTHORISED = "authorised", "By the person's authorisation"
    INVOLVED = "involved", "Facility directory, or people involved in care"
    SECURITY = "security", "National security or intelligence"
    CUSTODY = "custody", "Correctional institution or custody"
    LIMITED = "limited", "Limited data set"
    BEFORE = "before", "Before the compliance date"


class Disclosure(models.Model):
    """Evidence that data of a person was disclosed to an outside party (45 CFR 164.528).

    To whom, what and why are sealed under the person's key. Never changed: a mistake is
    corrected by a new row that names the old one, which is then left out of the statement.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, related_name="+", verbose_name="data subject"
    )
    disclosed_at = models.DateTimeField(help_text="When it was disclosed (UTC).")
    authority = models.CharField(max_length=10, choices=Authority)
    exclusion = models.CharField(
        max_length=12,
        choices=Exclusion,
        blank=True,
        help_text="Why it need not be told of, if so.",
    )
    content_sealed = models.BinaryField(editable=False)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    void = models.BooleanField(
        default=False, help_text="The corrected row should never have been written."
    )
    recorded_at = models.DateTimeField(help_text="UTC.")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200, help_text="As it was at the time.")

    class Meta:
        default_permissions = ("view", "add")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-disclosed_at", "-id"], name="phi_disclosure_subject"),
            models.Index(fields=["disclosed_at"], name="phi_disclosure_at"),
            models.Index(fields=["authority", "-id"], name="phi_disclosure_authority"),
            models.Index(fields=["exclusion", "-id"], name="phi_disclosure_exclusion"),
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_disclosure_known",
                condition=Q(authority__in=Authority.values)
                & Q(exclusion__in=["", *Exclusion.values]),
            ),
            models.CheckConstraint(
                name="phi_disclosure_void_corrects",
                condition=Q(void=False) | Q(corrects__isnull=False),
            ),
            models.CheckConstraint(
                name="phi_disclosure_is_sealed", condition=is_sealed("content_sealed")
            ),
        ]

    def __str__(self) -> str:
        return f"Disclosure {self.id}"

    @property
    def aad(self) -> str:
        """What the sealed content is bound to: its row, and what decides whether it is told of."""
        when = self.disclosed_at.astimezone(UTC).isoformat()
        decides = (self.authority, self.exclusion, self.corrects_id or "", int(self.void), when)
        return f"phi.disclosure.content|{self.id}|" + "|".join(map(str, decides))


class DisclosureSuspension(models.Model):
    """An agency's statement that telling of a disclosure would impede it (164.528(a)(2)).

    Until it ends the disclosure is left out of the statement. ``agency_sealed``: who asked,
    and how; it may name the person, and no later hand changes it, so that it is sealed.
    """

    class Form(models.TextChoices):
        WRITTEN = "written", "In writing, with a time"
        ORAL = "oral", "By word of mouth: 30 days at most"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    disclosure = models.ForeignKey(Disclosure, models.CASCADE, related_name="suspensions")
    form = models.CharField(max_length=8, choices=Form)
    agency_sealed = models.BinaryField(editable=False)
    stated_on = models.DateField(help_text="The day of the agency's statement.")
    ends_on = models.DateField(help_text="The last day on which it is left out.")
    recorded_at = models.DateTimeField(help_text="UTC.")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)

    class Meta:
        verbose_name = "suspension of a disclosure"
        verbose_name_plural = "suspensions of disclosures"
        default_permissions = ("view", "add")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="phi_suspension_form_known", condition=Q(form__in=["written", "oral"])
            ),
            models.CheckConstraint(
                name="phi_suspension_ends_after", condition=Q(ends_on__gte=F("stated_on"))
            ),
            models.CheckConstraint(
                name="phi_suspension_is_sealed", condition=is_sealed("agency_sealed")
            ),
        ]

    def __str__(self) -> str:
        return f"Suspension {self.id}"

    @property
    def aad(self) -> str:
        """What the sealed words are bound to."""
        return f"phi.disclosuresuspension.agency|{self.id}"


class StatementIssued(models.Model):
    """That a person was given an accounting of disclosures, and the very document
    (164.528(d): kept six years)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(
        "consent.DataSubject", models.PROTECT, related_name="+", verbose_name="data subject"
    )
    asked_on = models.DateField(help_text="The day on which the person asked.")
    first_on = models.DateField("from", help_text="The first day that it covers.")
    last_on = models.DateField("to", help_text="The last day that it covers.")
    issued_at = models.DateTimeField(help_text="What it stands for: the records as they were then.")
    due_on = models.DateField()
    extended_to = models.DateField(help_text="The last day, where the one extension was told.")
    free = models.BooleanField(
        null=True, help_text="The first in twelve months: no fee. Empty until it is made."
    )
    discloses = ArrayField(
        models.UUIDField(),
        null=True,
        editable=False,
        help_text="The ids of the disclosures that the document tells of.",
    )
    document_sealed = models.BinaryField(null=True, editable=False)
    document_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=80)
    actor_name = models.CharField(max_length=200)

    class Meta:
        verbose_name = "accounting of disclosures"
        verbose_name_plural = "accountings of disclosures"
        default_permissions = ("view", "add")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-issued_at"], name="phi_statement_subject"),
            models.Index(fields=["issued_at"], name="phi_statement_issued"),
        ]
        constraints = [
            models.CheckConstraint(
                name="phi_statement_covers_days", condition=Q(last_on__gte=F("first_on"))
            ),
            models.CheckConstraint(
                name="phi_statement_is_sealed",
                condition=is_sealed("document_sealed"),
            ),
        ]

    def __str__(self) -> str:
        return f"Accounting of disclosures {self.id}"

    @property
    def aad(self) -> str:
        """What the sealed document is bound to."""
        return f"phi.statementissued.document|{self.id}"

"""The organisation's own rules of what is masked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.ids import uuid7
from masking import RULE_LABELS
from masking.reasons import TITLES
from operations.querysets import MaskingRuleQuerySet


def label_choices() -> list[tuple[str, str]]:
    """Each label that a rule may give, with its words."""
    return [(label, f"{label}: {TITLES[label]}") for label in sorted(RULE_LABELS)]


class MaskingRule(models.Model):
    """Evidence of what the organisation has masked beyond what the detectors find: since when,
    by whose decision and why.

    A rule adds and takes nothing away, so that only its end or its change can unmask; the audit
    log has each. Its name is the code of what its pattern finds and never changes.
    """

    class Kind(models.TextChoices):
        CUE = "cue", "Words that announce it"
        PATTERN = "pattern", "A pattern that it has"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.SlugField(
        max_length=40,
        unique=True,
        help_text="Small letters, digits and hyphens, such as club-card. It is the reason given"
        " for what is masked, and cannot be changed.",
    )
    label = models.CharField(
        "what it is", max_length=16, choices=label_choices, help_text="What stands in its place."
    )
    kind = models.CharField(
        max_length=16,
        choices=Kind,
        help_text="Words are said before or after a number, such as club card number. A pattern is"
        " what is masked itself.",
    )
    text = models.CharField(
        "words or pattern",
        max_length=500,
        help_text="One to eight words; or a regular expression that RE2 reads, over the words of"
        r" one speaker without accents, in large or small letters, such as \bkc-?[0-9]{6}\b.",
    )
    note = models.CharField("why", max_length=500, help_text="Why there is this rule.")
    is_on = models.BooleanField("on", default=True, editable=False)
    added_at = models.DateTimeField(editable=False)
    added_by_id = models.CharField(max_length=80, editable=False)
    added_by_name = models.CharField("added by", max_length=200, editable=False)
    changed_at = models.DateTimeField(editable=False)
    changed_by_id = models.CharField(max_length=80, editable=False)
    changed_by_name = models.CharField("changed by", max_length=200, editable=False)

    objects = MaskingRuleQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        default_permissions = ("view",)
        permissions = [
            ("keep_masking_rules", "Can add, change, switch and remove masking rules"),
            ("try_masking", "Can try on a text what is masked in it"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["cue", "pattern"]), name="operations_maskingrule_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(label="") & ~Q(text="") & ~Q(note=""),
                name="operations_maskingrule_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MaskingRuleSet(models.Model):
    """Evidence that the rules changed: the one row's ``version`` is another after each change.

    What a process has read stays good for as long as the version is the one that it read.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    version = models.UUIDField(editable=False)
    changed_at = models.DateTimeField(editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="operations_maskingruleset_one_row"),
        ]

    def __str__(self) -> str:
        return str(self.version)

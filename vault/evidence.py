"""That the wrapping keys are all there, and not older than they may be."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from core import evidence, wrapping
from core.evidence import FAIL, PASS, UNKNOWN, Check
from vault.keys import missing_keys, newest_row, overdue
from vault.models import WrappingKey

COUNTED_WITHIN = timedelta(days=2)


def measure_age() -> tuple[str, str, str]:
    """The newest wrapping key is younger than ``KEY_ROTATION_DAYS``, and nothing is left under
    older ones for longer."""
    now = timezone.now()
    row = newest_row()
    days = (now - row.first_seen_at).days
    figure = f"{days} days"
    if overdue(row, now):
        return (
            FAIL,
            figure,
            f"The newest wrapping key is older than {settings.KEY_ROTATION_DAYS} days: make a new"
            " one and run rotate_keys.",
        )
    return PASS, figure, f"A new wrapping key is due after {settings.KEY_ROTATION_DAYS} days."


def measure_present() -> tuple[str, str, str]:
    """Every wrapping key that values lie under can be loaded."""
    try:
        ring = wrapping.ring()
    except ImproperlyConfigured as error:
        return FAIL, "0 keys", str(error)
    figure = f"{len(ring.keys)} keys"
    missing = missing_keys()
    if missing:
        return FAIL, figure, " ".join(each.sentence for each in missing)
    if ring.failed:
        return FAIL, figure, " ".join(ring.failed.values())
    counted = (
        WrappingKey.objects.filter(counted_at__isnull=False)
        .order_by("-counted_at")
        .values_list("counted_at", flat=True)
        .first()
    )
    if counted is None or timezone.now() - counted > COUNTED_WITHIN:
        return UNKNOWN, figure, "What lies under which key was not counted lately."
    return PASS, figure, "Every key that values lie under is in the list."


evidence.declare(
    Check(
        code="vault.key_age",
        title="Age of the wrapping key",
        articles=("GDPR 32(1)(a)", "45 CFR 164.312(a)(2)(iv)", "NIST SP 800-57 pt 1, 5.3.6"),
        measure=measure_age,
        link="admin:vault_wrappingkey_changelist",
    )
)
evidence.declare(
    Check(
        code="vault.keys_present",
        title="Wrapping keys are there",
        articles=("GDPR 32(1)(b)", "45 CFR 164.308(a)(7)(ii)(A)"),
        measure=measure_present,
        link="admin:vault_wrappingkey_changelist",
    )
)

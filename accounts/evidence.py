"""How well accounts are guarded, measured."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.querysets import UNUSED_AFTER, live_keys, unused_keys
from accounts.services.factors import factor_held
from core.evidence import FAIL, PASS, UNKNOWN, Check, declare


def second_factor_coverage() -> tuple[str, str, str]:
    """The share of active people of the admin who have a confirmed authenticator app or
    passkey."""
    people = User.objects.filter(is_active=True, is_staff=True)
    enrolled = list(people.annotate(enrolled=factor_held()).values_list("enrolled", flat=True))
    if not enrolled:
        return UNKNOWN, "0 people", "Nobody may open the admin yet."
    figure = f"{sum(enrolled)} of {len(enrolled)} people"
    if all(enrolled):
        return PASS, figure, "Everybody who may open the admin has a second factor."
    return FAIL, figure, "Some who may open the admin have not enrolled a second factor yet."


declare(
    Check(
        code="accounts.second_factor_coverage",
        title="Second factor",
        articles=("45 CFR 164.312(d)", "GDPR 32(1)(b)"),
        measure=second_factor_coverage,
        link="admin:accounts_user_changelist",
    )
)


def unused_api_keys() -> tuple[str, str, str]:
    """How many live API keys nobody has used for 90 days."""
    now = timezone.now()
    live = live_keys(now).count()
    unused = unused_keys(now).count()
    figure = f"{unused} of {live} keys"
    days = UNUSED_AFTER.days
    if unused:
        return FAIL, figure, f"Keys that work were not used for {days} days: revoke them."
    if not live:
        return PASS, figure, "No key works."
    return PASS, figure, f"Every key that works was used or made in the last {days} days."


declare(
    Check(
        code="accounts.unused_keys",
        title="Unused API keys",
        articles=("45 CFR 164.308(a)(4)(ii)(C)", "GDPR 32(1)(b)"),
        measure=unused_api_keys,
        link="admin:accounts_apikey_changelist",
    )
)

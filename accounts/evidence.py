"""How well accounts are guarded, measured."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.otp import new_secret
from accounts.passwords import breached
from accounts.querysets import UNUSED_AFTER, live_keys, unused_keys
from accounts.rolesmatrix import drift
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


def breached_passwords() -> tuple[str, str, str]:
    """Whether new passwords are compared with a list of stolen ones: the file must hold the
    SHA-1 of a password that every such list has, and not that of a random one."""
    path = settings.BREACHED_PASSWORDS_FILE
    if not path:
        return UNKNOWN, "no list", "BREACHED_PASSWORDS_FILE names no list of stolen passwords."
    try:
        size = Path(path).stat().st_size
        known, random = breached("password", Path(path)), breached(new_secret(), Path(path))
    except OSError as error:
        return FAIL, "not readable", f"The list cannot be read: {type(error).__name__}."
    if known and not random:
        return (
            PASS,
            f"{size / 1e9:.1f} GB",
            "New passwords are compared with a list of stolen ones.",
        )
    return FAIL, "not a list", "The file is no sorted list of SHA-1 hashes of stolen passwords."


declare(
    Check(
        code="accounts.breached_passwords",
        title="Stolen passwords refused",
        articles=("NIST SP 800-63B-4 3.1.1.2", "GDPR 32(1)(b)"),
        measure=breached_passwords,
        link="admin:accounts_user_changelist",
    )
)
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


def roles_match() -> tuple[str, str, str]:
    """Whether the database gives each role what ``accounts.roles`` says, and nothing more."""
    found = drift()
    if not found:
        return PASS, "0 differences", "Each role has the permissions that were declared for it."
    more = sum(each.held for each in found)
    figure = f"{len(found)} differences"
    return FAIL, figure, f"Roles have {more} permissions too many, {len(found) - more} too few."


declare(
    Check(
        code="accounts.roles_match",
        title="Roles as declared",
        articles=("45 CFR 164.308(a)(4)(ii)(C)", "GDPR 32(1)(b)"),
        measure=roles_match,
        link="admin:roles",
    )
)

"""How well accounts are guarded, measured."""

from __future__ import annotations

from accounts.models import User
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


declare(
    Check(
        code="accounts.second_factor_coverage",
        title="Second factor",
        articles=("45 CFR 164.312(d)", "GDPR 32(1)(b)"),
        measure=second_factor_coverage,
        link="admin:accounts_user_changelist",
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

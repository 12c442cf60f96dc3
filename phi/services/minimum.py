"""The table of the minimum necessary (45 CFR 164.502(b), 164.514(d)): read, narrowed, widened.

One person narrows it, with what happened before and after in the log; widening takes two.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models, transaction

from accounts.roles import ROLES, allows
from audit.services import Severity, record
from core.actors import Actor
from core.errors import Invalid
from operations.models import Approval
from operations.permissions import require_person
from operations.services import request_approval
from phi.models import (
    APPLICATION_ROLE,
    SPECIALLY_PROTECTED,
    DataType,
    MinimumNecessary,
    PurposeOfUse,
)

SET = "phi.set_minimum_necessary"
READ = "phi.read_health"
WIDEN_KIND = "phi.minimum_necessary"


def columns() -> dict[str, str]:
    """Who the table speaks of: each role that may read health records, and applications; codes
    and titles."""
    found = {code: role.title for code, role in ROLES.items() if allows(role, READ)}
    return {**found, APPLICATION_ROLE: "Voice applications"}


def allowed_roles(roles: Iterable[str], data_type: str, purpose: str) -> set[str]:
    """Those of ``roles`` that may see this type for this purpose."""
    rows = MinimumNecessary.objects.filter(
        role__in=list(roles), data_type=data_type, purpose=purpose
    )
    return set(rows.values_list("role", flat=True))


def named_types(roles: Iterable[str]) -> set[str]:
    """The types of records that people of ``roles`` may see named beside a person: those that a
    law protects beyond the rest only where they may read them for some purpose."""
    rows = MinimumNecessary.objects.filter(role__in=list(roles), data_type__in=SPECIALLY_PROTECTED)
    readable = rows.order_by().values_list("data_type", flat=True).distinct()
    return (set(DataType.values) - set(SPECIALLY_PROTECTED)) | set(readable)


def matrix() -> dict[tuple[str, str], set[str]]:
    """The purposes by (role, data type); what is not in it is refused."""
    found: dict[tuple[str, str], set[str]] = {}
    for role, data_type, purpose in MinimumNecessary.objects.values_list(
        "role", "data_type", "purpose"
    ):
        found.setdefault((role, data_type), set()).add(purpose)
    return found


@transaction.atomic
def set_purposes(
    *, actor: Actor, role: str, data_type: str, purposes: Iterable[str], reason: str
) -> Approval | None:
    """Say for which purposes a role may see a type of record.

    What is taken away is gone at once. What is added waits for another person: returns that
    approval, or None where nothing was added. Raises Forbidden without
    ``phi.set_minimum_necessary``; Invalid for an unknown role, type or purpose, and without a
    reason.
    """
    require_person(actor, SET)
    wanted = set(purposes)
    _check(role, data_type, wanted)
    reason = reason.strip()
    if not 1 <= len(reason) <= 500:
        raise Invalid(errors={"reason": ["Give a reason of 1 to 500 characters."]})
    before = _locked(role, data_type)
    added = sorted(wanted - before)
    gone = before - wanted
    if not added and not gone:
        raise Invalid(errors={"purposes": ["Nothing would change."]})
    if gone:
        _rows(role, data_type).filter(purpose__in=gone).delete()
        _event(actor, "narrowed", role, data_type, before, before - gone, reason)
    if not added:
        return None
    return request_approval(
        actor=actor,
        kind=WIDEN_KIND,
        reason=reason,
        parameters={"role": role, "data_type": data_type, "purposes": added},
        object_label="phi.MinimumNecessary",
        object_id=f"{role}/{data_type}",
    )


@transaction.atomic
def widen(*, approval: Approval, actor: Actor) -> None:
    """Add what was asked for; inside the deciding transaction. What is there already stays."""
    role, data_type = approval.parameters["role"], approval.parameters["data_type"]
    wanted = set(approval.parameters["purposes"])
    _check(role, data_type, wanted)
    before = _locked(role, data_type)
    MinimumNecessary.objects.bulk_create(
        MinimumNecessary(
            role=role,
            data_type=data_type,
            purpose=purpose,
            set_by_id=approval.requested_by_id,
            set_by_name=approval.requested_by_name,
        )
        for purpose in sorted(wanted - before)
    )
    _event(actor, "widened", role, data_type, before, before | wanted, approval.reason)


def _check(role: str, data_type: str, purposes: set[str]) -> None:
    errors = {}
    if role not in columns():
        errors["role"] = ["This role reads no health records."]
    if data_type not in DataType.values:
        errors["data_type"] = ["There is no such type of record."]
    if purposes - set(PurposeOfUse.values):
        errors["purposes"] = ["There is no such purpose of use."]
    if errors:
        raise Invalid(errors=errors)


def _rows(role: str, data_type: str) -> models.QuerySet[MinimumNecessary]:
    return MinimumNecessary.objects.filter(role=role, data_type=data_type)


def _locked(role: str, data_type: str) -> set[str]:
    """The purposes now. One change of a cell after the other, also of an empty one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 164502))", [f"{role}/{data_type}"]
        )
    return set(_rows(role, data_type).values_list("purpose", flat=True))


def _event(
    actor: Actor,
    action: str,
    role: str,
    data_type: str,
    before: set[str],
    after: set[str],
    reason: str,
) -> None:
    record(
        actor=actor,
        event_type="minimum_necessary",
        action=action,
        object_type=MinimumNecessary._meta.label,
        object_id=f"{role}/{data_type}",
        severity=Severity.WARNING if action == "widened" else Severity.INFO,
        details={
            "role": role,
            "data_type": data_type,
            "before": sorted(before),
            "after": sorted(after),
            "reason": reason,
        },
    )

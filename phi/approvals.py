"""What takes two people: that more people see more health records."""

from __future__ import annotations

from core.actors import Actor
from operations.approvals import approval_kind
from operations.models import Approval
from phi.models import DataType, PurposeOfUse
from phi.services import minimum


def _describe(approval: Approval) -> str:
    role, data_type = approval.parameters["role"], approval.parameters["data_type"]
    purposes = ", ".join(PurposeOfUse(each).label for each in approval.parameters["purposes"])
    who = minimum.columns().get(role, role)
    return (
        f"{who} may then see records of the type “{DataType(data_type).label}” for:"
        f" {purposes}. It holds at once."
    )


@approval_kind(
    minimum.WIDEN_KIND,
    title="Wider access to health records",
    permission=minimum.SET,
    describe=_describe,
)
def widen(approval: Approval, actor: Actor) -> None:
    """Add the purposes to the table of the minimum necessary."""
    minimum.widen(approval=approval, actor=actor)

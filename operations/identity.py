"""What takes two people among the acts on accounts: roles that manage or decide, and the reset of
a factor of somebody who holds one. Registered here, because accounts know no approvals."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import secondpair
from accounts.models import User
from accounts.roles import ROLES, titles_of
from accounts.secondpair import GIVE_ROLES, RESET_FACTOR, Act
from accounts.services import give_roles, reset_factor
from accounts.services.rights import MANAGE
from core.actors import Actor
from core.errors import Conflict, NotFound
from operations import approvals
from operations.approvals import approval_kind
from operations.models import Approval
from operations.services.approvals import DECIDE, PERSON_LABEL, request_approval, withdraw


def _person(approval: Approval) -> User:
    user = User.objects.filter(pk=UUID(approval.object_id)).first()
    if user is None:
        raise NotFound()
    return user


def _titles(approval: Approval) -> str:
    wanted = set(approval.parameters["roles"])
    return titles_of(code for code in ROLES if code in wanted)


def _describe_roles(approval: Approval) -> str:
    return f"{_person(approval).full_title} will be given: {_titles(approval)}."


@approval_kind(
    GIVE_ROLES,
    title="A role that manages people or decides",
    permission=MANAGE,
    describe=_describe_roles,
)
def apply_roles(approval: Approval, actor: Actor) -> User:
    """Give the roles. Raises as ``give_roles`` does."""
    return give_roles(
        actor=actor,
        user=_person(approval),
        roles=approval.parameters["roles"],
        asked_by=approval.requested_by_id,
    )


def _describe_reset(approval: Approval) -> str:
    return (
        f"The second factors of {_person(approval).full_title} will be taken away. Whoever knows"
        " the password can enrol next: be sure who asks."
    )


@approval_kind(
    RESET_FACTOR,
    title="Reset of an officer's second factor",
    permission=MANAGE,
    describe=_describe_reset,
)
def apply_reset(approval: Approval, actor: Actor) -> None:
    """Take the factors away. Raises as ``reset_factor`` does."""
    reset_factor(actor=actor, user=_person(approval), asked_by=approval.requested_by_id)


class IdentityApprovals:
    """What accounts ask of approvals."""

    @transaction.atomic
    def ask(
        self, *, actor: Actor, act: str, user_id: UUID, roles: Sequence[str], reason: str
    ) -> Approval:
        """Ask. Raises Conflict ``already-asked``, and as ``request_approval`` does."""
        # Held until commit, so that of two who ask the same at once one asks.
        User.objects.select_for_update().only("pk").get(pk=user_id)
        pending = Approval.objects.filter(
            kind=act,
            object_label=PERSON_LABEL,
            object_id=str(user_id),
            state=Approval.State.PENDING,
        )
        if any(set(roles) <= set(each.parameters.get("roles", ())) for each in pending):
            raise Conflict("This was asked for and waits already.", code="already-asked")
        return request_approval(
            actor=actor,
            kind=act,
            reason=reason,
            parameters={"roles": list(roles)} if roles else {},
            object_label=PERSON_LABEL,
            object_id=user_id,
        )

    def waiting(self, user_id: UUID) -> list[str]:
        """Each request about the person, as a sentence."""
        found = Approval.objects.filter(
            kind__in=[GIVE_ROLES, RESET_FACTOR],
            object_label=PERSON_LABEL,
            object_id=str(user_id),
            state=Approval.State.PENDING,
        ).order_by("created_at")
        return [
            f"{approvals.get(each.kind).title}"
            + (f" ({_titles(each)})" if each.kind == GIVE_ROLES else "")
            + f": asked for by {each.requested_by_name} on {each.created_at:%Y-%m-%d}, waits for"
            " another person."
            for each in found
        ]

    def _own(self, actor: Actor, user_id: UUID) -> QuerySet[Approval]:
        return Approval.objects.filter(
            kind__in=[GIVE_ROLES, RESET_FACTOR],
            object_label=PERSON_LABEL,
            object_id=str(user_id),
            state=Approval.State.PENDING,
            requested_by_id=actor.id,
        )

    @transaction.atomic
    def withdraw(self, *, actor: Actor, user_id: UUID) -> int:
        """Each by the verb of approvals, with its event."""
        ids = list(self._own(actor, user_id).values_list("pk", flat=True))
        for approval_id in ids:
            withdraw(actor=actor, approval_id=approval_id)
        return len(ids)

    def withdraw_about(self, user_id: UUID) -> list[str]:
        """In the transaction, and the event, of the act that makes them pointless."""
        found = Approval.objects.select_for_update().filter(
            kind__in=[GIVE_ROLES, RESET_FACTOR],
            object_label=PERSON_LABEL,
            object_id=str(user_id),
            state=Approval.State.PENDING,
        )
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        Approval.objects.filter(pk__in=ids).update(
            state=Approval.State.WITHDRAWN, decided_at=timezone.now()
        )
        return [str(each) for each in ids]

    def asks(self, *, actor: Actor, user_id: UUID) -> bool:
        """Whether there is anything to withdraw."""
        return self._own(actor, user_id).exists()

    def acts(self) -> list[Act]:
        """Every registered kind, with the roles whose people ask and decide."""
        rows = list(Group.objects.prefetch_related("permissions__content_type"))
        held = {
            row.name: {f"{p.content_type.app_label}.{p.codename}" for p in row.permissions.all()}
            for row in rows
        }

        def who(permission: str) -> str:
            return titles_of(code for code in ROLES if permission in held.get(code, ()))

        decides = who(DECIDE)
        return [
            Act(kind.code, kind.title, who(kind.permission), decides) for kind in approvals.kinds()
        ]


def provide() -> None:
    """Let accounts ask."""
    secondpair.provide(IdentityApprovals())

"""What a person who leaves has open here: requests for approval, jobs and messages."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.actors import PERSON
from core.handovers import Handover, register
from operations import approvals, jobs
from operations.models import Approval, Job, Notification
from operations.services.approvals import PERSON_LABEL


def _asked(person: str) -> QuerySet[Approval]:
    return Approval.objects.filter(requested_by_id=person, state=Approval.State.PENDING)


def _kinds_need(kinds: set[str]) -> frozenset[str]:
    known = {kind.code: kind.permission for kind in approvals.kinds()}
    return frozenset(known[code] for code in kinds if code in known)


def _approvals_need(person: str) -> frozenset[str]:
    return _kinds_need(set(_asked(person).values_list("kind", flat=True)))


def _hand_over_approvals(person: str, successor: str) -> dict[str, list[str]]:
    """The successor becomes the one who asks, so that somebody else still has to decide; what
    is about the successor is withdrawn, because nobody asks for themselves."""
    moved: dict[str, list[str]] = {"handed_over": [], "withdrawn": []}
    name = _name_of(successor)
    for approval in _asked(person).select_for_update().order_by("pk"):
        if (approval.object_label, approval.object_id) == (PERSON_LABEL, successor):
            approval.state, approval.decided_at = Approval.State.WITHDRAWN, timezone.now()
            approval.save(update_fields=["state", "decided_at"])
            moved["withdrawn"].append(str(approval.pk))
            continue
        approval.requested_by_id, approval.requested_by_name = successor, name
        approval.save(update_fields=["requested_by_id", "requested_by_name"])
        moved["handed_over"].append(str(approval.pk))
    return moved


def _jobs_of(person: str) -> QuerySet[Job]:
    """Waiting, running, or with a result that can be fetched."""
    return Job.objects.filter(
        Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])
        | Q(result_expires_at__gt=timezone.now()),
        requested_by_kind=PERSON,
        requested_by_id=person,
    )


def _jobs_need(person: str) -> frozenset[str]:
    needed = set()
    for code in set(_jobs_of(person).values_list("kind", flat=True)):
        try:
            needed.add(jobs.get(code).permission)
        except KeyError:
            continue
    return frozenset(needed)


def _hand_over_jobs(person: str, successor: str) -> dict[str, list[str]]:
    ids = list(_jobs_of(person).select_for_update().order_by("pk").values_list("pk", flat=True))
    Job.objects.filter(pk__in=ids).update(
        requested_by_id=successor, requested_by_name=_name_of(successor)
    )
    return {"handed_over": [str(each) for each in ids]}


def _unread(person: str) -> QuerySet[Notification]:
    return Notification.objects.filter(recipient_id=person, read_at=None)


def _hand_over_messages(person: str, successor: str) -> dict[str, list[str]]:
    ids = list(_unread(person).select_for_update().order_by("pk").values_list("pk", flat=True))
    Notification.objects.filter(pk__in=ids).update(recipient_id=successor)
    return {"handed_over": [str(each) for each in ids]}


def _name_of(person: str) -> str:
    from accounts.models import User

    return User.objects.values_list("username", flat=True).get(pk=person)


register(
    Handover(
        code="operations.approvals",
        title="Requests that wait for a second person",
        count=lambda person: _asked(person).count(),
        needs=_approvals_need,
        hand_over=_hand_over_approvals,
    )
)
register(
    Handover(
        code="operations.jobs",
        title="Jobs that run, or whose result can be fetched",
        count=lambda person: _jobs_of(person).count(),
        needs=_jobs_need,
        hand_over=_hand_over_jobs,
    )
)
register(
    Handover(
        code="operations.notifications",
        title="Messages not read yet",
        count=lambda person: _unread(person).count(),
        needs=lambda person: frozenset(),
        hand_over=_hand_over_messages,
    )
)

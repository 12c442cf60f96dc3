"""The regular review of accesses (45 CFR 164.308(a)(1)(ii)(D)): choosing them, signing them off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import AccessReview, AuditEvent
from audit.services import Severity, record
from audit.suspicion import SAMPLE, Access, Choice, flagged, sampled
from core import accesses
from core.actors import APPLICATION, PERSON, REPORTER, Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.lookups import keyed_hash

DUE_AFTER = timedelta(days=7)
LOOK_BACK = timedelta(days=90)
CATCH_UP_DAYS = 31
EVENT_TYPE, CHOSEN, SIGNED_OFF = "activity_review", "chosen", "signed_off"
FLAGGED = "flagged"
LABEL = AccessReview._meta.label
# One number among PostgreSQL's advisory locks.
_LOCK = 0x7265_7669_6577  # "review"

DayRule = Callable[[datetime, datetime], list[Choice]]
_rules: list[DayRule] = []


def add_rule(rule: DayRule) -> None:
    """Let an app above flag accesses of a day: ``rule(start, end)`` returns what stands out
    among those from ``start`` until before ``end`` (UTC), the most telling first. Only the
    first flag of an event counts."""
    _rules.append(rule)


def choose_days(*, actor: Actor, now: datetime) -> int:
    """Choose accesses of each day that is over and was not looked at yet; returns how many.

    Days are the controller's. At first only the day before; after a time without a worker the
    days since the last one chosen, up to 31.
    """
    zone = ZoneInfo(settings.CONTROLLER_TIME_ZONE)
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    last = last_chosen()
    day = yesterday if last is None else last + timedelta(days=1)
    day = max(day, yesterday - timedelta(days=CATCH_UP_DAYS - 1))
    count = 0
    while day <= yesterday:
        count += choose(actor=actor, day=day)
        day += timedelta(days=1)
    return count


def last_chosen() -> date | None:
    """The last day whose accesses were chosen from; None when that never happened."""
    event = (
        AuditEvent.objects.filter(event_type=EVENT_TYPE, action=CHOSEN)
        .exclude(actor_kind=REPORTER)
        .order_by("-received_at", "-id")
        .values_list("object_id", flat=True)
        .first()
    )
    return None if event is None else date.fromisoformat(event)


@transaction.atomic
def choose(*, actor: Actor, day: date) -> int:
    """Put accesses of ``day`` (the controller's) before a reviewer; returns how many.

    Two at once, or a second time, choose nothing more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    done = AuditEvent.objects.about(LABEL, day.isoformat())
    if done.filter(event_type=EVENT_TYPE, action=CHOSEN).exclude(actor_kind=REPORTER).exists():
        return 0
    zone = ZoneInfo(settings.CONTROLLER_TIME_ZONE)
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    found = _accesses(start, end)
    known = _known(start, {access.actor_id for access in found if access.actor_kind == PERSON})
    own = [choice for rule in _rules for choice in rule(start, end)]
    general = flagged(
        found,
        zone=zone,
        limit=settings.REVIEW_READS_AN_HOUR,
        known=lambda actor_id, kind: (actor_id, kind) in known,
    )
    by_event: dict[UUID, Choice] = {}
    for choice in (*own, *general):
        by_event.setdefault(choice.access.event_id, choice)
    flags = list(by_event.values())
    sample = sampled(
        found,
        percent=settings.REVIEW_PERCENT,
        minimum=settings.REVIEW_MINIMUM,
        draw=lambda event_id: keyed_hash("review", str(event_id)),
    )
    choices = [*flags, *(each for each in sample if each.access.event_id not in by_event)]
    now = timezone.now()
    AccessReview.objects.bulk_create(
        [_review(choice, now) for choice in choices], ignore_conflicts=True
    )
    record(
        actor=actor,
        event_type=EVENT_TYPE,
        action=CHOSEN,
        object_type=LABEL,
        object_id=day.isoformat(),
        details={
            "accesses": len(found),
            "flagged": len(flags),
            "sampled": len(choices) - len(flags),
        },
    )
    return len(choices)


def _accesses(start: datetime, end: datetime) -> list[Access]:
    pairs = accesses.reviewed()
    if not pairs:
        return []
    rows = (
        AuditEvent.objects.filter(
            _any_of(pairs),
            received_at__gte=start,
            received_at__lt=end,
            actor_kind__in=[PERSON, APPLICATION],
        )
        .order_by("received_at", "id")
        .values_list(
            "id",
            "received_at",
            "event_type",
            "action",
            "actor_kind",
            "actor_id",
            "actor_name",
            "object_type",
            "object_id",
        )
    )
    return [
        Access(id_, at, pairs[event_type, action], *rest)
        for id_, at, event_type, action, *rest in rows.iterator(5000)
    ]


def _known(start: datetime, people: set[str]) -> set[tuple[str, str]]:
    """Which kinds each of these people had accessed in the ninety days before ``start``."""
    pairs = accesses.reviewed()
    if not people or not pairs:
        return set()
    rows = (
        AuditEvent.objects.filter(
            _any_of(pairs),
            actor_id__in=people,
            received_at__gte=start - LOOK_BACK,
            received_at__lt=start,
        )
        .order_by()
        .values_list("actor_id", "event_type", "action")
        .distinct()
    )
    return {(actor_id, pairs[event_type, action]) for actor_id, event_type, action in rows}


def _any_of(pairs: dict[accesses.Pair, str]) -> Q:
    found = Q()
    for event_type, action in pairs:
        found |= Q(event_type=event_type, action=action)
    return found


def _review(choice: Choice, now: datetime) -> AccessReview:
    access = choice.access
    why = AccessReview.Why.SAMPLED if choice.rule == SAMPLE else AccessReview.Why.FLAGGED
    return AccessReview(
        event_id=access.event_id,
        accessed_at=access.at,
        kind=access.kind,
        actor_kind=access.actor_kind,
        actor_id=access.actor_id,
        actor_name=access.actor_name,
        object_type=access.object_type,
        object_id=access.object_id,
        why=why,
        rule=choice.rule,
        accesses=choice.accesses,
        created_at=now,
        due_at=now + DUE_AFTER,
    )


@transaction.atomic
def flag(*, actor: Actor, choice: Choice) -> AccessReview | None:
    """Put one access before a reviewer at once. None where its event was put there already: a
    second time, or by the day's choice, changes nothing."""
    review = _review(choice, timezone.now())
    made = AccessReview.objects.bulk_create([review], ignore_conflicts=True)
    if not AccessReview.objects.filter(pk=made[0].pk).exists():
        return None
    record(
        actor=actor,
        event_type=EVENT_TYPE,
        action=FLAGGED,
        obj=review,
        severity=Severity.WARNING,
        details={"rule": choice.rule, "event": choice.access.event_id},
    )
    return review


@transaction.atomic
def sign_off(*, actor: Actor, review_id: UUID, outcome: str, note: str = "") -> AccessReview:
    """Say what the review of an access found: ``fine``, or ``concern`` with a ``note``.

    Raises NotFound, Forbidden ``own-access`` for one's own, Conflict ``already-reviewed``,
    Invalid for another outcome, a concern without a note, or a note over 2,000 characters.
    """
    review = AccessReview.objects.select_for_update().filter(pk=review_id).first()
    if review is None:
        raise NotFound()
    if actor.kind != PERSON:
        raise Forbidden("Only a person may do this.")
    if actor.id == review.actor_id:
        raise Forbidden("Nobody reviews their own accesses.", code="own-access")
    if review.reviewed_at is not None:
        raise Conflict("This access was reviewed already.", code="already-reviewed")
    note = note.strip()
    if outcome not in AccessReview.Outcome.values:
        raise Invalid(errors={"outcome": ["Say fine or concern."]})
    if outcome == AccessReview.Outcome.CONCERN and not note:
        raise Invalid(errors={"note": ["Say what the concern is."]})
    if len(note) > 2000:
        raise Invalid(errors={"note": ["Use at most 2,000 characters."]})
    review.outcome, review.note = outcome, note or None
    review.reviewer_id, review.reviewer_name = actor.id, actor.name
    review.reviewed_at = timezone.now()
    review.save()
    concern = outcome == AccessReview.Outcome.CONCERN
    record(
        actor=actor,
        event_type=EVENT_TYPE,
        action=SIGNED_OFF,
        obj=review,
        severity=Severity.WARNING if concern else Severity.INFO,
        details={"outcome": outcome, "event": review.event_id, "rule": review.rule},
    )
    return review

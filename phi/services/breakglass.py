"""Breaking the glass: an emergency access with a reason, a time limit, an alert and a review
(45 CFR 164.312(a)(2)(ii))."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.services import Severity, record
from core import accesses
from core.actors import PERSON, Actor
from core.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from core.text import is_plain
from operations.permissions import require_person
from operations.services import notify_holders
from phi.models import BreakGlass, PurposeOfUse
from phi.services.accesses import look

BREAK = "phi.break_glass"
REVIEW = "phi.review_break_glass"
GRANTED_BY = "break_glass"
LEAST, MOST = 10, 500
LEAST_LETTERS = 5


def live_grant(user: Any, subject_id: UUID, now: datetime) -> BreakGlass | None:
    """The grant by which ``user`` may read this person's records at ``now`` (UTC), if any."""
    rows = BreakGlass.objects.filter(person=user, subject_id=subject_id, expires_at__gt=now)
    return rows.order_by("-expires_at").first()


def check_reason(reason: str) -> str:
    """The reason, trimmed. Raises Forbidden ``break-glass-reason-missing`` without one, Invalid
    for one that is too short or too long, or no words."""
    given = reason.strip()
    if not given:
        raise Forbidden(
            "In an emergency say why: break_glass_reason.", code="break-glass-reason-missing"
        )
    if not LEAST <= len(given) <= MOST:
        raise Invalid(errors={"break_glass_reason": [f"Give {LEAST} to {MOST} characters."]})
    if sum(each.isalpha() for each in given) < LEAST_LETTERS or not is_plain(given):
        # A row of dots is no reason, and nobody could review it.
        raise Invalid(errors={"break_glass_reason": ["Say it in words."]})
    return given


@transaction.atomic
def break_glass(*, actor: Actor, user: Any, subject_id: UUID, reason: str) -> BreakGlass:
    """Open a person's health records to ``user`` for ``BREAK_GLASS_MINUTES``; tells whoever
    reviews, at once. A grant that is still open is given again, without another reason or event.

    Raises Forbidden ``break-glass-people-only`` for applications, ``missing-permission`` without
    ``phi.break_glass``, ``break-glass-reason-missing``; Invalid for a reason of another length.
    """
    if actor.kind != PERSON:
        raise Forbidden("Only a person breaks the glass.", code="break-glass-people-only")
    if not user.has_perm(BREAK):
        raise Forbidden("Your role does not break the glass.", code="missing-permission")
    held = live_grant(user, subject_id, timezone.now())
    if held is not None:
        return held
    given = check_reason(reason)
    with connection.cursor() as cursor:
        # Asked for twice at once is one grant and one alert.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 312))", [f"{user.pk}/{subject_id}"]
        )
    now = timezone.now()
    held = live_grant(user, subject_id, now)
    if held is not None:
        return held
    grant = BreakGlass.objects.create(
        person=user,
        person_name=actor.name,
        subject_id=subject_id,
        reason=given,
        granted_at=now,
        expires_at=now + timedelta(minutes=settings.BREAK_GLASS_MINUTES),
        review_due_at=now + timedelta(hours=settings.BREAK_GLASS_REVIEW_HOURS),
    )
    look(
        actor=actor,
        kind=accesses.BREAK_GLASS,
        event_type="break_glass",
        action="granted",
        obj=grant,
        subject_id=subject_id,
        purpose_of_use=PurposeOfUse.EMERGENCY,
        granted_by=GRANTED_BY,
        severity=Severity.CRITICAL,
        details={"expires_at": grant.expires_at, "review_due_at": grant.review_due_at},
    )
    notify_holders(
        permission=REVIEW,
        title="The glass was broken",
        body="Somebody opened the health records of a person whom they do not look after."
        f" Review it within {settings.BREAK_GLASS_REVIEW_HOURS} hours.",
        link=reverse("admin:phi_breakglass_change", args=[grant.pk]),
    )
    return grant


@transaction.atomic
def review(*, actor: Actor, grant_id: UUID, justified: bool, note: str) -> BreakGlass:
    """Say whether a break-glass access was justified, and why; once, by somebody else.

    Raises NotFound; Forbidden without ``phi.review_break_glass``; Problem 403 ``same-person`` for
    the one who broke the glass; Conflict ``already-reviewed``; Invalid without a note.
    """
    require_person(actor, REVIEW)
    given = note.strip()
    if not LEAST <= len(given) <= MOST:
        raise Invalid(errors={"reason": [f"Give {LEAST} to {MOST} characters."]})
    grant = BreakGlass.objects.select_for_update(of=("self",)).filter(pk=grant_id).first()
    if grant is None:
        raise NotFound()
    if grant.state != BreakGlass.State.OPEN:
        raise Conflict("It was reviewed already.", code="already-reviewed")
    if not grant.reviewable_by(actor.id):
        raise Problem(
            "You broke the glass: another person reviews it.",
            code="same-person",
            status=403,
            title="It takes two people",
        )
    grant.state = BreakGlass.State.JUSTIFIED if justified else BreakGlass.State.UNJUSTIFIED
    grant.reviewed_at = timezone.now()
    grant.reviewed_by_id, grant.reviewed_by_name = actor.id, actor.name
    grant.review_note = given  # type: ignore[assignment]
    grant.save(
        update_fields=["state", "reviewed_at", "reviewed_by_id", "reviewed_by_name", "review_note"]
    )
    record(
        actor=actor,
        event_type="break_glass",
        action="reviewed",
        obj=grant,
        severity=Severity.INFO if justified else Severity.WARNING,
        details={
            "state": str(grant.state),
            "person": grant.person_id,
            "subject": grant.subject_id,
            "late": grant.reviewed_at > grant.review_due_at,
        },
    )
    return grant

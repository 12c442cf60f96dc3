"""Admin sessions: begun, kept alive, proved again, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django_otp.models import Device

from accounts.models import AdminSession, SessionToken, User
from audit.services import Entry, record, record_many
from core.actors import PERSON, Actor

SEEN_EVERY = timedelta(minutes=1)
ENDED_SESSIONS_KEPT = timedelta(days=30)
CLOCK = Actor.system("accounts.services.sessions")
"""Who ends what has become too old: nobody does it."""

_FACTORS = {
    "accounts.totpdevice": AdminSession.Factor.TOTP,
    "accounts.recoverycodedevice": AdminSession.Factor.RECOVERY_CODE,
    "accounts.passkey": AdminSession.Factor.PASSKEY,
}
_BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox")),
    *(("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


def short_agent(header: str) -> str:
    """Browser and system of a ``User-Agent``, enough to tell one's own apart; the rest of the
    header is not kept (GDPR art. 5(1)(c))."""
    browser = next((name for mark, name in _BROWSERS if mark in header), "Another program")
    system = next((name for mark, name in _SYSTEMS if mark in header), "")
    return f"{browser} on {system}" if system else browser


@transaction.atomic
def start_admin_session(*, user: User, device: Device, address: str, agent: str) -> AdminSession:
    """The session of somebody who has proved password and ``device``; ``agent`` is the header."""
    now = timezone.now()
    session = AdminSession.objects.create(
        user=user,
        factor=_FACTORS[device.model_label()],
        address=address[:45],
        agent=short_agent(agent),
        created_at=now,
        seen_at=now,
        proved_at=now,
    )
    record(
        actor=Actor(PERSON, str(user.pk), user.username, address),
        event_type="sign_in",
        action="succeeded",
        obj=user,
        details={"where": "admin", "signed_in_as": session.pk, "factor": device.model_label()},
    )
    return session


def keep_alive(*, session: AdminSession, now: datetime) -> AdminSession:
    """The session as it is at ``now``: ended where it is over, else its use noted, once a minute
    at most.

    Each write holds only for the row as it was read: of two requests at the moment of expiry
    one ends it, with the one event, and none ends what another has just used. Because its use
    is noted to the minute, a session may count as idle up to a minute early and never late.
    """
    while session.ended_at is None:
        same = AdminSession.objects.filter(pk=session.pk, ended_at=None, seen_at=session.seen_at)
        if reason := session.over(now):
            if _end(same, CLOCK, reason, now):
                session.ended_at, session.end_reason = now, reason
                break
        elif now - session.seen_at < SEEN_EVERY:
            break
        elif same.update(seen_at=now):
            session.seen_at = now
            break
        session.refresh_from_db()
    return session


def end_admin_session(*, actor: Actor, session_id: UUID, reason: str) -> bool:
    """End a session from the next request on. False, and no event, where it has ended already."""
    rows = AdminSession.objects.filter(pk=session_id, ended_at=None)
    return bool(_end(rows, actor, reason, timezone.now()))


@transaction.atomic
def end_others(*, actor: Actor, user: User, keep: UUID) -> int:
    """End every admin session and session token of ``user`` but the session ``keep``; how many.

    An event for each of them.
    """
    now = timezone.now()
    others = AdminSession.objects.filter(user=user, ended_at=None).exclude(pk=keep)
    ended = _end(others, actor, AdminSession.End.REVOKED, now)
    tokens = list(
        SessionToken.objects.select_for_update()
        .filter(user=user, revoked_at=None, expires_at__gt=now)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    SessionToken.objects.filter(pk__in=tokens).update(revoked_at=now)
    label = SessionToken._meta.label
    record_many(actor=actor, entries=[_ended(label, pk, {"where": "api"}) for pk in tokens])
    return ended + len(tokens)


@transaction.atomic
def note_proof(*, actor: Actor, session: AdminSession, device: Device) -> None:
    """``device`` has just been proved in this session."""
    session.proved_at = timezone.now()
    session.save(update_fields=["proved_at"])
    record(
        actor=actor,
        event_type="factor",
        action="proved_again",
        obj=session.user,
        details={"signed_in_as": session.pk, "factor": device.model_label()},
    )


def end_stale_sessions(now: datetime) -> int:
    """End the sessions that are over and that nobody has come back to; how many."""
    ended = 0
    for reason, over in (
        (AdminSession.End.TOO_OLD, Q(created_at__lte=now - _seconds("ABSOLUTE"))),
        (AdminSession.End.IDLE, Q(seen_at__lte=now - _seconds("IDLE"))),
    ):
        ended += _end(AdminSession.objects.filter(over, ended_at=None), CLOCK, reason, now)
    return ended


@transaction.atomic
def delete_ended_sessions(now: datetime) -> int:
    """Delete admin sessions that ended over 30 days before ``now``; how many went.

    Their evidence is in the audit log: the sign-in and the end.
    """
    number, _ = AdminSession.objects.filter(ended_at__lt=now - ENDED_SESSIONS_KEPT).delete()
    if number:
        record(
            actor=Actor.system("accounts.services.delete_ended_sessions"),
            event_type="admin_session",
            action="ended_deleted",
            object_type=AdminSession._meta.label,
            details={"rows": number},
        )
    return number


def _seconds(limit: str) -> timedelta:
    return timedelta(seconds=getattr(settings, f"SESSION_{limit}_SECONDS"))


@transaction.atomic
def _end(rows: models.QuerySet[AdminSession], actor: Actor, reason: str, now: datetime) -> int:
    """End the rows that are still as the query says once they are locked: an event for each."""
    found = list(rows.select_for_update().order_by("pk").values_list("pk", "user_id"))
    if not found:
        return 0
    AdminSession.objects.filter(pk__in=[pk for pk, _ in found]).update(
        ended_at=now, end_reason=reason
    )
    label = AdminSession._meta.label
    record_many(
        actor=actor,
        entries=[
            _ended(label, pk, {"where": "admin", "person": user, "reason": str(reason)})
            for pk, user in found
        ],
    )
    return len(found)


def _ended(label: str, pk: UUID, details: dict[str, object]) -> Entry:
    return Entry(
        event_type="sign_in",
        action="ended",
        object_type=label,
        object_id=str(pk),
        details=details,
    )

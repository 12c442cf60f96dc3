"""Voice applications and their keys."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiKey, VoiceApplication
from accounts.models.applications import ORGANISATION
from accounts.models.tokens import token_hash
from accounts.scopes import SCOPES, unknown
from audit.services import record
from core.actors import Actor
from core.errors import Conflict, Invalid

KEY_DAYS = 365
MAX_KEY_DAYS = 730
PREFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
USE_NOTED_EVERY = timedelta(minutes=1)
OVERLAP = timedelta(hours=24)
MAX_OVERLAP = timedelta(days=7)
"""For how long a rotated key works beside its successor: unless it is said, and at most."""


@transaction.atomic
def create_application(
    *, actor: Actor, name: str, id_space: str = ORGANISATION, takes_cards: bool = True
) -> VoiceApplication:
    """A new voice application. Raises ValidationError for a name that is empty or taken."""
    application = VoiceApplication(name=name, id_space=id_space, takes_cards=takes_cards)
    application.full_clean()
    application.save(force_insert=True)
    record(
        actor=actor,
        event_type="voice_application",
        action="created",
        obj=application,
        details={"name": name, "id_space": id_space, "takes_cards": takes_cards},
    )
    return application


@transaction.atomic
def change_application(
    *,
    actor: Actor,
    application: VoiceApplication,
    name: str,
    id_space: str,
    takes_cards: bool,
    is_active: bool,
) -> VoiceApplication:
    """Set what may be set; an inactive application's keys stop at once.

    Raises ValidationError. What is the same already is no event.
    """
    row = VoiceApplication.objects.select_for_update().get(pk=application.pk)
    wanted = {
        "name": name,
        "id_space": id_space,
        "takes_cards": takes_cards,
        "is_active": is_active,
    }
    changed = {field: value for field, value in wanted.items() if getattr(row, field) != value}
    if changed:
        before = {field: getattr(row, field) for field in changed}
        for field, value in changed.items():
            setattr(row, field, value)
        row.full_clean()
        row.save(update_fields=list(changed))
        record(
            actor=actor,
            event_type="voice_application",
            action="changed",
            obj=row,
            details={"before": before, "after": changed},
        )
    return row


@transaction.atomic
def create_api_key(
    *,
    actor: Actor,
    application: VoiceApplication,
    scopes: Iterable[str],
    days: int = KEY_DAYS,
) -> tuple[ApiKey, str]:
    """A new key, good for ``days``, and its text, which is nowhere else and not shown again.

    Raises Invalid for no scope, an unknown one, or a life outside 1 to 730 days.
    """
    wanted = sorted(set(scopes))
    errors: dict[str, list[str]] = {}
    if not wanted:
        errors["scopes"] = ["At least one scope is needed."]
    elif wrong := unknown(wanted):
        valid = ", ".join(SCOPES)
        errors["scopes"] = [f"Unknown: {', '.join(wrong)}. There are: {valid}."]
    if not 1 <= days <= MAX_KEY_DAYS:
        errors["days"] = [f"A key is good for 1 to {MAX_KEY_DAYS} days."]
    if errors:
        raise Invalid(errors=errors)
    expires_at = timezone.now() + timedelta(days=days)
    key, text = _new_key(actor, application, wanted, expires_at)
    record(
        actor=actor,
        event_type="api_key",
        action="created",
        obj=key,
        details={
            "application": application.pk,
            "prefix": key.prefix,
            "scopes": wanted,
            "expires_at": key.expires_at,
        },
    )
    return key, text


def _new_key(
    actor: Actor, application: VoiceApplication, scopes: list[str], expires_at: datetime
) -> tuple[ApiKey, str]:
    prefix = "".join(secrets.choice(PREFIX_LETTERS) for _ in range(12))
    text = f"vc_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        application=application,
        prefix=prefix,
        secret_hash=token_hash(text),
        scopes=scopes,
        created_by=actor.name[:200],
        expires_at=expires_at,
    )
    key.save(force_insert=True)
    return key, text


@transaction.atomic
def rotate_api_key(
    *, actor: Actor, key: ApiKey, overlap: timedelta = OVERLAP
) -> tuple[ApiKey, str]:
    """A new key in the place of ``key``, and its text, shown once; both work for ``overlap``.

    The new one has the same application and scopes, and from now as long a life as the old one
    was given; the old one ends after ``overlap``, or when it would have ended anyway. Raises
    Invalid for an overlap outside 0 to 7 days, Conflict for a key that was rotated, is revoked or
    has expired (NIST SP 800-57 Part 1 Rev. 5, 5.3.5: a limited time for the change-over).
    """
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        most = MAX_OVERLAP // timedelta(hours=1)
        raise Invalid(errors={"overlap": [f"Both keys work for 0 to {most} hours."]})
    rows = ApiKey.objects.select_for_update(of=("self",)).select_related("application")
    old = rows.get(pk=key.pk)
    now = timezone.now()
    if reason := old.why_not_rotated(now):
        raise Conflict(reason)
    life = min(old.expires_at - old.created_at, timedelta(days=MAX_KEY_DAYS))
    new, text = _new_key(actor, old.application, old.scopes, now + life)
    old.replaced_by = new
    old.expires_at = min(old.expires_at, now + overlap)
    old.save(update_fields=["replaced_by", "expires_at"])
    record(
        actor=actor,
        event_type="api_key",
        action="rotated",
        obj=old,
        details={
            "application": old.application_id,
            "prefix": old.prefix,
            "works_until": old.expires_at,
            "replaced_by": new.pk,
            "new_prefix": new.prefix,
            "scopes": new.scopes,
            "expires_at": new.expires_at,
        },
    )
    return new, text


@transaction.atomic
def revoke_api_key(*, actor: Actor, key: ApiKey) -> ApiKey:
    """End a key for good, from the next request on. Raises Conflict when it is revoked already."""
    row = ApiKey.objects.select_for_update().get(pk=key.pk)
    if row.revoked_at is not None:
        raise Conflict("The key is revoked already.")
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    record(
        actor=actor,
        event_type="api_key",
        action="revoked",
        obj=row,
        details={"application": row.application_id, "prefix": row.prefix},
    )
    return row


def note_use(*, key: ApiKey, address: str) -> None:
    """Remember that and whence the key was used, once a minute at most. Not an act: no event."""
    now = timezone.now()
    if key.last_used_at is not None and now - key.last_used_at < USE_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now, last_used_address=address[:45])

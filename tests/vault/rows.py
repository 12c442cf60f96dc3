"""Rows with a value in every encrypted column there is, made by walking the models."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import TotpDevice, User
from audit.models import AccessReview
from consent.models import DataSubject
from core import fields
from core.actors import Actor
from core.ids import uuid7
from operations.models import IdempotencyRecord
from phi.models import BreakGlass, VoiceProfile, VoiceProfileDestruction
from vault import services as vault
from vault.columns import Column, columns
from vault.models import DataKey, KeyCheck

SECRET = "Ada Example, +1 202 555 0143"


def _data_key(value: str) -> DataKey:
    owner, key_id = uuid7(), uuid7()
    plain = base64.b64encode(owner.bytes + key_id.bytes + os.urandom(32)).decode()
    return DataKey(id=key_id, owner_id=owner, key_class="content", wrapped=plain)


def _subject(value: str) -> DataSubject:
    names = ("external_id", "name", "phone", "email", "date_of_birth", "patient_id")
    return DataSubject(id_space="tests", **dict.fromkeys(names, value))


def _device(value: str) -> TotpDevice:
    user = User.objects.create(username=f"user-{uuid7()}")
    return TotpDevice(user=user, name="app", secret=value)


def _review(value: str) -> AccessReview:
    now = timezone.now()
    return AccessReview(
        event_id=uuid7(),
        accessed_at=now,
        kind="x",
        actor_kind="person",
        actor_id="1",
        why="sampled",
        rule="sample",
        created_at=now,
        due_at=now,
        note=value,
    )


def _record(value: str) -> IdempotencyRecord:
    return IdempotencyRecord(
        caller_kind="person",
        caller_id=str(uuid7()),
        key=str(uuid7()),
        method="POST",
        path="/",
        body_hash="0" * 64,
        created_at=timezone.now(),
        response=value,
    )


def _check(value: str) -> KeyCheck:
    return KeyCheck(name=str(uuid7())[:32], canary=value, fingerprint="")


def _glass(value: str) -> BreakGlass:
    now = timezone.now()
    subject = _subject(SECRET)
    subject.save(force_insert=True)
    return BreakGlass(
        person=User.objects.create(username=f"user-{uuid7()}"),
        person_name="x",
        subject=subject,
        reason=value,
        granted_at=now,
        expires_at=now + timedelta(hours=1),
        state="justified",
        review_due_at=now,
        reviewed_at=now,
        reviewed_by_id="2",
        reviewed_by_name="y",
        review_note=value,
    )


def _profile(value: str) -> VoiceProfile:
    from accounts.services.applications import create_application
    from consent.services.consents import purpose_with, record_consent

    system, subject = Actor.system("tests"), _subject(SECRET)
    subject.save(force_insert=True)
    release = record_consent(
        actor=system,
        application_id=None,
        subject=subject,
        purpose=purpose_with("voiceprint"),
        decision="given",
        method="written",
        notice_version=1,
    )
    profile = VoiceProfile(
        subject=subject,
        application=create_application(actor=system, name=f"app-{uuid7()}"),
        vendor="A vendor",
        template_hash="0" * 64,
        release=release,
        last_interaction_at=timezone.now(),
        purpose_ended_at=timezone.now(),
        purpose_ended_reason=value,
    )
    profile.template_sealed = vault.seal(subject.pk, "voice_profile", profile.aad, b"x")
    return profile


def _destruction(value: str) -> VoiceProfileDestruction:
    now = timezone.now()
    return VoiceProfileDestruction(
        profile_id=uuid7(),
        subject_id=uuid7(),
        application_id=uuid7(),
        vendor="A vendor",
        cause="purpose",
        reason=value,
        destroyed_at=now,
        vendor_destroyed_at=now,
        vendor_confirmation=value,
    )


MAKERS = {
    DataKey: _data_key,
    DataSubject: _subject,
    TotpDevice: _device,
    AccessReview: _review,
    IdempotencyRecord: _record,
    KeyCheck: _check,
    BreakGlass: _glass,
    VoiceProfile: _profile,
    VoiceProfileDestruction: _destruction,
}
COLUMNS = list(columns())


def make(column: Column, value: str = SECRET) -> Any:
    """A saved row of the column's model with a value in the column."""
    row = MAKERS[column.model](value)
    row.save(force_insert=True)
    return row


def again(row: Any) -> Any:
    """The row as the database has it."""
    return type(row)._base_manager.get(pk=row.pk)


def stored(column: Column, row: Any) -> str:
    """What the database holds."""
    names = column.sql()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT {column} FROM {table} WHERE {pk}::text = %s".format(**names), [str(row.pk)]
        )
        found: str = cursor.fetchone()[0]
    return found


def put(column: Column, row: Any, value: str) -> None:
    """Write past the field, as somebody at the database would."""
    names = column.sql()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE {table} SET {column} = %s WHERE {pk}::text = %s".format(**names),
            [value, str(row.pk)],
        )


def old_form(column: Column, value: str = SECRET, row: Any = None) -> str:
    """A value as it was written before keys had ids: bound to its column alone, and to the person
    of ``row`` where the column asks for one."""
    if row is not None and column.field.bound_to:
        value = fields.bind(getattr(row, column.field.bound_to), value)
    plain = f"{column.field.context}\x00{value}".encode()
    key = settings.FIELD_ENCRYPTION_KEYS[-1]
    return fields.PREFIX + Fernet(key).encrypt(plain).decode()


def new_key() -> str:
    return Fernet.generate_key().decode()

"""Data subjects: told of, brought up to date, and let go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.services import record
from consent.models import DataSubject
from consent.querysets import external_id_hash
from core.actors import Actor
from core.errors import NotFound
from core.lookups import keyed_hash

HASHED = ("phone", "email", "patient_id")
PROFILE = ("name", "phone", "email", "date_of_birth", "patient_id", "region", "language")
IDENTIFIERS = ("external_id", "name", "phone", "email", "date_of_birth", "patient_id")


def _apply(subject: DataSubject, values: Mapping[str, str]) -> list[str]:
    """Set the given profile fields; returns the names of those that changed."""
    changed = []
    for field in PROFILE:
        if field in values and (getattr(subject, field) or "") != values[field]:
            setattr(subject, field, values[field])
            changed.append(field)
            if field in HASHED:
                found = keyed_hash(field, values[field]) if values[field] else None
                setattr(subject, f"{field}_hash", found)
                changed.append(f"{field}_hash")
    return changed


@transaction.atomic
def put_subject(
    *, actor: Actor, id_space: str, external_id: str, values: Mapping[str, str]
) -> tuple[DataSubject, bool]:
    """The subject with this external id, made or brought up to date. True when it was made.

    Only the fields given are changed; an empty string empties one. The event names the fields,
    never the values.
    """
    subject = (
        DataSubject.objects.with_external_id(id_space, external_id).select_for_update().first()
    )
    if subject is None:
        subject = DataSubject(
            id_space=id_space,
            external_id=external_id,
            external_id_hash=external_id_hash(id_space, external_id),
        )
        changed = _apply(subject, values)
        try:
            with transaction.atomic():
                subject.save(force_insert=True)
        except IntegrityError:
            # Told of twice at once: the other telling made the row, this one updates it.
            return put_subject(
                actor=actor, id_space=id_space, external_id=external_id, values=values
            )
        subject.refresh_from_db()
        record(actor=actor, event_type="subject", action="created", obj=subject)
        return subject, True
    changed = _apply(subject, values)
    if changed:
        subject.save(update_fields=changed)
        record(
            actor=actor,
            event_type="subject",
            action="updated",
            obj=subject,
            details={"fields": [name for name in changed if not name.endswith("_hash")]},
        )
    return subject, False


def find_subject(
    *, id_space: str, subject_id: UUID | None = None, external_id: str | None = None
) -> DataSubject:
    """The subject by id, else by external id. Raises NotFound, for the anonymised too."""
    known = DataSubject.objects.identified()
    if subject_id is not None:
        found = known.filter(id=subject_id).first()
    elif external_id:
        found = known.with_external_id(id_space, external_id).first()
    else:
        found = None
    if found is None:
        raise NotFound("There is no such data subject.")
    return found


def touch(subject_id: UUID) -> None:
    """Note an interaction: the profile's 365 days run from the last. To the hour, so that a
    busy caller's row is not written at every request."""
    now = timezone.now()
    DataSubject.objects.filter(
        id=subject_id, last_interaction_at__lt=now - timedelta(hours=1)
    ).update(last_interaction_at=now)


def anonymise(subjects: Sequence[DataSubject]) -> None:
    """Empty the identifiers of locked rows; the deleter's part of retention, which writes the
    event. What was said stays readable as long as it must be kept: the key of content goes with
    the last row under it."""
    now = timezone.now()
    for subject in subjects:
        for field in IDENTIFIERS:
            setattr(subject, field, None)
        for field in ("external_id", *HASHED):
            setattr(subject, f"{field}_hash", None)
        subject.region = subject.language = ""
        subject.anonymised_at = now
        subject.save()

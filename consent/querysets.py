"""Reading subjects, calls, notices and consents."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Least

from core.lookups import keyed_hash


def external_id_hash(id_space: str, external_id: str) -> str:
    """The look-up key of an external id in its application's numbering."""
    return keyed_hash(f"external_id:{id_space}", external_id)


class DataSubjectQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Look-ups by keyed hash; a person who was anonymised is found by id alone."""

    def identified(self) -> Self:
        """Those whose identifiers are still held."""
        return self.filter(anonymised_at__isnull=True)

    def with_external_id(self, id_space: str, external_id: str) -> Self:
        """The subject with this id in this numbering."""
        return self.filter(external_id_hash=external_id_hash(id_space, external_id))

    def matching(self, term: str) -> Self:
        """Subjects whose id, phone, e-mail or patient id is ``term``, or whose external id in
        the organisation's own numbering is."""
        found = Q(
            external_id_hash=external_id_hash("organisation", term),
        )
        for field in ("phone", "email", "patient_id"):
            found |= Q(**{f"{field}_hash": keyed_hash(field, term)})
        with suppress(ValueError):
            found |= Q(id=UUID(term))
        return self.filter(found)


class CallQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Calls as their application sees them."""

    def visible_to(self, application_id: UUID | None) -> Self:
        """An application's own calls; all of them for a person (None)."""
        return self if application_id is None else self.filter(application_id=application_id)


class NoticeQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Published notices."""

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def latest_for(self, purposes: Iterable[str], languages: Iterable[str]) -> Self:
        """The newest published notice of each purpose and language."""
        return (
            self.published()
            .filter(purpose__code__in=list(purposes), language__in=list(languages))
            .order_by("purpose_id", "language", "-version")
            .distinct("purpose_id", "language")
            .select_related("purpose")
        )


class ConsentRecordQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Consents in effect."""

    def latest(self, subject_ids: Iterable[UUID], purposes: Iterable[str]) -> Self:  # type: ignore[override]
        """The last record of each subject and purpose, one index descent each."""
        return (
            self.filter(subject__in=list(subject_ids), purpose__code__in=list(purposes))
            .order_by("subject_id", "purpose_id", "-decided_at", "-id")
            .distinct("subject_id", "purpose_id")
            .select_related("purpose")
        )


def relied_until(model: type[models.Model]) -> Case:
    """When a record stopped being relied on; null while it is.

    A yes: when it expired, was superseded, or its person was anonymised (PostgreSQL's LEAST
    passes nulls over). A no and a withdrawal: from the day they were said.
    """
    successor = model._default_manager.filter(supersedes=OuterRef("pk")).values("decided_at")[:1]
    return Case(
        When(
            decision="given",
            then=Least(
                F("expires_at"),
                Subquery(successor, output_field=DateTimeField()),
                F("subject__anonymised_at"),
            ),
        ),
        default=F("decided_at"),
    )


def predecessor_gone(model: type[models.Model]) -> Q:
    """Records that replace none that is still there: the oldest of a line goes first, so that a
    withdrawal never goes before the yes that it withdrew."""
    before = model._default_manager.filter(id=OuterRef("supersedes"))
    return Q(~Exists(before))


def is_in_effect(decision: str, expires_at: datetime | None, now: datetime) -> bool:
    """Whether a latest record is a yes at ``now``."""
    return decision == "given" and (expires_at is None or expires_at > now)

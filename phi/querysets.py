"""Reading recordings and transcripts."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from django.db import models


class RecordingQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Recordings as their application sees them."""

    def visible_to(self, application_id: UUID | None) -> Self:
        """Those of an application's own calls; all of them for a person (None)."""
        rows = self.select_related("call", "muted")
        return rows if application_id is None else rows.filter(call__application=application_id)


class TranscriptQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Transcripts as their application sees them."""

    def visible_to(self, application_id: UUID | None) -> Self:
        """Those of an application's own calls; all of them for a person (None)."""
        rows = self.select_related("call")
        return rows if application_id is None else rows.filter(call__application=application_id)

    def without_content(self) -> Self:
        """Without the sealed columns, for lists."""
        return self.defer("masked_sealed", "original_sealed")


class HealthRecordQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Health records as applications and people see them."""

    def of_application(self, application_id: UUID | None) -> Self:
        """Those that an application wrote; all of them for a person (None)."""
        return self if application_id is None else self.filter(application=application_id)

    def without_content(self) -> Self:
        """Without the sealed column, for lists."""
        return self.defer("content_sealed")


class VoiceProfileQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Voice profiles as their application sees them."""

    def visible_to(self, application_id: UUID | None) -> Self:
        """An application's own; all of them for a person (None)."""
        return self if application_id is None else self.filter(application=application_id)

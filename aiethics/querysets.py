"""Reading disclosures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models


class DisclosureQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Disclosures in force."""

    def in_force(self, interaction: str, languages: Iterable[str]) -> Self:
        """The newest version in each of the languages."""
        return (
            self.filter(interaction=interaction, language__in=list(languages))
            .order_by("language", "-version")
            .distinct("language")
        )

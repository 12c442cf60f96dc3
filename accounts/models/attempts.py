"""Tries to sign in, counted."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class AttemptTally(models.Model):
    """Tries in a row from one place that have not been right: see ``accounts.guessing``.

    ``place`` is a keyed hash, so that the table lists no addresses, nor what somebody typed into
    the wrong field.
    """

    place = models.CharField(primary_key=True, max_length=64, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        help_text="Whose account strangers have tried; nobody where it is another place.",
    )
    tries = models.PositiveIntegerField()
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"attempt tally {self.place}"

"""The words of masked transcripts, for officers to search; kept where the setting says so."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Now


class TranscriptIndex(models.Model):
    """The masked words of one transcript, in the clear, stemmed by PostgreSQL.

    None for a call with the purpose ``treatment``; goes with its transcript, and where
    ``TRANSCRIPT_SEARCH`` is off.
    """

    transcript = models.OneToOneField(
        "phi.Transcript", models.CASCADE, primary_key=True, related_name="index"
    )
    language = models.CharField(max_length=16)
    configuration = models.CharField(
        max_length=63, help_text="PostgreSQL's text search configuration that made the words."
    )
    captured_at = models.DateTimeField()
    words = SearchVectorField()
    is_cut = models.BooleanField(
        db_default=False, help_text="Whether the call was longer than what is indexed."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "transcript's index"
        verbose_name_plural = "transcripts' index"
        default_permissions = ()
        indexes = [
            GinIndex(fields=["words"], name="phi_transcript_index_words"),
            # For words so common that walking back from today finds a page sooner.
            models.Index(
                fields=["configuration", "captured_at", "transcript"],
                name="phi_transcript_index_newest",
            ),
        ]

    def __str__(self) -> str:
        return f"Index of transcript {self.pk}"

"""Indexes of the voice profiles that have ended and of the vendors that are to confirm."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    # Beside the work of others.
    atomic = False
    dependencies = [("phi", "0010_transcript_index")]

    operations = [
        AddIndexConcurrently(
            "voiceprofile",
            models.Index(
                fields=["purpose_ended_at"],
                name="phi_voice_profile_ended",
                condition=Q(purpose_ended_at__isnull=False),
            ),
        ),
        AddIndexConcurrently(
            "voiceprofiledestruction",
            models.Index(
                fields=["destroyed_at"],
                name="phi_voice_to_confirm",
                condition=Q(vendor_destroyed_at__isnull=True),
            ),
        ),
    ]

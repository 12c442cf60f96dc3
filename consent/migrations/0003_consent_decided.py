"""Indexes for the sweep: by the moments from which keep times run."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index is made concurrently, outside a transaction, so that writes go on.
    atomic = False
    dependencies = [("consent", "0002_triggers_and_first_rules")]

    operations = [
        AddIndexConcurrently(
            model_name="consentrecord",
            index=models.Index(fields=["decided_at"], name="consent_decided"),
        ),
        AddIndexConcurrently(
            model_name="call",
            index=models.Index(fields=["created_at"], name="consent_call_created"),
        ),
    ]

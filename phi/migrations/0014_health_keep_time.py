"""The keep time of health records runs from when we were told."""

import django.utils.timezone
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside the work of others.
    atomic = False
    dependencies = [("phi", "0013_statement_discloses")]

    operations = [
        AddIndexConcurrently(
            "healthrecord", models.Index(fields=["created_at"], name="phi_health_created")
        ),
        # Words alone: nothing changes in the database.
        migrations.AlterField(
            "healthrecord",
            "recorded_at",
            models.DateTimeField(db_index=True, help_text="UTC. When it was found or written."),
        ),
        migrations.AlterField(
            "healthrecord",
            "created_at",
            models.DateTimeField(
                default=django.utils.timezone.now,
                editable=False,
                help_text="UTC. When we were told; the keep time runs from here.",
            ),
        ),
    ]

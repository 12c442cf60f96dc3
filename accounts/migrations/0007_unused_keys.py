"""Keys that nobody uses are found by index."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    # Beside the work of others: every request of an application reads and notes in this table.
    atomic = False
    dependencies = [("accounts", "0006_key_rotation")]

    operations = [
        AddIndexConcurrently(
            "apikey",
            models.Index(
                Coalesce("last_used_at", "created_at"),
                condition=models.Q(("revoked_at", None)),
                name="accounts_key_last_sign",
            ),
        )
    ]

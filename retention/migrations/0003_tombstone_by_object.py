"""An index for the admin's search by the id of what is gone, whatever its kind."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside the work of others: the table has a row for everything that was ever deleted.
    atomic = False
    dependencies = [("retention", "0002_append_only")]

    operations = [
        AddIndexConcurrently(
            "tombstone", models.Index(fields=["object_id"], name="retention_tombstone_object")
        )
    ]

"""An index for the search of looks by what was looked at."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside the work of others.
    atomic = False
    dependencies = [("phi", "0004_disclosures")]

    operations = [
        AddIndexConcurrently("access", models.Index(fields=["object_id"], name="phi_access_object"))
    ]

"""An index for the admin's search by owner, destroyed keys included."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside the work of others: the table has a row for every data subject.
    atomic = False
    dependencies = [("vault", "0001_initial")]

    operations = [
        AddIndexConcurrently("datakey", models.Index(fields=["owner_id"], name="vault_key_owner"))
    ]

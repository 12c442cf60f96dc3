"""The wrapping keys that a database has seen, and an index of data keys by theirs."""

import django.db.models.functions.datetime
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F

import core.fields
import core.ids


class Migration(migrations.Migration):
    # Beside the work of others: the table of data keys has a row for every data subject.
    atomic = False
    dependencies = [("vault", "0002_keys_of_an_owner")]

    operations = [
        migrations.CreateModel(
            name="WrappingKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "key_id",
                    models.CharField(
                        help_text="16 hex digits that tell keys apart.", max_length=16, unique=True
                    ),
                ),
                (
                    "first_seen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                ("data_keys", models.BigIntegerField(editable=False, null=True)),
                ("identifiers", models.BigIntegerField(editable=False, null=True)),
                ("counted_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "wrapping key",
                "ordering": ["-first_seen_at", "-id"],
                "default_permissions": ("view",),
                "permissions": [
                    ("rotate_keys", "Can have everything wrapped under the newest key")
                ],
            },
        ),
        AddIndexConcurrently(
            "datakey",
            models.Index(
                core.fields.key_id_of("wrapped"), F("id").desc(), name="vault_key_wrapped_under"
            ),
        ),
    ]

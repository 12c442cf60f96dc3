"""The hash of a kept request's body is keyed now; those made before end within 24 hours."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial")]

    operations = [
        migrations.AlterField(
            "idempotencyrecord",
            "body_hash",
            models.CharField(help_text="Keyed hash of the body, as hex.", max_length=64),
        )
    ]

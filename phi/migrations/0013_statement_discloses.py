"""Which disclosures an accounting tells of: asked at each download whether one is suspended."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("phi", "0012_filters")]

    operations = [
        migrations.AddField(
            model_name="statementissued",
            name="discloses",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(),
                editable=False,
                help_text="The ids of the disclosures that the document tells of.",
                null=True,
                size=None,
            ),
        ),
    ]

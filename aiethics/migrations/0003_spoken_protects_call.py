"""A call is not deleted under the proof that its disclosure was said. State alone: the database
has the same foreign key."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("aiethics", "0002_triggers_and_first_disclosures")]

    operations = [
        migrations.AlterField(
            model_name="spokendisclosure",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="spoken_disclosures",
                to="consent.call",
            ),
        )
    ]

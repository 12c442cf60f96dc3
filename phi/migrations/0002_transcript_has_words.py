"""Whether a transcript holds words at all: one without proves nothing of its recording."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("phi", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="transcript",
            name="has_words",
            field=models.BooleanField(
                default=True, editable=False, help_text="Whether any turn holds words."
            ),
        )
    ]

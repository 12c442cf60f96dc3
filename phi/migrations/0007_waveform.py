import django.db.models.lookups
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """The rows that are there get none: the check is validated apart, without a lock."""

    dependencies = [
        ("phi", "0006_health_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="voicerecording",
            name="waveform_sealed",
            field=models.BinaryField(
                help_text="Its picture (phi.waveforms), sealed; null where none was made.",
                null=True,
            ),
        ),
        AddConstraintNotValid(
            model_name="voicerecording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("waveform_sealed__isnull", True),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("waveform_sealed"),
                            models.Value(0),
                            function="get_byte",
                            output_field=models.IntegerField(),
                        ),
                        1,
                    ),
                    _connector="OR",
                ),
                name="phi_recording_waveform_is_sealed",
            ),
        ),
    ]

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("phi", "0007_waveform"),
    ]

    operations = [
        ValidateConstraint(model_name="voicerecording", name="phi_recording_waveform_is_sealed"),
    ]

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """What is in quarantine for a security code already is muted as what comes from now on."""

    dependencies = [("phi", "0016_muting")]

    operations = [
        *(
            ValidateConstraint(model_name="voicerecording", name=name)
            for name in (
                "phi_recording_state_known",
                "phi_recording_quarantine_has_reason",
                "phi_recording_has_its_original",
                "phi_recording_muted_is_destroyed",
            )
        ),
        migrations.RunSQL(
            "INSERT INTO phi_mutedvariant"
            " (recording_id, state, reason, sha256, due_at, attempts, error)"
            " SELECT id, 'waiting', quarantine_reason, '', now(), 0, '' FROM phi_voicerecording"
            " WHERE state = 'quarantined' AND quarantine_reason = 'card-security-code-heard'"
            " ON CONFLICT DO NOTHING",
            migrations.RunSQL.noop,
        ),
    ]

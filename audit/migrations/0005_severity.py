"""An index for events above INFO: few, and looked for by severity alone."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_reports")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX audit_event_severity ON audit_auditevent (severity, received_at DESC)"
            " WHERE severity <> 'INFO'",
            "DROP INDEX audit_event_severity",
        )
    ]

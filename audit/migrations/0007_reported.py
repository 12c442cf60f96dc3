"""Daily counts keep apart what applications report; gaps count the events that waited.

Events reported before this migration carry the kind ``application`` and stay counted as seen
here: nothing in them tells them from the others.
"""

from django.db import migrations, models

FORWARDS = """
ALTER TABLE audit_dailycount ADD COLUMN reported boolean DEFAULT false NOT NULL;
ALTER TABLE audit_dailycount DROP CONSTRAINT audit_dailycount_pkey,
    ADD CONSTRAINT audit_dailycount_pkey
        PRIMARY KEY (day, event_type, action, severity, reported);
"""
# Where the migration went back after reports had come, their days are counted anew.
RECOUNT = """
DELETE FROM audit_dailycount
WHERE day IN (SELECT day FROM audit_dailyactor WHERE actor_kind = 'reporter');
INSERT INTO audit_dailycount
    (day, event_type, action, severity, reported, count, last_index)
SELECT d.day, e.event_type, e.action, e.severity, e.actor_kind = 'reporter', count(*), max(l.index)
FROM (SELECT DISTINCT day FROM audit_dailyactor WHERE actor_kind = 'reporter') d
JOIN audit_auditevent e ON e.received_at >= d.day::timestamp AT TIME ZONE 'UTC'
    AND e.received_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
JOIN audit_leaf l ON l.event_id = e.id
GROUP BY 1, 2, 3, 4, 5;
"""
BACKWARDS = """
WITH gone AS (DELETE FROM audit_dailycount WHERE reported RETURNING *)
INSERT INTO audit_dailycount AS held
    (day, event_type, action, severity, count, last_index, reported)
SELECT day, event_type, action, severity, count, last_index, false FROM gone
ON CONFLICT (day, event_type, action, severity, reported) DO UPDATE
SET count = held.count + EXCLUDED.count,
    last_index = greatest(held.last_index, EXCLUDED.last_index);
ALTER TABLE audit_dailycount DROP CONSTRAINT audit_dailycount_pkey,
    ADD CONSTRAINT audit_dailycount_pkey PRIMARY KEY (day, event_type, action, severity);
ALTER TABLE audit_dailycount DROP COLUMN reported;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_review_search")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Some thousand rows a year: the lock is held for milliseconds.
            database_operations=[
                migrations.RunSQL(FORWARDS, BACKWARDS),
                migrations.RunSQL(RECOUNT, migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="dailycount",
                    name="reported",
                    field=models.BooleanField(db_default=False, default=False),
                ),
                migrations.AlterField(
                    model_name="dailycount",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "day",
                        "event_type",
                        "action",
                        "severity",
                        "reported",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="sealinggap",
            name="events",
            field=models.BigIntegerField(help_text="How many of them waited over a minute."),
        ),
    ]

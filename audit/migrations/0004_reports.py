"""Daily counts of sealed events, gaps in sealing, and reviews of accesses.

What was sealed before this migration is counted here, once.
"""

from django.db import migrations, models

import core.fields
import core.ids

FILL = """
INSERT INTO audit_dailycount (day, event_type, action, severity, count, last_index)
SELECT (e.received_at AT TIME ZONE 'UTC')::date, event_type, action, severity, count(*), max(index)
FROM audit_leaf l JOIN audit_auditevent e ON e.received_at = l.received_at AND e.id = l.event_id
GROUP BY 1, 2, 3, 4;

INSERT INTO audit_dailyactor (day, actor_kind, actor_id, actor_name, count)
SELECT (e.received_at AT TIME ZONE 'UTC')::date, actor_kind, actor_id,
    (array_agg(actor_name ORDER BY index DESC))[1], count(*)
FROM audit_leaf l JOIN audit_auditevent e ON e.received_at = l.received_at AND e.id = l.event_id
GROUP BY 1, 2, 3;

WITH points AS (
    SELECT size, signed_at, lag(size, 1, 0::bigint) OVER w AS start,
        lag(signed_at) OVER w AS before
    FROM audit_checkpoint WINDOW w AS (ORDER BY size)
), spans AS (
    SELECT size, size - start AS events, signed_at AS closed_at, greatest(before, (
        SELECT min(l.received_at) FROM audit_leaf l WHERE l.index >= start AND l.index < size
    )) AS opened_at FROM points
)
INSERT INTO audit_sealinggap (size, opened_at, closed_at, events)
SELECT size, opened_at, closed_at, events FROM spans
WHERE closed_at - opened_at > interval '60 seconds';
"""

APPEND_ONLY = """
CREATE TRIGGER audit_sealinggap_append_only BEFORE UPDATE OR DELETE ON audit_sealinggap
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_sealinggap_no_truncate BEFORE TRUNCATE ON audit_sealinggap
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
UNDO = """
DROP TRIGGER audit_sealinggap_append_only ON audit_sealinggap;
DROP TRIGGER audit_sealinggap_no_truncate ON audit_sealinggap;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_publication")]

    operations = [
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "event_id",
                    models.UUIDField(help_text="The audit event of the access.", unique=True),
                ),
                (
                    "accessed_at",
                    models.DateTimeField(help_text="When the access was recorded (UTC)."),
                ),
                ("kind", models.CharField(help_text="What was accessed.", max_length=32)),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(max_length=80)),
                ("actor_name", models.CharField(blank=True, max_length=200)),
                ("object_type", models.CharField(blank=True, max_length=80)),
                ("object_id", models.CharField(blank=True, max_length=80)),
                (
                    "why",
                    models.CharField(
                        choices=[("sampled", "Sampled"), ("flagged", "Flagged")], max_length=8
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("sample", "In the day's sample"),
                            ("outside-hours", "Outside 06:00 to 22:00"),
                            ("many-reads", "Unusually many within an hour"),
                            ("new-kind", "First of its kind by this person in 90 days"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "accesses",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="How many accesses of that person and hour it stands for.",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("reviewer_id", models.CharField(blank=True, max_length=80)),
                ("reviewer_name", models.CharField(blank=True, max_length=200)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("fine", "Fine"), ("concern", "Concern")], max_length=8
                    ),
                ),
                (
                    "note",
                    core.fields.EncryptedTextField(
                        blank=True, context="audit.accessreview.note", null=True
                    ),
                ),
            ],
            options={
                "verbose_name": "access review",
                "ordering": ["reviewed_at", "due_at", "id"],
                "permissions": [("sign_off_access", "Can sign off other people's accesses")],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("reviewed_at__isnull", True)),
                        fields=["due_at"],
                        name="audit_review_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rule", "sample"), ("why", "sampled")),
                            models.Q(
                                ("rule__in", ["outside-hours", "many-reads", "new-kind"]),
                                ("why", "flagged"),
                            ),
                            _connector="OR",
                        ),
                        name="audit_review_why_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome", ""), ("reviewed_at__isnull", True), ("reviewer_id", "")
                            ),
                            models.Q(
                                ("outcome__in", ["fine", "concern"]),
                                ("reviewed_at__isnull", False),
                                models.Q(("reviewer_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="audit_review_signed_whole",
                        violation_error_message="A review has a reviewer, a time and an outcome.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewer_id", ""),
                            models.Q(("reviewer_id", models.F("actor_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="audit_review_by_another",
                        violation_error_message="Nobody reviews their own accesses.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "concern"), _negated=True),
                            ("note__isnull", False),
                            _connector="OR",
                        ),
                        name="audit_review_concern_says_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyActor",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day",
                        "actor_kind",
                        "actor_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("actor_kind", models.CharField(max_length=16)),
                ("actor_id", models.CharField(max_length=80)),
                ("actor_name", models.CharField(max_length=200)),
                ("count", models.BigIntegerField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0)), name="audit_dailyactor_counts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day",
                        "event_type",
                        "action",
                        "severity",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("event_type", models.CharField(max_length=80)),
                ("action", models.CharField(max_length=80)),
                ("severity", models.CharField(max_length=8)),
                ("count", models.BigIntegerField()),
                (
                    "last_index",
                    models.BigIntegerField(help_text="The highest place in the log among them."),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("count__gt", 0)), name="audit_dailycount_counts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SealingGap",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "opened_at",
                    models.DateTimeField(
                        help_text="When the first of them was received, or the checkpoint"
                        " before, if later."
                    ),
                ),
                ("closed_at", models.DateTimeField()),
                ("events", models.BigIntegerField(help_text="How many that checkpoint sealed.")),
            ],
            options={
                "ordering": ["-size"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["closed_at"], name="audit_gap_closed")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closed_at__gt", models.F("opened_at"))),
                        name="audit_gap_has_length",
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]

"""The audit log's table and the three database roles.

By SQL, because Django makes neither partitioned tables nor roles. The owner is the role that
runs this migration; ``web`` and ``dropper`` are made without log-in and granted to it, so that
one log-in can enter them. A database administrator may give them log-ins of their own.
"""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models

import core.ids
from core.database import make_roles

TABLE = """
CREATE TABLE audit_auditevent (
    id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    occurred_at timestamptz,
    event_type varchar(80) NOT NULL,
    action varchar(80) NOT NULL,
    severity varchar(8) NOT NULL,
    actor_kind varchar(16) NOT NULL,
    actor_id varchar(80) NOT NULL,
    actor_name varchar(200) NOT NULL,
    actor_address varchar(45) NOT NULL,
    object_type varchar(80) NOT NULL,
    object_id varchar(80) NOT NULL,
    request_id varchar(64) NOT NULL,
    details jsonb NOT NULL,
    entry bytea NOT NULL,
    -- One constraint for both: each is prepared anew for every statement.
    CONSTRAINT audit_choices_known CHECK (
        severity IN ('INFO', 'WARNING', 'ERROR', 'CRITICAL')
        AND actor_kind IN ('person', 'application', 'system', 'anonymous')
    ),
    PRIMARY KEY (received_at, id)
) PARTITION BY RANGE (received_at);

CREATE INDEX audit_event_id ON audit_auditevent (id);
CREATE INDEX audit_event_object ON audit_auditevent (object_type, object_id, received_at DESC);
CREATE INDEX audit_event_actor ON audit_auditevent (actor_id, received_at DESC);
CREATE INDEX audit_event_type ON audit_auditevent (event_type, action, received_at DESC);

CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- Attached rather than created in place: ATTACH lets inserts go on. A TRUNCATE of a child
-- passes the parent's trigger by, so each child has its own; nobody is granted a child.
CREATE FUNCTION audit_ensure_partition(moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    child text := 'audit_auditevent_' || to_char(month, 'YYYY_MM');
BEGIN
    IF to_regclass(child) IS NOT NULL THEN
        RETURN true;
    END IF;
    IF moment < now() - interval '20 years' OR moment > now() + interval '20 years' THEN
        RAISE EXCEPTION 'no audit partition for %', moment;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('audit partitions'));
    IF to_regclass(child) IS NOT NULL THEN
        RETURN true;
    END IF;
    EXECUTE format(
        'CREATE TABLE %I (LIKE audit_auditevent INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child);
    EXECUTE format('REVOKE ALL ON %I FROM voicecompliance_web, voicecompliance_dropper', child);
    EXECUTE format(
        'ALTER TABLE audit_auditevent ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        child, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format(
        'CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change()', child);
    RETURN false;
END $$;

-- The database itself refuses to drop a month before seven calendar years have passed.
CREATE FUNCTION audit_drop_partition(child text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    rows_gone bigint;
    month timestamp;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_inherits
        WHERE inhparent = 'audit_auditevent'::regclass AND inhrelid = to_regclass(child)
    ) OR child !~ '^audit_auditevent_[0-9]{4}_[0-9]{2}$' THEN
        RAISE EXCEPTION '% is no partition of the audit log', child;
    END IF;
    month := to_timestamp(right(child, 7), 'YYYY_MM')::timestamp;
    IF (month + interval '1 month') AT TIME ZONE 'UTC' > now() - interval '7 years' THEN
        RAISE EXCEPTION '% is inside the seven years that audit events are kept', child
            USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', child) INTO rows_gone;
    EXECUTE format('ALTER TABLE audit_auditevent DETACH PARTITION %I', child);
    EXECUTE format('DROP TABLE %I', child);
    RETURN rows_gone;
END $$;

REVOKE ALL ON FUNCTION audit_ensure_partition(timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION audit_drop_partition(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_ensure_partition(timestamptz)
    TO voicecompliance_web, voicecompliance_dropper;
GRANT EXECUTE ON FUNCTION audit_drop_partition(text) TO voicecompliance_dropper;

SELECT audit_ensure_partition(now());
SELECT audit_ensure_partition(now() + interval '1 month');
SELECT audit_ensure_partition(now() + interval '2 months');
"""

UNDO = """
DROP TABLE audit_auditevent;
DROP FUNCTION audit_ensure_partition(timestamptz);
DROP FUNCTION audit_drop_partition(text);
DROP FUNCTION audit_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        # The roles belong to the whole cluster and may serve other databases: never dropped.
        migrations.RunSQL(
            make_roles("voicecompliance_web", "voicecompliance_dropper"), migrations.RunSQL.noop
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, UNDO)],
            state_operations=[
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=core.ids.uuid7,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "received_at",
                            models.DateTimeField(
                                help_text="When the server took the event in (UTC)."
                            ),
                        ),
                        (
                            "occurred_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="When it happened, where the reporter says so.",
                                null=True,
                            ),
                        ),
                        ("event_type", models.CharField(max_length=80)),
                        ("action", models.CharField(max_length=80)),
                        (
                            "severity",
                            models.CharField(
                                choices=[
                                    ("INFO", "Info"),
                                    ("WARNING", "Warning"),
                                    ("ERROR", "Error"),
                                    ("CRITICAL", "Critical"),
                                ],
                                default="INFO",
                                max_length=8,
                            ),
                        ),
                        ("actor_kind", models.CharField(max_length=16)),
                        ("actor_id", models.CharField(blank=True, max_length=80)),
                        (
                            "actor_name",
                            models.CharField(
                                blank=True, help_text="The actor's name at the time.", max_length=200
                            ),
                        ),
                        ("actor_address", models.CharField(blank=True, max_length=45)),
                        ("object_type", models.CharField(blank=True, max_length=80)),
                        ("object_id", models.CharField(blank=True, max_length=80)),
                        ("request_id", models.CharField(blank=True, max_length=64)),
                        (
                            "details",
                            models.JSONField(
                                default=dict,
                                encoder=DjangoJSONEncoder,
                            ),
                        ),
                        ("entry", models.BinaryField(editable=False)),
                    ],
                    options={
                        "verbose_name": "audit event",
                        "ordering": ["-received_at", "-id"],
                        "default_permissions": ("view",),
                    },
                )
            ],
        ),
    ]

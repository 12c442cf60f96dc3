"""Decisions and proofs are never changed: the database says no."""

from django.db import migrations

TABLES = ("retention_retentionpolicy", "retention_tombstone")

FORWARD = "".join(
    f"""
CREATE TRIGGER retention_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER retention_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
    for table in TABLES
)
BACKWARD = "".join(
    f"""
DROP TRIGGER retention_append_only ON {table};
DROP TRIGGER retention_no_truncate ON {table};
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("audit", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

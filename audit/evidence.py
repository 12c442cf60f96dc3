"""That the log cannot be changed: asked of the database, not of our code."""

from __future__ import annotations

from django.db import connection

from core import evidence
from core.database import WEB
from core.evidence import FAIL, PASS, Check


def measure_append_only() -> tuple[str, str, str]:
    """Every partition has its enabled triggers, and the web role no right to change a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH tables AS (
                SELECT 'audit_auditevent'::regclass AS oid
                UNION ALL
                SELECT inhrelid FROM pg_inherits
                WHERE inhparent = 'audit_auditevent'::regclass
            )
            SELECT
                (SELECT count(*) FROM tables),
                (SELECT count(*) FROM tables t WHERE (
                    SELECT count(*) FROM pg_trigger g
                    WHERE g.tgrelid = t.oid AND g.tgenabled IN ('O', 'A')
                        AND g.tgname IN ('audit_append_only', 'audit_no_truncate')) = 2),
                (SELECT count(*) FROM tables t WHERE
                    has_table_privilege(%s, t.oid, 'UPDATE')
                    OR has_table_privilege(%s, t.oid, 'DELETE')
                    OR has_table_privilege(%s, t.oid, 'TRUNCATE'))
            """,
            [WEB, WEB, WEB],
        )
        tables, guarded, changeable = cursor.fetchone()
    figure = f"{guarded} of {tables} tables guarded"
    if guarded == tables and changeable == 0:
        return PASS, figure, "Every table of the log refuses changes by trigger and by right."
    return FAIL, figure, f"{tables - guarded} without triggers, {changeable} open to the web role."


evidence.declare(
    Check(
        code="audit.append_only",
        title="Audit log is append-only",
        articles=("HIPAA 164.312(b)", "HIPAA 164.312(c)(1)", "GDPR 5(2)"),
        measure=measure_append_only,
        link="admin:audit_auditevent_changelist",
    )
)

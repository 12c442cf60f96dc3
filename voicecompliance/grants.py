"""What the web and dropper roles may do to each table, said again after every migration.

Append-only tables: insert and read. Declared personal data: web may not delete, the dropper
may. Everything else: web may do all four. The declaration is the inventory's; a new table gets
its rights without another edit.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, transaction

from core import inventory
from core.database import DROPPER, SEALER, WEB

APPEND_ONLY = {
    "audit_auditevent",
    "consent_consentrecord",
    "consent_gateanswer",
    "phi_disclosure",
    "phi_disclosuresuspension",
    "retention_retentionpolicy",
    "retention_tombstone",
}


# Tables whose rights are none of the common patterns: role to rights.
SPECIAL = {
    "audit_outbox": {WEB: "SELECT, INSERT", DROPPER: "SELECT, INSERT", SEALER: "SELECT, DELETE"},
    # A destroyed key's row stays: deleted, it would take what it sealed along without an event.
    "vault_datakey": {WEB: "SELECT, INSERT, UPDATE", DROPPER: "SELECT, INSERT, UPDATE"},
    "audit_publication": {WEB: "SELECT, INSERT, UPDATE", DROPPER: "SELECT"},
    **{
        table: {WEB: "SELECT", DROPPER: "SELECT", SEALER: "SELECT, INSERT"}
        for table in ("audit_leaf", "audit_tile", "audit_checkpoint", "audit_sealinggap")
    },
    # A dropped month's counts go in the transaction that drops it.
    **{
        table: {WEB: "SELECT", DROPPER: "SELECT, DELETE", SEALER: "SELECT, INSERT, UPDATE"}
        for table in ("audit_dailycount", "audit_dailyactor")
    },
}

# The library's own tables, in whose place ours stand: nobody's.
SPECIAL |= {
    f"django_otp_webauthn_{name}": {}
    for name in ("webauthncredential", "webauthnattestation", "webauthnuserhandle")
}


EVERYONE = (WEB, DROPPER, SEALER)


@transaction.atomic
def reconcile(**kwargs: Any) -> None:
    """Grant as the inventory says. Runs as the owner, after ``migrate``."""
    existing = set(connection.introspection.table_names())
    declared: set[str] = set()
    by_row: set[str] = set()
    for declaration in inventory.declarations():
        for model in (declaration.model, *declaration.parts):
            declared.add(model._meta.db_table)
            if declaration.erase is not None:
                by_row.add(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[*EVERYONE]])
        roles = [row[0] for row in cursor.fetchall()]
        if not roles or "audit_auditevent" not in existing:
            # The log's first migration makes the roles: before it there is nobody to grant to.
            return
        everyone = ", ".join(sorted(roles))
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            if table not in existing or not model._meta.managed:
                continue
            web, dropper = "SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT, UPDATE"
            if table in declared:
                web, dropper = "SELECT, INSERT, UPDATE", "SELECT, INSERT, UPDATE, DELETE"
            if table in APPEND_ONLY:
                web = "SELECT, INSERT"
                # What goes by whole partitions is never deleted row by row.
                dropper = "SELECT, INSERT, DELETE" if table in by_row else "SELECT, INSERT"
            name = connection.ops.quote_name(table)
            cursor.execute(f"REVOKE ALL ON {name} FROM {everyone}")
            for role, rights in SPECIAL.get(table, {WEB: web, DROPPER: dropper}).items():
                if role not in roles:
                    continue
                cursor.execute(f"GRANT {rights} ON {name} TO {role}")
            if table in APPEND_ONLY and table in by_row:
                # To lock a row before it is deleted takes UPDATE on some column; the trigger
                # still refuses an actual one.
                key = connection.ops.quote_name(str(model._meta.pk.column))
                cursor.execute(f"GRANT UPDATE ({key}) ON {name} TO {DROPPER}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {WEB}, {DROPPER}")
        if SEALER in roles:
            cursor.execute(f"GRANT SELECT ON audit_auditevent TO {SEALER}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {everyone}")

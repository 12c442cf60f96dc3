"""The kind of actor ``reporter``: whoever tells the log of an event by the API.

Not in one transaction: the check is added without reading a row, and the rows are read while
events go on being written. Each step may be repeated.
"""

from django.db import migrations

SEVERITIES = "severity IN ('INFO', 'WARNING', 'ERROR', 'CRITICAL')"
KINDS = "'person', 'application', 'system', 'anonymous'"


def steps(kinds: str, *, validate: bool) -> list[str]:
    check = f"CHECK ({SEVERITIES} AND actor_kind IN ({kinds})) NOT VALID"
    table = "ALTER TABLE audit_auditevent"
    return [
        f"{table} DROP CONSTRAINT IF EXISTS audit_choices_known_next",
        f"{table} ADD CONSTRAINT audit_choices_known_next {check}",
        *([f"{table} VALIDATE CONSTRAINT audit_choices_known_next"] if validate else []),
        f"{table} DROP CONSTRAINT IF EXISTS audit_choices_known",
        f"{table} RENAME CONSTRAINT audit_choices_known_next TO audit_choices_known",
    ]


def forwards(apps, editor):
    for step in steps(f"{KINDS}, 'reporter'", validate=True):
        editor.execute(step)


def backwards(apps, editor):
    # What was reported meanwhile stays as it is: the log is never rewritten.
    for step in steps(KINDS, validate=False):
        editor.execute(step)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0007_reported")]
    operations = [migrations.RunPython(forwards, backwards)]

"""More rules by which an access is flagged.

Not in one transaction: the check is added without reading a row, and the rows are read while
reviews go on being written. Each step may be repeated.
"""

from django.db import migrations, models
from django.db.models import Q

FIRST = ["outside-hours", "many-reads", "new-kind"]
MORE = ["own-record", "same-surname", "many-people"]
NAME = "audit_review_why_known"
TITLES = [
    ("sample", "In the day's sample"),
    ("outside-hours", "Outside 06:00 to 22:00"),
    ("many-reads", "Unusually many within an hour"),
    ("new-kind", "First of its kind by this person in 90 days"),
    ("own-record", "The data of the person who looked"),
    ("same-surname", "The same surname as the person who looked"),
    ("many-people", "Unusually many people within an hour"),
]


def check(rules):
    return models.CheckConstraint(
        name=NAME,
        condition=Q(why="sampled", rule="sample") | Q(why="flagged", rule__in=rules),
    )


def steps(rules, *, validate):
    listed = ", ".join(f"'{each}'" for each in rules)
    known = (
        "CHECK ((rule = 'sample' AND why = 'sampled')"
        f" OR (rule IN ({listed}) AND why = 'flagged')) NOT VALID"
    )
    table = "ALTER TABLE audit_accessreview"
    return [
        f"{table} DROP CONSTRAINT IF EXISTS {NAME}_next",
        f"{table} ADD CONSTRAINT {NAME}_next {known}",
        *([f"{table} VALIDATE CONSTRAINT {NAME}_next"] if validate else []),
        f"{table} DROP CONSTRAINT IF EXISTS {NAME}",
        f"{table} RENAME CONSTRAINT {NAME}_next TO {NAME}",
    ]


def forwards(apps, editor):
    for step in steps([*FIRST, *MORE], validate=True):
        editor.execute(step)


def backwards(apps, editor):
    # What was flagged meanwhile stays: it is evidence.
    for step in steps(FIRST, validate=False):
        editor.execute(step)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("audit", "0008_reporter")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forwards, backwards)],
            state_operations=[
                migrations.RemoveConstraint("accessreview", NAME),
                migrations.AddConstraint("accessreview", check([*FIRST, *MORE])),
                migrations.AlterField(
                    "accessreview", "rule", models.CharField(max_length=16, choices=TITLES)
                ),
            ],
        )
    ]

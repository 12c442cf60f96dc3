"""A rotated key knows its successor."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_attempts")]

    operations = [
        # Every request of an application reads this table: rather no migration than a queue.
        migrations.RunSQL("SET LOCAL lock_timeout = '3s'", migrations.RunSQL.noop),
        migrations.AddField(
            "apikey",
            "replaced_by",
            models.OneToOneField(
                blank=True,
                help_text="The key that was made in its place; until it expires both work.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="accounts.apikey",
            ),
        ),
        migrations.AddConstraint(
            "apikey",
            models.CheckConstraint(
                condition=models.Q(("replaced_by", models.F("id")), _negated=True),
                name="accounts_key_replaced_by_another",
            ),
        ),
    ]

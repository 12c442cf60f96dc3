"""From when on somebody could decide; names of people in ASCII from now on."""

from __future__ import annotations

from typing import Any

import django.contrib.auth.validators
from django.db import migrations, models
from django.db.models import F

DECIDERS = ("compliance officer", "DPO", "security officer")


def remember(apps: Any, schema_editor: Any) -> None:
    """Whoever can decide now has been able to since they were made, as far as anybody knows."""
    user = apps.get_model("accounts", "User")
    user.objects.filter(groups__name__in=DECIDERS, is_active=True).update(
        decider_since=F("created_at")
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_invitations")]

    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '3s'", migrations.RunSQL.noop),
        migrations.AddField(
            "user",
            "decider_since",
            models.DateTimeField(
                editable=False,
                help_text="When the person first could agree to what others ask for; never"
                " cleared.",
                null=True,
            ),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            "user",
            "username",
            models.CharField(
                error_messages={"unique": "There is a person with this name already."},
                help_text="Letters a to z, digits and @ . + - _; case does not matter.",
                max_length=150,
                unique=True,
                validators=[django.contrib.auth.validators.ASCIIUsernameValidator()],
            ),
        ),
    ]

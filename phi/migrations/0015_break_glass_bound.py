"""Texts of broken glass are bound to the person, inside what is encrypted; and back."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

import core.fields

TEXTS = ("reason", "review_note")


def _rewrite(apps: Any, change: Callable[[Any, str], str]) -> None:
    # As the state before says it: the field opens and seals without the person.
    for row in apps.get_model("phi", "BreakGlass").objects.iterator(chunk_size=500):
        for name in TEXTS:
            value = getattr(row, name)
            if value is not None:
                setattr(row, name, change(row.subject_id, core.fields.unbind(value)))
        row.save(update_fields=TEXTS)


def bind(apps: Any, schema_editor: Any) -> None:
    _rewrite(apps, core.fields.bind)


def unbind(apps: Any, schema_editor: Any) -> None:
    _rewrite(apps, lambda owner, value: value)


class Migration(migrations.Migration):
    dependencies = [("phi", "0014_health_keep_time")]

    operations = [
        migrations.RunPython(bind, unbind),
        # What the field does with the text: nothing changes in the table.
        migrations.AlterField(
            "breakglass",
            "reason",
            core.fields.EncryptedTextField(
                bound_to="subject_id", context="phi.breakglass.reason", editable=False
            ),
        ),
        migrations.AlterField(
            "breakglass",
            "review_note",
            core.fields.EncryptedTextField(
                blank=True,
                bound_to="subject_id",
                context="phi.breakglass.review_note",
                editable=False,
                null=True,
            ),
        ),
    ]

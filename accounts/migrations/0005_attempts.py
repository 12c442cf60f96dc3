"""Tries at accounts are counted apart from factors; a token's last proof."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_admin_session"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttemptTally",
            fields=[
                (
                    "place",
                    models.CharField(
                        editable=False, max_length=64, primary_key=True, serialize=False
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        help_text="Whose account strangers have tried; nobody where it is another"
                        " place.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("tries", models.PositiveIntegerField()),
                ("tried_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        *(
            migrations.RemoveField(model_name=model, name=f"throttling_failure_{field}")
            for model in ("recoverycodedevice", "totpdevice")
            for field in ("count", "timestamp")
        ),
        migrations.AddField(
            model_name="sessiontoken",
            name="proved_at",
            field=models.DateTimeField(
                help_text="When a second factor was proved again with it.",
                null=True,
                verbose_name="last proof",
            ),
        ),
    ]

"""Passkeys and their challenges."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "name",
                    models.CharField(
                        help_text="The human-readable name of this device.", max_length=64
                    ),
                ),
                (
                    "confirmed",
                    models.BooleanField(default=True, help_text="Is this device ready for use?"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        auto_now_add=True,
                        help_text="The date and time when this device was initially created in the"
                        " system.",
                        null=True,
                    ),
                ),
                (
                    "last_used_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="The most recent date and time this device was used.",
                        null=True,
                    ),
                ),
                (
                    "credential_type",
                    models.CharField(
                        choices=[("public-key", "Public Key")],
                        default="public-key",
                        editable=False,
                        max_length=32,
                        verbose_name="credential type",
                    ),
                ),
                (
                    "credential_id",
                    models.BinaryField(max_length=1023, verbose_name="credential id data"),
                ),
                (
                    "public_key",
                    models.BinaryField(max_length=1023, verbose_name="COSE public key data"),
                ),
                (
                    "transports",
                    models.JSONField(default=list, editable=False, verbose_name="transports"),
                ),
                (
                    "sign_count",
                    models.PositiveIntegerField(
                        default=0, editable=False, verbose_name="sign count"
                    ),
                ),
                (
                    "backup_eligible",
                    models.BooleanField(
                        default=False, editable=False, verbose_name="backup eligible"
                    ),
                ),
                (
                    "backup_state",
                    models.BooleanField(default=False, editable=False, verbose_name="backup state"),
                ),
                ("aaguid", models.CharField(editable=False, max_length=36, verbose_name="AAGUID")),
                (
                    "credential_id_sha256",
                    models.CharField(
                        editable=False,
                        max_length=64,
                        unique=True,
                        verbose_name="hashed credential id",
                    ),
                ),
                (
                    "discoverable",
                    models.BooleanField(
                        default=None, editable=False, null=True, verbose_name="discoverable"
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "passkey",
                "ordering": ["id"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "name"),
                        name="accounts_passkey_name_unique",
                        violation_error_message="You have a passkey of this name already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="accounts_passkey_name_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PasskeyChallenge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "ceremony",
                    models.CharField(
                        choices=[
                            ("registration", "Registration"),
                            ("authentication", "Authentication"),
                            ("sign_in", "Authentication of somebody who has not been named"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "challenge",
                    models.CharField(help_text="64 random bytes, in base64url.", max_length=128),
                ),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ceremony__in", ["registration", "authentication", "sign_in"])
                        ),
                        name="accounts_challenge_ceremony_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ceremony", "sign_in"), ("user", None)),
                            models.Q(
                                models.Q(("ceremony", "sign_in"), _negated=True),
                                ("user__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="accounts_challenge_whose",
                    ),
                ],
            },
        ),
    ]

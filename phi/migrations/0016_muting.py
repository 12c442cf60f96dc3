"""The muted variants of recordings; a recording may be left with that one alone."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.lookups
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """The checks of the recordings that are there are validated apart, without a lock. Going back
    is refused once an original was destroyed: there is no blob that the column could name."""

    dependencies = [
        ("consent", "0004_permissions_to_write"),
        ("phi", "0015_break_glass_bound"),
    ]

    operations = [
        migrations.CreateModel(
            name="MutedVariant",
            fields=[
                (
                    "recording",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="muted",
                        serialize=False,
                        to="phi.voicerecording",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits to be made"),
                            ("destroying", "Made; the original is to be destroyed"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=120)),
                (
                    "blob",
                    models.CharField(
                        editable=False,
                        help_text="A random name in the blob store; null where nothing was to be"
                        " silenced.",
                        max_length=80,
                        null=True,
                        unique=True,
                    ),
                ),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("bytes", models.PositiveBigIntegerField(blank=True, null=True)),
                (
                    "intervals",
                    models.PositiveIntegerField(
                        blank=True, help_text="How many stretches are silenced.", null=True
                    ),
                ),
                (
                    "waveform_sealed",
                    models.BinaryField(help_text="Its picture (phi.waveforms), sealed.", null=True),
                ),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lost_at",
                    models.DateTimeField(
                        blank=True, help_text="When its sealed audio was found missing.", null=True
                    ),
                ),
                ("claim", models.UUIDField(editable=False, null=True)),
                (
                    "due_at",
                    models.DateTimeField(
                        editable=False, help_text="UTC. When it is handed to the queue again."
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "error",
                    models.CharField(
                        blank=True, help_text="What the last attempt met.", max_length=80
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AlterModelOptions(
            name="voicerecording",
            options={
                "default_permissions": ("view",),
                "ordering": ["-id"],
                "permissions": [
                    ("play_recording", "Can play a recording"),
                    ("mute_recording", "Can have a recording muted again"),
                ],
                "verbose_name": "recording",
            },
        ),
        migrations.RemoveConstraint(
            model_name="voicerecording",
            name="phi_recording_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="voicerecording",
            name="phi_recording_quarantine_has_reason",
        ),
        migrations.AddField(
            model_name="voicerecording",
            name="original_destroyed_at",
            field=models.DateTimeField(
                blank=True,
                editable=False,
                help_text="When the original was destroyed because a card security code was heard.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="voicerecording",
            name="blob",
            field=models.CharField(
                editable=False,
                help_text="A random name in the blob store; null once the original was destroyed.",
                max_length=80,
                null=True,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="voicerecording",
            name="state",
            field=models.CharField(
                choices=[
                    ("unscreened", "Waits for its transcript"),
                    ("available", "Available"),
                    ("quarantined", "Quarantined"),
                    ("muted", "Only the muted variant is left"),
                ],
                max_length=11,
            ),
        ),
        AddConstraintNotValid(
            model_name="voicerecording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["unscreened", "available", "quarantined", "muted"])
                ),
                name="phi_recording_state_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="voicerecording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["quarantined", "muted"]),
                        models.Q(("quarantine_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state__in", ["quarantined", "muted"]), _negated=True),
                        ("quarantine_reason", ""),
                    ),
                    _connector="OR",
                ),
                name="phi_recording_quarantine_has_reason",
            ),
        ),
        AddConstraintNotValid(
            model_name="voicerecording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("blob__isnull", False), ("original_destroyed_at__isnull", True)),
                    models.Q(
                        ("blob__isnull", True),
                        ("original_destroyed_at__isnull", False),
                        ("state__in", ["quarantined", "muted"]),
                    ),
                    _connector="OR",
                ),
                name="phi_recording_has_its_original",
            ),
        ),
        AddConstraintNotValid(
            model_name="voicerecording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "muted"), _negated=True),
                    ("original_destroyed_at__isnull", False),
                    _connector="OR",
                ),
                name="phi_recording_muted_is_destroyed",
            ),
        ),
        migrations.AddIndex(
            model_name="mutedvariant",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "destroying"])),
                fields=["due_at"],
                name="phi_muted_due",
            ),
        ),
        migrations.AddIndex(
            model_name="mutedvariant",
            index=models.Index(
                condition=models.Q(("state", "failed")),
                fields=["recording"],
                name="phi_muted_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="mutedvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "destroying", "ready", "failed"])),
                name="phi_muted_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="mutedvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["destroying", "ready"]), _negated=True),
                    models.Q(("intervals__isnull", False), ("made_at__isnull", False)),
                    _connector="OR",
                ),
                name="phi_muted_made_is_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="mutedvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("blob__isnull", True), ("bytes__isnull", True), ("sha256", "")),
                    models.Q(
                        ("blob__isnull", False),
                        ("bytes__gt", 0),
                        ("intervals__gt", 0),
                        ("made_at__isnull", False),
                        ("sha256__regex", "^[0-9a-f]{64}$"),
                    ),
                    _connector="OR",
                ),
                name="phi_muted_blob_is_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="mutedvariant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("waveform_sealed__isnull", True),
                    django.db.models.lookups.Exact(
                        models.Func(
                            models.F("waveform_sealed"),
                            models.Value(0),
                            function="get_byte",
                            output_field=models.IntegerField(),
                        ),
                        1,
                    ),
                    _connector="OR",
                ),
                name="phi_muted_waveform_is_sealed",
            ),
        ),
    ]

"""The outbox, the leaves, the tiles and the checkpoints; a fourth role that writes them.

Events written before this migration are put into the outbox, so that the first sealing takes
them all.
"""

from django.db import migrations, models
from django.db.models import Q

from core.database import make_roles

TRIGGERS = "".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
    for table in ("audit_leaf", "audit_tile", "audit_checkpoint")
)
UNDO = "".join(
    f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};"
    for table in ("audit_leaf", "audit_tile", "audit_checkpoint")
)

FILL = """
INSERT INTO audit_outbox (event_id, received_at, leaf_hash)
SELECT id, received_at, sha256('\\x00'::bytea || entry) FROM audit_auditevent;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(make_roles("voicecompliance_sealer"), migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("event_id", models.UUIDField(primary_key=True, serialize=False)),
                ("received_at", models.DateTimeField()),
                (
                    "leaf_hash",
                    models.BinaryField(help_text="SHA-256 of 0x00 and the event's entry."),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                (
                    "index",
                    models.BigIntegerField(
                        help_text="From 0, without a gap.", primary_key=True, serialize=False
                    ),
                ),
                ("event_id", models.UUIDField(unique=True)),
                ("received_at", models.DateTimeField()),
                ("leaf_hash", models.BinaryField()),
            ],
            options={
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(
                        name="audit_leaf_index_from_0", condition=Q(index__gte=0)
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField(help_text="256 times 32 bytes.")),
                (
                    "root",
                    models.BinaryField(help_text="The hash of the subtree that this tile spans."),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(name="audit_tile_once", fields=("level", "index"))
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                (
                    "size",
                    models.BigIntegerField(
                        help_text="How many events it commits to.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("origin", models.CharField(max_length=200)),
                ("root", models.BinaryField()),
                (
                    "note",
                    models.TextField(help_text="The signed note, as it is published."),
                ),
                ("signed_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": ("view",),
                "ordering": ["-size"],
                "constraints": [
                    models.CheckConstraint(
                        name="audit_checkpoint_holds_events", condition=Q(size__gt=0)
                    )
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]

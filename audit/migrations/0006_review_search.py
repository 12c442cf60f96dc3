"""Indexes for the admin's search among reviews of accesses."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Beside the work of others.
    atomic = False
    dependencies = [("audit", "0005_severity")]

    operations = [
        AddIndexConcurrently(
            "accessreview", models.Index(fields=["actor_id"], name="audit_review_actor")
        ),
        AddIndexConcurrently(
            "accessreview", models.Index(fields=["object_id"], name="audit_review_object")
        ),
    ]

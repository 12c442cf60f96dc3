"""Indexes of the filters in the lists of accesses and of disclosures."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def _of(column: str, name: str) -> models.Index:
    return models.Index(fields=[column, "-id"], name=name)


class Migration(migrations.Migration):
    # Beside the work of others.
    atomic = False
    dependencies = [("phi", "0011_voice_profile_indexes")]

    operations = [
        AddIndexConcurrently("access", _of("kind", "phi_access_kind")),
        AddIndexConcurrently("access", _of("purpose_of_use", "phi_access_purpose")),
        AddIndexConcurrently("disclosure", _of("authority", "phi_disclosure_authority")),
        AddIndexConcurrently("disclosure", _of("exclusion", "phi_disclosure_exclusion")),
    ]

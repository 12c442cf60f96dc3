"""The roles, as groups. Their permissions follow after every migration (accounts.roles)."""

from django.db import migrations

ROLES = (
    "compliance officer",
    "DPO",
    "security officer",
    "auditor",
    "care staff",
    "administrator",
)


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in ROLES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]

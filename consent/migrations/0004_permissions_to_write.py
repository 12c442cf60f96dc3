"""People who tell of subjects and consents through the API need a permission for it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_consent_decided")]

    operations = [
        migrations.AlterModelOptions(
            name="datasubject",
            options={
                "default_permissions": ("view", "change"),
                "ordering": ["-id"],
                "verbose_name": "data subject",
            },
        ),
        migrations.AlterModelOptions(
            name="consentrecord",
            options={
                "default_permissions": ("view", "add"),
                "ordering": ["-id"],
                "verbose_name": "consent record",
            },
        ),
    ]

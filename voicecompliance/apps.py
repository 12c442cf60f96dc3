from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.db import connection
from django.db.models.signals import post_migrate


class AdminConfig(DjangoAdminConfig):
    """Django's admin with our site in place of its default."""

    default_site = "voicecompliance.site.AdminSite"


class RootConfig(AppConfig):
    """The composition root as an app: declarations for library models, grants, checks."""

    name = "voicecompliance"
    label = "root"
    verbose_name = "Voice Compliance"

    def ready(self) -> None:
        from voicecompliance import refusals
        from voicecompliance.grants import reconcile

        # The last app's signal: every table is there by then.
        post_migrate.connect(reconcile, sender=self, dispatch_uid="grants")
        post_migrate.connect(_check_keys, sender=self, dispatch_uid="keys")
        refusals.connect()


def _check_keys(**kwargs: Any) -> None:
    """A new database learns its keys before anything is encrypted with them; an old one refuses
    other keys before anything is added."""
    from vault.models import KeyCheck, WrappingKey
    from vault.services import verify_keys

    needed = {KeyCheck._meta.db_table, WrappingKey._meta.db_table}
    if needed <= set(connection.introspection.table_names()):
        verify_keys()

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People and applications"

    def ready(self) -> None:
        from accounts.roles import check_roles, reconcile_after_migrate

        # Without a sender: it acts once, after the last app's permissions exist.
        post_migrate.connect(reconcile_after_migrate, dispatch_uid="accounts.roles")
        checks.register(check_roles)

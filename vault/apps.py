from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class VaultConfig(AppConfig):
    name = "vault"
    verbose_name = "Vault"

    def ready(self) -> None:
        from vault.checks import check_keys

        checks.register(check_keys, checks.Tags.database)
        # What each app keeps sealed is said in its own `sealed` module; core has the evidence
        # declared.
        autodiscover_modules("sealed")

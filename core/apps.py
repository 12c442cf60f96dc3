from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core.inventory import check_inventory

        autodiscover_modules(
            "personal_data", "evidence", "gate_rules", "jobs", "accesses", "reports", "handovers"
        )
        checks.register(check_inventory)

from django.apps import AppConfig
from django.conf import settings


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        if settings.AUDIT_PUBLISHERS:
            from audit import publishers

            # A bad address stops the start and not the first try to publish.
            publishers.configured()

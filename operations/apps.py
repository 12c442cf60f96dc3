from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class OperationsConfig(AppConfig):
    name = "operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        # What needs two people is registered in each app's own `approvals` module; for the app
        # of people, which is below this one, here.
        autodiscover_modules("approvals")
        from operations import identity
        from operations.recognisers import check_recogniser

        identity.provide()
        checks.register(check_recogniser)
        # Core has had every app register its reports by now.
        from operations import rewrap_job  # noqa: F401 - registers its kind of job
        from operations.report_jobs import register_kinds

        register_kinds()

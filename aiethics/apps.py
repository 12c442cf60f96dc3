from django.apps import AppConfig


class AiEthicsConfig(AppConfig):
    name = "aiethics"
    verbose_name = "Responsible AI"

from django.apps import AppConfig


class PhiConfig(AppConfig):
    name = "phi"
    verbose_name = "Protected content"

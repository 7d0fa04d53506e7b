"""App configuration of `institucional`."""

from django.apps import AppConfig


class InstitucionalConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "institucional"
    verbose_name = "Institucional"

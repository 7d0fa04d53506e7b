"""App configuration of `demonstracao`."""

from django.apps import AppConfig


class DemonstracaoConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "demonstracao"
    verbose_name = "Demonstração"

"""App configuration of `comunicacao`."""

from django.apps import AppConfig


class ComunicacaoConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "comunicacao"
    verbose_name = "Comunicação"

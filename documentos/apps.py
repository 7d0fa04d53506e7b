"""App configuration of `documentos`."""

from django.apps import AppConfig


class DocumentosConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "documentos"
    verbose_name = "Documentos"

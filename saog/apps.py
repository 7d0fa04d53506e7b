"""App configuration of `saog`."""

from django.apps import AppConfig


class SaogConfig(AppConfig):
    """Registers the app under its name: Sistema de Apoio à Operação e Gestão of the links."""

    name = "saog"
    verbose_name = "Solicitações de Serviço"

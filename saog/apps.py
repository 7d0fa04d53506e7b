"""App configuration of `saog`."""

from django.apps import AppConfig


class SaogConfig(AppConfig):
    """Registers the app under its name: Sistema de Apoio à Operação e Gestão of the links."""

    name = "saog"
    verbose_name = "Solicitações de Serviço"

    def ready(self) -> None:
        """Register what floors below ask of this one."""
        from adesao.registros import PRORROGADORES
        from saog.acoes.prazo import prorrogar_pela_queda

        if prorrogar_pela_queda not in PRORROGADORES:
            PRORROGADORES.append(prorrogar_pela_queda)

"""App configuration of `saog`."""

from django.apps import AppConfig


class SaogConfig(AppConfig):
    """Registers the app under its name (Sistema de Apoio à Operação e Gestão), and what `adesao` asks of it."""

    name = "saog"
    verbose_name = "Solicitações de Serviço"

    def ready(self) -> None:
        """Register what floors below ask of this one."""
        from adesao.registros import PRORROGADORES, VERIFICADORES
        from saog.acoes.prazo import prorrogar_pela_queda
        from saog.consultas import verificar_da_solicitacao

        VERIFICADORES["ss"] = verificar_da_solicitacao
        if prorrogar_pela_queda not in PRORROGADORES:
            PRORROGADORES.append(prorrogar_pela_queda)

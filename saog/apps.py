"""App configuration of `saog`."""

from django.apps import AppConfig


class SaogConfig(AppConfig):
    """Registers the app under its name (Sistema de Apoio à Operação e Gestão), and what `adesao` asks of it."""

    name = "saog"
    verbose_name = "Solicitações de Serviço"

    def ready(self) -> None:
        """Register what floors below ask of this one; the Operadora's systems hear of every act on a request (TMF641 events)."""
        from adesao.registros import PRORROGADORES, VERIFICADORES
        from nucleo import fluxo
        from saog.acoes.avisos import avisar
        from saog.acoes.prazo import prorrogar_pela_queda
        from saog.consultas import verificar_da_solicitacao

        VERIFICADORES["ss"] = verificar_da_solicitacao
        if prorrogar_pela_queda not in PRORROGADORES:
            PRORROGADORES.append(prorrogar_pela_queda)
        fluxo.ouvir("saog.solicitacaoservico", avisar)

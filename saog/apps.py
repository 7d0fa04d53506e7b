"""App configuration of `saog`."""

from django.apps import AppConfig


class SaogConfig(AppConfig):
    """Registers the app under its name: Sistema de Apoio à Operação e Gestão of the links."""

    name = "saog"
    verbose_name = "Solicitações de Serviço"

    def ready(self) -> None:
        """Register what floors below ask of this one; the Operadora's systems hear of every act on a request (TMF641 events)."""
        from adesao.registros import PRORROGADORES
        from nucleo import fluxo
        from saog.acoes.avisos import avisar
        from saog.acoes.prazo import prorrogar_pela_queda

        if prorrogar_pela_queda not in PRORROGADORES:
            PRORROGADORES.append(prorrogar_pela_queda)
        fluxo.ouvir("saog.solicitacaoservico", avisar)

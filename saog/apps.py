"""App configuration of `saog`."""

from django.apps import AppConfig


class SaogConfig(AppConfig):
    """Registers the app under its name (Sistema de Apoio à Operação e Gestão), and what `adesao` and `enderecamento` ask of it."""

    name = "saog"
    verbose_name = "Solicitações de Serviço"

    def ready(self) -> None:
        """Register what floors below ask of this one; the Operadora's systems hear of every act on a request (TMF641 events)."""
        from adesao.registros import FONTES_DA_TRILHA, PRORROGADORES, VERIFICADORES
        from enderecamento.registros import AO_TROCAR, QUEM_USA
        from nucleo import fluxo
        from saog.acoes.avisos import avisar
        from saog.acoes.blocos import trocar_sub_blocos
        from saog.acoes.prazo import prorrogar_pela_queda
        from saog.consultas import DA_TRILHA, links_que_usam, verificar_da_solicitacao

        FONTES_DA_TRILHA.update({fonte.codigo: fonte for fonte in DA_TRILHA})
        VERIFICADORES["ss"] = verificar_da_solicitacao
        if prorrogar_pela_queda not in PRORROGADORES:
            PRORROGADORES.append(prorrogar_pela_queda)
        if links_que_usam not in QUEM_USA:
            QUEM_USA.append(links_que_usam)
        if trocar_sub_blocos not in AO_TROCAR:
            AO_TROCAR.append(trocar_sub_blocos)
        fluxo.ouvir("saog.solicitacaoservico", avisar)

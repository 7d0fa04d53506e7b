"""App configuration of `adesao`."""

from django.apps import AppConfig


class AdesaoConfig(AppConfig):
    """Registers the app under its Portuguese name, and tells `contas` whether a municipality is taken and what somebody's leaving does."""

    name = "adesao"
    verbose_name = "Adesão"

    def ready(self) -> None:
        """Register what floors below ask of this one."""
        from adesao.acoes import devolver_a_fila
        from adesao.consultas import DA_ADESAO, DAS_CONTAS, ha_adesao, verificar_da_adesao
        from adesao.registros import FONTES_DA_TRILHA, VERIFICADORES
        from contas.registros import AO_SAIR_DA_CONFERENCIA, SITUACAO_DO_MUNICIPIO

        VERIFICADORES["adesao"] = verificar_da_adesao
        FONTES_DA_TRILHA.update({fonte.codigo: fonte for fonte in (DA_ADESAO, DAS_CONTAS)})
        if ha_adesao not in SITUACAO_DO_MUNICIPIO:
            SITUACAO_DO_MUNICIPIO.append(ha_adesao)
        if devolver_a_fila not in AO_SAIR_DA_CONFERENCIA:
            AO_SAIR_DA_CONFERENCIA.append(devolver_a_fila)

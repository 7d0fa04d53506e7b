"""App configuration of `adesao`."""

from django.apps import AppConfig


class AdesaoConfig(AppConfig):
    """Registers the app under its Portuguese name, and tells `contas` how to ask whether a municipality is taken."""

    name = "adesao"
    verbose_name = "Adesão"

    def ready(self) -> None:
        """Register what floors below ask of this one."""
        from adesao.consultas import ha_adesao
        from contas.registros import SITUACAO_DO_MUNICIPIO

        if ha_adesao not in SITUACAO_DO_MUNICIPIO:
            SITUACAO_DO_MUNICIPIO.append(ha_adesao)

"""App configuration of `enderecamento`."""

from django.apps import AppConfig


class EnderecamentoConfig(AppConfig):
    """Registers the app under its Portuguese name."""

    name = "enderecamento"
    verbose_name = "Endereçamento"

    def ready(self) -> None:
        """Register what floors below ask of this one: the technical sheets at ``/verificar/``, the blocks' acts in the trail."""
        from adesao.registros import FONTES_DA_TRILHA, VERIFICADORES
        from enderecamento.consultas import DA_TRILHA
        from enderecamento.pecas import verificar_da_ficha

        VERIFICADORES["bloco"] = verificar_da_ficha
        FONTES_DA_TRILHA.update({fonte.codigo: fonte for fonte in DA_TRILHA})

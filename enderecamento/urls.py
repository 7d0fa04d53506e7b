"""Addresses of the address blocks. Each list is one part of the work; the empty ones are filled by the pages that follow."""

from django.urls import URLPattern, path, register_converter

import adesao.urls  # noqa: F401  (registers the converter ``numero``)
from enderecamento.views import (
    atribuicao,
    blocos,
    dados,
    importacao,
    pools,
    prefeitura,
    procura,
    sancoes,
    trocas_prefeitura,
    trocas_prodesp,
)

app_name = "enderecamento"


class RedeNoEndereco:
    """``10.64.18.96-28`` in an address: a network, the slash written as a dash."""

    regex = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}-[0-9]{1,2}"

    def to_python(self, value: str) -> str:
        """As it is: what it names is looked for when reading."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(RedeNoEndereco, "rede")

#: Pools, map, attribution, search: PRODESP.
DA_PRODESP: list[URLPattern] = [
    path("blocos/", blocos.blocos, name="blocos"),
    path("blocos/procurar/", procura.procurar, name="procurar"),
    path("blocos/registrar/", pools.registrar, name="pool_novo"),
    path("blocos/a-atribuir/", atribuicao.fila, name="a_atribuir"),
    path("blocos/a-atribuir/csv/", atribuicao.fila_csv, name="a_atribuir_csv"),
    path("blocos/prefeituras/<int:codigo_ibge>/", atribuicao.prefeitura, name="atribuicao"),
    path("blocos/prefeituras/<int:codigo_ibge>/atribuir/", atribuicao.atribuir, name="atribuir"),
    path("blocos/prefeituras/<int:codigo_ibge>/anexo-ii/", atribuicao.anexo_ii, name="anexo_ii"),
    path("blocos/sub-blocos/<rede:rede>/", blocos.sub_bloco, name="sub_bloco"),
    path("blocos/sub-blocos/<rede:rede>/devolver/", blocos.devolver, name="devolver"),
    path("blocos/<rede:rede>/", blocos.pool, name="pool"),
    path("blocos/<rede:rede>/andamento/", blocos.andamento, name="pool_andamento"),
    path("blocos/<rede:rede>/csv/", blocos.pool_csv, name="pool_csv"),
    path("blocos/<rede:rede>/ampliar/", pools.ampliar, name="pool_ampliar"),
    path("blocos/<rede:rede>/fechar/", pools.fechar, name="pool_fechar"),
    path("blocos/<rede:rede>/reabrir/", pools.reabrir, name="pool_reabrir"),
    path("blocos/<rede:rede>/apagar/", pools.apagar, name="pool_apagar"),
    path("blocos/<rede:rede>/<rede:dentro>/", blocos.pool, name="faixa"),
    path("blocos/<rede:rede>/<rede:dentro>/csv/", blocos.pool_csv, name="faixa_csv"),
]
#: A prefeitura's own blocks, technical sheet, responsável técnico.
DA_PREFEITURA: list[URLPattern] = [
    path("enderecos/", prefeitura.enderecos, name="enderecos"),
    path("enderecos/tecnico/", prefeitura.tecnico, name="tecnico"),
    path("enderecos/<rede:slug>/", prefeitura.endereco, name="endereco"),
    path("enderecos/<rede:slug>/ficha/", prefeitura.ficha, name="ficha"),
    path("enderecos/<rede:slug>/ficha/<uuid:uuid>/", prefeitura.ficha_arquivo, name="ficha_arquivo"),
    path("enderecos/<rede:slug>/ficha/<uuid:uuid>/imprimir/", prefeitura.ficha_imprimir, name="ficha_imprimir"),
    path("responsaveis-tecnicos/", prefeitura.tecnicos, name="tecnicos"),
    path("responsaveis-tecnicos/<int:pk>/lido/", prefeitura.tecnico_lido, name="tecnico_lido"),
]
#: Renumbering, both sides (IP-05).
TROCAS: list[URLPattern] = [
    path("renumeracoes/", trocas_prodesp.renumeracoes, name="renumeracoes"),
    path("renumeracoes/nova/", trocas_prodesp.renumerar, name="renumerar"),
    path("renumeracoes/<numero:numero>/", trocas_prodesp.renumeracao, name="renumeracao"),
    path("renumeracoes/<numero:numero>/adiar/", trocas_prodesp.adiar, name="adiar_renumeracao"),
    path("renumeracoes/<numero:numero>/desfazer/", trocas_prodesp.desfazer, name="desfazer_renumeracao"),
    path("trocas/", trocas_prefeitura.trocas, name="trocas"),
    path("trocas/<numero:numero>/confirmar/", trocas_prefeitura.confirmar, name="confirmar_trocas"),
]
#: Sanctions, both sides (IP-07).
SANCOES: list[URLPattern] = [
    path("sancoes/", sancoes.sancoes, name="sancoes"),
    path("sancoes/aplicar/", sancoes.aplicar, name="sancao_nova"),
    path("sancoes/<int:pk>/", sancoes.sancao, name="sancao"),
    path("sancoes/<int:pk>/encerrar/", sancoes.levantar, name="sancao_levantar"),
    path("sancoes/<int:pk>/evidencia/", sancoes.evidencia, name="sancao_evidencia"),
    path("enderecos/sancoes/", sancoes.minhas, name="minhas_sancoes"),
]
#: Exports, feeds, import.
DADOS: list[URLPattern] = [
    path("blocos/dados/", dados.dados, name="dados"),
    path("blocos/dados/alocacoes.csv", dados.alocacoes_csv, name="alocacoes_csv"),
    path("blocos/dados/<rede:slug>/dns-reverso.txt", dados.dns_reverso, name="dns_reverso"),
    path("blocos/dados/<rede:slug>/whois.txt", dados.whois, name="whois"),
    path("blocos/importar/", importacao.importar, name="importar"),
    path("blocos/importar/modelo.csv", importacao.modelo_csv, name="importacao_modelo"),
    path("blocos/importar/<uuid:uuid>/", importacao.importacao, name="importacao"),
    path("blocos/importar/<uuid:uuid>/gravar/", importacao.gravar, name="importacao_gravar"),
    path("blocos/importar/<uuid:uuid>/problemas.csv", importacao.problemas_csv, name="importacao_problemas"),
]

urlpatterns = [*DA_PRODESP, *DA_PREFEITURA, *TROCAS, *SANCOES, *DADOS]

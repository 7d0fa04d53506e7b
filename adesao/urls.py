"""Addresses of the adhesion."""

from django.urls import path, register_converter

from adesao.views import aprovador, arquivos, calendario, controle, cpf, papeis, preencher, prefeitura, prodesp
from nucleo.numeracao import NUMERO

app_name = "adesao"


class NumeroDeProcesso:
    """``2026-00042-7`` in an address."""

    regex = "[0-9]{4}-[0-9]{5}-[0-9]"

    def to_python(self, value: str) -> str:
        """As it is: the check digit is looked at when reading."""
        if not NUMERO.fullmatch(value):
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(NumeroDeProcesso, "numero")

urlpatterns = [
    # The prefeitura's side
    path("adesoes/", prefeitura.minha, name="minha"),
    path("adesoes/comecar/", prefeitura.comecar, name="comecar"),
    path("adesoes/<numero:numero>/", prefeitura.painel, name="painel"),
    path("adesoes/<numero:numero>/preencher/assinados/", papeis.assinados, name="assinados"),
    path("adesoes/<numero:numero>/preencher/conferir/", prefeitura.conferir, name="conferir"),
    path("adesoes/<numero:numero>/preencher/<slug:tarefa>/", preencher.preencher, name="preencher"),
    path("adesoes/<numero:numero>/preencher/<slug:tarefa>/rascunho/", preencher.rascunho, name="rascunho"),
    path("adesoes/<numero:numero>/falta/", prefeitura.falta, name="falta"),
    path("adesoes/<numero:numero>/brasao/", preencher.brasao, name="brasao"),
    path("adesoes/<numero:numero>/brasao/imagem/", preencher.ver_brasao, name="ver_brasao"),
    path("adesoes/<numero:numero>/pdfs/", papeis.gerar, name="gerar"),
    path("adesoes/<numero:numero>/pdfs/andamento/", papeis.andamento, name="andamento"),
    path("adesoes/<numero:numero>/assinados/<slug:peca>/", papeis.assinado, name="assinado"),
    path("adesoes/<numero:numero>/assinados/<slug:peca>/remover/", papeis.remover_assinado, name="remover_assinado"),
    path("adesoes/<numero:numero>/pendencias/<int:pendencia_id>/", prefeitura.responder, name="responder"),
    path("adesoes/<numero:numero>/enviar/", prefeitura.enviar, name="enviar"),
    path("adesoes/<numero:numero>/enviada/<int:ordem>/", prefeitura.enviada, name="enviada"),
    path("adesoes/<numero:numero>/descartar/", prefeitura.descartar, name="descartar"),
    path("adesoes/<numero:numero>/autorizacoes/", prefeitura.autorizacoes, name="autorizacoes"),
    # Everybody who may see the process
    path("adesoes/<numero:numero>/historico/", arquivos.historico, name="historico"),
    path("adesoes/<numero:numero>/envios/<int:ordem>/", arquivos.envio, name="envio"),
    path("adesoes/<numero:numero>/arquivos/<uuid:uuid>/", arquivos.baixar, name="baixar"),
    path("adesoes/<numero:numero>/arquivos/<uuid:uuid>/imprimir/", arquivos.imprimir, name="imprimir"),
    path("adesoes/<numero:numero>/arquivos/<uuid:uuid>/pagina-<int:n>.png", arquivos.pagina, name="pagina"),
    # PRODESP
    path("fila/", prodesp.fila, name="fila"),
    path("fila/csv/", prodesp.fila_csv, name="fila_csv"),
    path("fila/<numero:numero>/", prodesp.conferencia, name="conferencia"),
    path("fila/<numero:numero>/assumir/", prodesp.assumir, name="assumir"),
    path("fila/<numero:numero>/liberar/", prodesp.liberar, name="liberar"),
    path("fila/<numero:numero>/passar/", prodesp.passar, name="passar"),
    path("fila/<numero:numero>/itens/<slug:peca>/", prodesp.itens, name="itens"),
    path("fila/<numero:numero>/pendencia/", prodesp.pendencia, name="pendencia"),
    path("fila/<numero:numero>/pendencia/<int:pendencia_id>/retirar/", prodesp.retirar, name="retirar"),
    path("fila/<numero:numero>/previa/", prodesp.previa, name="previa"),
    path("fila/<numero:numero>/devolver/", prodesp.devolver, name="devolver"),
    path("fila/<numero:numero>/desfazer/", prodesp.desfazer, name="desfazer"),
    path("fila/<numero:numero>/encaminhar/", prodesp.encaminhar, name="encaminhar"),
    path("fila/<numero:numero>/mudancas/", prodesp.mudancas, name="mudancas"),
    path("fila/<numero:numero>/cpf/", cpf.revelar, name="revelar_cpf"),
    path("calendario/", calendario.calendario, name="calendario"),
    path("calendario/<int:dia_id>/retirar/", calendario.retirar_dia, name="retirar_dia"),
    path("motivos/", prodesp.motivos, name="motivos"),
    path("motivos/novo/", prodesp.motivo, name="motivo_novo"),
    path("motivos/<int:motivo_id>/", prodesp.motivo, name="motivo"),
    # Órgão aprovador
    path("aprovacao/", aprovador.fila, name="aprovacao"),
    path("aprovacao/decididas/", aprovador.decididas, name="decididas"),
    path("aprovacao/varias/", aprovador.varias, name="aprovar_varias"),
    path("aprovacao/<numero:numero>/", aprovador.dossie, name="dossie"),
    path("aprovacao/<numero:numero>/dossie.pdf", aprovador.dossie_pdf, name="dossie_pdf"),
    path("aprovacao/<numero:numero>/aprovar/", aprovador.aprovar, name="aprovar"),
    path("aprovacao/<numero:numero>/recusar/", aprovador.recusar, name="recusar"),
    path("aprovacao/<numero:numero>/perguntar/", aprovador.perguntar, name="perguntar"),
    # Who reads everything
    path("processos/", controle.processos, name="processos"),
    path("trilha/", controle.trilha, name="trilha"),
]

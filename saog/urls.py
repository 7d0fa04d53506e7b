"""Addresses of the requests, links and orders."""

from django.urls import path

import adesao.urls  # noqa: F401  (registers the converter ``numero``)
from saog.views import (
    aceite,
    catalogo,
    enviar,
    fila,
    guia_da_api,
    integracao,
    links,
    operadora,
    para_fazer,
    pedido,
    pedir,
    preencher,
    prefeituras,
    prodesp,
)

app_name = "saog"

DA_PREFEITURA = [
    path("para-fazer/", para_fazer.para_fazer, name="para_fazer"),
    path("solicitacoes/", para_fazer.solicitacoes, name="solicitacoes"),
    path("solicitacoes/nova/", pedir.nova, name="nova"),
    path("solicitacoes/nova/sobre/", pedir.escolher, name="escolher"),
    path("solicitacoes/nova/qual-servico/", pedir.qual_servico, name="qual_servico"),
    path("solicitacoes/comecar/", pedir.comecar, name="comecar"),
    path("solicitacoes/mais-links/", para_fazer.mais_links, name="mais_links"),
    path("solicitacoes/enviar/", enviar.enviar_varias, name="enviar_varias"),
    path("solicitacoes/emitir/", aceite.emitir_varias, name="emitir_varias"),
    path("solicitacoes/<numero:numero>/", pedido.solicitacao, name="solicitacao"),
    path("solicitacoes/<numero:numero>/historico/", pedido.historico, name="historico"),
    path("solicitacoes/<numero:numero>/preencher/", preencher.preencher, name="preencher"),
    path("solicitacoes/<numero:numero>/preencher/rascunho/", preencher.rascunho, name="rascunho"),
    path("solicitacoes/<numero:numero>/pendencias/<int:pendencia_id>/", preencher.responder_pendencia, name="responder_pendencia"),
    path("solicitacoes/<numero:numero>/conferir/", enviar.conferir, name="conferir"),
    path("solicitacoes/<numero:numero>/enviar/", enviar.enviar, name="enviar"),
    path("solicitacoes/<numero:numero>/enviada/<int:ordem>/", enviar.enviada, name="enviada"),
    path("solicitacoes/<numero:numero>/envios/<int:ordem>/", pedido.envio, name="envio"),
    path("solicitacoes/<numero:numero>/descartar/", aceite.descartar, name="descartar"),
    path("solicitacoes/<numero:numero>/cancelar/", aceite.cancelar, name="cancelar"),
    path("solicitacoes/<numero:numero>/emitir/", aceite.emitir, name="emitir"),
    path("solicitacoes/<numero:numero>/aceitar/", aceite.aceitar, name="aceitar"),
    path("solicitacoes/<numero:numero>/recusar/", aceite.recusar, name="recusar"),
    path("solicitacoes/<numero:numero>/responder/", aceite.responder, name="responder"),
    path("solicitacoes/<numero:numero>/arquivos/<uuid:uuid>/", pedido.arquivo, name="arquivo"),
    path("solicitacoes/<numero:numero>/arquivos/<uuid:uuid>/imprimir/", pedido.imprimir, name="imprimir"),
    path("links/", links.links, name="links"),
    path("links/<int:pk>/", links.link, name="link"),
    path("links/<int:pk>/sub-bloco/", links.sub_bloco, name="link_sub_bloco"),
]

DA_PRODESP = [
    path("fila-ss/", fila.fila, name="fila"),
    path("fila-ss/csv/", fila.fila_csv, name="fila_csv"),
    path("fila-ss/validar/", fila.validar_varias, name="validar_varias"),
    path("fila-ss/<numero:numero>/", prodesp.analise, name="analise"),
    path("fila-ss/<numero:numero>/pendencia/", prodesp.pendencia, name="pendencia"),
    path("fila-ss/<numero:numero>/pendencia/<int:pendencia_id>/retirar/", prodesp.retirar, name="retirar_pendencia"),
    path("fila-ss/<numero:numero>/devolver/", prodesp.devolver, name="devolver"),
    path("fila-ss/<numero:numero>/validar/", prodesp.validar, name="validar"),
    path("prefeituras-ss/", prefeituras.prefeituras, name="prefeituras_ss"),
    path("prefeituras-ss/<int:codigo_ibge>/", prefeituras.prefeitura, name="prefeitura_ss"),
    path("prefeituras-ss/<int:codigo_ibge>/<slug:ato>/", prefeituras.decidir, name="decidir_prefeitura"),
    path("configuracoes/", catalogo.configuracoes, name="configuracoes"),
    path("catalogo-ss/", catalogo.catalogo, name="catalogo"),
    path("catalogo-ss/tipos/novo/", catalogo.tipo_novo, name="tipo_novo"),
    path("catalogo-ss/tipos/<slug:codigo>/", catalogo.tipo, name="tipo"),
    path("catalogo-ss/velocidades/nova/", catalogo.velocidade_nova, name="velocidade_nova"),
    path("catalogo-ss/velocidades/<int:mbps>/", catalogo.velocidade, name="velocidade"),
    path("catalogo-ss/precos/novo/", catalogo.preco, name="preco_novo"),
    path("catalogo-ss/precos/<int:preco_id>/", catalogo.preco, name="preco"),
    path("catalogo-ss/motivos/novo/", catalogo.motivo, name="motivo_novo"),
    path("catalogo-ss/motivos/<int:motivo_id>/", catalogo.motivo, name="motivo"),
]

DA_OPERADORA = [
    path("ordens/", operadora.ordens, name="ordens"),
    path("ordens/<numero:numero>/", operadora.ordem, name="ordem"),
    path("ordens/<numero:numero>/entregar/", operadora.entregar, name="ordem_entregar"),
    path("ordens/<numero:numero>/<slug:qual>/", operadora.ato, name="ordem_ato"),
    path("agenda/", operadora.agenda, name="agenda"),
    path("integracao/", guia_da_api.api, name="api"),
    path("integracao/guia/", guia_da_api.guia, name="api_guia"),
]

DO_GESTOR = [
    path("sistemas/", integracao.sistemas, name="sistemas"),
    path("sistemas/novo/", integracao.sistema_novo, name="sistema_novo"),
    path("sistemas/<int:pk>/", integracao.sistema, name="sistema"),
    path("sistemas/<int:pk>/token/", integracao.token_novo, name="token_novo"),
    path("sistemas/<int:pk>/desligar/", integracao.sistema_desligar, name="sistema_desligar"),
    path("sistemas/tokens/<int:token_id>/revogar/", integracao.token_revogar, name="token_revogar"),
    path("sistemas/enderecos/<int:endereco_id>/retirar/", integracao.endereco_retirar, name="endereco_retirar"),
    path("sistemas/avisos/<int:aviso_id>/reenviar/", integracao.aviso_reenviar, name="aviso_reenviar"),
]

urlpatterns = [*DA_PREFEITURA, *DA_PRODESP, *DA_OPERADORA, *DO_GESTOR]

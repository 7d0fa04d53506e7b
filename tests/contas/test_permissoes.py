"""The role × action table, the actor of a request, and the access mark of every view."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from contas import acesso, permissoes
from contas.models import Orgao, Papel, Vinculo
from nucleo.fluxo import SISTEMA, Ator
from tests.apoio.elenco import BOFETE, BOTUCATU, Pessoa, vincular

MUDAM = {a for a in permissoes.ATOS if a.rsplit(".", 1)[1] not in {"ver"}}


def ator(*papeis: tuple[str, int | None]) -> Ator:
    """An actor with these roles."""
    return Ator(usuario_id=1, nome="Alguém", papeis=frozenset(papeis))


def test_the_table_names_every_role_and_only_acts_that_exist():
    assert set(permissoes.TABELA) == set(Papel.values)
    assert frozenset().union(*permissoes.TABELA.values()) == frozenset(permissoes.ATOS)


def test_the_auditor_changes_nothing():
    assert not permissoes.TABELA["auditor"] & MUDAM


def test_the_operadora_only_works_on_orders_and_the_tecnico_does_nothing_yet():
    assert permissoes.TABELA["operadora"] == {"ordens.ver", "ordens.atender"}
    assert not permissoes.TABELA["tecnico"]


def test_only_a_responsavel_orders_links():
    for ato in ("ss.preencher", "ss.enviar", "ss.emitir", "ss.cancelar", "ss.aceitar"):
        assert permissoes.papeis_com(ato) == {"responsavel"}  # settled question 1: the requerente never


def test_the_gestor_does_all_an_analista_does_and_more():
    assert permissoes.TABELA["analista"] < permissoes.TABELA["gestor"]


def test_only_the_approver_decides():
    assert permissoes.papeis_com("aprovacao.decidir") == {"aprovador"}


def test_a_role_of_one_prefeitura_is_worth_nothing_in_another():
    de_bofete = ator(("requerente", BOFETE))
    assert permissoes.pode(de_bofete, "adesao.enviar", BOFETE)
    assert not permissoes.pode(de_bofete, "adesao.enviar", BOTUCATU)


def test_a_state_role_reaches_every_prefeitura():
    assert permissoes.pode(ator(("analista", None)), "conferencia.devolver", BOTUCATU)


def test_an_act_that_does_not_exist_is_a_slip_in_the_code():
    with pytest.raises(KeyError):
        permissoes.pode(ator(), "adesao.voar")
    with pytest.raises(KeyError):
        acesso.exige("adesao.voar")


def test_the_portal_itself_may_act_and_nobody_can_imitate_it():
    assert permissoes.pode(SISTEMA, "adesao.enviar", BOFETE)
    assert not permissoes.pode(Ator(usuario_id=None, nome=SISTEMA.nome), "adesao.enviar", BOFETE)


def test_a_visitor_is_an_actor_without_roles_who_is_not_the_portal():
    visitante = acesso.ator_do_usuario(AnonymousUser())
    assert visitante.papeis == frozenset()
    assert not visitante.e_sistema


def test_a_link_counts_from_its_start_until_just_before_its_end(requerente: Pessoa, agora: dt.datetime):
    vinculo = Vinculo.objects.get(usuario=requerente.usuario)
    vinculo.inicio_em, vinculo.fim_em = agora, agora + dt.timedelta(days=1)
    vinculo.save()
    em = [agora - dt.timedelta(seconds=1), agora, agora + dt.timedelta(days=1)]
    assert [bool(acesso.ator_do_usuario(requerente.usuario, agora=e).papeis) for e in em] == [False, True, False]


def test_a_responsavel_has_access_only_while_the_termo_is_in_force(responsavel_a1: Pessoa, settings: Any, agora: dt.datetime):
    settings.TERMO_FIM = agora.date()
    assert acesso.ator_do_usuario(responsavel_a1.usuario, agora=agora).tem("responsavel")  # ADS-12: the last day still counts
    assert not acesso.ator_do_usuario(responsavel_a1.usuario, agora=agora + dt.timedelta(days=1)).papeis


def test_the_end_of_the_termo_does_not_touch_the_requerente(requerente: Pessoa, settings: Any, agora: dt.datetime):
    settings.TERMO_FIM = agora.date() - dt.timedelta(days=1)
    assert acesso.ator_do_usuario(requerente.usuario, agora=agora).tem("requerente")


@pytest.mark.parametrize(
    ("proxies", "remoto", "cadeia", "esperado"),
    [
        (0, "10.0.0.9", "1.2.3.4", "10.0.0.9"),
        (1, "10.0.0.1", "203.0.113.5", "203.0.113.5"),
        (1, "10.0.0.1", "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (1, "10.0.0.1", "6.6.6.6,7.7.7.7,  203.0.113.5 ", "203.0.113.5"),
        (2, "10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "10.0.0.1", "203.0.113.5", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (1, "10.0.0.1", "6.6.6.6, <script>", None),
        (1, "", "", None),
        (1, "10.0.0.1", "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_a_client_cannot_choose_its_own_address(proxies: int, remoto: str, cadeia: str, esperado: str | None, settings: Any):
    settings.PROXIES_DE_CONFIANCA = proxies  # ASVS 15.3.4
    pedido = RequestFactory().get("/", REMOTE_ADDR=remoto, HTTP_X_FORWARDED_FOR=cadeia)
    assert acesso.ip_de(pedido) == esperado


def test_who_serves_two_bodies_acts_for_the_oldest_until_choosing(requerente: Pessoa, rf: RequestFactory):
    vincular(requerente.usuario, "responsavel", BOTUCATU)
    resposta = requerente.cliente.post("/conta/trocar-vinculo/", {"orgao": Orgao.objects.get(municipio_id=BOTUCATU).pk})
    assert resposta.status_code == 302
    pedido = requerente.cliente.get("/conta/").wsgi_request
    assert acesso.ator_de(pedido).papeis == {("responsavel", BOTUCATU)}


def test_choosing_a_body_gives_the_session_a_new_id(requerente: Pessoa):
    vincular(requerente.usuario, "responsavel", BOTUCATU)
    requerente.cliente.get("/conta/")
    antes = requerente.cliente.session.session_key
    requerente.cliente.post("/conta/trocar-vinculo/", {"orgao": Orgao.objects.get(municipio_id=BOTUCATU).pk})
    assert requerente.cliente.session.session_key != antes  # ASVS 7.2.4


@pytest.mark.parametrize("valor", ["", "x", "-1", "99999", "9" * 30, "²"])
def test_a_body_of_somebody_else_cannot_be_chosen(requerente: Pessoa, responsavel_a1: Pessoa, valor: str):
    alheio = valor or str(Orgao.objects.get(municipio_id=BOTUCATU).pk)
    requerente.cliente.post("/conta/trocar-vinculo/", {"orgao": alheio})
    assert acesso.ator_de(requerente.cliente.get("/conta/").wsgi_request).municipios("requerente") == {BOFETE}


def _paginas(resolvedor: URLResolver, prefixo: str = "") -> list[tuple[str, Any]]:
    achadas: list[tuple[str, Any]] = []
    for item in resolvedor.url_patterns:
        caminho = prefixo + str(item.pattern)
        if isinstance(item, URLResolver):
            achadas += _paginas(item, caminho)
        elif isinstance(item, URLPattern):
            achadas.append((caminho, item.callback))
    return achadas


def test_every_page_says_who_may_open_it():
    paginas = _paginas(get_resolver())
    assert len(paginas) > 40
    sem_marca = [caminho for caminho, visao in paginas if not hasattr(visao, "acesso") and getattr(visao, "login_required", True)]
    assert not sem_marca


def test_addresses_for_tokens_are_exactly_those_of_the_two_apis():
    com_token = {caminho for caminho, visao in _paginas(get_resolver()) if getattr(visao, "acesso", "") == "token"}
    raiz = "api/operadora/v1/"
    nomes = ("serviceOrder", "serviceOrder/<id>", "cancelServiceOrder", "hub", "hub/<id>", "^(?P<resto>.*)$")
    da_prodesp = ("blocos", "blocos/<rede>", "blocos/<ip>/<prefixo>", "^(?P<resto>.*)$")
    assert com_token == {raiz + nome for nome in nomes} | {"api/prodesp/v1/" + nome for nome in da_prodesp}


def test_public_pages_are_exactly_the_ones_that_need_no_login():
    da_conta = [(c, v) for c, v in _paginas(get_resolver()) if c.startswith(("conta/", "pessoas/", "equipe/", "entrada/"))]
    for caminho, visao in da_conta:
        assert (visao.acesso == "publica") is (not getattr(visao, "login_required", True)), caminho


@pytest.mark.django_db
def test_pages_of_people_refuse_the_roles_that_lack_the_act(elenco: dict[str, Pessoa]):
    espera = {
        "/pessoas/": {"requerente", "requerente_2", "requerente_outra", "responsavel_a1", "responsavel_a2", "responsavel_b"},
        "/pessoas/pedidos/": {"analista", "analista_2", "gestor_prodesp", "auditor"},
        "/equipe/": {"gestor_prodesp", "auditor"},
        "/pessoas/desativadas/": {"gestor_prodesp", "auditor"},
        "/conta/": set(elenco) - {"anonimo"},
    }
    for caminho, abrem in espera.items():
        for nome, pessoa in elenco.items():
            status = pessoa.cliente.get(caminho).status_code
            assert status == (302 if nome == "anonimo" else 200 if nome in abrem else 403), (caminho, nome, status)


LEITURAS = [
    *("saog:configuracoes", "saog:catalogo", "saog:sistemas", "adesao:motivos", "adesao:calendario"),
    *("contas:equipe", "contas:prefeituras", "contas:desativadas"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("nome", LEITURAS)
def test_the_auditor_reads_what_the_gestor_keeps_and_has_no_button_there(nome: str, elenco: dict[str, Pessoa]):
    """README: the auditor reads everything and changes nothing."""
    resposta = elenco["auditor"].cliente.get(reverse(nome))
    assert resposta.status_code == 200
    conteudo = resposta.content.decode().partition("<main")[2].partition("</main>")[0]
    assert conteudo
    assert 'method="post"' not in conteudo
    for verbo in ("Editar", "Criar", "Incluir", "Registrar", "Encerrar", "Convidar"):
        assert verbo not in conteudo


@pytest.mark.django_db
@pytest.mark.parametrize("nome", ["contas:equipe", "adesao:calendario"])
def test_the_auditor_cannot_post_where_it_only_reads(nome: str, elenco: dict[str, Pessoa]):
    assert elenco["auditor"].cliente.post(reverse(nome), {"ato": "dia"}).status_code == 403

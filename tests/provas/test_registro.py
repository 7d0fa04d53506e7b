"""The log after the main path: no CPF, password, token or e-mail in any line; no personal data in any address (ASVS 14.2.1, 16.2.5,
figure 15)."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from adesao.models import Adesao, Responsavel
from comunicacao.models import MensagemSaida
from contas.models import Usuario
from nucleo import registro as diario
from tests.apoio import adesoes
from tests.apoio.correio import CaixaDeSaida
from tests.apoio.elenco import AGORA, BOFETE, CUNHA, SENHA, criar_pessoa
from tests.provas import mundo as provas_mundo
from tests.provas.mundo import DIA

SENHA_NOVA = "girassol marimba telha 9"
SENHA_ERRADA = "senha errada e bem comprida 77"


class Guarda(logging.Handler):
    """Keeps each line exactly as it goes out."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.setFormatter(diario.formatador())
        self.linhas: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Format now, as the console would."""
        self.linhas.append(self.format(record))


@pytest.fixture
def guarda() -> Any:
    """Every logger at INFO (the portal's at DEBUG), written to memory."""
    novo = Guarda()
    raiz = logging.getLogger()
    niveis = {nome: logging.getLogger(nome).level for nome in ("", "portal", "django", "django_structlog", "allauth", "celery")}
    for nome in niveis:
        logging.getLogger(nome).setLevel(logging.DEBUG if nome == "portal" else logging.INFO)
    raiz.addHandler(novo)
    yield novo
    raiz.removeHandler(novo)
    for nome, nivel in niveis.items():
        logging.getLogger(nome).setLevel(nivel)


class Visitas:
    """Clients that remember every address they asked for and were sent to."""

    def __init__(self) -> None:
        self.enderecos: list[str] = []

    def get(self, cliente: Client, caminho: str, **dados: str) -> Any:
        """GET, remembered."""
        return self._guardar(cliente.get(caminho, dados), caminho)

    def post(self, cliente: Client, caminho: str, **dados: Any) -> Any:
        """POST, remembered."""
        cache.clear()
        return self._guardar(cliente.post(caminho, dados), caminho)

    def _guardar(self, r: Any, caminho: str) -> Any:
        self.enderecos += [caminho, r.headers.get("Location", "")]
        assert r.status_code < 500, caminho
        return r


def _caminho(v: Visitas, correio: CaixaDeSaida, relogio: Any) -> list[str]:
    """Sign up, wrong and right login, fill, send, check, return, correct, forward, approve, activate. Gives the tokens that were live."""
    tokens = []
    requerente = Client()
    v.get(requerente, "/conta/cadastro/")
    v.post(
        requerente,
        "/conta/cadastro/",
        municipio="Cunha",
        nome="Nair Batista",
        cpf="246.813.579-28",
        email="nair@cunha.sp.gov.br",
        cargo="Secretária",
        senha=SENHA_NOVA,
        senha2=SENHA_NOVA,
        ciente="on",
    )
    link = correio.endereco("nair@cunha.sp.gov.br")
    tokens.append(link.rstrip("/").rpartition("/")[2])
    v.get(requerente, link)
    v.post(requerente, "/conta/cadastro/confirmar/")
    v.post(requerente, "/conta/entrar/", login="nair@cunha.sp.gov.br", password=SENHA_ERRADA)
    v.post(requerente, "/conta/entrar/", login="nair@cunha.sp.gov.br", password=SENHA_NOVA)
    v.post(requerente, "/conta/senha/recuperar/", email="nair@cunha.sp.gov.br")
    v.post(requerente, "/adesoes/comecar/")
    adesao = Adesao.objects.get(municipio_id=CUNHA)
    for tarefa, dados in adesoes.rascunho("Cunha").items():
        v.post(requerente, f"/adesoes/{adesao.slug}/preencher/{tarefa}/", versao="0", **dados)
        v.post(requerente, f"/adesoes/{adesao.slug}/preencher/{tarefa}/rascunho/", versao="1", **dados)
    nair = Usuario.objects.get(email="nair@cunha.sp.gov.br")
    from contas.acesso import ator_do_usuario

    adesoes.anexar(adesao, por=ator_do_usuario(nair), agora=AGORA)
    v.post(requerente, f"/adesoes/{adesao.slug}/enviar/")
    outros = provas_mundo.pessoas()
    analista, aprovador, auditor = (outros[p].cliente for p in ("analista", "aprovador", "auditor"))
    v.post(analista, f"/fila/{adesao.slug}/assumir/")
    v.get(analista, f"/fila/{adesao.slug}/", peca="anexo1")
    v.post(analista, f"/fila/{adesao.slug}/cpf/", motivo="Conferir")
    v.post(
        analista,
        f"/fila/{adesao.slug}/pendencia/",
        marcar="anexo1.r2_cpf",
        **{"anexo1-r2_cpf-texto": "O CPF 271.828.182-05 não é de Mário."},
    )
    v.get(analista, f"/fila/{adesao.slug}/previa/")
    v.post(analista, f"/fila/{adesao.slug}/devolver/")
    relogio.shift(DIA / 144)
    pendencia = adesao.pendencias.get()
    v.post(requerente, f"/adesoes/{adesao.slug}/pendencias/{pendencia.pk}/", resposta="É o CPF certo: 271.828.182-05.")
    v.post(requerente, f"/adesoes/{adesao.slug}/enviar/")
    v.post(analista, f"/fila/{adesao.slug}/assumir/")
    for peca in ("oficio", "anexo1", "anexo2"):
        v.post(analista, f"/fila/{adesao.slug}/itens/{peca}/", tudo="1")
    v.post(analista, f"/fila/{adesao.slug}/encaminhar/", parecer="De acordo. CPF 314.159.265-90 conferido.")
    v.get(auditor, "/trilha/", busca="nair@cunha.sp.gov.br")
    v.get(aprovador, f"/aprovacao/{adesao.slug}/")
    v.post(aprovador, f"/aprovacao/{adesao.slug}/aprovar/")
    assert Adesao.objects.get(pk=adesao.pk).estado == "APROVADA"
    for responsavel in Responsavel.objects.filter(adesao=adesao):
        link = correio.endereco(responsavel.email, contendo="/conta/ativar/")
        tokens.append(link.rstrip("/").rpartition("/")[2])
        novo = Client()
        v.get(novo, link)
        v.post(novo, "/conta/ativar/", senha=SENHA_NOVA, senha2=SENHA_NOVA)
        v.post(novo, "/conta/entrar/", login=responsavel.email, password=SENHA_NOVA)
        v.get(novo, "/adesoes/")
        v.get(novo, "/fila/")
    return tokens


@pytest.mark.django_db
def test_no_line_of_the_log_and_no_address_holds_a_persons_data(
    guarda: Guarda, correio: CaixaDeSaida, relogio: Any, ao_confirmar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: True)
    provas_mundo.semear_municipios()
    visitas = Visitas()
    with ao_confirmar():
        tokens = _caminho(visitas, correio, relogio)
    assert len(guarda.linhas) > 60, "o caminho todo deixa rastro"
    tudo = "\n".join(guarda.linhas)
    cpfs = {u.cpf for u in Usuario.objects.exclude(cpf="")} | {r.cpf for r in Responsavel.objects.all()}
    segredos = {
        SENHA,
        SENHA_NOVA,
        SENHA_ERRADA,
        *tokens,
        *(u.email for u in Usuario.objects.all()),
        *(m.para for m in MensagemSaida.objects.all()),
    }
    segredos |= {u.password for u in Usuario.objects.all()} | {"nair@", "Nair Batista", "Clara Gonçalves"}
    formatados = {f"{c[:3]}.{c[3:6]}.{c[6:9]}-{c[9:]}" for c in cpfs}
    for proibido in cpfs | formatados | segredos:
        assert proibido not in tudo, next(linha for linha in guarda.linhas if proibido in linha)
    assert not re.search(r"sessionid|csrfmiddlewaretoken", tudo)
    assert not re.search(r"[^\s\"@]+@[a-z0-9.-]+\.[a-z]{2,}", tudo), "há e-mail no registro"
    enderecos = "\n".join(visitas.enderecos)
    sem_links = re.sub("|".join(map(re.escape, tokens)), "", enderecos)
    for proibido in cpfs | formatados | (segredos - set(tokens)):
        assert proibido not in sem_links, proibido
    assert "@" not in enderecos


@pytest.mark.django_db
def test_every_sight_of_whole_cpfs_is_in_the_history_with_who_when_and_why(relogio: Any) -> None:
    """Settled question 6: opening the conferência, and a reveal with its reason; masked pages leave no such row."""
    mundo = provas_mundo.montar("em_conferencia")
    assert mundo.adesao is not None
    relogio.move_to(AGORA + 2 * DIA)
    cpf = "314.159.265-90"
    colega = mundo.pessoas["colega"]
    caminho = f"/fila/{mundo.slug}/"
    assert cpf in mundo.pessoas["analista"].cliente.get(caminho + "?peca=anexo1").content.decode()
    for papel in ("colega", "gestor", "auditor"):
        pagina = mundo.pessoas[papel].cliente.get(caminho + "?peca=anexo1").content.decode()
        registrado = mundo.adesao.historico.filter(transicao="ver_cpf", por_id=mundo.pessoas[papel].usuario.pk).exists()
        assert (cpf in pagina) == registrado, papel
    assert colega.cliente.post(f"/fila/{mundo.slug}/cpf/", {"motivo": ""}).status_code == 422
    assert not mundo.adesao.historico.filter(transicao="ver_cpf", por_id=colega.usuario.pk).exists()
    revelado = colega.cliente.post(f"/fila/{mundo.slug}/cpf/", {"motivo": "Conferir com o documento."})
    assert cpf in revelado.content.decode()
    visto = mundo.adesao.historico.get(transicao="ver_cpf", por_id=colega.usuario.pk)
    assert (visto.comentario, visto.em) == ("Conferir com o documento.", AGORA + 2 * DIA)


@pytest.mark.django_db
def test_a_refusal_of_an_act_writes_who_and_which_act_but_not_whom_about(guarda: Guarda, relogio: Any) -> None:
    pessoa = criar_pessoa("Olga Reis", "olga@bofete.sp.gov.br", cpf="63928471090", papel="responsavel", onde=_bofete())
    acoes_antes = len(guarda.linhas)
    assert pessoa.cliente.get("/fila/").status_code == 403
    novas = "\n".join(guarda.linhas[acoes_antes:])
    assert "acesso_negado" in novas
    assert "fila.ver" in novas
    assert "Olga" not in novas


def _bofete() -> int:
    provas_mundo.semear_municipios()
    return BOFETE

"""PRODESP's API of address blocks: what it reads, who may read it, what it refuses, and the guide's examples as they stand."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from enderecamento import acoes as dos_blocos
from enderecamento.models import SubBlocoCIDR
from intragov_portal.wsgi import application
from nucleo import prazos
from nucleo.erros import RegraViolada
from saog.acoes import integracao
from saog.api.prodesp import esquema
from saog.models import De, SistemaDaOperadora
from tests.apoio.ambiente import PROVAS
from tests.apoio.elenco import AGORA, BOTUCATU, ITAPEVA, Pessoa
from tests.apoio.processos import RAIZ as PASTA
from tests.conftest import falta
from tests.enderecamento.conftest import Cena, cena

from .conftest import Sistema as DaOperadora

__all__ = ["cena"]
pytestmark = pytest.mark.django_db
RAIZ = "/api/prodesp/v1"
GUIA = (PASTA / "docs/api-prodesp.md").read_text()
EXEMPLOS = re.findall(r"```sh\n(.*?)```\nResposta: `([0-9]{3})`", GUIA, flags=re.DOTALL)


@pytest.fixture
def sistema(cena: Cena, relogio: Any) -> SistemaDaOperadora:
    """A system of PRODESP. The clock is stopped."""
    return integracao.registrar_sistema(nome="Cadastro de redes", contato="a@b.example", de=De.PRODESP, por=cena.gestor, agora=AGORA)


@pytest.fixture
def token(sistema: SistemaDaOperadora, cena: Cena) -> str:
    """The text of a token that reads the blocks."""
    return integracao.criar_token(sistema_id=sistema.pk, nome="Leitura", escopos=["blocos"], dias=90, por=cena.gestor, agora=AGORA)[1]


@pytest.fixture
def atribuidos(cena: Cena) -> list[SubBlocoCIDR]:
    """Two private blocks and the public one of Botucatu, one private of Itapeva; one more of Botucatu's given back."""

    def dar(adesao: Any, perfil: str, quantidade: int) -> list[SubBlocoCIDR]:
        return dos_blocos.atribuir(adesao.pk, perfil=perfil, quantidade=quantidade, por=cena.analista, agora=AGORA)

    blocos = [*dar(cena.botucatu, "PRIVADO", 3), *dar(cena.botucatu, "PUBLICO", 1), *dar(cena.itapeva, "PRIVADO", 1)]
    dos_blocos.devolver(blocos[2].pk, motivo="Sobrou.", por=cena.analista, agora=AGORA)
    return blocos


def ler(caminho: str, token: str = "", cliente: Client | None = None) -> HttpResponse:
    cabecalhos = {"Authorization": f"Bearer {token}"} if token else {}
    resposta: HttpResponse = (cliente or Client()).get(RAIZ + caminho, headers=cabecalhos)
    return resposta


def redes(resposta: HttpResponse) -> list[str]:
    assert resposta.status_code == 200, resposta.content
    return [b["rede"] for b in json.loads(resposta.content)]


def test_a_block_says_all_its_facts_and_nobodys_name(token: str, atribuidos: list[SubBlocoCIDR]) -> None:
    resposta = ler("/blocos/10.64.16.0-28", token)
    assert json.loads(resposta.content) == {
        "rede": "10.64.16.0/28",
        "href": "/api/prodesp/v1/blocos/10.64.16.0-28",
        "tipo": "privado",
        "situacao": "em_uso",
        "bloqueado": False,
        "bloco": "10.64.16.0/24",
        "mascara": "255.255.255.240",
        "primeiroHost": "10.64.16.1",
        "ultimoHost": "10.64.16.14",
        "difusao": "10.64.16.15",
        "prefeitura": {"codigoIbge": BOTUCATU, "nome": "Botucatu"},
        "desde": "2026-11-09T10:12:00-03:00",
    }
    assert ler("/blocos/10.64.16.0/28", token).content == resposta.content
    assert resposta["Cache-Control"] == "no-store"


def test_what_rests_says_until_when_and_what_is_exchanged_its_last_day(token: str, atribuidos: list[SubBlocoCIDR]) -> None:
    quarentena = json.loads(ler("/blocos/10.64.16.32-28", token).content)
    assert (quarentena["situacao"], quarentena["livreDesde"]) == ("quarentena", "2026-12-09")
    assert "prefeitura" not in quarentena
    SubBlocoCIDR.objects.filter(pk=atribuidos[0].pk).update(ordinal=None, troca_ate=prazos.meia_noite(timezone.localdate(AGORA)))
    trocado = json.loads(ler("/blocos/10.64.16.0-28", token).content)
    assert (trocado["situacao"], trocado["valeAte"]) == ("em_troca", "2026-11-08")


def test_what_a_sanction_blocks_says_so(token: str, atribuidos: list[SubBlocoCIDR], cena: Cena) -> None:
    dados: dict[str, Any] = {"especie": "BLOQUEIO_PARCIAL", "motivo": "Varredura.", "blocos": [atribuidos[1].pk]}
    dos_blocos.aplicar_sancao(cena.botucatu.pk, **dados, por=cena.gestor, agora=AGORA)
    lista = json.loads(ler("/blocos?situacao=em_uso", token).content)
    assert [b["rede"] for b in lista if b["bloqueado"]] == ["10.64.16.16/28"]
    assert json.loads(ler("/blocos/10.64.16.16-28", token).content)["bloqueado"]


@pytest.mark.parametrize(
    ("filtro", "esperadas"),
    [
        (f"municipio={BOTUCATU}", ["10.64.16.0/28", "10.64.16.16/28", "203.0.113.0/30"]),
        (f"municipio={ITAPEVA}&tipo=publico", []),
        (f"municipio={BOTUCATU}&tipo=publico", ["203.0.113.0/30"]),
        ("situacao=quarentena", ["10.64.16.32/28"]),
        ("situacao=em_uso&rede=10.64.16.0/26", ["10.64.16.0/28", "10.64.16.16/28", "10.64.16.48/28"]),
        ("rede=10.64.16.20/32", ["10.64.16.16/28"]),
        ("rede=203.0.113.0/29", ["203.0.113.0/30", "203.0.113.4/30"]),
        ("situacao=livre&tipo=publico", ["203.0.113.4/30", "203.0.113.8/30", "203.0.113.12/30"]),
    ],
)
def test_the_list_is_filtered(token: str, atribuidos: list[SubBlocoCIDR], filtro: str, esperadas: list[str]) -> None:
    resposta = ler(f"/blocos?{filtro}", token)
    assert redes(resposta) == esperadas
    assert resposta["X-Total-Count"] == str(len(esperadas))


def test_the_list_comes_in_pages_by_address(token: str, atribuidos: list[SubBlocoCIDR]) -> None:
    resposta = ler("/blocos?limit=3&offset=2", token)
    assert redes(resposta) == ["10.64.16.32/28", "10.64.16.48/28", "10.64.16.64/28"]
    assert (resposta["X-Total-Count"], resposta["X-Result-Count"]) == ("20", "3")


def test_a_long_page_takes_as_many_queries_as_a_short_one(token: str, atribuidos: list[SubBlocoCIDR]) -> None:
    ler("/blocos", token)
    contas = []
    for limite in (1, 20):
        with CaptureQueriesContext(connection) as consultadas:
            ler(f"/blocos?limit={limite}", token)
        contas.append(len(consultadas))
    assert contas[0] == contas[1] <= 6


@pytest.mark.parametrize(
    ("filtro", "campo"),
    [
        ("munic=1", "munic"),
        ("tipo=privado&tipo=publico", "tipo"),
        ("tipo=PRIVADO", "tipo"),
        ("situacao=usado", "situacao"),
        ("municipio=botucatu", "municipio"),
        ("rede=10.64.16.5/28", "rede"),
        ("rede=10.64.16.0", "rede"),
        ("limit=1001", "limit"),
        ("offset=-1", "offset"),
    ],
)
def test_a_wrong_parameter_is_said_by_name(token: str, filtro: str, campo: str) -> None:
    resposta = ler(f"/blocos?{filtro}", token)
    assert resposta.status_code == 422
    assert resposta["Content-Type"] == "application/problem+json"
    assert [e["campo"] for e in json.loads(resposta.content)["erros"]] == [campo]


@pytest.mark.parametrize("caminho", ["/blocos/10.64.16.0-24", "/blocos/10.99.0.0-28", "/blocos/10.64.16.0/27", "/nada", "/blocos/a/b"])
def test_what_is_not_there_is_404(token: str, caminho: str) -> None:
    resposta = ler(caminho, token)
    assert resposta.status_code == 404
    assert resposta["Content-Type"] == "application/problem+json"


def test_nothing_is_read_without_a_token_even_by_somebody_who_entered(gestor_prodesp: Pessoa, token: str) -> None:
    for resposta in (ler("/blocos"), ler("/blocos", "igpr_errado"), ler("/blocos", cliente=gestor_prodesp.cliente)):
        assert resposta.status_code == 401
        assert "Bearer" in resposta["WWW-Authenticate"]


def test_each_side_reads_only_its_own_api(token: str, cena: Cena, sistema: SistemaDaOperadora) -> None:
    outro = integracao.registrar_sistema(nome="Campo", contato="a@b.example", por=cena.gestor, agora=AGORA)
    dela = integracao.criar_token(sistema_id=outro.pk, nome="x", escopos=["ler"], dias=30, por=cena.gestor, agora=AGORA)[1]
    recusa = ler("/blocos", dela)
    assert recusa.status_code == 403
    assert "é de um sistema da Operadora" in json.loads(recusa.content)["detail"]
    recusa = DaOperadora(token).ler("/serviceOrder")
    assert recusa.status_code == 403
    assert "é de um sistema da PRODESP" in json.loads(recusa.content)["detail"]
    for pk, escopos in ((sistema.pk, ["ler"]), (sistema.pk, ["blocos", "ler"]), (outro.pk, ["blocos"])):
        with pytest.raises(RegraViolada, match="Escolha ao menos uma permissão"):
            integracao.criar_token(sistema_id=pk, nome="x", escopos=escopos, dias=30, por=cena.gestor, agora=AGORA)
    with pytest.raises(RegraViolada, match="não recebe avisos"):
        integracao.permitir_endereco(sistema_id=sistema.pk, url="https://a.example/x", por=cena.gestor, agora=AGORA)
    with pytest.raises(RegraViolada, match="de quem é"):
        integracao.registrar_sistema(nome="Y", contato="a@b.example", de="OUTRO", por=cena.gestor, agora=AGORA)


def test_a_revoked_token_and_too_many_requests_are_refused(token: str, sistema: SistemaDaOperadora, cena: Cena, settings: Any) -> None:
    settings.PEDIDOS_POR_MINUTO_TOKEN = 2
    assert [ler("/blocos?limit=1", token).status_code for _ in range(3)] == [200, 200, 429]
    settings.PEDIDOS_POR_MINUTO_TOKEN = 0
    integracao.revogar_token(token_id=sistema.tokens.get().pk, por=cena.gestor, agora=AGORA)
    assert ler("/blocos", token).status_code == 401


def test_it_only_reads(token: str) -> None:
    for metodo in ("post", "put", "patch", "delete"):
        resposta = getattr(Client(), metodo)(f"{RAIZ}/blocos", headers={"Authorization": f"Bearer {token}"})
        assert (resposta.status_code, resposta["Allow"]) == (405, "GET")


def test_the_description_is_open() -> None:
    descricao = Client().get(f"{RAIZ}/openapi.json")
    assert descricao.status_code == 200
    assert set(json.loads(descricao.content)["paths"]) == {f"{RAIZ}/blocos", f"{RAIZ}/blocos/{{rede}}"}


def test_the_gestor_registers_a_system_of_prodesp_and_its_token_opens_only_the_blocks(gestor_prodesp: Pessoa, relogio: Any) -> None:
    cliente = gestor_prodesp.cliente
    errada = cliente.post("/sistemas/novo/", {"nome": "Redes", "contato": "a@b.example"})
    assert errada.status_code == 422
    assert "Escolha de quem é o sistema." in errada.content.decode()
    chave = "22222222-2222-4222-8222-222222222222"
    cliente.post("/sistemas/novo/", {"de": "PRODESP", "nome": "Redes", "contato": "a@b.example", "chave": chave})
    linha = SistemaDaOperadora.objects.get()
    assert linha.usuario.nome == linha.nome_no_historico == "Sistema da PRODESP: Redes"
    pagina = cliente.get(f"/sistemas/{linha.pk}/").content.decode()
    assert "/api/prodesp/v1/blocos" in pagina
    assert "Endereços de aviso" not in pagina
    formulario = cliente.get(f"/sistemas/{linha.pk}/token/").content.decode()
    assert "Ler os blocos" in formulario
    assert "Atender as ordens" not in formulario
    dados = {"nome": "Leitura", "escopos": ["blocos"], "dias": "30", "chave": chave}
    texto = re.search(r">(igpr_[^<]+)<", cliente.post(f"/sistemas/{linha.pk}/token/", dados).content.decode())
    assert texto is not None
    assert ler("/blocos", texto[1]).status_code == 200


# --- The guide and the description --------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_every_example_of_the_guide_answers_what_the_guide_says(
    live_server: Any, token: str, atribuidos: list[SubBlocoCIDR], tmp_path: Path
) -> None:
    if not shutil.which("curl"):
        falta("curl")
    assert len(EXEMPLOS) == GUIA.count("```sh") >= 8
    (tmp_path / ".curlrc").write_text(f'silent\nshow-error\noutput = "{tmp_path}/corpo"\nwrite-out = "%{{http_code}}"\n')
    ambiente = {"PATH": "/usr/bin:/bin", "CURL_HOME": str(tmp_path), "HOME": str(tmp_path)}
    ambiente |= {"API": f"{live_server.url}{RAIZ}", "TOKEN": token}
    for comando, esperado in EXEMPLOS:
        feito = subprocess.run(["sh", "-c", comando], env=ambiente, capture_output=True, text=True, timeout=30, check=False)
        assert feito.stdout == esperado, f"{comando}\n{feito.stderr}\n{(tmp_path / 'corpo').read_text()}"


def test_the_guide_names_every_filter_and_attribute() -> None:
    descricao = esquema()
    parametros = {p["name"] for p in descricao["paths"][f"{RAIZ}/blocos"]["get"]["parameters"]}
    atributos = set(descricao["components"]["schemas"]["Bloco"]["properties"]) - {"href"}
    assert {n for n in parametros | atributos if f"`{n}`" not in GUIA} == set()


RECUSAS = ["400", "401", "403", "404", "405", "422", "429"]
CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "422", "429"]},
            "negative_data_rejection": {"expected-statuses": RECUSAS},
        },
        "generation": {"deterministic": True, "database": "none", "with-security-parameters": False},
    }
)
api = schemathesis.openapi.from_dict(json.loads(json.dumps(esquema())), config=CONFIG)
api.app = application


@pytest.fixture
def sem_fechar() -> Iterator[None]:
    """The connection of the test serves the application too, so nobody may close it."""
    for sinal in (request_started, request_finished):
        sinal.disconnect(close_old_connections)
    yield
    for sinal in (request_started, request_finished):
        sinal.connect(close_old_connections)


@api.parametrize()
@settings(max_examples=150 if PROVAS else 15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_description_promises(case: Any, token: str, atribuidos: list[SubBlocoCIDR], sem_fechar: None) -> None:
    if "{rede}" in case.path and (case.meta is None or case.meta.generation.mode.is_positive):
        case.path_parameters = {"rede": enderecos_de_exemplo()[len(case.query or {}) % 2]}
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})


def enderecos_de_exemplo() -> list[str]:
    """Two networks that exist."""
    return ["10.64.16.0-28", "203.0.113.4-30"]

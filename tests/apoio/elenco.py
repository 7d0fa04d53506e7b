"""The cast of roles: one person per role, each with ``.usuario``, ``.ator`` and ``.cliente`` (a logged-in Django client).

``responsavel_a1`` and ``responsavel_a2`` serve Botucatu, ``responsavel_b`` Itapeva; ``requerente`` and ``requerente_2`` act for Bofete,
which is not yet in; ``requerente_outra`` for Cunha. The others belong to a State body.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

if TYPE_CHECKING:
    from contas.models import Municipio, Orgao, Usuario
    from nucleo.fluxo import Ator

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
DESDE = dt.datetime(2026, 1, 1, tzinfo=SAO_PAULO)
AGORA = dt.datetime(2026, 11, 9, 10, 12, tzinfo=SAO_PAULO)
SENHA = "correto cavalo bateria grampo"
BOFETE, BOTUCATU, SAO_PAULO_CAPITAL, ITAPEVA, CUNHA = 3506904, 3507506, 3550308, 3522406, 3513603

#: code, name, DDD, latitude, longitude of the seat
MUNICIPIOS = [
    (BOFETE, "Bofete", "14", "-23.09862", "-48.25825"),
    (BOTUCATU, "Botucatu", "14", "-22.88583", "-48.44500"),
    (SAO_PAULO_CAPITAL, "São Paulo", "11", "-23.54750", "-46.63611"),
    (ITAPEVA, "Itapeva", "15", "-23.98194", "-48.87639"),
    (CUNHA, "Cunha", "12", "-23.07444", "-44.95972"),
]

#: fixture → (name, e-mail, CPF, role, IBGE code or kind of State body)
PESSOAS: dict[str, tuple[str, str, str, str, int | str]] = {
    "responsavel_a1": ("Aparecida Nunes", "aparecida@botucatu.sp.gov.br", "52998224725", "responsavel", BOTUCATU),
    "responsavel_a2": ("Benedito Prado", "benedito@botucatu.sp.gov.br", "11144477735", "responsavel", BOTUCATU),
    "responsavel_b": ("Conceição Rocha", "conceicao@itapeva.sp.gov.br", "39053344705", "responsavel", ITAPEVA),
    "requerente": ("Davi Moreira", "davi@bofete.sp.gov.br", "86288366757", "requerente", BOFETE),
    "requerente_2": ("Elza Camargo", "elza@bofete.sp.gov.br", "15350946056", "requerente", BOFETE),
    "requerente_outra": ("Fábio Leite", "fabio@cunha.sp.gov.br", "71428793860", "requerente", CUNHA),
    "analista": ("Graça Tavares", "graca@prodesp.sp.gov.br", "24843803480", "analista", "prodesp"),
    "analista_2": ("Hélio Brandão", "helio@prodesp.sp.gov.br", "48503145030", "analista", "prodesp"),
    "gestor_prodesp": ("Iara Siqueira", "iara@prodesp.sp.gov.br", "08833852016", "gestor", "prodesp"),
    "aprovador": ("João Sampaio", "joao@governo.sp.gov.br", "60403702038", "aprovador", "aprovador"),
    "operadora": ("Kátia Lemos", "katia@operadora.example", "93541134780", "operadora", "operadora"),
    "auditor": ("Lauro Diniz", "lauro@controle.sp.gov.br", "76109277673", "auditor", "controle"),
    "tecnico": ("Márcia Fontes", "marcia@prodesp.sp.gov.br", "40442820135", "tecnico", "prodesp"),
}


@dataclass
class Pessoa:
    """One member of the cast. ``usuario`` is None for the anonymous visitor."""

    usuario: Any

    @property
    def ator(self) -> Ator:
        """The person as the guards see them now (read again each time, so that new links count)."""
        from contas.acesso import ator_do_usuario

        return ator_do_usuario(self.usuario)

    @cached_property
    def cliente(self) -> Client:
        """A test client, logged in unless anonymous."""
        cliente = Client()
        if self.usuario is not None:
            cliente.force_login(self.usuario, backend="contas.sessao.Autenticacao")
        return cliente


def _busca(nome: str) -> str:
    from contas.municipios import dobrar

    return dobrar(nome)


def semear_municipios() -> dict[int, Municipio]:
    """The handful of municipalities that tests use, by IBGE code. Safe to call again."""
    from contas.models import Municipio

    postos = ("nome", "busca", "ddd", "latitude", "longitude")
    cidades = [
        Municipio(pk=pk, nome=nome, busca=_busca(nome), ddd=ddd, latitude=lat, longitude=lon) for pk, nome, ddd, lat, lon in MUNICIPIOS
    ]
    Municipio.objects.bulk_create(cidades, update_conflicts=True, unique_fields=["codigo_ibge"], update_fields=postos)
    return Municipio.objects.in_bulk([m.pk for m in cidades])


def vincular(usuario: Usuario, papel: str, onde: int | str) -> None:
    """Give the user a role since 2026-01-01: ``onde`` is an IBGE code or a kind of State body."""
    from contas.models import Vinculo

    Vinculo.objects.get_or_create(usuario=usuario, papel=papel, orgao=_orgao(onde), fim_em=None, defaults={"inicio_em": DESDE})


def _orgao(onde: int | str) -> Orgao:
    """The body, made when it is not there."""
    from contas.models import Municipio, Orgao

    prefeitura = isinstance(onde, int)
    achado = Orgao.objects.filter(municipio_id=onde) if prefeitura else Orgao.objects.filter(tipo=onde)
    if orgao := achado.first():
        return orgao
    if prefeitura:
        municipio = Municipio.objects.get(pk=onde)
        return Orgao.objects.create(municipio=municipio, tipo=Orgao.Tipo.PREFEITURA, nome=f"Prefeitura de {municipio.nome}")
    return Orgao.objects.create(tipo=onde, nome=Orgao.Tipo(onde).label)


def criar_pessoa(nome: str, email: str, *, cpf: str, papel: str, onde: int | str, senha: str | None = None) -> Pessoa:
    """A user with a confirmed e-mail and one link. Without ``senha`` only ``force_login`` enters (fast: no Argon2)."""
    from allauth.account.models import EmailAddress

    from contas.models import Usuario, Vinculo

    usuario = Usuario.objects.create_user(email, senha, nome=nome, cpf=cpf)
    EmailAddress.objects.create(user=usuario, email=email, verified=True, primary=True)
    Vinculo.objects.create(usuario=usuario, papel=papel, orgao=_orgao(onde), inicio_em=DESDE)
    return Pessoa(usuario)


@pytest.fixture
def agora() -> dt.datetime:
    """A fixed instant for actions: Monday, 2026-11-09, 10:12 in São Paulo."""
    return AGORA


@pytest.fixture
def relogio() -> Iterator[Any]:
    """The process's clock stopped at ``agora``; move it with ``relogio.move_to(instant)`` or ``relogio.shift(timedelta)``."""
    import time_machine

    with time_machine.travel(AGORA, tick=False) as viajante:
        yield viajante


@pytest.fixture
def municipios(db: None) -> dict[int, Municipio]:
    """Bofete, Botucatu, São Paulo, Itapeva and Cunha, by IBGE code."""
    return semear_municipios()


def _fixture(chave: str) -> Any:
    @pytest.fixture(name=chave)
    def pessoa(municipios: dict[int, Municipio]) -> Pessoa:
        nome, email, cpf, papel, onde = PESSOAS[chave]
        return criar_pessoa(nome, email, cpf=cpf, papel=papel, onde=onde)

    return pessoa


responsavel_a1 = _fixture("responsavel_a1")
responsavel_a2 = _fixture("responsavel_a2")
responsavel_b = _fixture("responsavel_b")
requerente = _fixture("requerente")
requerente_2 = _fixture("requerente_2")
requerente_outra = _fixture("requerente_outra")
analista = _fixture("analista")
analista_2 = _fixture("analista_2")
gestor_prodesp = _fixture("gestor_prodesp")
aprovador = _fixture("aprovador")
operadora = _fixture("operadora")
auditor = _fixture("auditor")
tecnico = _fixture("tecnico")


@pytest.fixture
def anonimo() -> Pessoa:
    """A visitor without an account."""
    return Pessoa(None)


@pytest.fixture
def elenco(request: pytest.FixtureRequest) -> dict[str, Pessoa]:
    """The whole cast by fixture name, the anonymous visitor included."""
    return {nome: request.getfixturevalue(nome) for nome in [*PESSOAS, "anonimo"]}

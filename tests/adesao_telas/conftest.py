"""Processes in each state for the screens, made through the real actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from adesao.models import Adesao
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, Pessoa

DIA = dt.timedelta(days=1)


def url(nome: str, adesao: Adesao | None = None, *args: Any) -> str:
    """Address of a page of ``adesao``."""
    return reverse(f"adesao:{nome}", args=[adesao.slug, *args] if adesao is not None else args)


def chave(cliente: Any, endereco: str) -> str:
    """The one-time key of a form on the page at ``endereco``."""
    import re

    achadas = re.findall(r'name="chave" value="([0-9a-f-]{36})"', cliente.get(endereco).content.decode())
    assert achadas, f"{endereco}: sem chave única"
    return str(achadas[-1])


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The clock of the pages stands two days after the sending."""
    relogio.move_to(AGORA + 2 * DIA)


@pytest.fixture
def enviada(requerente: Pessoa) -> Adesao:
    """Bofete, sent at AGORA."""
    return adesoes.adesao_enviada(por=requerente.ator)


@pytest.fixture
def em_conferencia(enviada: Adesao, analista: Pessoa) -> Adesao:
    """Bofete, held by ``analista``."""
    return adesoes.assumida(enviada, por=analista.ator, agora=AGORA + DIA)


@pytest.fixture
def devolvida(em_conferencia: Adesao, analista: Pessoa) -> Adesao:
    """Bofete, returned with two pendências."""
    return adesoes.devolvida(em_conferencia, por=analista.ator, agora=AGORA + DIA)


@pytest.fixture
def corrigida(devolvida: Adesao, requerente: Pessoa, analista: Pessoa) -> Adesao:
    """Bofete, second sending, held by ``analista`` again."""
    nova = adesoes.corrigida(devolvida, por=requerente.ator, agora=AGORA + 2 * DIA)
    return adesoes.assumida(nova, por=analista.ator, agora=AGORA + 2 * DIA)


@pytest.fixture
def encaminhada(em_conferencia: Adesao, analista: Pessoa) -> Adesao:
    """Bofete, forwarded."""
    return adesoes.encaminhada(em_conferencia, por=analista.ator, agora=AGORA + DIA)


@pytest.fixture
def outra_encaminhada(requerente_outra: Pessoa, analista: Pessoa) -> Adesao:
    """Cunha, forwarded."""
    from tests.apoio.elenco import CUNHA

    nova = adesoes.adesao_enviada(CUNHA, por=requerente_outra.ator)
    adesoes.assumida(nova, por=analista.ator, agora=AGORA + DIA)
    return adesoes.encaminhada(nova, por=analista.ator, agora=AGORA + DIA)


@pytest.fixture
def muitas(municipios: dict[int, Any], analista: Pessoa) -> Callable[[int], None]:
    """``muitas(200)`` puts that many open processes in the queue, straight in the table (each with its own municipality)."""
    from adesao.estados import Estado
    from contas.models import Municipio
    from nucleo.numeracao import formatar

    def criar(quantas: int) -> None:
        base = 9_000_000 + Municipio.objects.filter(pk__gte=9_000_000).count()
        cidades = [
            Municipio(codigo_ibge=base + i, nome=f"Cidade {base + i}", busca=f"cidade {base + i}", ddd=str(11 + i % 9))
            for i in range(quantas)
        ]
        Municipio.objects.bulk_create(cidades)
        linhas = []
        for i, cidade in enumerate(cidades):
            estado = [Estado.ENVIADA, Estado.EM_CONFERENCIA, Estado.DEVOLVIDA, Estado.ENCAMINHADA][i % 4]
            nova = Adesao(
                municipio=cidade,
                numero=formatar(2025, base + i - 8_999_999),
                desde=AGORA,
                criada_em=AGORA,
                criada_por=analista.usuario,
                envios=1 + i % 3,
                primeiro_envio_em=AGORA - (i % 90) * DIA,
                envio_em=AGORA,
                vence_em=AGORA + (i % 30 - 5) * DIA,
                analista=None if estado == Estado.ENVIADA else analista.usuario,
                cnpj=f"{i:014d}",
            )
            nova.__dict__["estado"] = estado
            linhas.append(nova)
        Adesao.objects.bulk_create(linhas)

    return criar

"""The demonstration's data, loaded once for every file of this folder (one process runs them, see ``xdist_group``)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import override_settings

from adesao.models import Adesao
from comunicacao.models import MensagemSaida
from demonstracao import carga
from documentos.models import Documento
from saog.models import Acesso, SolicitacaoServico

#: A Wednesday whose deadlines of 20 and 7 days meet no holiday, at midday.
AGORA = dt.datetime(2026, 5, 13, 12, 0, tzinfo=ZoneInfo("America/Sao_Paulo"))


def retrato() -> list[tuple[Any, ...]]:
    """What must be the same in every loading: numbers, states, names, deadlines, links, letters and drawings."""
    adesoes = Adesao.objects.select_related("municipio").prefetch_related("responsaveis").order_by("numero")
    linhas: list[tuple[Any, ...]] = [
        (a.numero, a.municipio.nome, a.estado, a.envios, a.vence_em, a.cnpj, tuple(r.nome for r in a.responsaveis.all())) for a in adesoes
    ]
    pedidos = SolicitacaoServico.objects.select_related("municipio").order_by("numero")
    linhas += [(s.numero, s.municipio.nome, s.titulo, s.estado, s.envios, s.vence_em, s.aceite_vence_em, s.rascunho) for s in pedidos]
    linhas += Acesso.objects.order_by("municipio_id", "conexao", "ordinal", "pk").values_list("ordinal", "estado", "servico", "circuito")
    linhas += sorted(MensagemSaida.objects.values_list("criada_em", "para", "assunto"))
    return linhas + sorted(Documento.objects.filter(especie="brasao").values_list("criado_em", "sha256"))


@pytest.fixture(scope="package")
def carregada(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the first page waits for, loaded (twice, to compare), taken away whole after the last file that asks for it."""
    pasta: Path = tmp_path_factory.mktemp("arquivos")
    antes, settings.ARQUIVOS_DIR = settings.ARQUIVOS_DIR, pasta
    #: The passwords are checked, not how slowly they are hashed.
    ajustes = override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        PASSWORD_HASHERS=["tests.contas.conftest.Argon2Leve"],
    )
    with ajustes, django_db_blocker.unblock():
        bloco = transaction.atomic()
        bloco.__enter__()
        try:
            with transaction.atomic():
                carga.carregar(agora=AGORA, em_teste=True, tudo=False)
                primeira = retrato()
                transaction.set_rollback(True)
            feitas: list[int] = []

            def contar(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
                feitas.append(1)
                return execute(sql, params, many, context)

            with connection.execute_wrapper(contar):
                resumo = carga.carregar(agora=AGORA, em_teste=True, tudo=False)
            yield {"primeira": primeira, "resumo": resumo, "consultas": len(feitas), "pasta": pasta}
        finally:
            transaction.set_rollback(True)
            bloco.__exit__(None, None, None)
            settings.ARQUIVOS_DIR = antes


@pytest.fixture(autouse=True)
def _arquivos_da_carga(request: pytest.FixtureRequest, settings: Any, _pasta_de_arquivos: None) -> None:
    if "carregada" in request.fixturenames:
        settings.ARQUIVOS_DIR = request.getfixturevalue("carregada")["pasta"]


@pytest.fixture
def aberto(dados: Any, django_db_blocker: Any) -> Any:
    """Reading (and undoing what a test writes) inside the transaction of the file's ``dados``."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield dados
        transaction.set_rollback(True)

"""Queries built once: the same rows and the same SQL as the ORM's own, with every value as a parameter."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet, Value
from django.test.utils import CaptureQueriesContext

from contas.models import Municipio, Orgao, Vinculo
from nucleo.models import ChaveDeFormulario
from nucleo.preparadas import mudanca_preparada, preparada

pytestmark = pytest.mark.django_db


def _vinculos(usuario_id: Any, agora: Any) -> QuerySet[Vinculo]:
    return Vinculo.objects.filter(usuario_id=usuario_id, inicio_em__lte=agora).select_related("orgao__municipio").order_by("pk")


@preparada
def vinculos(*, usuario_id: Any, agora: Any) -> QuerySet[Vinculo]:
    return _vinculos(usuario_id, agora)


@preparada
def primeiros(quantos: int, *, nome: Any) -> QuerySet[Municipio, tuple[int, str]]:
    return Municipio.objects.filter(nome__gte=nome).order_by("nome").values_list("codigo_ibge", "nome")[:quantos]


@preparada
def travado(*, pk: Any) -> QuerySet[Orgao]:
    return Orgao.objects.select_for_update(of=("self",), no_key=True).filter(pk=pk)


@preparada
def chaves(*, desde: Any) -> QuerySet[ChaveDeFormulario]:
    return ChaveDeFormulario.objects.filter(criada_em__gte=desde).order_by("ato")


@mudanca_preparada
def anotar(*, chave: Any, resultado: Any, criada_em: Any) -> tuple[QuerySet[ChaveDeFormulario], dict[str, Any]]:
    return ChaveDeFormulario.objects.filter(chave=chave), {"resultado": resultado, "criada_em": criada_em}


def test_objects_and_their_relations_are_those_of_the_orm(requerente: Any, analista: Any) -> None:
    agora = dt.datetime.now(dt.UTC)
    for pessoa in (requerente, analista, requerente):  # the second and third time from what was kept
        da_casa = vinculos.linhas(usuario_id=pessoa.usuario.pk, agora=agora)
        do_orm = list(_vinculos(pessoa.usuario.pk, agora))
        assert [vars(v) | {"_state": None} for v in da_casa] == [vars(v) | {"_state": None} for v in do_orm] != []
        with CaptureQueriesContext(connection) as consultas:
            assert da_casa[0].orgao.municipio == do_orm[0].orgao.municipio
        assert not consultas.captured_queries  # read along, both of them
        assert da_casa[0]._state.adding is False


def test_the_shape_is_built_in_and_the_values_are_parameters(municipios: Any) -> None:
    assert [nome for _, nome in primeiros.linhas(2, nome="B")] == ["Bofete", "Botucatu"]
    assert [nome for _, nome in primeiros.linhas(1, nome="C")] == ["Cunha"]
    malvado = "'; DROP TABLE contas_municipio; --"
    assert primeiros.linhas(1, nome=malvado) == list(
        Municipio.objects.filter(nome__gte=malvado).order_by("nome").values_list("codigo_ibge", "nome")[:1]
    )
    assert primeiros.unica(1, nome="Zzz") is None


def test_a_missing_value_and_a_lock_outside_a_transaction_are_refused(requerente: Any) -> None:
    with pytest.raises(KeyError):
        primeiros.linhas(2)
    orgao_id = requerente.usuario.vinculos.get().orgao_id
    with transaction.atomic():
        assert travado.unica(pk=orgao_id).pk == orgao_id


@pytest.mark.django_db(transaction=True)
def test_a_prepared_lock_needs_a_transaction_every_time(requerente: Any) -> None:
    orgao_id = requerente.usuario.vinculos.get().orgao_id
    with transaction.atomic():
        assert travado.unica(pk=orgao_id).pk == orgao_id
    with pytest.raises(transaction.TransactionManagementError):
        travado.unica(pk=orgao_id)


def test_instants_json_and_uuids_go_and_come_back_as_the_orm_writes_them() -> None:
    agora = dt.datetime(2026, 11, 9, 10, 12, 33, 456789, tzinfo=dt.UTC)
    linhas = [ChaveDeFormulario.objects.create(chave=uuid.uuid4(), ato=ato) for ato in ("a", "b", "c")]
    assert anotar.fazer(chave=linhas[0].pk, resultado={"ã": [1, None]}, criada_em=agora) == 1
    assert anotar.varias({"chave": c.pk, "resultado": [], "criada_em": agora} for c in linhas[1:]) == 2
    assert anotar.fazer(chave=uuid.uuid4(), resultado={}, criada_em=agora) == 0
    (mudada,) = anotar.lendo(chave=linhas[2].pk, resultado=[], criada_em=agora)
    assert vars(mudada) | {"_state": None} == vars(ChaveDeFormulario.objects.get(ato="c")) | {"_state": None}
    assert anotar.lendo(chave=uuid.uuid4(), resultado=[], criada_em=agora) == []
    assert [(c.ato, c.resultado, c.criada_em) for c in ChaveDeFormulario.objects.order_by("ato")] == [
        ("a", {"ã": [1, None]}, agora),
        ("b", [], agora),
        ("c", [], agora),
    ]
    assert [(c.chave, c.resultado, c.criada_em) for c in chaves.linhas(desde=agora)] == [
        (c.chave, c.resultado, c.criada_em) for c in ChaveDeFormulario.objects.order_by("ato")
    ]
    assert chaves.linhas(desde=agora + dt.timedelta(microseconds=1)) == []


def test_a_union_keeps_what_is_written_in_and_what_comes_later_apart(municipios: Any) -> None:
    @preparada
    def unidos(*, ibge: Any) -> QuerySet[Municipio, tuple[int, str]]:
        este = Municipio.objects.filter(pk=ibge).order_by().values_list(Value(0), "nome")
        return este.union(Municipio.objects.exclude(pk=ibge).order_by().values_list(Value(1), "nome"), all=True)

    pk = Municipio.objects.get(nome="Cunha").pk
    assert sorted(unidos.linhas(ibge=pk)) == [(0, "Cunha"), *sorted((1, m.nome) for m in Municipio.objects.exclude(pk=pk))]

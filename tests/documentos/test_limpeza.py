"""Files that nobody needs any more, and what an upload costs to others: counted right, examined outside transactions, erased whole."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from documentos import armazem, recebimento, validacao
from documentos.models import Documento
from tests.documentos import fabrica
from tests.documentos.conftest import AGORA


def _imagem() -> SimpleUploadedFile:
    return SimpleUploadedFile("brasao.png", fabrica.imagem("PNG", tamanho=(64, 64)), content_type="image/png")


def _receber(dono: str = "adesao:1") -> Documento:
    arquivo = SimpleUploadedFile("x.pdf", fabrica.simples())
    return recebimento.receber(arquivo=arquivo, especie="x", dono=dono, titulo="t", agora=AGORA, por_id=None)


def test_the_hour_of_uploads_is_an_hour_however_slow_the_person_is(pessoa: Any, cache_do_banco: Any, relogio: Any) -> None:
    """seguranca.md B1.7: counting one more must not shorten the life of the count (Django's ``incr`` does, to five minutes)."""
    for n in range(20):
        relogio.move_to(AGORA + dt.timedelta(seconds=n))
        recebimento.contar_envio(pessoa.pk, agora=AGORA + dt.timedelta(seconds=n), campo="arquivo")
    relogio.move_to(AGORA + dt.timedelta(minutes=20))
    with pytest.raises(recebimento.EnviosDemais):
        recebimento.contar_envio(pessoa.pk, agora=AGORA + dt.timedelta(minutes=20), campo="arquivo")


@pytest.mark.django_db(transaction=True)
def test_an_image_is_made_again_before_any_transaction_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The jail may take seconds over a hostile image: nobody waits for it behind a lock."""
    abertas: list[bool] = []
    original = validacao.refazer_imagem
    monkeypatch.setattr(validacao, "refazer_imagem", lambda *x: abertas.append(connection.in_atomic_block) or original(*x))
    with recebimento.conferir_imagem(arquivo=_imagem(), agora=AGORA, por_id=None) as conferida, transaction.atomic():
        documento = recebimento.receber_imagem(arquivo=conferida, especie="brasao", dono="a:1", titulo="Brasão", agora=AGORA, por_id=None)
    assert abertas == [False]
    assert documento.situacao == Documento.Situacao.PRONTO
    assert armazem.caminho_de(documento).exists()


@pytest.mark.django_db
def test_an_erased_file_leaves_neither_row_nor_bytes_nor_pages(ao_confirmar: Any) -> None:
    """Only after the commit: a rollback keeps the file."""
    documento, outro = _receber(), _receber()
    caminho, pasta = armazem.caminho_de(documento), armazem.pasta_das_paginas(documento)
    pasta.mkdir(parents=True)
    (pasta / "001.png").write_bytes(b"x")
    with ao_confirmar():
        assert recebimento.apagar([documento.pk]) == 1
        assert caminho.exists()
    assert not caminho.exists()
    assert not pasta.exists()
    assert list(Documento.objects.values_list("pk", flat=True)) == [outro.pk]
    assert armazem.caminho_de(outro).exists()

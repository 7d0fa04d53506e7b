"""Taking files in: limits, quota, names, storage that survives crashes (ASVS 5.2.4, 5.3.1, 5.3.2; faults F8, F9)."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from documentos import armazem, recebimento, tarefas, validacao
from documentos.models import Documento
from nucleo.erros import RegraViolada
from tests.documentos import fabrica
from tests.documentos.conftest import AGORA


def receber(conteudo: bytes, *, nome: str = "oficio.pdf", **campos: Any) -> Documento:
    completos = {"especie": "oficio_assinado", "dono": "adesao:1", "titulo": "Ofício assinado", "agora": AGORA, "por_id": None, **campos}
    return recebimento.receber(arquivo=SimpleUploadedFile(nome, conteudo, content_type="text/html"), **completos)


def arquivos_no_disco() -> list[Path]:
    return [c for c in armazem.raiz().rglob("*") if c.is_file()]


def test_the_original_bytes_are_kept_under_a_uuid_with_their_hash(pessoa: Any) -> None:
    conteudo = fabrica.assinado(fabrica.simples(texto=b"codigo 7F3K-9QAM"), 2)
    documento = receber(conteudo, nome="Ofício.pdf", por_id=pessoa.pk)
    linha = Documento.objects.get(pk=documento.pk)
    assert armazem.ler(linha) == conteudo
    assert linha.sha256 == hashlib.sha256(conteudo).hexdigest()
    assert (linha.tamanho, linha.paginas, linha.nome_original) == (len(conteudo), 1, "Ofício.pdf")
    assert linha.dados == {"assinaturas": 2, "revisoes": 3, "codigos_no_texto": ["7F3K-9QAM"], "tem_texto": True}
    assert linha.arquivo == f"{linha.pk.hex[:2]}/{linha.pk}.{linha.sha256[:8]}.pdf"
    assert armazem.caminho_de(linha).stat().st_mode & 0o777 == 0o640
    assert (linha.situacao, linha.antivirus, linha.pronto_em) == ("pronto", "sem antivírus", AGORA)


@pytest.mark.django_db
def test_with_an_antivirus_the_file_waits_in_verification(settings: Any) -> None:
    settings.ANTIVIRUS = "unix:/nao/ha"
    documento = receber(fabrica.simples())
    assert (documento.situacao, documento.antivirus, documento.pronto_em) == ("em_verificacao", "", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("enviado", "guardado"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("/absoluto/x.pdf", "x.pdf"),
        ("x.pdf\0.exe", "x.pdf .exe"),
        ("..", "arquivo"),
        ("", "arquivo"),
        ("....pdf", "pdf"),
        ("ofício\u202efdp.exe", "ofício fdp.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("a\u2066b\u2069.pdf", "a b .pdf"),
        ("oficio\u0301.pdf", "ofició.pdf"),
        ("  muitos   espaços .pdf", "muitos espaços .pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
        ("x\u2028y.pdf", "x y.pdf"),
    ],
)
def test_the_persons_file_name_is_only_a_clean_label(enviado: str, guardado: str) -> None:
    assert recebimento.limpar_nome(enviado) == guardado
    arquivo = ContentFile(fabrica.simples())
    arquivo.name = enviado
    documento = recebimento.receber(arquivo=arquivo, especie="x", dono="a:1", titulo="t", agora=AGORA, por_id=None)
    assert uuid.UUID(Path(documento.arquivo).name[:36]) == documento.pk
    assert [c.parent.parent for c in arquivos_no_disco()] == [armazem.raiz()]


def test_a_long_name_keeps_its_extension() -> None:
    nome = recebimento.limpar_nome("x" * 500 + ".pdf")
    assert len(nome) <= 200
    assert nome.endswith(".pdf")
    assert len(recebimento.limpar_nome("x" * 5000)) == 200


@pytest.mark.django_db
def test_a_refused_file_leaves_no_row_and_nothing_on_the_disk() -> None:
    for conteudo in (b"", b"MZ", fabrica.simples(encryption=fabrica.pikepdf.Encryption(owner="a", user="b"))):
        with pytest.raises(RegraViolada) as recusa:
            receber(conteudo, campo="oficio")
        assert recusa.value.campo == "oficio"
        assert recusa.value.status == 422
    assert not Documento.objects.exists()
    assert arquivos_no_disco() == []


@pytest.mark.django_db
def test_reading_stops_at_the_limit_whatever_size_was_declared() -> None:
    class SemFim(ContentFile):
        lidos = 0

        def chunks(self, chunk_size: int | None = None) -> Any:
            while True:
                SemFim.lidos += 1 << 20
                yield b"%PDF-1.7" + b"0" * ((1 << 20) - 8)

    with pytest.raises(RegraViolada, match="15 MB"):
        recebimento.receber(arquivo=SemFim(b"", "x.pdf"), especie="x", dono="a:1", titulo="t", agora=AGORA, por_id=None)
    assert SemFim.lidos <= validacao.PDF_BYTES + (2 << 20)
    assert arquivos_no_disco() == []


@pytest.mark.django_db
def test_a_full_disk_answers_507_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def cheio(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    for funcao in ("fsync", "replace"):
        conteudo = fabrica.simples()
        with monkeypatch.context() as m:
            m.setattr(os, funcao, cheio)
            with pytest.raises(armazem.SemEspaco) as recusa:
                receber(conteudo)
        assert recusa.value.status == 507
        assert recusa.value.campo == "arquivo"
    assert not Documento.objects.exists()
    assert arquivos_no_disco() == []


@pytest.mark.django_db
def test_a_row_the_database_refuses_takes_its_file_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def recusar(*_: Any, **__: Any) -> None:
        raise RuntimeError("banco")

    monkeypatch.setattr(Documento, "save", recusar)
    with pytest.raises(RuntimeError, match="banco"):
        receber(fabrica.simples())
    assert arquivos_no_disco() == []


@pytest.mark.django_db(transaction=True)
def test_a_rollback_after_the_upload_leaves_an_orphan_that_the_sweep_removes_after_a_day() -> None:
    with transaction.atomic():
        documento = receber(fabrica.simples())
        transaction.set_rollback(True)
    assert not Documento.objects.exists()
    caminho = armazem.raiz() / documento.arquivo
    assert caminho.exists()
    pasta = documento.arquivo[:2]
    agora = dt.datetime.now(dt.UTC)
    assert tarefas.remover_orfaos(agora, pastas=[pasta]) == 0
    assert tarefas.remover_orfaos(agora + dt.timedelta(hours=25), pastas=[pasta]) == 1
    assert not caminho.exists()


@pytest.mark.django_db
def test_the_sweep_keeps_files_and_pages_that_a_row_names() -> None:
    documento = receber(fabrica.simples())
    assert tarefas.paginas_de(str(documento.pk)) == "prontas"
    sem_dono = armazem.raiz() / documento.arquivo[:2] / str(uuid.uuid4())
    sem_dono.mkdir()
    (sem_dono / "001.png").write_bytes(b"x")
    (armazem.raiz() / documento.arquivo[:2] / f"{documento.pk}.00000000.pdf").write_bytes(b"outra versao")
    (armazem.pasta_temporaria() / "x.parte").write_bytes(b"x")
    depois = dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)
    assert tarefas.remover_orfaos(depois, pastas=[documento.arquivo[:2]]) == 3
    assert not sem_dono.exists()
    armazem.ler(documento)
    assert (armazem.raiz() / armazem.nome_da_pagina(documento, 1)).exists()


@pytest.mark.django_db
def test_every_folder_has_its_turn_within_about_an_hour() -> None:
    vistas = {f"{int((AGORA + dt.timedelta(seconds=15 * n)).timestamp() // 15) % 256:02x}" for n in range(256)}
    assert len(vistas) == 256


def test_twenty_files_an_hour_and_then_429(pessoa: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    conteudo = fabrica.simples()
    monkeypatch.setattr(validacao, "conferir_pdf", lambda _: validacao.Exame((), paginas=1))
    for _ in range(20):
        receber(conteudo, por_id=pessoa.pk)
    with pytest.raises(recebimento.EnviosDemais) as recusa:
        receber(conteudo, por_id=pessoa.pk)
    assert recusa.value.status == 429
    assert receber(conteudo, por_id=pessoa.pk, agora=AGORA + dt.timedelta(hours=1)).pk


@pytest.mark.django_db
def test_an_owner_keeps_at_most_200_files_and_200_mib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validacao, "conferir_pdf", lambda _: validacao.Exame((), paginas=1))
    monkeypatch.setattr(recebimento, "COTA_ARQUIVOS", 2)
    conteudo = fabrica.simples()
    receber(conteudo)
    receber(conteudo)
    with pytest.raises(RegraViolada, match="máximo de arquivos"):
        receber(conteudo)
    assert receber(conteudo, dono="adesao:2").pk
    assert len(arquivos_no_disco()) == 3
    monkeypatch.setattr(recebimento, "COTA_ARQUIVOS", 200)
    Documento.objects.filter(dono="adesao:1").update(tamanho=(100 << 20) - 100)
    with pytest.raises(RegraViolada, match="200 MB"):
        receber(conteudo)


def test_a_coat_of_arms_is_kept_as_our_own_png(pessoa: Any) -> None:
    campos = {"especie": "brasao", "dono": "adesao:1", "titulo": "Brasão", "agora": AGORA, "por_id": pessoa.pk}
    original = fabrica.imagem("JPEG", tamanho=(900, 1200))
    documento = recebimento.receber_imagem(arquivo=ContentFile(original, "brasão.jpg"), **campos)
    assert (documento.tipo_mime, documento.situacao, documento.antivirus) == ("image/png", "pronto", "reprocessada")
    assert documento.dados == {"largura": 450, "altura": 600}
    assert armazem.ler(documento).startswith(b"\x89PNG")
    with pytest.raises(RegraViolada, match="PNG ou JPEG") as recusa:
        recebimento.receber_imagem(arquivo=ContentFile(b"<svg/>", "x.png"), **campos)
    assert recusa.value.campo == "brasao"
    with pytest.raises(RegraViolada, match="2 MB"):
        recebimento.receber_imagem(arquivo=ContentFile(b"0" * (3 << 20), "x.png"), **campos)
    assert len(arquivos_no_disco()) == 1


def test_a_process_killed_while_writing_never_leaves_a_broken_file_under_a_final_name(tmp_path: Path, provas: bool) -> None:
    """F9: kill -9 at random moments; whatever has a final name is whole."""
    codigo = (
        "import django, hashlib, os, sys, uuid; django.setup()\n"
        "from documentos import armazem\n"
        "print('pronto', flush=True)\n"
        "while True:\n"
        "    corpo = [os.urandom(20000)] * 40\n"
        "    with armazem.escrever(corpo) as e:\n"
        "        armazem.guardar(e, 'ab/' + e.sha256 + '.pdf')\n"
    )
    sorteio = random.Random(7)
    for rodada in range(10 if provas else 2):
        pasta = tmp_path / str(rodada)
        ambiente = {**os.environ, "ARQUIVOS_DIR": str(pasta)}
        processo = subprocess.Popen([sys.executable, "-c", codigo], env=ambiente, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        assert processo.stdout is not None
        processo.stdout.readline()
        time.sleep(sorteio.uniform(0.05, 0.3))
        processo.send_signal(signal.SIGKILL)
        processo.wait()
        processo.stdout.close()
        finais = list((pasta / "ab").glob("*.pdf"))
        assert finais
        for final in finais:
            assert hashlib.sha256(final.read_bytes()).hexdigest() == final.stem


@pytest.mark.django_db
def test_an_upload_read_twice_gives_the_same_hash() -> None:
    conteudo = fabrica.simples()
    arquivo = SimpleUploadedFile("x.pdf", conteudo)
    io.BytesIO(arquivo.read())  # somebody read it before: chunks() starts again
    documento = recebimento.receber(arquivo=arquivo, especie="x", dono="a:1", titulo="t", agora=AGORA, por_id=None)
    assert documento.sha256 == hashlib.sha256(conteudo).hexdigest()


def test_the_gate_can_run_before_the_transaction_is_open(pessoa: Any, django_assert_num_queries: Any) -> None:
    """The examination asks the database for nothing but the counter of uploads, so nobody waits for it behind a lock."""
    conteudo = fabrica.simples()
    upload = SimpleUploadedFile("x.pdf", conteudo)
    with recebimento.conferir(arquivo=upload, agora=AGORA, por_id=None) as conferido, transaction.atomic():
        documento = recebimento.receber(arquivo=conferido, especie="x", dono="a:1", titulo="t", agora=AGORA, por_id=pessoa.pk)
    assert armazem.ler(documento) == conteudo
    with django_assert_num_queries(0), recebimento.conferir(arquivo=upload, agora=AGORA, por_id=None):
        assert len(arquivos_no_disco()) == 2
    assert len(arquivos_no_disco()) == 1

"""The outbox's mouth: one row per key, inside a transaction, clean headers, two faces that say the same."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.db import connection, transaction

from comunicacao import caixa
from comunicacao.models import MensagemSaida
from nucleo.erros import RegraViolada
from tests.apoio.elenco import AGORA
from tests.comunicacao.conftest import CARTA

pytestmark = pytest.mark.django_db


@pytest.fixture
def acordadas(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Wake-ups that reached the queue."""
    lista: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr("nucleo.fila._acordar", lambda nome, ids: lista.append((nome, ids)))
    return lista


def test_the_same_key_twice_is_one_row_and_one_wake_up(acordadas: list[Any], ao_confirmar: Any) -> None:
    with ao_confirmar():
        primeira = caixa.enfileirar(**CARTA, agora=AGORA)
        assert caixa.enfileirar(**{**CARTA, "titulo": "Outra coisa"}, agora=AGORA) is None
    assert primeira is not None
    assert [m.assunto for m in MensagemSaida.objects.all()] == [CARTA["titulo"]]
    assert acordadas == [("comunicacao.enviar", {"id": primeira})]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with pytest.raises(RuntimeError, match="fora de transação"):
        caixa.enfileirar(**CARTA, agora=AGORA)
    assert not MensagemSaida.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rollback_leaves_no_row_and_wakes_nobody(acordadas: list[Any]) -> None:
    def ato_que_falha() -> None:
        with transaction.atomic():
            caixa.enfileirar(**CARTA, agora=AGORA)
            raise RegraViolada("o ato falhou")

    with pytest.raises(RegraViolada):
        ato_que_falha()
    assert not MensagemSaida.objects.exists()
    assert acordadas == []


@pytest.mark.django_db(transaction=True)
def test_many_threads_with_one_key_write_one_row_and_only_one_is_told_it_is_new(acordadas: list[Any]) -> None:
    largada, novas, erros = threading.Barrier(4), [], []

    def escreve() -> None:
        try:
            largada.wait(10)
            with transaction.atomic():
                novas.append(caixa.enfileirar(**CARTA, agora=AGORA))
        except Exception as erro:
            erros.append(erro)
        finally:
            connection.close()

    fios = [threading.Thread(target=escreve) for _ in range(4)]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join(30)
    assert erros == []
    assert len([m for m in novas if m is not None]) == 1
    assert MensagemSaida.objects.count() == 1
    assert len(acordadas) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_control_asking_first_and_inserting_after_fails_under_the_same_race() -> None:
    """Without ON CONFLICT the second writer breaks on the unique key, and its act with it: the race is real."""
    largada, quebraram = threading.Barrier(2), []

    def escreve() -> None:
        try:
            with transaction.atomic():
                existe = MensagemSaida.objects.filter(chave=CARTA["chave"]).exists()
                largada.wait(10)
                if not existe:
                    colunas = caixa._linha(caixa.Carta(**CARTA), conferir=caixa._conferir_endereco, redigir=caixa._redigir, agora=AGORA)
                    MensagemSaida.objects.create(**colunas)
        except Exception as erro:
            quebraram.append(type(erro).__name__)
        finally:
            connection.close()

    fios = [threading.Thread(target=escreve) for _ in range(2)]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join(30)
    assert quebraram == ["IntegrityError"]


def test_many_letters_cost_as_many_queries_as_one_and_one_wake_up(
    acordadas: list[Any], ao_confirmar: Any, django_assert_max_num_queries: Any
) -> None:
    cartas = [caixa.Carta(**{**CARTA, "chave": f"aviso:1:usuario:{i}"}) for i in range(60)]
    with ao_confirmar(), transaction.atomic():
        caixa.enfileirar(**{**CARTA, "chave": "aviso:1:usuario:7"}, agora=AGORA)
        acordadas.clear()
        with django_assert_max_num_queries(3):  # INSERT (SQLite takes two for so many columns) and SELECT
            novas = caixa.enfileirar_varias(cartas, agora=AGORA)
    assert novas == 59
    assert ("comunicacao.varrer", {}) in acordadas
    assert caixa.enfileirar_varias([], agora=AGORA) == 0


def test_letters_of_one_batch_with_the_same_words_greet_each_person_by_name() -> None:
    nomes = {"1": "Clara Dias", "2": "", "3": "\ue002 Davi\ue002 Reis", "4": "Olá"}
    with transaction.atomic():
        caixa.enfileirar_varias([caixa.Carta(**{**CARTA, "chave": k, "para_nome": nome}) for k, nome in nomes.items()], agora=AGORA)
    for chave, primeiro in {"1": "Olá, Clara. ", "2": "", "3": "Olá, Davi. ", "4": "Olá, Olá. "}.items():
        mensagem = MensagemSaida.objects.get(chave=chave)
        assert f"\n{primeiro}{CARTA['paragrafos'][0]}" in mensagem.texto
        assert f"{primeiro}{CARTA['paragrafos'][0]}" in mensagem.html


@pytest.mark.parametrize("quebra", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x00", "\x85", "\u2028", "\u2029"])
def test_no_line_break_of_any_kind_reaches_a_header(quebra: str, escrever: Any) -> None:
    mensagem = escrever(titulo=f"Recebida{quebra}Bcc: todos@mundo.example", para_nome=f"Clara{quebra}Bcc: x", tipo="t")
    for campo in (mensagem.assunto, mensagem.para_nome):
        assert campo.isprintable()
        assert not re.search(r"[\x00-\x1f\x85\u2028\u2029]", campo)
    assert mensagem.assunto == "Recebida Bcc: ***"


@pytest.mark.parametrize(
    "para", ["clara@bofete.sp.gov.br\nBcc: x@y.example", "clara", "", "a@b.example, c@d.example", "Clara <a@b.example>"]
)
def test_a_recipient_that_is_not_one_plain_address_is_refused_beside_its_field(para: str, escrever: Any) -> None:
    with pytest.raises(RegraViolada) as recusa:
        escrever(para=para)
    assert recusa.value.campo == "email"
    assert not MensagemSaida.objects.exists()


@pytest.mark.parametrize("dado", ["529.982.247-25", "52998224725", "clara@bofete.sp.gov.br"])
def test_a_subject_carries_no_cpf_and_no_address(dado: str, escrever: Any) -> None:
    mensagem = escrever(titulo=f"Convite de {dado} para Bofete, 2026/00042-1")
    assert mensagem.assunto == "Convite de *** para Bofete, 2026/00042-1"


def test_a_long_title_is_cut_to_the_column(escrever: Any) -> None:
    mensagem = escrever(titulo="Adesão " + "muito longa " * 30)
    assert len(mensagem.assunto) <= 180
    assert mensagem.assunto.endswith("…")


@pytest.mark.parametrize(
    "mudanca",
    [
        {"chave": ""},
        {"chave": "x" * 161},
        {"chave": "a\nb"},
        {"tipo": "t" * 41},
        {"dono": "d" * 41},
        {"titulo": " \n "},
        {"botao": ("Abrir", "/adesoes/1/")},
        {"botao": ("Abrir", "javascript:alert(1)")},
    ],
)
def test_a_letter_of_the_wrong_shape_is_refused(mudanca: dict[str, Any], escrever: Any) -> None:
    with pytest.raises(ValueError, match=r"mensagem|botão"):
        escrever(**mudanca)


def test_both_faces_say_the_same_lines(escrever: Any) -> None:
    mensagem = escrever()
    texto_do_html = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", mensagem.html.split("<body", 1)[1]))
    for linha in (
        CARTA["titulo"],
        "Olá, Clara. A PRODESP confere os documentos em até 20 dias.",
        "2026/00042-1",
        "Quem age agora",
        "segunda-feira, 30/11/2026",
        "Ver a adesão",
        "http://127.0.0.1:8000/adesoes/2026-00042-1/",
        "Você recebe este e-mail porque representa a Prefeitura de Bofete.",
        "O portal nunca pede sua senha por e-mail.",
        "suporte.gestao@intragov.sp.gov.br",
    ):
        assert linha in mensagem.texto
        assert linha in texto_do_html
    assert "\n\n\n" not in mensagem.texto


def test_the_address_of_the_button_stands_alone_on_a_line_of_the_text(escrever: Any) -> None:
    assert CARTA["botao"][1] in escrever().texto.splitlines()


def test_what_people_wrote_is_escaped_in_html_and_plain_in_text(escrever: Any) -> None:
    mensagem = escrever(fatos=[("Motivo", "<script>alert(1)</script> & D'Oeste")], para_nome="<b>Clara</b>")
    assert "<script>" not in mensagem.html
    assert "&lt;script&gt;" in mensagem.html
    assert "<script>alert(1)</script> & D'Oeste" in mensagem.texto
    assert "<b>" not in mensagem.html


def test_the_html_loads_nothing_from_outside(escrever: Any) -> None:
    html = escrever().html
    assert not re.search(r"<(img|link|script|iframe|form)\b|url\(|@import", html)


def test_without_facts_button_or_name_it_is_still_a_letter(escrever: Any) -> None:
    mensagem = escrever(para_nome="", fatos=(), botao=None, rodape="", paragrafos=["Sua conta foi encerrada."])
    assert "Olá" not in mensagem.texto
    assert "Sua conta foi encerrada." in mensagem.texto
    assert "None" not in mensagem.texto + mensagem.html


def test_a_letter_that_greets_by_itself_is_not_greeted_twice(escrever: Any) -> None:
    assert escrever(paragrafos=["Olá, equipe. Há uma fila."]).texto.count("Olá") == 1


def test_what_was_given_up_can_be_put_back_with_the_same_identity(escrever: Any, ao_confirmar: Any) -> None:
    mensagem = escrever()
    identidade = mensagem.message_id
    MensagemSaida.objects.update(situacao="desistida", tentar_em=None, tentativas=6, erro="SMTPDataError 554")
    assert caixa.reabrir([mensagem.pk + 1], agora=AGORA) == 0
    assert caixa.reabrir(agora=AGORA) == 1
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentativas, mensagem.tentar_em, mensagem.message_id) == ("pendente", 0, AGORA, identidade)

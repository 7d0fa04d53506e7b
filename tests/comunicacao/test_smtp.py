"""Real conversations with a fake e-mail server on loopback (fault F10 of `seguranca.md`)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from comunicacao import envio
from tests.apoio.elenco import AGORA
from tests.comunicacao.servidor_falso import ServidorFalso

pytestmark = pytest.mark.django_db

UM_MINUTO = AGORA + dt.timedelta(minutes=1)


def test_a_message_taken_by_the_server_carries_its_identity_and_both_faces(servidor: ServidorFalso, escrever: Any, relogio: Any) -> None:
    mensagem = escrever()
    assert envio.enviar(mensagem.pk, relogio=relogio)
    (chegou,) = servidor.recebidas
    assert chegou["Message-ID"] == mensagem.message_id
    assert [p.get_content_type() for p in chegou.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert "".join(mensagem.texto.split()) in "".join(chegou.get_payload(0).get_payload(decode=True).decode().split())  # type: ignore[union-attr]


@pytest.mark.parametrize("modo", ["mail 550", "rcpt 550", "data 554"])
def test_a_5xx_about_the_message_stops_it(modo: str, servidor: ServidorFalso, escrever: Any, relogio: Any) -> None:
    servidor.modo, mensagem = modo, escrever()
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentar_em) == ("desistida", None)
    assert mensagem.erro.endswith(modo.split()[1])
    assert "segredo" not in mensagem.erro


@pytest.mark.parametrize("modo", ["abre 421", "abre 554", "rcpt 450", "data 451", "cala"])
def test_a_server_in_trouble_is_tried_again_and_the_message_then_arrives_once(
    modo: str, servidor: ServidorFalso, escrever: Any, relogio: Any
) -> None:
    servidor.modo, mensagem = modo, escrever()
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentar_em) == ("pendente", UM_MINUTO)
    servidor.modo, relogio.agora = "aceita", UM_MINUTO
    assert envio.varrer(relogio=relogio) == 1
    assert servidor.identidades == [mensagem.message_id]


def test_a_closed_port_is_tried_again(servidor: ServidorFalso, escrever: Any, relogio: Any, settings: Any) -> None:
    mensagem = escrever()
    with ServidorFalso() as fechado:
        porta = fechado.porta
    settings.EMAIL_PORT = porta
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    mensagem.refresh_from_db()
    assert (mensagem.situacao, mensagem.tentar_em, mensagem.erro) == ("pendente", UM_MINUTO, "SemServidor: ConnectionRefusedError")


def test_a_server_that_drops_after_data_gets_the_same_identity_again(servidor: ServidorFalso, escrever: Any, relogio: Any) -> None:
    servidor.modo, mensagem = "cai", escrever()
    assert not envio.enviar(mensagem.pk, relogio=relogio)
    servidor.modo, relogio.agora = "aceita", UM_MINUTO
    assert envio.varrer(relogio=relogio) == 1
    assert servidor.identidades == [mensagem.message_id] * 2, "a cópia se reconhece pela identidade"


def test_one_bad_recipient_does_not_hold_the_others(servidor: ServidorFalso, escrever: Any, relogio: Any) -> None:
    servidor.modo = "rcpt 550"
    ruim = escrever(chave="ruim")
    envio.enviar(ruim.pk, relogio=relogio)
    servidor.modo = "aceita"
    boa = escrever(chave="boa")
    assert envio.varrer(relogio=relogio) == 1
    assert servidor.identidades == [boa.message_id]

"""Every named address × twelve roles, GET and POST, against the reviewed table ``acessos.txt`` (ASVS 8.1.1 to 8.3.1, B1.6).

In the table: ``entrar`` = sent to the login; ``segue`` = another redirect. Write a fresh table with
``ESCREVER_ACESSOS=1`` and review the difference: the rules at the end of this file hold whatever the table says.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import resolve

from contas import permissoes
from tests.apoio.elenco import AGORA
from tests.provas import mundo as provas_mundo
from tests.provas.mundo import DIA, ESTADOS, PAPEIS, Mundo, em_rodizio, endereco
from tests.provas.rotas import ROTAS, Rota, com_arquivo

TABELA = Path(__file__).with_name("acessos.txt")
METODOS = ("GET", "POST")
#: How many walk a row of those who get the same answer, unless PROVAS=1; who, changes from row to row.
AMOSTRA = 2
DA_CIDADE = ("requerente", "respons")
DE_OUTRA = ("req_outra", "resp_outra")


class Desfazer(Exception):
    """Takes back what a request wrote."""


def ler_tabela() -> dict[tuple[str, str], list[str]]:
    """(row, method) → the twelve answers, in the order of ``PAPEIS``."""
    linhas = [linha.split() for linha in TABELA.read_text().splitlines() if linha and not linha.startswith("#")]
    assert linhas[0][3:] == list(PAPEIS), "a tabela tem outras colunas"
    return {(f"{nome} {estado}", metodo): celulas for nome, estado, metodo, *celulas in linhas[1:]}


def resposta(mundo: Mundo, rota: Rota, metodo: str, papel: str) -> str:
    """What that role gets, in the words of the table. Whatever is written is taken back."""
    cache.clear()
    celula = ""
    try:
        with transaction.atomic():
            cliente: Client = mundo.pessoas[papel].cliente
            biscoitos = dict(cliente.cookies)
            caminho = rota.endereco(mundo)
            r = cliente.get(caminho) if metodo == "GET" else cliente.post(caminho, com_arquivo(rota, rota.dados(mundo)))
            para = r.headers.get("Location", "")
            celula = ("entrar" if para.startswith("/conta/entrar/?") else "segue") if r.status_code == 302 else str(r.status_code)
            b"".join(r.streaming_content) if r.streaming else None
            cliente.cookies.clear()
            for nome, valor in biscoitos.items():
                cliente.cookies[nome] = valor.value
            raise Desfazer
    except Desfazer:
        return celula


def amostra(esperadas: dict[str, str], chave: str) -> list[str]:
    """``AMOSTRA`` roles for each of the answers of a row, in turns over the rows."""
    return [
        papel
        for celula in dict.fromkeys(esperadas.values())
        for papel in em_rodizio([p for p, c in esperadas.items() if c == celula], chave, AMOSTRA)
    ]


def todos_entram(mundo: Mundo) -> None:
    """Open everybody's session now, outside what is taken back."""
    for pessoa in mundo.pessoas.values():
        assert pessoa.cliente.get("/ajuda/").status_code == 200


@pytest.fixture
def sem_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dossier's PDF and the upload's jail are other tests' business: here only who gets to them."""
    from adesao import dossie
    from adesao.acoes import prefeitura
    from nucleo.erros import RegraViolada

    monkeypatch.setattr(dossie, "em_pdf", lambda *a, **k: b"%PDF-1.7")

    def recusar(**_: Any) -> None:
        raise RegraViolada("Chegou à porteira.", campo="oficio")

    monkeypatch.setattr(prefeitura.recebimento, "conferir", recusar)


@pytest.mark.django_db
@pytest.mark.parametrize("estado", ESTADOS)
def test_every_address_answers_each_role_as_the_reviewed_table_says(
    estado: str, relogio: Any, sem_pdf: None, provas: bool, record_property: Any
) -> None:
    mundo = provas_mundo.montar(estado)
    relogio.move_to(AGORA + 2 * DIA)
    todos_entram(mundo)
    rotas = [r for r in ROTAS if r.estado == estado]
    if os.environ.get("ESCREVER_ACESSOS"):
        escrever({(r.chave, m): [resposta(mundo, r, m, p) for p in PAPEIS] for r in rotas for m in METODOS})
    tabela = ler_tabela()
    erradas = []
    celulas = 0
    for rota in rotas:
        for metodo in METODOS:
            esperadas = dict(zip(PAPEIS, tabela[rota.chave, metodo], strict=True))
            quem = PAPEIS if provas else amostra(esperadas, f"{rota.chave} {metodo}")
            celulas += len(quem)
            for papel in quem:
                veio = resposta(mundo, rota, metodo, papel)
                if veio != esperadas[papel]:
                    erradas.append(f"{rota.chave} {metodo} {papel}: esperava {esperadas[papel]}, veio {veio}")
    record_property("celulas", celulas)
    assert not erradas, "\n".join(erradas)


def escrever(novas: dict[tuple[str, str], list[str]]) -> None:
    """Put fresh rows in the table, in the order of ``ROTAS``."""
    tudo = (ler_tabela() if TABELA.exists() else {}) | novas
    linhas = [
        "# Who gets what: every address in a state of Bofete's adhesion, by role. See test_acessos.py. 404 = not theirs to know of,",
        "# 403 = seen but not their act, 405 = wrong method, 409 = out of time, 422 = something to correct, 410 = a link that is over.",
        f"{'endereco':<38}{'estado':<16}{'metodo':<8}" + "".join(f"{p:<12}" for p in PAPEIS).rstrip(),
    ]
    for rota in ROTAS:
        for metodo in METODOS:
            if (rota.chave, metodo) in tudo:
                nome, estado = rota.chave.split()
                linhas.append(f"{nome:<38}{estado:<16}{metodo:<8}" + "".join(f"{c:<12}" for c in tudo[rota.chave, metodo]).rstrip())
    TABELA.write_text("\n".join(linhas) + "\n")


def test_every_named_address_has_its_rows() -> None:
    no_resolvedor = {(nome, args) for nome, formas in provas_mundo.nomes_de_enderecos().items() for args in formas}
    nas_rotas = {(r.nome, tuple(sorted(r.argumentos))) for r in ROTAS}
    assert no_resolvedor - nas_rotas == set(), "endereço sem linha em rotas.py"
    assert nas_rotas - no_resolvedor == set(), "linha de endereço que não existe"
    assert set(ler_tabela()) == {(r.chave, m) for r in ROTAS for m in METODOS}


# --- The rules that hold whatever the table says ------------------------------------------------------------------


def _por_papel() -> list[tuple[str, str, dict[str, str]]]:
    return [(chave, metodo, dict(zip(PAPEIS, celulas, strict=True))) for (chave, metodo), celulas in ler_tabela().items()]


def _acesso(chave: str, metodo: str = "GET") -> Any:
    rota = next(r for r in ROTAS if r.chave == chave)
    visao = resolve(endereco(rota.nome, {k: _EXEMPLO.get(k, 1) for k in rota.argumentos})).func
    return getattr(visao, "acesso_para_mudar", visao.acesso) if metodo == "POST" else visao.acesso


_EXEMPLO = {
    "numero": "2026-00001-9",
    "rede": "10.64.0.0-20",
    "dentro": "10.64.0.0-20",
    "tarefa": "oficio",
    "peca": "oficio",
    "uuid": uuid.UUID(int=1),
    "token": "x",
    "key": "x",
    "uidb36": "1",
    "slug": "10.0.0.0-28",
}


def test_nothing_breaks_and_a_visitor_enters_only_what_is_public() -> None:
    for chave, metodo, celulas in _por_papel():
        assert not any(c.startswith("5") for c in celulas.values()), f"{chave} {metodo}"
        if _acesso(chave) == "token":  # no session opens it, whoever has it
            assert set(celulas.values()) <= {"401", "404", "405", "415"}, f"{chave} {metodo}"
        elif _acesso(chave) not in ("publica", "demonstracao"):
            assert celulas["anonimo"] == "entrar", f"{chave} {metodo}"


def test_another_city_never_reaches_the_process() -> None:
    for chave, metodo, celulas in _por_papel():
        rota = next(r for r in ROTAS if r.chave == chave)
        if "numero" in rota.argumentos:
            for papel in DE_OUTRA:
                assert celulas[papel] in {"403", "404", "405"}, f"{chave} {metodo} {papel}: {celulas[papel]}"


def test_a_role_without_the_act_is_refused_and_one_with_it_is_not_on_its_own_process() -> None:
    """403 exactly where ``contas.permissoes.TABELA`` says so (and, for the holder's acts, for the colleague)."""
    papel_de = {"req_outra": "requerente", "respons": "responsavel", "resp_outra": "responsavel", "colega": "analista"}
    for chave, metodo, celulas in _por_papel():
        acesso = _acesso(chave, metodo)
        if acesso in ("publica", "demonstracao", "autenticada", "token"):
            continue
        atos = (acesso,) if isinstance(acesso, str) else acesso
        podem = {p for ato in atos for p in permissoes.papeis_com(ato)}
        for papel, celula in celulas.items():
            if papel == "anonimo":
                continue
            if papel_de.get(papel, papel) not in podem:
                assert celula == "403", f"{chave} {metodo} {papel}: {celula}"
            elif papel not in ("colega", *DE_OUTRA):
                assert celula != "403", f"{chave} {metodo} {papel}"


def test_the_auditor_operadora_and_tecnico_post_nothing_into_a_process() -> None:
    for chave, metodo, celulas in _por_papel():
        if metodo == "POST" and chave.startswith(("adesao:", "contas:")):
            for papel in ("auditor", "operadora", "tecnico"):
                assert celulas[papel] in {"403", "404", "405"}, f"{chave} {papel}: {celulas[papel]}"

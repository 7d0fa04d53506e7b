"""Rubbish in every form and every address: never a 500, never an echo that is markup, and no field that is not on the form changes a row
(ASVS 1.2.1, 1.2.2, 2.2.1, 2.2.2)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from adesao import fichas
from tests.apoio.ambiente import PROVAS, SO_O_QUE_MUDA
from tests.apoio.elenco import AGORA, SENHA
from tests.provas import mundo as provas_mundo
from tests.provas.mundo import DIA, ESTADOS, PAPEIS, Mundo
from tests.provas.rotas import ROTAS, Rota
from tests.provas.test_acessos import Desfazer, ler_tabela, todos_entram

MARCAS = (b"<script>alert(1)", b"<img src=x onerror", b'" onmouseover=alert(1)', b"<svg/onload")
VALORES: list[bytes] = [
    b"",
    b" ",
    b"x" * 10_000,
    b"\x00",
    b"a\x00b",
    "\u202egnp.exe\u2066\u200b".encode(),
    "😀👩‍👩‍👧".encode() * 30,
    b"\xed\xa0\x80",
    b"\xff\xfe\x80",
    b"<script>alert(1)</script>",
    b"\"'><img src=x onerror=alert(1)>",
    b'" onmouseover=alert(1) x="',
    b"</textarea><svg/onload=alert(1)>",
    b"' OR 1=1; DROP TABLE adesao_adesao; --",
    b'["a", {"b": 1}]',
    b"-1",
    b"1e309",
    "٣²".encode(),
    b"NaN",
    b"31/02/2026",
    b"99999999999999999999999999",
    b"x@y\r\nBcc: z@w.example",
    b"{{ 7|add:1 }}{% debug %}",
    b"=1+1",
    b"../../../../etc/passwd%00",
    b"javascript:alert(1)",
]
#: By default one of each family, on the second leg what a database minds (length, NUL, lone surrogates, digits, size); all with PROVAS=1.
AMOSTRA = (2, 4, 7, 17, 20) if SO_O_QUE_MUDA else (0, 2, 4, 5, 7, 9, 11, 13, 17, 20)
PROVADOS = VALORES if PROVAS else [VALORES[i] for i in AMOSTRA]
#: What no form has: a row must not take it.
A_MAIS = (
    b"estado=APROVADA&municipio_id=1&municipio=1&id=1&pk=1&analista_id=1&analista=999&envios=9&numero=2026/00009-9&adesao_id=1&por_id=1"
    b"&is_active=0&papel=gestor&usuario_id=1&password=x&orgao_id=1&comunicada_em=2020-01-01&vence_em=2030-01-01&decidida_em=2020-01-01"
)
#: Who posts each form: the one whom it serves.
DONO = {
    "adesao:itens": "analista",
    "adesao:pendencia": "analista",
    "adesao:retirar": "analista",
    "adesao:revelar_cpf": "analista",
    "adesao:aprovar": "aprovador",
    "adesao:recusar": "aprovador",
    "adesao:perguntar": "aprovador",
    "adesao:aprovar_varias": "aprovador",
    "contas:equipe": "gestor",
    "contas:encerrar_sessoes": "gestor",
    "contas:desativar_conta": "gestor",
    "contas:reativar_conta": "gestor",
    "adesao:calendario": "gestor",
    "adesao:retirar_dia": "gestor",
    "adesao:motivo_novo": "gestor",
    "adesao:motivo": "gestor",
    **dict.fromkeys(
        ("adesao:assumir", "adesao:liberar", "adesao:passar", "adesao:devolver", "adesao:desfazer", "adesao:encaminhar"), "analista"
    ),
    **dict.fromkeys(("account_login", "account_signup", "account_reset_password", "account_reset_password_from_key"), "anonimo"),
    **dict.fromkeys(("conta_ativar", "conta_convite", "conta_confirmar_cadastro", "mfa_authenticate", "mfa_login_webauthn"), "anonimo"),
}
CAMPOS_DE = {
    "account_login": ("login", "password", "next"),
    "account_signup": ("municipio", "municipio_codigo", "nome", "cpf", "email", "cargo", "senha", "senha2", "ciente"),
    "account_reset_password": ("email",),
    "account_change_password": ("oldpassword", "password1", "password2"),
    "account_reauthenticate": ("password", "next"),
    "conta_dados": ("nome", "cargo"),
    "conta_email": ("email",),
    "conta_convite": ("nome", "cpf", "cargo", "senha", "senha2"),
    "mfa_authenticate": ("code",),
    "mfa_login_webauthn": ("credential",),
    "trocar_vinculo": ("orgao",),
    "conta_prefeitura": ("ato",),
    "adesao:pendencia": ("marcar", "abrir", "aberta", "lista", "item", "anexo1-r1_nome-motivo", "anexo1-r1_nome-texto"),
    "adesao:motivo": ("titulo", "texto", "onde", "ativo"),
    "adesao:itens": ("item", "tudo"),
    "adesao:brasao": ("acao", "brasao"),
    "adesao:assinado": ("arquivo",),
}
TABELAS = ("adesao_adesao", "contas_usuario", "contas_orgao", "contas_municipio", "contas_vinculo", "adesao_envio")


def rotas_com_corpo(estado: str) -> list[Rota]:
    """Every form in its state; each task of the draft is a form of its own."""
    tarefas = [t.slug for t in fichas.TAREFAS if t.ficha is not None]
    lista = []
    tabela, quem = ler_tabela(), list(PAPEIS)
    for rota in (r for r in ROTAS if r.estado == estado):
        if tabela[rota.chave, "POST"][quem.index(DONO.get(rota.nome, "requerente"))] in ("403", "404", "405"):
            continue  # no form behind it for that person
        if rota.nome in ("adesao:preencher", "adesao:rascunho"):
            lista += [Rota(rota.nome, estado, {**rota.argumentos, "tarefa": f"={t}"}, {}, t) for t in tarefas]
        else:
            lista.append(rota)
    return lista


def campos_de(rota: Rota, mundo: Mundo) -> list[str]:
    """Names of the fields of its form, the one-time key and the version included."""
    nomes = [*CAMPOS_DE.get(rota.nome, rota.dados(mundo))]
    if da_ficha := campos_da_ficha(rota):
        nomes = [*da_ficha, "versao", "acao", "linhas", "aplicacao_1_nome", "aplicacao_2_orgao"]
    return [*dict.fromkeys([*nomes, "chave"])]


def campos_da_ficha(rota: Rota) -> list[str]:
    """The fields of the task that this form fills in; none for a form that is no task."""
    if rota.nome not in ("adesao:preencher", "adesao:rascunho"):
        return []
    ficha = fichas.POR_SLUG[rota.variante].ficha
    assert ficha is not None
    return [*ficha.base_fields]


def corpo(pares: Iterable[tuple[str, bytes]]) -> bytes:
    """A form's body, byte for byte."""
    return b"&".join(f"{nome}={quote_from_bytes(valor)}".encode() for nome, valor in pares)


def linhas() -> dict[str, list[Any]]:
    """The rows that extra fields would like to change, without their keys."""
    with connection.cursor() as cursor:
        lidas = {}
        for tabela in TABELAS:
            cursor.execute(f'SELECT * FROM "{tabela}" ORDER BY 1')
            nomes = [c[0] for c in cursor.description or ()]
            fora = {0, *(i for i, n in enumerate(nomes) if n in ("last_login", "recibo_id"))}
            # An unusable password is random: it counts as one and the same.
            lidas[tabela] = [
                tuple("!" if isinstance(v, str) and v.startswith("!") else v for i, v in enumerate(linha) if i not in fora)
                for linha in cursor.fetchall()
            ]
        return lidas


def postar(cliente: Client, caminho: str, dados: bytes) -> tuple[int, bytes, dict[str, list[Any]]]:
    """Status, page and rows after the POST, which is then taken back."""
    cache.clear()
    biscoitos = {n: v.value for n, v in cliente.cookies.items()}
    sequencias = ler_sequencias()
    try:
        with transaction.atomic():
            r = cliente.post(caminho, dados, content_type="application/x-www-form-urlencoded")
            feito = r.status_code, b"".join(r.streaming_content) if r.streaming else r.content, linhas()
            raise Desfazer
    except Desfazer:
        repor_sequencias(sequencias)
        cliente.cookies.clear()
        for nome, valor in biscoitos.items():
            cliente.cookies[nome] = valor
        return feito


def ler_sequencias() -> list[tuple[str, int | None]]:
    """PostgreSQL's counters of keys: a rollback leaves them where they are, and the next row would get another number."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value FROM pg_sequences")
        return list(cursor.fetchall())


def repor_sequencias(sequencias: list[tuple[str, int | None]]) -> None:
    """Put the counters back, so that the same POST gives the same keys."""
    with connection.cursor() as cursor:
        for nome, valor in sequencias:
            cursor.execute("SELECT setval(%s, %s, %s)", [nome, valor or 1, valor is not None])


@pytest.fixture(params=ESTADOS)
def mundo(request: pytest.FixtureRequest, db: None, relogio: Any) -> Mundo:
    """The world in each state, everybody's session open."""
    feito = provas_mundo.montar(request.param)
    relogio.move_to(AGORA + 2 * DIA)
    todos_entram(feito)
    return feito


def test_no_form_breaks_or_echoes_what_it_is_sent(mundo: Mundo, provas: bool) -> None:
    erros = []
    for rota in rotas_com_corpo(mundo.estado):
        cliente = mundo.pessoas[DONO.get(rota.nome, "requerente")].cliente
        caminho, campos = rota.endereco(mundo), campos_de(rota, mundo)
        corpos = [corpo((c, v) for c in campos) for v in PROVADOS]
        corpos += [b"", corpo((c, v) for c in campos for v in (b"a", b"<script>alert(1)</script>")), b"&&==&%zz=%&[]=1&__proto__=x"]
        if provas:
            bons = {c: str(v).encode() for c, v in rota.dados(mundo).items()}
            corpos += [corpo({**bons, campo: v}.items()) for campo in campos for v in VALORES]
        for dados in corpos:
            try:
                status, pagina, _ = postar(cliente, caminho, dados)
            except Exception as erro:  # reported with its form
                erros.append(f"{rota.chave} {dados[:80]!r}: {type(erro).__name__}: {str(erro)[:200]}")
                continue
            if status >= 500 or any(m in pagina for m in MARCAS):
                erros.append(f"{rota.chave} {dados[:80]!r}: {status}{' eco' if status < 500 else ''}")
    assert not erros, f"{len(erros)} erros\n" + "\n".join(erros[:40])


def test_a_field_that_is_not_on_the_form_changes_no_row(mundo: Mundo) -> None:
    erros = []
    for rota in rotas_com_corpo(mundo.estado):
        if rota.nome == "adesao:passar":
            continue  # `analista` is on its form
        cliente = mundo.pessoas[DONO.get(rota.nome, "requerente")].cliente
        caminho = rota.endereco(mundo)
        bom = corpo(
            [*((c, str(v).encode()) for c, v in rota.dados(mundo).items() if isinstance(v, str)), ("chave", str(uuid.uuid4()).encode())]
        )
        so_o_bom, com_mais = (postar(cliente, caminho, d) for d in (bom, bom + b"&" + a_mais_para(rota)))
        if (so_o_bom[0], so_o_bom[2]) != (com_mais[0], com_mais[2]):
            diferem = [t for t in TABELAS if so_o_bom[2][t] != com_mais[2][t]]
            erros.append(f"{rota.chave}: {so_o_bom[0]} e {com_mais[0]}, {diferem}")
    assert not erros, "\n".join(erros)


def a_mais_para(rota: Rota) -> bytes:
    """The extra fields, without those that this form does have."""
    seus = {*CAMPOS_DE.get(rota.nome, ()), *campos_da_ficha(rota)} | (set() if callable(rota.corpo) else set(rota.corpo))
    return b"&".join(p for p in A_MAIS.split(b"&") if p.split(b"=")[0].decode() not in seus)


NEXTS = (
    "https://mau.example/",
    "//mau.example",
    "///mau.example",
    "/\\mau.example",
    "\\\\mau.example",
    "http:mau.example",
    "https:///mau.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2F%2Fmau.example",
    "//mau.example/%2e%2e",
    "\x00//mau.example",
    "\thttps://mau.example",
    "https://testserver@mau.example/",
    "https://testserver.mau.example/",
    "ftp://mau.example",
    "//\u3002mau.example",
    "/\t/mau.example",
    "/\r\nLocation: https://mau.example",
    "[",
    "http://[::1",
    "x" * 5000,
)


@pytest.mark.django_db
def test_no_next_leads_out_of_the_portal(relogio: Any) -> None:
    """ASVS 1.2.2, 3.7.2: the login of a real person, with every bad ``next``."""
    pessoas = provas_mundo.pessoas()
    email = pessoas["requerente"].usuario.email
    for para in NEXTS:
        cache.clear()
        cliente = Client()
        assert cliente.get("/conta/entrar/", {"next": para}).status_code == 200
        r = cliente.post("/conta/entrar/", {"login": email, "password": SENHA, "next": para})
        assert r.status_code in (302, 200), para
        destino = r.headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", destino), f"{para!r} leva a {destino!r}"
        assert "\n" not in destino
        fora = pessoas["requerente"].cliente.post("/conta/sair/", {"next": para}).headers.get("Location", "/")
        assert re.match(r"/(?![/\\])", fora), f"{para!r} leva a {fora!r}"


NUMEROS = (
    "2026-00001-9",
    "2026-99999-9",
    "9999-00000-0",
    "0000-00000-0",
    "2026-0001-9",
    "2026-00001-99",
    "٢٠٢٦-00001-9",
    "%00",
    "..",
    "-",
    "x" * 300,
)
UUIDS = ("00000000-0000-0000-0000-000000000000", "x", "..%2f..%2fetc%2fpasswd", "%00", "0" * 32, "{}", "x" * 500)
PAGINAS = ("0", "-1", "999999999999999999999", "x", "", "\x00", "1e9", "٣", "1;2", "last", "<script>alert(1)</script>")


@pytest.mark.django_db
def test_no_bad_number_page_or_uuid_in_an_address_breaks_anything(relogio: Any) -> None:
    mundo = provas_mundo.montar("em_conferencia")
    relogio.move_to(AGORA + 2 * DIA)
    todos_entram(mundo)
    papeis = ("anonimo", "requerente", "analista", "aprovador", "auditor", "gestor") if PROVAS else ("requerente", "auditor")
    quem = [mundo.pessoas[p].cliente for p in papeis]
    caminhos = []
    for numero in NUMEROS:
        caminhos += [
            f"/adesoes/{numero}/",
            f"/fila/{numero}/",
            f"/aprovacao/{numero}/",
            f"/aprovacao/{numero}/dossie.pdf",
            f"/adesoes/{numero}/historico/",
        ]
    for id_ in UUIDS:
        caminhos += [f"/adesoes/{mundo.slug}/arquivos/{id_}/", f"/adesoes/{mundo.slug}/arquivos/{id_}/pagina-1.png"]
    enorme = "9" * 30
    for n in ("0", "-1", enorme, "x", "%00"):
        caminhos += [
            f"/adesoes/{mundo.slug}/envios/{n}/",
            f"/adesoes/{mundo.slug}/enviada/{n}/",
            f"/adesoes/{mundo.slug}/pendencias/{n}/",
            f"/adesoes/{mundo.slug}/arquivos/{mundo.valores['assinado']}/pagina-{n}.png",
            f"/motivos/{n}/",
            f"/pessoas/pedidos/{n}/recusar/",
            f"/pessoas/vinculos/{n}/encerrar/",
            f"/conta/prefeitura/{n}/",
            f"/prefeituras/{n}/",
            f"/adesoes/{mundo.slug}/preencher/{n}/",
            f"/demo/correio/{n}/",
        ]
    listas = (
        "/fila/",
        "/processos/",
        "/trilha/",
        "/aprovacao/",
        "/aprovacao/decididas/",
        "/prefeituras/",
        "/municipios/",
        "/verificar/",
        "/fila/csv/",
    )
    for lista in listas:
        for valor in PAGINAS if PROVAS else PAGINAS[:6]:
            v = quote_from_bytes(valor.encode())
            consulta = "&".join(
                f"{n}={v}" for n in ("pagina", "busca", "situacao", "regiao", "idade", "analista", "corte", "q", "codigo", "termo")
            )
            caminhos.append(f"{lista}?{consulta}")
    caminhos += [f"/fila/{mundo.slug}/?peca={quote_from_bytes(v)}&pag={quote_from_bytes(v)}&marcar={quote_from_bytes(v)}" for v in PROVADOS]
    erros = []
    for caminho in caminhos:
        for cliente in quem:
            cache.clear()
            try:
                r = cliente.get(caminho)
            except Exception as erro:  # reported with its address
                erros.append(f"{caminho[:120]}: {type(erro).__name__}: {str(erro)[:150]}")
                continue
            pagina = b"".join(r.streaming_content) if r.streaming else r.content
            if r.status_code >= 500 or any(m in pagina for m in MARCAS):
                erros.append(f"{caminho[:120]}: {r.status_code}")
    assert not erros, f"{len(erros)} erros\n" + "\n".join(erros[:40])


@pytest.mark.django_db
def test_a_draft_full_of_rubbish_still_opens_everywhere(relogio: Any) -> None:
    """What was saved as typed (settled question 7) must not break the pages that read it, nor become markup there."""
    mundo = provas_mundo.montar("rascunho")
    todos_entram(mundo)
    cliente = mundo.pessoas["requerente"].cliente
    tarefas = [t.slug for t in fichas.TAREFAS if t.ficha is not None]
    paginas = ["", "falta/", "preencher/conferir/", "preencher/assinados/", "historico/", *(f"preencher/{t}/?erros" for t in tarefas)]
    for valor in PROVADOS:
        with suppress(Desfazer), transaction.atomic():
            for t in tarefas:
                rota = Rota("adesao:rascunho", "rascunho", {}, {}, t)
                dados = corpo((c, b"1" if c == "versao" else valor) for c in campos_de(rota, mundo))
                r = cliente.post(f"/adesoes/{mundo.slug}/preencher/{t}/rascunho/", dados, content_type="application/x-www-form-urlencoded")
                assert r.status_code == 200, (valor[:40], t, r.content)
            cliente.post(f"/adesoes/{mundo.slug}/pdfs/")
            cliente.post(f"/adesoes/{mundo.slug}/enviar/")
            for pagina in paginas:
                r = cliente.get(f"/adesoes/{mundo.slug}/{pagina}")
                assert r.status_code == 200, (valor[:40], pagina, r.status_code)
                assert not any(m in r.content for m in MARCAS), (valor[:40], pagina)
            raise Desfazer

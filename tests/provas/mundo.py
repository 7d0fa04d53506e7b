"""One city (Bofete) with its adhesion in a given state, and the twelve roles that look at it: what the proofs walk over.

The columns of the access matrix are ``PAPEIS``. ``montar(estado)`` takes the adhesion there through the real actions.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLResolver, get_resolver, reverse

from adesao import acoes
from adesao.models import Adesao, MotivoPadrao
from nucleo.fluxo import Ator
from nucleo.models import DiaSemExpediente
from tests.apoio import adesoes
from tests.apoio.elenco import AGORA, BOFETE, PESSOAS, SENHA, Pessoa, criar_pessoa, semear_municipios

DIA = dt.timedelta(days=1)
#: Column of the matrix → who it is. ``analista`` holds the process where somebody does; ``colega`` is an analista who does not.
PAPEIS: dict[str, str] = {
    "anonimo": "",
    "requerente": "requerente",
    "req_outra": "requerente_outra",
    "respons": "",
    "resp_outra": "responsavel_b",
    "analista": "analista",
    "colega": "analista_2",
    "gestor": "gestor_prodesp",
    "aprovador": "aprovador",
    "operadora": "operadora",
    "auditor": "auditor",
    "tecnico": "tecnico",
}
#: In the order in which the process goes through them. ``nenhuma``: the city has no adhesion yet.
ESTADOS = ("nenhuma", "rascunho", "enviada", "em_conferencia", "conferida", "devolvida", "encaminhada", "aprovada")
ENVIADOS = ESTADOS[2:]


@dataclass
class Mundo:
    """Everything an address may name."""

    pessoas: dict[str, Pessoa]
    estado: str
    adesao: Adesao | None = None
    valores: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def slug(self) -> str:
        """The number in addresses; before there is a process, a well-formed one that names nothing."""
        return self.adesao.slug if self.adesao else "2026-00001-9"


def pessoas() -> dict[str, Pessoa]:
    """The twelve columns, and ``segundo``: another requerente of Bofete."""
    semear_municipios()
    quem: dict[str, Pessoa] = {"anonimo": Pessoa(None)}
    for coluna, chave in [*PAPEIS.items(), ("segundo", "requerente_2")]:
        if chave:
            nome, email, cpf, papel, onde = PESSOAS[chave]
            quem[coluna] = criar_pessoa(nome, email, cpf=cpf, papel=papel, onde=onde)
    quem["respons"] = criar_pessoa("Noêmia Vaz", "noemia@bofete.sp.gov.br", cpf="63928471090", papel="responsavel", onde=BOFETE)
    for pessoa in quem.values():
        if pessoa.usuario is not None:
            pessoa.usuario.password = resumo_da_senha()
            pessoa.usuario.save(update_fields=["password"])
    return quem


@functools.cache
def resumo_da_senha() -> str:
    """The hash of everybody's password, made once (Argon2 is slow on purpose)."""
    return make_password(SENHA)


def montar(estado: str, *, quem: dict[str, Pessoa] | None = None) -> Mundo:
    """The world with Bofete's adhesion in that state (one of ``ESTADOS``), with people, requests, invitations and reasons around it."""
    quem = quem or pessoas()
    mundo = Mundo(quem, estado)
    req, ana, apr = (quem[p].ator for p in ("requerente", "analista", "aprovador"))
    if estado != "nenhuma":
        mundo.adesao = adesoes.adesao_em_rascunho(BOFETE, por=req)
        adesoes.anexar(mundo.adesao, por=req, agora=AGORA)
    if estado in ENVIADOS and mundo.adesao is not None:
        acoes.enviar(adesao_id=mundo.adesao.pk, por=req, agora=AGORA)
        if estado == "enviada":
            adesoes.desenhar_paginas(mundo.adesao)
        else:
            _conferencia(mundo.adesao, estado, ana=ana, apr=apr)
    if mundo.adesao is not None:
        mundo.adesao = Adesao.objects.select_related("municipio").get(pk=mundo.adesao.pk)
    mundo.valores = _valores(mundo)
    return mundo


def _conferencia(adesao: Adesao, estado: str, *, ana: Ator, apr: Ator) -> None:
    """From ENVIADA on, a day later."""
    agora = AGORA + DIA
    adesoes.assumida(adesao, por=ana, agora=agora)
    if estado in ("em_conferencia", "devolvida"):
        for p in adesoes.PENDENCIAS:
            acoes.marcar_pendencia(
                adesao_id=adesao.pk, tarefa=p["tarefa"], campo=p["campo"], texto=p["texto"], motivo_id=None, por=ana, agora=agora
            )
    if estado == "devolvida":
        acoes.devolver(adesao_id=adesao.pk, por=ana, agora=agora)
    if estado == "conferida":
        adesoes.conferida(adesao, por=ana, agora=agora)
    if estado in ("encaminhada", "aprovada"):
        adesoes.encaminhada(adesao, por=ana, agora=agora)
    if estado == "aprovada":
        acoes.aprovar(adesao_id=adesao.pk, por=apr, agora=agora)


def _valores(mundo: Mundo) -> dict[str, Any]:
    """What stands for each piece of an address, read from the world."""
    from comunicacao.models import MensagemSaida
    from contas import acoes as contas
    from contas.models import Convite, Orgao, PedidoDeEntrada, Usuario, Vinculo

    quem = mundo.pessoas
    bofete = Orgao.objects.get(municipio_id=BOFETE)
    pedido = PedidoDeEntrada.objects.create(usuario=quem["req_outra"].usuario, municipio_id=BOFETE, pedido_em=AGORA)
    contas.convidar_pessoa(
        orgao_id=bofete.pk, email="nova@bofete.sp.gov.br", nome="Nova", papel="requerente", por=quem["requerente"].ator, agora=AGORA
    )
    contas.convidar_pessoa(
        orgao_id=Orgao.objects.get(tipo="prodesp").pk,
        email="novo@prodesp.sp.gov.br",
        nome="Novo",
        papel="tecnico",
        por=quem["gestor"].ator,
        agora=AGORA,
    )
    sistema, token, de_aviso = _sistema_da_operadora(quem["gestor"].ator)
    dia, _ = DiaSemExpediente.objects.get_or_create(data=dt.date(2099, 12, 24), codigo_ibge=None, defaults={"descricao": "Prova de dia"})
    motivo, _ = MotivoPadrao.objects.get_or_create(titulo="Prova de motivo", defaults={"texto": "Refaça a assinatura."})
    valores: dict[str, Any] = {
        "codigo": BOFETE,
        "pedido": pedido.pk,
        "convite": Convite.objects.get(email="nova@bofete.sp.gov.br").pk,
        "convite_estado": Convite.objects.get(email="novo@prodesp.sp.gov.br").pk,
        "vinculo": Vinculo.objects.get(usuario=quem["segundo"].usuario).pk,
        "vinculo_estado": Vinculo.objects.get(usuario=quem["tecnico"].usuario).pk,
        "fechada": Usuario.objects.create_user("fechada@bofete.sp.gov.br", nome="Conta Fechada", is_active=False).pk,
        "servidor": quem["tecnico"].usuario.pk,
        "sistema": sistema,
        "token": token,
        "endereco_de_aviso": de_aviso,
        "dia": dia.pk,
        "motivo": motivo.pk,
        "mensagem": MensagemSaida.objects.order_by("pk").values_list("pk", flat=True).first() or 1,
        "gerado": uuid.UUID(int=1),
        "assinado": uuid.UUID(int=1),
        "pendencia": 1,
    }
    if mundo.estado == "aprovada":
        valores |= _pedidos(quem) | _blocos(quem, mundo)
        valores |= _meus_blocos(quem)
        valores |= _dados_dos_blocos(quem["gestor"].ator)
        valores |= _trocas(mundo)
    if mundo.adesao is not None:
        copia = mundo.adesao.copias.filter(substituida_em__isnull=True, peca="oficio").first()
        if copia is not None:
            valores |= {"gerado": copia.gerado_id, "assinado": copia.documento_id}
        pendencia = mundo.adesao.pendencias.order_by("pk").first()
        valores["pendencia"] = pendencia.pk if pendencia else 1
    return valores


def _sistema_da_operadora(gestor: Ator) -> tuple[int, int, int]:
    """A system with a token and an address of notices: their ids."""
    from saog.acoes import integracao

    sistema = integracao.registrar_sistema(nome="Prova de sistema", contato="ti@operadora.example", por=gestor, agora=AGORA)
    token, _ = integracao.criar_token(sistema_id=sistema.pk, nome="Prova", escopos=["ler"], dias=365, por=gestor, agora=AGORA)
    endereco = integracao.permitir_endereco(sistema_id=sistema.pk, url="http://127.0.0.1:9/avisos", por=gestor, agora=AGORA)
    return sistema.pk, token.pk, endereco.pk


def _dados_dos_blocos(gestor: Ator) -> dict[str, Any]:
    """A pool whose texts may be read, a file to import, and a sanction of Bofete."""
    from enderecamento import acoes as blocos
    from enderecamento.models import PoolCIDR
    from tests.apoio import enderecos

    pool = PoolCIDR.objects.filter(inicio=0x0A4B0000).first() or enderecos.pool("10.75.0.0/24", por=gestor)
    arquivo = planilha().read()
    importacao = blocos.guardar_planilha(nome="blocos.csv", dados=arquivo, por=gestor, agora=AGORA)
    adesao = Adesao.objects.get(municipio_id=BOFETE, estado="APROVADA")
    sancao = blocos.aplicar_sancao(adesao.pk, especie="ADVERTENCIA", motivo="Prova.", por=gestor, agora=AGORA)
    return {"pool_dos_dados": pool.slug, "importacao": importacao.pk, "sancao": sancao.pk}


def planilha() -> SimpleUploadedFile:
    """A file to import, with one good line."""
    return SimpleUploadedFile("blocos.csv", f"rede;codigo_ibge;desde\n10.75.0.0/28;{BOFETE};01/02/2020\n".encode(), "text/csv")


def _pedidos(quem: dict[str, Pessoa]) -> dict[str, Any]:
    """Bofete's requests, one in each state that an address may name: ``ss_rascunho`` … ``ss_aceita`` are numbers as in addresses."""
    from documentos import pdf as pdf_do_portal
    from saog import acoes as saog
    from saog.models import MotivoDeDevolucao
    from tests.apoio import solicitacoes

    solicitacoes.catalogo()
    agora = AGORA + DIA
    res, ana, ope = (quem[p].ator for p in ("respons", "analista", "operadora"))
    aqui: dict[str, Any] = {"municipio_id": BOFETE, "agora": agora}
    feitas = {"rascunho": solicitacoes.rascunho(res, **aqui)}
    for n, nome in enumerate(("enviada", "devolvida", "validada", "emitida", "atendimento", "pendente", "entregue"), 1):
        feitas[nome] = solicitacoes.enviada(res, n=n, **aqui)
    solicitacoes.devolvida(feitas["devolvida"], por=ana, agora=agora)
    saog.validar(ss_id=feitas["validada"].pk, por=ana, agora=agora)
    for nome in ("emitida", "atendimento", "pendente", "entregue"):
        solicitacoes.emitida(feitas[nome], analista=ana, responsavel=res, agora=agora)
    for nome in ("atendimento", "pendente"):
        saog.atender(ss_id=feitas[nome].pk, por=ope, agora=agora)
    saog.pendenciar(ss_id=feitas["pendente"].pk, texto="Quem abre a sala?", por=ope, agora=agora)
    solicitacoes.entregue(feitas["entregue"], operadora=ope, agora=agora)
    link = solicitacoes.em_servico(res, analista=ana, operadora=ope, n=8, **aqui)
    feitas["aceita"] = link.solicitacoes.get()
    recibo = pdf_do_portal.garantir(feitas["enviada"].lista_de_envios.get(ordem=1).recibo, agora=agora)
    pendencia = {"pendencia_ss": feitas["devolvida"].lista_de_envios.get(ordem=1).pendencias.get().pk}
    catalogo = pendencia | {"preco_ss": _preco(), "motivo_ss": MotivoDeDevolucao.objects.order_by("pk").values_list("pk", flat=True)[0]}
    return {f"ss_{nome}": ss.slug for nome, ss in feitas.items()} | {"link": link.pk, "recibo_ss": recibo.pk} | catalogo


def _blocos(quem: dict[str, Pessoa], mundo: Mundo) -> dict[str, Any]:
    """A pool in use and one never used, a sub-block of Bofete's and a free one: as in addresses."""
    from enderecamento import acoes as blocos
    from tests.apoio import enderecos

    gestor, analista = quem["gestor"].ator, quem["analista"].ator
    pool = enderecos.pool("10.64.0.0/19", por=gestor)
    novo = enderecos.pool("203.0.113.0/28", por=gestor, perfil="PUBLICO")
    fechado = enderecos.pool("10.65.0.0/28", por=gestor)
    blocos.fechar_pool(fechado.pk, motivo="Reserva.", por=gestor, agora=AGORA)
    assert mundo.adesao is not None
    Adesao.objects.filter(pk=mundo.adesao.pk).update(blocos_privados=3, blocos_publicos=1)
    dela = blocos.atribuir(mundo.adesao.pk, perfil="PRIVADO", por=analista, agora=AGORA + 2 * DIA)[0]
    return {"pool": pool.slug, "pool_novo": novo.slug, "pool_fechado": fechado.slug, "sub_bloco": dela.slug}


def _meus_blocos(quem: dict[str, Pessoa]) -> dict[str, Any]:
    """One of Bofete's sub-blocks, its technical sheet, and a new responsável técnico that PRODESP has not read."""
    from documentos import pdf as pdf_do_portal
    from enderecamento import acoes as enderecos
    from tests.apoio.enderecos import pool

    adesao, agora = Adesao.objects.get(municipio_id=BOFETE), AGORA + DIA
    pool("10.77.0.0/24", por=quem["gestor"].ator, agora=agora)
    (bloco,) = enderecos.atribuir(adesao.pk, perfil="PRIVADO", por=quem["analista"].ator, agora=agora)
    ficha = pdf_do_portal.garantir(enderecos.encomendar_ficha(bloco.pk, por=quem["respons"].ator, agora=agora), agora=agora)
    tecnico = enderecos.trocar_tecnico(
        adesao.pk, nome="Olga Pires", telefone="1438833000", email="olga@bofete.sp.gov.br", por=quem["respons"].ator, agora=agora
    )
    return {"bloco": bloco.slug, "ficha": ficha.pk, "tecnico": tecnico.pk}


def _trocas(mundo: Mundo) -> dict[str, Any]:
    """A block of Bofete in exchange: the number of its renumbering, and a pool with blocks in use."""
    from enderecamento import acoes as blocos
    from tests.apoio import enderecos, trocas

    assert mundo.adesao is not None
    ana, gestor = mundo.pessoas["analista"].ator, mundo.pessoas["gestor"].ator
    pool = enderecos.pool("10.250.0.0/24", por=gestor, agora=AGORA)
    blocos.registrar_anexo_ii(mundo.adesao.pk, privados=2, publicos=0, referencia="Anexo II", por=ana, agora=AGORA)
    dados: dict[str, Any] = {"perfil": "PRIVADO", "quantidade": 2, "pool_id": pool.pk, "por": ana, "agora": AGORA + DIA}
    feita = trocas.renumerar(por=gestor, blocos=blocos.atribuir(mundo.adesao.pk, **dados)[:1], agora=AGORA + DIA)
    return {"renumeracao": feita.slug}


def _preco() -> int:
    from saog.models import Preco

    dia = dt.date(2026, 1, 1)
    return Preco.objects.create(servico="SCM_SAI", mbps=8, mensal=500, vale_de=dia, vale_ate=dia, tabela="tabela 2026").pk


def autorizacoes(mundo: Mundo) -> dict[str, str]:
    """The form of the authorisations: every application, still to be asked for."""
    assert mundo.adesao is not None
    return {f"a{pk}-autorizacao": "pendente" for pk in mundo.adesao.aplicacoes.order_by("ordem").values_list("pk", flat=True)}


def pdf(nome: str = "oficio.pdf") -> SimpleUploadedFile:
    """A signed copy as a browser sends it."""
    return SimpleUploadedFile(nome, adesoes.pdf_assinado(), content_type="application/pdf")


def nomes_de_enderecos() -> dict[str, set[tuple[str, ...]]]:
    """Every named address of the resolver → the sets of arguments it takes."""
    achados: dict[str, set[tuple[str, ...]]] = {}

    def andar(resolvedor: Any, espaco: str) -> None:
        for item in resolvedor.url_patterns:
            if isinstance(item, URLResolver):
                andar(item, espaco + (f"{item.namespace}:" if item.namespace else ""))
            else:
                assert item.name, f"endereço sem nome: {item.pattern}"
                argumentos = tuple(sorted(item.pattern.regex.groupindex))
                achados.setdefault(espaco + item.name, set()).add(argumentos)

    andar(get_resolver(), "")
    return achados


def em_rodizio(quem: Sequence[str], chave: str, quantos: int) -> list[str]:
    """At most ``quantos`` of them, beginning with another one for another ``chave``, and always the same ones for the same."""
    primeiro = zlib.crc32(chave.encode()) % len(quem)
    return [*quem[primeiro:], *quem[:primeiro]][:quantos]


def endereco(nome: str, argumentos: dict[str, Any]) -> str:
    """The path of a named address."""
    return reverse(nome, kwargs=argumentos or None)

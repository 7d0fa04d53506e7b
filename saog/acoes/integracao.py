"""The Operadora's systems: what the gestor registers, what a system subscribes to, and the two acts only the API has."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from contas.models import DE_SISTEMA, Usuario
from contas.permissoes import pode
from contas.segredos import resumo, selar
from nucleo import fluxo, prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import SISTEMA, Ator
from saog.estados import EM_ACEITE, NA_OPERADORA
from saog.models import (
    ESCOPOS_DE,
    AssinaturaDeAvisos,
    AvisoDeSistema,
    ChaveDeIdempotencia,
    De,
    EnderecoDeAviso,
    Evento,
    HistoricoSistema,
    HistoricoSS,
    SistemaDaOperadora,
    SolicitacaoServico,
    TokenDeSistema,
)

from . import enderecos
from .comum import anotar, travada

#: What a token begins with, so that a leaked one is recognised wherever it turns up.
PREFIXO_DO_TOKEN: dict[str, str] = {De.OPERADORA: "igop_", De.PRODESP: "igpr_"}
#: How long the answer to an ``Idempotency-Key`` is kept.
VALIDADE_DA_CHAVE = dt.timedelta(hours=24)
DIAS_DO_TOKEN = (30, 90, 180, 365)
#: Per system.
MAXIMO_DE_TOKENS, MAXIMO_DE_ENDERECOS, MAXIMO_DE_ASSINATURAS = 10, 10, 10


def _gestor(por: Ator) -> None:
    if not pode(por, "api.gerir"):
        raise SemPermissao("Este ato não é do seu papel.")


def _travar(sistema_id: int) -> SistemaDaOperadora:
    """The system under lock. Raises ``RegraViolada`` (409) when it was switched off."""
    sistema = fluxo.travar(SistemaDaOperadora, sistema_id)
    if sistema.desligado_em is not None:
        raise TransicaoIndisponivel(f"O sistema {sistema.nome} foi desligado em {prazos.dia_local(sistema.desligado_em):%d/%m/%Y}.")
    return sistema


def _registrar(
    sistema: SistemaDaOperadora, ato: str, *, por: Ator, agora: dt.datetime, comentario: str = "", dados: dict[str, Any] | None = None
) -> None:
    """The audit row. Never a token nor a secret."""
    HistoricoSistema.objects.create(
        processo=sistema,
        transicao=ato,
        de=sistema.estado,
        para=sistema.estado,
        em=agora,
        por_id=por.usuario_id,
        por_nome=por.nome,
        por_papel=fluxo.papel_de(sistema, por),
        ip=por.ip,
        comentario=comentario,
        dados=dados or {},
    )


# --- The gestor ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def registrar_sistema(*, nome: str, contato: str, de: str = De.OPERADORA, por: Ator, agora: dt.datetime) -> SistemaDaOperadora:
    """Register a system of the Operadora or of PRODESP (``de``), with the service account that answers for what it does.

    Raises ``RegraViolada`` for a name that is taken.
    """
    _gestor(por)
    nome = texto_exigido(nome, frase="Informe o nome do sistema.", campo="nome", maximo=60)
    if de not in De.values:
        raise RegraViolada("Escolha de quem é o sistema.", campo="de")
    if SistemaDaOperadora.objects.filter(nome__iexact=nome).exists():
        raise RegraViolada("Já há um sistema com este nome.", campo="nome")
    conta = Usuario.objects.create_user(
        f"sistema-{uuid.uuid4().hex}{DE_SISTEMA}", nome=f"Sistema da {De(de).label}: {nome}", is_active=False
    )
    try:
        with transaction.atomic():
            sistema = SistemaDaOperadora.objects.create(de=de, nome=nome, contato=contato.strip(), usuario=conta, criado_em=agora)
    except IntegrityError as erro:
        raise RegraViolada("Já há um sistema com este nome.", campo="nome") from erro
    _registrar(sistema, "registrar", por=por, agora=agora)
    return sistema


@transaction.atomic
def desligar_sistema(*, sistema_id: int, por: Ator, agora: dt.datetime) -> SistemaDaOperadora:
    """Switch a system off for good: its tokens stop at once, its subscriptions end."""
    _gestor(por)
    sistema = _travar(sistema_id)
    sistema.tokens.filter(revogado_em__isnull=True).update(revogado_em=agora)
    _encerrar(sistema.assinaturas.filter(encerrada_em__isnull=True), agora=agora)
    sistema.desligado_em = agora
    sistema.save(update_fields=["desligado_em"])
    _registrar(sistema, "desligar", por=por, agora=agora)
    return sistema


@transaction.atomic
def criar_token(*, sistema_id: int, nome: str, escopos: list[str], dias: int, por: Ator, agora: dt.datetime) -> tuple[TokenDeSistema, str]:
    """Create a token and return it with its text, which nobody can read again. ``dias`` is one of ``DIAS_DO_TOKEN``."""
    _gestor(por)
    sistema = _travar(sistema_id)
    nome = texto_exigido(nome, frase="Diga para que serve este token.", campo="nome", maximo=60)
    pedidos = [e.value for e in ESCOPOS_DE[sistema.de] if e in escopos]
    if not pedidos or set(escopos) - set(pedidos):
        raise RegraViolada("Escolha ao menos uma permissão.", campo="escopos")
    if dias not in DIAS_DO_TOKEN:
        raise RegraViolada("Escolha uma validade da lista.", campo="dias")
    if sum(t.vale(agora) for t in sistema.tokens.all()) >= MAXIMO_DE_TOKENS:
        raise RegraViolada(f"Um sistema tem até {MAXIMO_DE_TOKENS} tokens em uso. Revogue um antes de criar outro.")
    texto = PREFIXO_DO_TOKEN[sistema.de] + secrets.token_urlsafe(32)
    token = TokenDeSistema.objects.create(
        sistema=sistema,
        sha256=resumo(texto),
        comeco=texto[:9],
        nome=nome,
        escopos=pedidos,
        criado_em=agora,
        expira_em=agora + dt.timedelta(days=dias),
    )
    _registrar(sistema, "criar_token", por=por, agora=agora, comentario=nome, dados={"token": token.pk, "escopos": pedidos, "dias": dias})
    return token, texto


@transaction.atomic
def revogar_token(*, token_id: int, por: Ator, agora: dt.datetime) -> TokenDeSistema:
    """Stop a token now. One that was revoked already is no error."""
    _gestor(por)
    token = fluxo.travar(TokenDeSistema, token_id)
    if token.revogado_em is None:
        token.revogado_em = agora
        token.save(update_fields=["revogado_em"])
        _registrar(token.sistema, "revogar_token", por=por, agora=agora, comentario=token.nome, dados={"token": token.pk})
    return token


@transaction.atomic
def permitir_endereco(*, sistema_id: int, url: str, por: Ator, agora: dt.datetime) -> EnderecoDeAviso:
    """Allow the portal to call this address, and whatever is below it, for one system. Raises ``RegraViolada`` beside ``url``."""
    _gestor(por)
    sistema = _travar(sistema_id)
    if not sistema.recebe_avisos:
        raise RegraViolada("Um sistema da PRODESP não recebe avisos: ele lê os blocos quando precisa.", campo="url")
    alvo = enderecos.ler(url.strip())
    if alvo.consulta:
        raise RegraViolada("Escreva o endereço sem a parte depois do “?”.", campo="url")
    enderecos.conferir(alvo)
    em_uso = sistema.enderecos.filter(retirado_em__isnull=True)
    if em_uso.filter(url=alvo.url).exists():
        raise RegraViolada("Este endereço já está na lista.", campo="url")
    if em_uso.count() >= MAXIMO_DE_ENDERECOS:  # under the lock of the system
        raise RegraViolada(f"Um sistema tem até {MAXIMO_DE_ENDERECOS} endereços.", campo="url")
    endereco = EnderecoDeAviso.objects.create(sistema=sistema, url=alvo.url, criado_em=agora)
    _registrar(sistema, "permitir_endereco", por=por, agora=agora, comentario=alvo.url)
    return endereco


@transaction.atomic
def retirar_endereco(*, endereco_id: int, por: Ator, agora: dt.datetime) -> EnderecoDeAviso:
    """Stop calling an address: the subscriptions below it end. One that was taken out already is no error."""
    _gestor(por)
    endereco = fluxo.travar(EnderecoDeAviso, endereco_id)
    if endereco.retirado_em is None:
        endereco.retirado_em = agora
        endereco.save(update_fields=["retirado_em"])
        _encerrar(endereco.assinaturas.filter(encerrada_em__isnull=True), agora=agora)
        _registrar(endereco.sistema, "retirar_endereco", por=por, agora=agora, comentario=endereco.url)
    return endereco


@transaction.atomic
def reenviar_aviso(*, aviso_id: int, por: Ator, agora: dt.datetime) -> AvisoDeSistema:
    """Try again a notice that was given up. Raises ``TransicaoIndisponivel`` when its subscription ended."""
    _gestor(por)
    aviso = fluxo.travar(AvisoDeSistema, aviso_id)
    if aviso.assinatura.encerrada_em is not None:
        raise TransicaoIndisponivel("A assinatura deste aviso terminou: não há mais para onde enviar.")
    if aviso.situacao == AvisoDeSistema.Situacao.DESISTIDO:
        aviso.situacao, aviso.tentativas, aviso.tentar_em, aviso.erro = AvisoDeSistema.Situacao.PENDENTE, 0, agora, ""
        aviso.save(update_fields=["situacao", "tentativas", "tentar_em", "erro"])
        _registrar(aviso.assinatura.sistema, "reenviar_aviso", por=por, agora=agora, dados={"aviso": aviso.pk})
    return aviso


@transaction.atomic
def desistir_do_aviso(aviso: AvisoDeSistema, erro: str, *, agora: dt.datetime) -> None:
    """Give up a notice this worker holds, and say so in the audit of its system. Nothing when the lease is over."""
    meu = AvisoDeSistema.objects.filter(pk=aviso.pk, situacao=AvisoDeSistema.Situacao.PENDENTE, reservado_ate=aviso.reservado_ate)
    if meu.update(situacao=AvisoDeSistema.Situacao.DESISTIDO, tentar_em=None, reservado_ate=None, erro=erro[:120]):
        dados = {"aviso": aviso.pk, "tentativas": aviso.tentativas}
        comentario = f"{aviso.get_evento_display()}, solicitação {aviso.solicitacao.numero}: {erro}"[:500]
        _registrar(aviso.assinatura.sistema, "desistir_de_aviso", por=SISTEMA, agora=agora, comentario=comentario, dados=dados)


# --- The system itself ----------------------------------------------------------------------------------------------------
@transaction.atomic
def assinar(*, sistema_id: int, callback: str, eventos: list[str], por: Ator, agora: dt.datetime) -> AssinaturaDeAvisos:
    """Subscribe a callback under an allowed address. Raises ``RegraViolada`` beside ``callback``."""
    sistema = _travar(sistema_id)
    alvo = enderecos.ler(callback, campo="callback")
    enderecos.conferir(alvo, campo="callback")
    permitidos = sistema.enderecos.filter(retirado_em__isnull=True).order_by("-url", "pk")
    endereco = next((e for e in permitidos if enderecos.esta_sob(alvo, enderecos.ler(e.url))), None)
    if endereco is None:
        raise RegraViolada("Este endereço não está na lista que a PRODESP permite para este sistema.", campo="callback")
    if sistema.assinaturas.filter(encerrada_em__isnull=True).count() >= MAXIMO_DE_ASSINATURAS:  # under the lock of the system
        raise RegraViolada(f"Um sistema tem até {MAXIMO_DE_ASSINATURAS} assinaturas. Encerre uma antes de fazer outra.")
    assinatura = AssinaturaDeAvisos.objects.create(
        sistema=sistema,
        endereco=endereco,
        callback=alvo.url,
        eventos=[e.value for e in Evento if e in eventos],
        segredo=selar(secrets.token_urlsafe(32)),
        criada_em=agora,
    )
    _registrar(sistema, "assinar", por=por, agora=agora, comentario=alvo.url, dados={"assinatura": str(assinatura.pk)})
    return assinatura


@transaction.atomic
def cancelar_assinatura(*, sistema_id: int, assinatura_id: uuid.UUID, por: Ator, agora: dt.datetime) -> bool:
    """End a subscription of this system; False when it has none with that id."""
    sistema = _travar(sistema_id)
    if not _encerrar(sistema.assinaturas.filter(pk=assinatura_id, encerrada_em__isnull=True), agora=agora):
        return False
    _registrar(sistema, "cancelar_assinatura", por=por, agora=agora, dados={"assinatura": str(assinatura_id)})
    return True


def _encerrar(assinaturas: Any, *, agora: dt.datetime) -> int:
    """End subscriptions and drop what they still wait for."""
    ids = list(assinaturas.values_list("pk", flat=True))
    AvisoDeSistema.objects.filter(assinatura_id__in=ids, situacao=AvisoDeSistema.Situacao.PENDENTE).update(
        situacao=AvisoDeSistema.Situacao.DESISTIDO, tentar_em=None, reservado_ate=None, erro="A assinatura terminou"
    )
    return int(AssinaturaDeAvisos.objects.filter(pk__in=ids).update(encerrada_em=agora))


def limpar_chaves(*, agora: dt.datetime) -> int:
    """Throw away the answers kept for ``Idempotency-Key`` past their day; return how many."""
    apagadas, _ = ChaveDeIdempotencia.objects.filter(criada_em__lte=agora - VALIDADE_DA_CHAVE).delete()
    return apagadas


def limpar_avisos(*, agora: dt.datetime, pedaco: int = 1000) -> int:
    """Throw away the notices delivered more than ``settings.GUARDA_DOS_AVISOS_DIAS`` days ago, ``pedaco`` at a time; return how many.

    Each chunk is its own transaction, oldest first, so that nobody waits for long. Those still waiting or given up are left alone.
    """
    velhos = AvisoDeSistema.objects.filter(
        situacao=AvisoDeSistema.Situacao.ENVIADO, enviado_em__lt=agora - dt.timedelta(days=settings.GUARDA_DOS_AVISOS_DIAS)
    ).order_by("enviado_em", "pk")
    apagados = 0
    while pks := list(velhos.values_list("pk", flat=True)[:pedaco]):
        apagados += AvisoDeSistema.objects.filter(pk__in=pks).delete()[0]
    return apagados


# --- Acts on an order that change no state ---------------------------------------------------------------------------------
@transaction.atomic
def comentar(*, ss_id: int, texto: str, por: Ator, agora: dt.datetime) -> HistoricoSS:
    """The Operadora notes something on an order it has or has delivered; it is read in the history."""
    ss = travada(ss_id, por=por, ato="ordens.atender")
    if ss.estado not in (*NA_OPERADORA, *EM_ACEITE):
        raise TransicaoIndisponivel(f"Não se anota mais nesta ordem: está em “{ss.rotulo}”.")
    texto = texto_exigido(texto, frase="Escreva a nota.", campo="note")
    linha = anotar(ss, "nota", por=por, agora=agora, comentario=texto)
    assert isinstance(linha, HistoricoSS)
    return linha


@transaction.atomic
def prever(*, ss_id: int, previsao: dt.date, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Change the day the Operadora expects to conclude, while it attends."""
    ss = travada(ss_id, por=por, ato="ordens.atender")
    if ss.estado not in NA_OPERADORA:
        raise TransicaoIndisponivel(f"A previsão só muda até a entrega: a ordem está em “{ss.rotulo}”.")
    hoje = prazos.dia_local(agora)
    if not hoje <= previsao <= hoje + dt.timedelta(days=730):
        raise RegraViolada("A previsão vai de hoje até daqui a dois anos.", campo="expectedCompletionDate")
    if ss.previsao != previsao:
        antes, ss.previsao = ss.previsao, previsao
        ss.save(update_fields=["previsao"])
        anotar(ss, "prever", por=por, agora=agora, dados={"de": antes.isoformat() if antes else None, "para": previsao.isoformat()})
    return ss

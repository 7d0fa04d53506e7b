"""Accounts: create, sign up, confirm, activate, deactivate, end sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import structlog
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from contas import notificacoes, permissoes, registros
from contas.acoes.sessoes import encerrar_sessoes
from contas.acoes.vinculos import exigir_outro_gestor, ingressar
from contas.models import CONTA_DESATIVADA, CONTA_REATIVADA, CadastroPendente, LinkDeAcesso, Usuario, Vinculo
from contas.segredos import novo_token, resumo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator, travar

registro = structlog.get_logger("portal.contas")

#: How long the links of first access and of e-mail confirmation work (ADS-11; ASVS 6.4.1).
VALIDADE = dt.timedelta(hours=24)

LINK_SEM_EFEITO = "Este link já foi usado ou perdeu a validade."


@dataclass(frozen=True, slots=True)
class Confirmacao:
    """What came out of confirming a sign-up: the account (None when refused) and its first link (None when the town has people)."""

    usuario: Usuario | None
    vinculo: Vinculo | None


def criar_usuario(*, email: str, nome: str, cpf: str = "", cargo: str = "", senha_pronta: str = "") -> Usuario:
    """Create an account whose e-mail is known to be the person's (proven by a link sent to it, or by the State).

    ``senha_pronta`` is a hash of ``make_password``; without it the account waits for its activation link. Raises ``IntegrityError``
    when the e-mail or the CPF belongs to another account.
    """
    usuario = Usuario.objects.create_user(email, nome=nome, cpf=cpf, cargo=cargo)
    if senha_pronta:
        usuario.password = senha_pronta
        usuario.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=usuario, email=usuario.email, defaults={"verified": True, "primary": True})
    return usuario


def registrar_cadastro(
    *, municipio_id: int, nome: str, cpf: str, email: str, cargo: str, senha: str, agora: dt.datetime
) -> CadastroPendente | None:
    """Keep a sign-up until its e-mail is confirmed and send the link; None when the e-mail already has an account.

    The caller answers the same in both cases. Both paths hash the password and write one letter, so they take the same time.
    """
    email = email.lower()
    guardada = make_password(senha)
    with transaction.atomic():
        if Usuario.objects.filter(email__iexact=email).exists():
            notificacoes.ja_tem_conta(email, agora=agora)
            return None
        return _pedir_confirmacao(
            CadastroPendente(municipio_id=municipio_id, nome=nome, cpf=cpf, email=email, cargo=cargo, senha=guardada), agora=agora
        )


def reenviar_confirmacao(*, email: str, cadastro_id: int | None, agora: dt.datetime) -> int | None:
    """Send the letter of a sign-up again; the id of the sign-up to send from next time. Whoever asks learns nothing from it.

    The letter has a link of its own and the earlier one goes on working, as after signing up twice: a letter may only be late. The e-mail
    of an account gets the letter that says so; a sign-up that is over (``cadastro_id`` None, expired) sends nothing.
    """
    email = email.lower()
    with transaction.atomic():
        if Usuario.objects.filter(email__iexact=email).exists():
            notificacoes.ja_tem_conta(email, agora=agora)
            return cadastro_id
        antigo = CadastroPendente.objects.filter(pk=cadastro_id, email=email).first() if cadastro_id else None
        if antigo is None or not antigo.vale(agora):
            return cadastro_id
        copiados = ("municipio_id", "nome", "cpf", "email", "cargo", "senha")
        return _pedir_confirmacao(CadastroPendente(**{c: getattr(antigo, c) for c in copiados}), agora=agora).pk


def _pedir_confirmacao(cadastro: CadastroPendente, *, agora: dt.datetime) -> CadastroPendente:
    token, cadastro.token_sha256 = novo_token()
    cadastro.criado_em, cadastro.expira_em = agora, agora + VALIDADE
    cadastro.save()
    notificacoes.confirmar_cadastro(cadastro, token)
    return cadastro


def confirmar_cadastro(*, token: str, agora: dt.datetime) -> Confirmacao:
    """Turn a sign-up into an account and, when the municipality is free, into its first requerente (ADS-10).

    A CPF or e-mail that belongs to another account by then refuses the sign-up without saying which; the owner of the CPF is told by
    letter. Raises ``TransicaoIndisponivel`` when the link was used or expired.
    """
    with transaction.atomic():
        pk = CadastroPendente.objects.filter(token_sha256=resumo(token)).values_list("pk", flat=True).first()
        if pk is None:
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        cadastro = travar(CadastroPendente, pk)
        if not cadastro.vale(agora):
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        usuario = _criar_do_cadastro(cadastro)
        vinculo = None
        if usuario is None:
            dono = Usuario.objects.filter(cpf=cadastro.cpf).first()
            if dono is not None:
                notificacoes.cpf_repetido(dono, agora=agora)
        else:
            vinculo = ingressar(usuario_id=usuario.pk, municipio_id=cadastro.municipio_id, agora=agora)
        cadastro.usuario, cadastro.usado_em = usuario, agora
        cadastro.nome = cadastro.cpf = cadastro.cargo = cadastro.senha = ""
        cadastro.save()
        CadastroPendente.objects.filter(email=cadastro.email, usado_em__isnull=True, expira_em__gt=agora).update(expira_em=agora)
        registro.info("cadastro_confirmado", usuario=usuario.pk if usuario else None, vinculo=vinculo.pk if vinculo else None)
        return Confirmacao(usuario, vinculo)


def _criar_do_cadastro(cadastro: CadastroPendente) -> Usuario | None:
    try:
        with transaction.atomic():
            return criar_usuario(
                email=cadastro.email, nome=cadastro.nome, cpf=cadastro.cpf, cargo=cadastro.cargo, senha_pronta=cadastro.senha
            )
    except IntegrityError:
        return None


def criar_link_de_acesso(usuario: Usuario, *, agora: dt.datetime, por: Ator) -> LinkDeAcesso:
    """Send a fresh first-access link; earlier ones stop working. Needs a transaction (ADS-11)."""
    travar(Usuario, usuario.pk)
    usuario.links_de_acesso.filter(usado_em__isnull=True, expira_em__gt=agora).update(expira_em=agora)
    token, digest = novo_token()
    link = LinkDeAcesso.objects.create(
        usuario=usuario, token_sha256=digest, criado_em=agora, expira_em=agora + VALIDADE, criado_por_id=por.usuario_id
    )
    vinculos = usuario.vinculos.vigentes(agora).select_related("orgao").order_by("inicio_em", "pk")
    notificacoes.primeiro_acesso(link, token, papeis=[(v.get_papel_display(), v.orgao.nome) for v in vinculos])
    return link


def reenviar_link_de_acesso(*, token: str, agora: dt.datetime, por: Ator) -> bool:
    """Send another first-access link to the address of an old one. False (and nothing sent) when there is no account waiting for it."""
    with transaction.atomic():
        link = LinkDeAcesso.objects.filter(token_sha256=resumo(token)).select_related("usuario").first()
        if link is None or link.usuario.has_usable_password() or not link.usuario.is_active:
            return False
        criar_link_de_acesso(link.usuario, agora=agora, por=por)
        return True


def link_de_acesso(token: str, *, agora: dt.datetime) -> LinkDeAcesso | None:
    """The first-access link of this token if it still works; reading it consumes nothing."""
    link = LinkDeAcesso.objects.filter(token_sha256=resumo(token)).select_related("usuario").first()
    return link if link and link.vale(agora) and link.usuario.is_active else None


def ativar_conta(*, token: str, senha: str, agora: dt.datetime) -> Usuario:
    """Set the first password and consume the link, once. Raises ``TransicaoIndisponivel`` when it was used or expired."""
    guardada = make_password(senha)
    with transaction.atomic():
        achado = link_de_acesso(token, agora=agora)
        if achado is None:
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        link = travar(LinkDeAcesso, achado.pk)
        if not link.vale(agora):
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        link.usado_em = agora
        link.save(update_fields=["usado_em"])
        usuario = travar(Usuario, link.usuario_id)
        usuario.password = guardada
        usuario.save(update_fields=["password"])
        EmailAddress.objects.update_or_create(user=usuario, email=usuario.email, defaults={"verified": True, "primary": True})
        encerrar_sessoes(usuario.pk)
        registro.info("conta_ativada", usuario=usuario.pk)
        return usuario


def encerrar_sessoes_de(*, usuario_id: int, por: Ator, agora: dt.datetime) -> int:
    """A gestor ends the sessions of somebody of the State's teams. Raises ``SemPermissao``."""
    if not permissoes.pode(por, "equipe.gerir"):
        raise SemPermissao("Só um gestor encerra as sessões de outra pessoa.")
    with transaction.atomic():
        quantas = encerrar_sessoes(usuario_id)
        registro.info("sessoes_encerradas", usuario=usuario_id, por=por.usuario_id, quantas=quantas, em=agora.isoformat())
        return quantas


def desativar_conta(*, usuario_id: int, motivo: str, por: Ator, agora: dt.datetime) -> Usuario:
    """Close an account, with a reason the person reads by e-mail: no login, no session, no first-access link. Its roles stay as they are
    and count again if it is reopened.

    Raises ``SemPermissao``; ``RegraViolada`` without a reason, for one's own account, the last gestor's and that of a system;
    ``TransicaoIndisponivel`` when it is closed already.
    """
    if not permissoes.pode(por, "equipe.gerir"):
        raise SemPermissao("Só um gestor desativa uma conta.")
    motivo = texto_exigido(motivo, frase="Escreva o motivo: a pessoa vai ler.", campo="motivo", maximo=200)
    with transaction.atomic():
        exigir_outro_gestor(usuario_id=usuario_id, agora=agora)
        if usuario_id == por.usuario_id:
            raise RegraViolada("Você não desativa a própria conta: peça a outro gestor.")
        usuario = travar(Usuario, usuario_id)
        if usuario.de_sistema:
            raise RegraViolada("Esta conta é de um sistema: desligue o sistema na página dele.")
        if not usuario.is_active:
            raise TransicaoIndisponivel("Esta conta já está desativada.")
        notificacoes.conta_desativada(usuario, motivo=motivo, agora=agora)
        _abrir_ou_fechar(usuario, ativa=False, o_que=f"{CONTA_DESATIVADA}: {motivo}", por=por, agora=agora)
        usuario.links_de_acesso.filter(usado_em__isnull=True, expira_em__gt=agora).update(expira_em=agora)
        encerrar_sessoes(usuario_id)
        registros.saiu_da_conferencia(usuario_id=usuario_id, por=por, agora=agora)
        registro.info("conta_desativada", usuario=usuario_id, por=por.usuario_id, ip=por.ip)
        return usuario


def reativar_conta(*, usuario_id: int, motivo: str, por: Ator, agora: dt.datetime) -> Usuario:
    """Open a closed account again, with a reason the person reads by e-mail; links that ended stay ended, those still in force count again.

    Who never had a password gets a fresh first-access link too (ADS-11). Raises ``SemPermissao``; ``RegraViolada`` without a reason and for
    the account of a system; ``TransicaoIndisponivel`` when the account is open.
    """
    if not permissoes.pode(por, "contas.reativar"):
        raise SemPermissao("Só um gestor reativa uma conta.")
    motivo = texto_exigido(motivo, frase="Escreva o motivo: a pessoa vai ler.", campo="motivo", maximo=200)
    with transaction.atomic():
        usuario = travar(Usuario, usuario_id)
        if usuario.de_sistema:
            raise RegraViolada("Esta conta é de um sistema: ninguém entra com ela, e ela não se reativa.")
        if usuario.is_active:
            raise TransicaoIndisponivel("Esta conta já está ativa.")
        _abrir_ou_fechar(usuario, ativa=True, o_que=f"{CONTA_REATIVADA}: {motivo}", por=por, agora=agora)
        vinculos = usuario.vinculos.vigentes(agora).select_related("orgao").order_by("inicio_em", "pk")
        notificacoes.conta_reativada(usuario, motivo=motivo, papeis=[v.em_palavras for v in vinculos], agora=agora)
        if not usuario.has_usable_password():
            criar_link_de_acesso(usuario, agora=agora, por=por)
        registro.info("conta_reativada", usuario=usuario_id, por=por.usuario_id, ip=por.ip)
        return usuario


def _abrir_ou_fechar(usuario: Usuario, *, ativa: bool, o_que: str, por: Ator, agora: dt.datetime) -> None:
    """Save with the history row that the trail of audit reads: who, when, why."""
    usuario.is_active = ativa
    usuario._history_user = None if por.usuario_id is None else Usuario.objects.get(pk=por.usuario_id)  # type: ignore[attr-defined]
    usuario._history_date = agora  # type: ignore[attr-defined]
    usuario._change_reason = o_que  # type: ignore[attr-defined]
    usuario.save(update_fields=["is_active"])

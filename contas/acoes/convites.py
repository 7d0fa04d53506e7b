"""Invitations, and the access of the two responsáveis after approval."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from contas import notificacoes
from contas.acoes.contas import LINK_SEM_EFEITO, criar_link_de_acesso, criar_usuario
from contas.acoes.orgaos import prefeitura_de
from contas.acoes.vinculos import conferir_quem_concede, ligar
from contas.consultas import impedimentos_de_acesso
from contas.models import Convite, Orgao, Papel, Usuario, Vinculo
from contas.segredos import novo_token, resumo
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator, travar

#: How long an invitation waits. Longer than a first access: the person may not be expecting it.
VALIDADE_DO_CONVITE = dt.timedelta(days=7)


def convidar_pessoa(*, orgao_id: int, email: str, nome: str, papel: str, por: Ator, agora: dt.datetime) -> Convite:
    """Invite somebody by e-mail to act for a body (settled question 2). An earlier open invitation for the same role stops working.

    The answer never depends on whether the e-mail has an account. Raises ``SemPermissao``; ``RegraViolada`` (campo ``email``) when the
    person already holds the role there, which the inviter can see in the list.
    """
    email = email.lower()
    with transaction.atomic():
        orgao = travar(Orgao, orgao_id)
        conferir_quem_concede(orgao, papel=papel, por=por, agora=agora)
        if Vinculo.objects.filter(orgao=orgao, papel=papel, usuario__email=email).vigentes(agora).exists():
            raise RegraViolada("Esta pessoa já tem este papel.", campo="email")
        Convite.objects.filter(orgao=orgao, papel=papel, email=email, usado_em__isnull=True, expira_em__gt=agora).update(expira_em=agora)
        token, digest = novo_token()
        linha = Convite.objects.create(
            orgao=orgao,
            email=email,
            nome=nome,
            papel=papel,
            token_sha256=digest,
            criado_em=agora,
            expira_em=agora + VALIDADE_DO_CONVITE,
            criado_por_id=por.usuario_id,
        )
        notificacoes.convite(linha, token, quem=por.nome)
        return linha


def cancelar_convite(*, convite_id: int, por: Ator, agora: dt.datetime) -> None:
    """Make an open invitation stop working. Raises ``SemPermissao``; ``TransicaoIndisponivel`` when it no longer works."""
    with transaction.atomic():
        linha = travar(Convite, convite_id)
        conferir_quem_concede(linha.orgao, papel=linha.papel, por=por, agora=agora)
        if not linha.vale(agora):
            raise TransicaoIndisponivel("Este convite já foi usado ou perdeu a validade.")
        linha.expira_em = agora
        linha.save(update_fields=["expira_em"])


def convite_do_token(token: str, *, agora: dt.datetime) -> Convite | None:
    """The invitation of this token if it still works; reading it consumes nothing."""
    linha = Convite.objects.filter(token_sha256=resumo(token)).select_related("orgao").first()
    return linha if linha and linha.vale(agora) else None


def aceitar_convite(
    *, token: str, agora: dt.datetime, usuario_id: int | None = None, nome: str = "", cpf: str = "", cargo: str = "", senha: str = ""
) -> Vinculo:
    """Accept an invitation, once: with the account of that e-mail (``usuario_id``), or creating one with ``nome``, ``cpf``, ``senha``.

    Raises ``TransicaoIndisponivel`` when it was used or expired, ``SemPermissao`` when the account is of another e-mail, and
    ``RegraViolada`` when an account cannot be created with this data (without saying whose it is).
    """
    guardada = make_password(senha) if usuario_id is None else ""
    with transaction.atomic():
        achado = convite_do_token(token, agora=agora)
        if achado is None:
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        linha = travar(Convite, achado.pk)
        if not linha.vale(agora):
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        if usuario_id is None:
            usuario = _criar(linha, nome=nome, cpf=cpf, cargo=cargo, guardada=guardada)
        else:
            usuario = Usuario.objects.get(pk=usuario_id)
            if usuario.email.lower() != linha.email:
                raise SemPermissao("Este convite foi enviado a outro e-mail. Saia e entre com a conta que recebeu o convite.")
        linha.usado_em = agora
        linha.save(update_fields=["usado_em"])
        return ligar(usuario_id=usuario.pk, orgao_id=linha.orgao_id, papel=linha.papel, agora=agora)[0]


def _criar(linha: Convite, *, nome: str, cpf: str, cargo: str, guardada: str) -> Usuario:
    try:
        with transaction.atomic():
            return criar_usuario(email=linha.email, nome=nome or linha.nome, cpf=cpf, cargo=cargo, senha_pronta=guardada)
    except IntegrityError:
        raise RegraViolada(
            "Não criamos uma conta nova com estes dados. Se você já tem conta, entre com ela e abra o convite de novo.", campo="cpf"
        ) from None


def ativar_responsavel(
    *, municipio_id: int, nome: str, cpf: str, email: str, cargo: str, por: Ator, agora: dt.datetime
) -> tuple[Usuario, Vinculo]:
    """Give a person named in the approved Anexo I the role of responsável; called by ``adesao`` in the approval's transaction (ADS-11).

    Somebody with this CPF or e-mail who has an account gets the link and a notice; else the account is created without a password and a
    one-use activation link is sent. Repeating changes and sends nothing. Raises ``RegraViolada`` (campo ``email``) for what
    ``consultas.impedimentos_de_acesso`` finds: access is never given to another person. When the account found by CPF has another e-mail,
    the mailbox of Anexo I is told too.
    """
    email = email.lower()
    orgao = travar(Orgao, prefeitura_de(municipio_id).pk)
    (motivo,) = impedimentos_de_acesso([(cpf, email)], municipio_id=municipio_id, agora=agora)
    if motivo:
        raise RegraViolada(f"{nome}: {motivo}", regra="ADS-11", campo="email")
    usuario = Usuario.objects.filter(cpf=cpf).first() or Usuario.objects.filter(email__iexact=email).first()
    if usuario is None:
        usuario = criar_usuario(email=email, nome=nome, cpf=cpf, cargo=cargo)
    elif not usuario.cpf:
        usuario.cpf = cpf
        usuario.save(update_fields=["cpf"])
    vinculo, novo = ligar(usuario_id=usuario.pk, orgao_id=orgao.pk, papel=Papel.RESPONSAVEL, agora=agora)
    if novo and usuario.has_usable_password():
        notificacoes.novo_vinculo(vinculo, agora=agora)
    elif novo:
        criar_link_de_acesso(usuario, agora=agora, por=por)
    if novo and usuario.email.lower() != email:
        notificacoes.acesso_em_outra_conta(vinculo, email=email, agora=agora)
    return usuario, vinculo

"""What a person changes of the own account: name and cargo, and the e-mail one enters with."""

from __future__ import annotations

import datetime as dt

import structlog
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from contas import notificacoes
from contas.acoes.contas import LINK_SEM_EFEITO, VALIDADE
from contas.acoes.sessoes import encerrar_sessoes
from contas.models import TrocaDeEmail, Usuario
from contas.segredos import novo_token, resumo
from nucleo.campos import mascarar_email
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator, travar

registro = structlog.get_logger("portal.contas")


def _proprio(por: Ator) -> Usuario:
    """The row of who acts, under lock. Raises ``SemPermissao`` for the portal itself, for a visitor, and for a closed account."""
    if por.usuario_id is None:
        raise SemPermissao("Cada pessoa muda os próprios dados.")
    usuario = travar(Usuario, por.usuario_id)
    if not usuario.is_active:
        raise SemPermissao("Esta conta está desativada. Fale com o suporte do INTRAGOV.")
    return usuario


def salvar_dados(*, nome: str, cargo: str, por: Ator) -> Usuario:
    """Change the own name and cargo; each change is a row of the register's history. Saving the same again writes nothing."""
    with transaction.atomic():
        usuario = _proprio(por)
        if (usuario.nome, usuario.cargo) != (nome, cargo):
            usuario.nome, usuario.cargo = nome, cargo
            _guardar(usuario, ["nome", "cargo"], motivo="Mudou os próprios dados")
            registro.info("dados_mudados", usuario=usuario.pk)
        return usuario


def pedir_troca_de_email(*, email: str, por: Ator, agora: dt.datetime) -> None:
    """Send a one-use link to the new address; the e-mail changes only when it is opened, by this person, within 24 hours.

    An earlier request stops working. The address of another account gets a letter instead of the link: the caller answers the same in both
    cases, and the present address is told in both. Raises ``RegraViolada`` (campo ``email``) for the address the account already has.
    """
    email = email.lower()
    with transaction.atomic():
        usuario = _proprio(por)
        if usuario.email.lower() == email:
            raise RegraViolada("Este já é o e-mail da sua conta.", campo="email")
        usuario.trocas_de_email.filter(usado_em__isnull=True, expira_em__gt=agora).update(expira_em=agora)
        if Usuario.objects.filter(email__iexact=email).exists():
            notificacoes.ja_tem_conta(email, agora=agora)
        else:
            token, digest = novo_token()
            troca = TrocaDeEmail.objects.create(
                usuario=usuario,
                email_anterior=usuario.email,
                email_novo=email,
                token_sha256=digest,
                criado_em=agora,
                expira_em=agora + VALIDADE,
            )
            notificacoes.confirmar_email_novo(troca, token)
        notificacoes.conta_mudou(
            usuario,
            titulo="Alguém pediu para trocar o e-mail da sua conta",
            texto=f"O novo e-mail seria {mascarar_email(email)}. Nada muda até que a pessoa confirme pelo link que enviamos a ele.",
            agora=agora,
        )
        registro.info("troca_de_email_pedida", usuario=usuario.pk)


def troca_do_token(token: str, *, por: Ator, agora: dt.datetime) -> TrocaDeEmail | None:
    """The change of this token, of this very person, if the link still works; reading it consumes nothing."""
    if por.usuario_id is None:
        return None
    troca = TrocaDeEmail.objects.filter(token_sha256=resumo(token), usuario_id=por.usuario_id).first()
    return troca if troca and troca.vale(agora) else None


def confirmar_troca_de_email(*, token: str, por: Ator, agora: dt.datetime, sessao: str | None = None) -> Usuario:
    """The new address becomes the one of the account, once; the old address is told and the other sessions end (all but ``sessao``).

    Only the person who asked confirms, having entered: a link that went to a mistyped mailbox gives its reader nothing. Raises
    ``TransicaoIndisponivel`` when the link was used, expired, is of somebody else, or the address got an account meanwhile.
    """
    with transaction.atomic():
        usuario = _proprio(por)
        achada = troca_do_token(token, por=por, agora=agora)
        if achada is None:
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        troca = travar(TrocaDeEmail, achada.pk)
        if not troca.vale(agora):
            raise TransicaoIndisponivel(LINK_SEM_EFEITO)
        antigo, usuario.email = usuario.email, troca.email_novo
        try:
            with transaction.atomic():
                _guardar(usuario, ["email"], motivo="Trocou o próprio e-mail")
                EmailAddress.objects.filter(user=usuario).delete()
                EmailAddress.objects.create(user=usuario, email=usuario.email, verified=True, primary=True)
        except IntegrityError:
            raise TransicaoIndisponivel(LINK_SEM_EFEITO) from None
        troca.usado_em = agora
        troca.save(update_fields=["usado_em"])
        usuario.links_de_acesso.filter(usado_em__isnull=True, expira_em__gt=agora).update(expira_em=agora)  # they went to the old address
        notificacoes.email_trocado(usuario, antigo=antigo, agora=agora)
        encerrar_sessoes(usuario.pk, menos=sessao)
        registro.info("email_trocado", usuario=usuario.pk)
        return usuario


def _guardar(usuario: Usuario, campos: list[str], *, motivo: str) -> None:
    """Save with a history row that names the person and what was done (the audit row of the register)."""
    usuario._history_user = usuario  # type: ignore[attr-defined]
    usuario._change_reason = motivo  # type: ignore[attr-defined]
    usuario.save(update_fields=campos)

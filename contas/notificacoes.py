"""The letters of this app. All go through the outbox, in the caller's transaction, each with a unique key.

``comunicacao`` is a floor above: its mouth is reached by name (``settings.CORREIO``), the way Django reaches an e-mail backend.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from contas.models import CadastroPendente, Convite, LinkDeAcesso, PedidoDeEntrada, TrocaDeEmail, Usuario, Vinculo
from nucleo import prazos
from nucleo.campos import mascarar_email

_SE_NAO_FOI_VOCE = "Se não foi você, ignore esta mensagem."
_VALIDADE = "O link vale por 24 horas e funciona uma vez só."


def endereco(nome: str, *args: Any) -> str:
    """Absolute address of a view, always under ``ENDERECO_PUBLICO``: the ``Host`` header of a request never reaches an e-mail."""
    return settings.ENDERECO_PUBLICO + reverse(nome, args=args)


def chave_unica(assunto: str) -> str:
    """A key for a letter that answers one request, not an event that could be told twice."""
    return f"contas:{assunto}:{uuid.uuid4().hex}"


def enviar(
    *,
    chave: str,
    tipo: str,
    para: str,
    titulo: str,
    paragrafos: Sequence[str],
    agora: dt.datetime,
    para_nome: str = "",
    fatos: Sequence[tuple[str, str]] = (),
    botao: tuple[str, str] | None = None,
) -> None:
    """Write one letter to the outbox (``comunicacao.caixa.enfileirar``). Needs a transaction; the same ``chave`` twice is one letter."""
    enfileirar = import_string(getattr(settings, "CORREIO", "comunicacao.caixa.enfileirar"))
    enfileirar(
        chave=chave,
        tipo=tipo,
        para=para,
        para_nome=para_nome,
        titulo=titulo,
        paragrafos=list(paragrafos),
        fatos=list(fatos),
        botao=botao,
        agora=agora,
    )


def primeiro_acesso(link: LinkDeAcesso, token: str, *, papeis: Sequence[tuple[str, str]]) -> None:
    """The activation link (ADS-11). ``papeis`` are (role, body) pairs."""
    enviar(
        chave=f"contas:acesso:{link.pk}",
        tipo="ativacao",
        para=link.usuario.email,
        para_nome=link.usuario.nome,
        titulo="Ative sua conta no Portal INTRAGOV",
        paragrafos=["Sua conta está pronta. Para entrar pela primeira vez, crie sua senha.", _VALIDADE],
        fatos=[(papel, orgao) for papel, orgao in papeis],
        botao=("Criar minha senha", endereco("conta_ativar", token)),
        agora=link.criado_em,
    )


def novo_vinculo(vinculo: Vinculo, *, agora: dt.datetime) -> None:
    """Somebody who already has an account received another link: a notice, not a second activation (ADS-11)."""
    enviar(
        chave=f"contas:vinculo:{vinculo.pk}",
        tipo="novo_vinculo",
        para=vinculo.usuario.email,
        para_nome=vinculo.usuario.nome,
        titulo=f"Você tem um novo papel no portal: {vinculo.get_papel_display().lower()}",
        paragrafos=["Entre com o e-mail e a senha que você já usa."],
        fatos=[("Papel", vinculo.get_papel_display()), ("Onde", vinculo.orgao.nome)],
        botao=("Entrar no portal", endereco("account_login")),
        agora=agora,
    )


def vinculo_encerrado(vinculo: Vinculo, *, agora: dt.datetime) -> None:
    """To the person whose role ended: which, where and why."""
    fatos = [("Papel", vinculo.get_papel_display()), ("Onde", vinculo.orgao.nome)]
    if vinculo.motivo_do_fim:
        fatos.append(("Motivo", vinculo.motivo_do_fim))
    enviar(
        chave=f"contas:fim_do_vinculo:{vinculo.pk}",
        tipo="vinculo_encerrado",
        para=vinculo.usuario.email,
        para_nome=vinculo.usuario.nome,
        titulo=f"Seu papel no portal terminou: {vinculo.get_papel_display().lower()}",
        paragrafos=[
            "Você não atua mais neste papel. Sua conta e os outros papéis que você tiver continuam.",
            "Se houver engano, fale com a PRODESP.",
        ],
        fatos=fatos,
        botao=("Ver os contatos", endereco("contatos")),
        agora=agora,
    )


def conta_desativada(usuario: Usuario, *, motivo: str, agora: dt.datetime) -> None:
    """To the person whose account was closed: why, and whom to ask."""
    enviar(
        chave=chave_unica(f"desativada:{usuario.pk}"),
        tipo="conta_desativada",
        para=usuario.email,
        para_nome=usuario.nome,
        titulo="Sua conta no Portal INTRAGOV foi desativada",
        paragrafos=["A PRODESP desativou a sua conta: você não entra mais no portal com ela.", "Se acha que é engano, fale com a PRODESP."],
        fatos=[("Motivo", motivo)],
        botao=("Ver os contatos", endereco("contatos")),
        agora=agora,
    )


def conta_reativada(usuario: Usuario, *, motivo: str, papeis: Sequence[str], agora: dt.datetime) -> None:
    """To the person whose account was opened again: why, and with which roles (``papeis``, in words; none when all have ended)."""
    if not usuario.has_usable_password():
        como, botao = "Em outra mensagem vai o link para você criar sua senha.", ("Ver os contatos", endereco("contatos"))
    else:
        como = "Entre com o e-mail e a senha que você já usava. Se não lembrar a senha, crie outra na página de entrada."
        botao = ("Entrar no portal", endereco("account_login"))
    sem_papel = [] if papeis else ["Os papéis que você tinha terminaram e não voltam com a conta. Para atuar de novo, peça a quem convida."]
    enviar(
        chave=chave_unica(f"reativada:{usuario.pk}"),
        tipo="conta_reativada",
        para=usuario.email,
        para_nome=usuario.nome,
        titulo="Sua conta no Portal INTRAGOV foi reativada",
        paragrafos=["A PRODESP reativou a sua conta.", como, *sem_papel],
        fatos=[("Motivo", motivo), *([("Papéis" if len(papeis) > 1 else "Papel", "\n".join(papeis))] if papeis else [])],
        botao=botao,
        agora=agora,
    )


def acesso_em_outra_conta(vinculo: Vinculo, *, email: str, agora: dt.datetime) -> None:
    """To the e-mail of Anexo I, when the access went to an account of another e-mail with the same CPF: a stranger's would be noticed.

    Anybody may have signed up with that CPF before; whoever reads the mailbox that the prefeitura signed for must be able to object.
    """
    enviar(
        chave=f"contas:outra_conta:{vinculo.pk}",
        tipo="acesso_em_outra_conta",
        para=email,
        para_nome=vinculo.usuario.nome,
        titulo="Seu acesso ao Portal INTRAGOV está em outra conta",
        paragrafos=[
            "A prefeitura designou você e informou este e-mail. Já havia uma conta com o seu CPF, e o acesso foi ligado a ela: "
            f"{mascarar_email(vinculo.usuario.email)}.",
            "Se essa conta é sua, entre com ela. Se não é, avise a PRODESP agora.",
        ],
        fatos=[("Papel", vinculo.get_papel_display()), ("Onde", vinculo.orgao.nome)],
        botao=("Entrar no portal", endereco("account_login")),
        agora=agora,
    )


def confirmar_cadastro(cadastro: CadastroPendente, token: str) -> None:
    """Ask the person to confirm the e-mail of a sign-up."""
    enviar(
        chave=f"contas:cadastro:{cadastro.pk}",
        tipo="confirmar_email",
        para=cadastro.email,
        para_nome=cadastro.nome,
        titulo="Confirme seu e-mail no Portal INTRAGOV",
        paragrafos=[
            "Recebemos um pedido de conta com este e-mail. Confirme para continuar.",
            _VALIDADE,
            "Se não foi você, ignore esta mensagem.",
        ],
        fatos=[("Município", cadastro.municipio.nome)],
        botao=("Confirmar meu e-mail", endereco("conta_confirmar_cadastro", token)),
        agora=cadastro.criado_em,
    )


def ja_tem_conta(email: str, *, agora: dt.datetime) -> None:
    """Somebody tried to sign up with the e-mail of an account: only its owner is told."""
    enviar(
        chave=chave_unica("ja_tem_conta"),
        tipo="ja_tem_conta",
        para=email,
        titulo="Você já tem conta no Portal INTRAGOV",
        paragrafos=[
            "Alguém pediu uma conta nova com este e-mail, mas ele já tem uma. Se foi você, entre com sua senha ou crie outra.",
            "Se não foi você, ignore esta mensagem: nada mudou na sua conta.",
        ],
        botao=("Entrar no portal", endereco("account_login")),
        agora=agora,
    )


def cpf_repetido(usuario: Usuario, *, agora: dt.datetime) -> None:
    """Somebody with another, confirmed e-mail tried to sign up with this person's CPF."""
    enviar(
        chave=chave_unica("cpf_repetido"),
        tipo="cpf_repetido",
        para=usuario.email,
        para_nome=usuario.nome,
        titulo="Tentativa de criar outra conta em seu nome",
        paragrafos=[
            "Alguém tentou criar uma conta nova com o seu CPF. Nenhuma conta foi criada.",
            "Se foi você, entre com este e-mail. Se não foi, avise o suporte do INTRAGOV.",
        ],
        botao=("Entrar no portal", endereco("account_login")),
        agora=agora,
    )


def convite(linha: Convite, token: str, *, quem: str) -> None:
    """Invite a person to act for a body."""
    enviar(
        chave=f"contas:convite:{linha.pk}",
        tipo="convite",
        para=linha.email,
        para_nome=linha.nome,
        titulo=f"Convite para o Portal INTRAGOV: {linha.orgao.nome}",
        paragrafos=[f"{quem} convidou você para o Portal INTRAGOV.", "O convite vale até a data abaixo e funciona uma vez só."],
        fatos=[
            ("Papel", linha.get_papel_display()),
            ("Onde", linha.orgao.nome),
            ("Até quando", f"{timezone.localtime(linha.expira_em):%d/%m/%Y, %Hh%M}"),
        ],
        botao=("Ver o convite", endereco("conta_convite", token)),
        agora=linha.criado_em,
    )


def pedido_de_entrada(pedido: PedidoDeEntrada, *, para: Usuario) -> None:
    """Tell the first requerente that somebody asks to enter (settled question 2)."""
    enviar(
        chave=f"contas:pedido:{pedido.pk}:{para.pk}",
        tipo="pedido_de_entrada",
        para=para.email,
        para_nome=para.nome,
        titulo="Alguém pediu para entrar na adesão da sua prefeitura",
        paragrafos=["Confira quem é e responda. Só aceite pessoas que trabalham com você."],
        fatos=[
            ("Município", pedido.municipio.nome),
            ("Quem pede", pedido.usuario.nome),
            ("Cargo", pedido.usuario.cargo or "não informado"),
        ],
        botao=("Ver o pedido", endereco("contas:pessoas")),
        agora=pedido.pedido_em,
    )


def pedido_decidido(pedido: PedidoDeEntrada) -> None:
    """Tell the person what was decided. ``pedido`` must be decided."""
    aceito = bool(pedido.aceito)
    fatos = [("Município", pedido.municipio.nome)]
    if pedido.motivo:
        fatos.append(("Motivo", pedido.motivo))
    if pedido.novo_pedido_em:
        fatos.append(("Pode pedir de novo em", prazos.dia_por_extenso(prazos.dia_local(pedido.novo_pedido_em))))
    enviar(
        chave=f"contas:pedido_decidido:{pedido.pk}",
        tipo="pedido_decidido",
        para=pedido.usuario.email,
        para_nome=pedido.usuario.nome,
        titulo="Seu pedido de entrada foi aceito" if aceito else "Seu pedido de entrada foi recusado",
        paragrafos=["Você já pode trabalhar na adesão da prefeitura."]
        if aceito
        else ["Leia o motivo abaixo. Se houver engano, fale com a sua prefeitura ou com a PRODESP."],
        fatos=fatos,
        botao=("Entrar no portal", endereco("account_login")),
        agora=pedido.decidido_em or pedido.pedido_em,
    )


def confirmar_email_novo(troca: TrocaDeEmail, token: str) -> None:
    """To the new address: the link that makes it the e-mail of the account."""
    enviar(
        chave=f"contas:troca_de_email:{troca.pk}",
        tipo="confirmar_email_novo",
        para=troca.email_novo,
        para_nome=troca.usuario.nome,
        titulo="Confirme seu novo e-mail no Portal INTRAGOV",
        paragrafos=[
            "Você pediu para entrar no portal com este e-mail. Abra o link, entre com o e-mail e a senha de hoje e confirme.",
            _VALIDADE,
            _SE_NAO_FOI_VOCE,
        ],
        botao=("Confirmar o novo e-mail", endereco("conta_email_novo", token)),
        agora=troca.criado_em,
    )


def email_trocado(usuario: Usuario, *, antigo: str, agora: dt.datetime) -> None:
    """To the old address, which no longer enters: the e-mail of the account is another. Only PRODESP can undo it from there."""
    enviar(
        chave=chave_unica(f"email_trocado:{usuario.pk}"),
        tipo="email_trocado",
        para=antigo,
        para_nome=usuario.nome,
        titulo="O e-mail da sua conta no Portal INTRAGOV foi trocado",
        paragrafos=[
            f"A partir de agora você entra com {mascarar_email(usuario.email)}. As mensagens do portal vão para ele.",
            "Se não foi você, avise agora o suporte do INTRAGOV: este endereço não recupera mais a senha da conta.",
        ],
        fatos=[("Quando", f"{timezone.localtime(agora):%d/%m/%Y, %Hh%M}")],
        botao=("Ver os contatos", endereco("contatos")),
        agora=agora,
    )


def conta_mudou(usuario: Usuario, *, titulo: str, texto: str, agora: dt.datetime) -> None:
    """A security notice: something of the account changed."""
    enviar(
        chave=chave_unica(f"mudou:{usuario.pk}"),
        tipo="conta_mudou",
        para=usuario.email,
        para_nome=usuario.nome,
        titulo=titulo,
        paragrafos=[texto, "Se não foi você, crie outra senha agora e avise o suporte do INTRAGOV."],
        fatos=[("Quando", f"{timezone.localtime(agora):%d/%m/%Y, %Hh%M}")],
        botao=("Recuperar minha senha", endereco("account_reset_password")),
        agora=agora,
    )

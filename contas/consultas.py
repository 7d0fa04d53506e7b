"""Questions about people and bodies."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from contas import permissoes
from contas.models import (
    CONTA_DESATIVADA,
    CONTA_REATIVADA,
    DE_SISTEMA,
    CadastroPendente,
    Convite,
    Orgao,
    Papel,
    PedidoDeEntrada,
    Usuario,
    Vinculo,
)
from contas.segredos import resumo
from nucleo.fluxo import Ator
from nucleo.preparadas import preparada


def primeiro_requerente(orgao_id: int, *, agora: dt.datetime) -> Vinculo | None:
    """The oldest requerente link in force in that prefeitura: who invites and accepts (settled question 2)."""
    return (
        Vinculo.objects.filter(orgao_id=orgao_id, papel=Papel.REQUERENTE, usuario__is_active=True)
        .vigentes(agora)
        .select_related("usuario")
        .order_by("inicio_em", "pk")
        .first()
    )


def pessoas_do_orgao(orgao_id: int, *, agora: dt.datetime) -> QuerySet[Vinculo]:
    """Links in force in a body, oldest first, with their people."""
    return Vinculo.objects.filter(orgao_id=orgao_id).vigentes(agora).select_related("usuario").order_by("inicio_em", "pk")


def confere(usuario_id: int, *, agora: dt.datetime) -> bool:
    """Whether this person, with an open account, holds a role that checks adhesions at ``agora``."""
    papeis = permissoes.papeis_com("conferencia.conferir")
    return Vinculo.objects.filter(usuario_id=usuario_id, papel__in=papeis, usuario__is_active=True).vigentes(agora).exists()


def equipe_do_estado(*, agora: dt.datetime) -> QuerySet[Vinculo]:
    """Links in force in State bodies, by role and name."""
    return (
        Vinculo.objects.exclude(orgao__tipo=Orgao.Tipo.PREFEITURA)
        .vigentes(agora)
        .select_related("usuario", "orgao")
        .order_by("papel", "usuario__nome", "pk")
    )


def contas_desativadas(busca: str = "") -> QuerySet[Usuario]:
    """Closed accounts of people (never those of systems), by name; ``busca`` is a piece of the name or e-mail."""
    fechadas = Usuario.objects.filter(is_active=False).exclude(email__endswith=DE_SISTEMA).order_by("nome", "pk")
    return fechadas.filter(Q(nome__contem=busca) | Q(email__icontains=busca)) if busca else fechadas


def atos_das_contas() -> QuerySet[Any]:
    """Rows of the register's history that closed an account or opened it again, for the trail of audit."""
    disse = Q(history_change_reason__startswith=CONTA_DESATIVADA) | Q(history_change_reason__startswith=CONTA_REATIVADA)
    return Usuario.historia.filter(disse)


def convites_abertos(*, agora: dt.datetime, **filtro: Any) -> QuerySet[Convite]:
    """Invitations that still work, newest first."""
    return (
        Convite.objects.filter(usado_em__isnull=True, expira_em__gt=agora, **filtro).select_related("orgao").order_by("-criado_em", "-pk")
    )


def pedidos_para(ator: Ator) -> QuerySet[PedidoDeEntrada]:
    """Open entry requests this actor may see: of the own prefeituras, or all for whoever answers for the State."""
    abertos = PedidoDeEntrada.objects.filter(decidido_em__isnull=True).select_related("usuario", "municipio")
    estado = permissoes.papeis_com("pessoas.aceitar")
    if any(m is None and p in estado for p, m in ator.papeis):
        return abertos
    return abertos.filter(municipio_id__in=ator.municipios(Papel.REQUERENTE))


def pedidos_para_ler(ator: Ator) -> QuerySet[PedidoDeEntrada]:
    """Open entry requests to be read: every one for whoever reads all processes (the auditor too), else those the actor answers."""
    if permissoes.pode(ator, "processos.ver"):
        return PedidoDeEntrada.objects.filter(decidido_em__isnull=True).select_related("usuario", "municipio")
    return pedidos_para(ator)


def fim_por_outra_pessoa(usuario_id: int, *, municipio_id: int) -> Vinculo | None:
    """The last link as requerente there that somebody else ended, or None: whoever was taken out comes back only by being accepted."""
    meus = Vinculo.objects.filter(usuario_id=usuario_id, orgao__municipio_id=municipio_id, papel=Papel.REQUERENTE)
    fim = meus.filter(encerrado_por__isnull=False).order_by("-fim_em", "-pk").first()
    return fim if fim is not None and fim.encerrado_por_id != usuario_id else None


def recusa_que_ainda_conta(*, usuario_id: int, municipio_id: int, agora: dt.datetime) -> PedidoDeEntrada | None:
    """The refusal for which this person still has to wait before asking this prefeitura again, or None."""
    recusas = PedidoDeEntrada.objects.filter(usuario_id=usuario_id, municipio_id=municipio_id, novo_pedido_em__gt=agora)
    return recusas.order_by("-novo_pedido_em", "-pk").first()


def municipio_sem_vinculo(usuario: Usuario) -> int | None:
    """The municipality a person without links is waiting for: the open request's, else the last one signed up for."""
    pedido = PedidoDeEntrada.objects.filter(usuario=usuario).order_by("-pedido_em", "-pk").values_list("municipio_id", flat=True).first()
    return pedido or usuario.cadastros.order_by("-criado_em", "-pk").values_list("municipio_id", flat=True).first()


def cadastro_aberto(token: str, *, agora: dt.datetime) -> CadastroPendente | None:
    """The sign-up of this token if it may still be confirmed; reading it consumes nothing."""
    linha = CadastroPendente.objects.filter(token_sha256=resumo(token)).select_related("municipio").first()
    return linha if linha and linha.vale(agora) else None


def conta_do_convite(convite: Convite) -> Usuario | None:
    """The account of the invited mailbox, if there is one."""
    return Usuario.objects.filter(email__iexact=convite.email, is_active=True).first()


def impedimentos_de_acesso(pessoas: Sequence[tuple[str, str]], *, municipio_id: int, agora: dt.datetime) -> list[str]:
    """For each (CPF, e-mail) of an Anexo I: "" or why access cannot be given to it (ADS-11). Two queries.

    Access is personal: an e-mail of somebody else's account is refused. A CPF is only typed at sign-up, so an account found by it under
    another
    e-mail is taken for the same person only when somebody vouched for it: a link as responsável, or any link in this very prefeitura.
    A deactivated account is refused: a gestor closed it on purpose, and neither an Anexo I nor an approval opens it again.
    """
    emails = [email.lower() for _, email in pessoas]
    contas = list(Usuario.objects.filter(Q(cpf__in=[cpf for cpf, _ in pessoas]) | Q(email__in=emails)).order_by("pk"))
    por_cpf, por_email = {u.cpf: u for u in contas if u.cpf}, {u.email.lower(): u for u in contas}
    vinculos = Vinculo.objects.filter(usuario__in=contas).vigentes(agora)
    avalizadas = set(vinculos.filter(Q(papel=Papel.RESPONSAVEL) | Q(orgao__municipio_id=municipio_id)).values_list("usuario_id", flat=True))
    motivos = []
    for (cpf, _), email in zip(pessoas, emails, strict=True):
        do_cpf, do_email = por_cpf.get(cpf), por_email.get(email)
        if do_email is not None and do_email.cpf not in ("", cpf):
            motivos.append("já é da conta de outra pessoa. Informe o e-mail próprio.")
        elif (conta := do_cpf or do_email) is not None and not conta.is_active:
            motivos.append("a conta desta pessoa no portal está desativada. Designe outra pessoa, ou fale com a PRODESP.")
        elif do_cpf is not None and do_cpf.email.lower() != email and do_cpf.pk not in avalizadas:
            motivos.append("este CPF já tem conta no portal com outro e-mail. Informe o e-mail dessa conta, ou fale com a PRODESP.")
        else:
            motivos.append("")
    return motivos


# --- Who is told ------------------------------------------------------------------------------------------------------
def responsaveis(municipio_id: int, agora: dt.datetime) -> list[Usuario]:
    """Who is told for the prefeitura: its responsáveis in force (one query)."""
    vinculos = (
        Vinculo.objects.filter(orgao__municipio_id=municipio_id, papel=Papel.RESPONSAVEL, usuario__is_active=True)
        .vigentes(agora)
        .select_related("usuario")
        .order_by("pk")
    )
    return [v.usuario for v in vinculos]


class Destinatario(NamedTuple):
    """As much of a ``Usuario`` as a letter needs."""

    pk: int
    email: str
    nome: str


def responsaveis_de(
    municipios: Iterable[int], agora: dt.datetime, *, papeis: Sequence[str] = (Papel.RESPONSAVEL,)
) -> dict[int, list[Destinatario]]:
    """The responsáveis in force of several prefeituras (one query), or who holds any of ``papeis`` there, each person once: IBGE code →
    people. A prefeitura without any is not there.
    """
    quais = set(municipios)
    if len(quais) == 1:
        vinculos = _de_uma.linhas(tuple(papeis), municipio_id=quais.pop(), agora=agora)
    else:
        vinculos = list(destinatarios(papeis, agora, orgao__municipio_id__um_de=quais))
    achados: dict[int, list[Destinatario]] = defaultdict(list)
    for municipio_id, pk, email, nome in vinculos:
        assert municipio_id is not None  # asked for
        if all(pessoa.pk != pk for pessoa in achados[municipio_id]):
            achados[municipio_id].append(Destinatario(pk, email, nome))
    return dict(achados)


def destinatarios(papeis: Sequence[str], agora: Any, **de_onde: Any) -> QuerySet[Vinculo, tuple[int | None, int, str, str]]:
    """Who holds one of ``papeis`` where ``de_onde`` says: (IBGE code, person, e-mail, name), a row for each link. Part of other queries."""
    return (
        Vinculo.objects.filter(**de_onde, papel__in=papeis, usuario__is_active=True)
        .vigentes(agora)
        .order_by("pk")
        .values_list("orgao__municipio_id", "usuario_id", "usuario__email", "usuario__nome")
    )


@preparada
def _de_uma(papeis: tuple[str, ...], *, municipio_id: Any, agora: Any) -> QuerySet[Vinculo, tuple[int | None, int, str, str]]:
    return destinatarios(papeis, agora, orgao__municipio_id=municipio_id)


def do_estado(papeis: tuple[str, ...], agora: dt.datetime) -> list[Usuario]:
    """The people of State bodies with any of these roles, each once (one query)."""
    vinculos = Vinculo.objects.filter(papel__in=papeis, usuario__is_active=True).vigentes(agora).select_related("usuario").order_by("pk")
    return list({v.usuario_id: v.usuario for v in vinculos}.values())

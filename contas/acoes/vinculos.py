"""Links between people and bodies: first requerente, entry requests, granting and ending (settled questions 1 and 2)."""

from __future__ import annotations

import datetime as dt

import structlog
from django.db import transaction

from contas import notificacoes, permissoes, registros
from contas.acoes.orgaos import orgao_do_estado, prefeitura_de
from contas.acoes.sessoes import encerrar_sessoes
from contas.consultas import confere, fim_por_outra_pessoa, primeiro_requerente, recusa_que_ainda_conta
from contas.models import Convite, Orgao, Papel, PedidoDeEntrada, Vinculo
from contas.papeis import PAPEIS_DA_PREFEITURA
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.fluxo import Ator, travar

registro = structlog.get_logger("portal.contas")

#: Days after a refusal in which the same person does not ask the same prefeitura again: each asking is a letter and somebody's work.
ESPERA_DO_NOVO_PEDIDO = 30


def ligar(*, usuario_id: int, orgao_id: int, papel: str, agora: dt.datetime) -> tuple[Vinculo, bool]:
    """The link in force of this person, body and role, created when there is none; and whether it is new. No permission is checked here."""
    vinculo, novo = Vinculo.objects.get_or_create(
        usuario_id=usuario_id, orgao_id=orgao_id, papel=papel, fim_em=None, defaults={"inicio_em": agora}
    )
    if novo:
        registro.info("vinculo_concedido", vinculo=vinculo.pk, usuario=usuario_id, papel=papel, orgao=orgao_id)
    return vinculo, novo


def conceder_vinculo(*, usuario_id: int, orgao_id: int, papel: str, por: Ator, agora: dt.datetime) -> Vinculo:
    """Give a role in a body to somebody who has an account, with a notice by letter; repeating changes nothing.

    Raises ``SemPermissao`` unless ``por`` manages the State's teams (State roles) or is the first requerente (role requerente).
    """
    with transaction.atomic():
        orgao = travar(Orgao, orgao_id)
        conferir_quem_concede(orgao, papel=papel, por=por, agora=agora)
        vinculo, novo = ligar(usuario_id=usuario_id, orgao_id=orgao_id, papel=papel, agora=agora)
        if novo:
            notificacoes.novo_vinculo(vinculo, agora=agora)
        return vinculo


def conferir_quem_concede(orgao: Orgao, *, papel: str, por: Ator, agora: dt.datetime) -> None:
    """Raise ``SemPermissao`` unless ``por`` may give ``papel`` in ``orgao``; ``RegraViolada`` when the role does not fit the body."""
    if (papel in PAPEIS_DA_PREFEITURA) != (orgao.municipio_id is not None):
        raise RegraViolada("Este papel não existe neste órgão.", campo="papel")
    if por.e_sistema:
        return
    if orgao.municipio_id is None:
        if not permissoes.pode(por, "equipe.gerir"):
            raise SemPermissao("Só um gestor da PRODESP dá papéis do Estado.")
        return
    if papel != Papel.REQUERENTE:
        raise SemPermissao("Os responsáveis são designados pelo Anexo I.", regra="ADS-13")
    if not permissoes.pode(por, "pessoas.convidar", orgao.municipio_id):
        raise SemPermissao("Só o primeiro requerente convida pessoas da prefeitura.")
    _exigir_primeiro(orgao, por=por, agora=agora)


def _exigir_primeiro(orgao: Orgao, *, por: Ator, agora: dt.datetime) -> None:
    primeiro = primeiro_requerente(orgao.pk, agora=agora)
    if primeiro is None or primeiro.usuario_id != por.usuario_id:
        raise SemPermissao("Só o primeiro requerente decide quem mais entra. Fale com essa pessoa ou com a PRODESP.")


def ingressar(*, usuario_id: int, municipio_id: int, agora: dt.datetime) -> Vinculo | None:
    """Become the requerente of a municipality that has nobody yet; None when it has (ADS-10: then one asks to enter).

    Somebody whose link there was ended by another person asks to enter too: who was taken out does not put herself back. The prefeitura's
    row is locked, so of two people at once exactly one becomes the first. Repeating returns the same link.
    """
    with transaction.atomic():
        orgao = travar(Orgao, prefeitura_de(municipio_id).pk)
        atuais = list(Vinculo.objects.filter(orgao=orgao, papel=Papel.REQUERENTE).vigentes(agora))
        for vinculo in atuais:
            if vinculo.usuario_id == usuario_id:
                return vinculo
        if atuais or registros.ha_adesao(municipio_id) or fim_por_outra_pessoa(usuario_id, municipio_id=municipio_id):
            return None
        return ligar(usuario_id=usuario_id, orgao_id=orgao.pk, papel=Papel.REQUERENTE, agora=agora)[0]


def municipio_livre(municipio_id: int, *, agora: dt.datetime) -> bool:
    """Whether somebody could become the first requerente there now (only to show the right page; ``ingressar`` decides)."""
    tem_gente = Vinculo.objects.filter(orgao__municipio_id=municipio_id, papel=Papel.REQUERENTE).vigentes(agora).exists()
    return not tem_gente and not registros.ha_adesao(municipio_id)


def pedir_entrada(*, usuario_id: int, municipio_id: int, agora: dt.datetime) -> PedidoDeEntrada:
    """Ask to act for a prefeitura that already has people; one open request per person and municipality, repeating returns it.

    The first requerente is told by letter; PRODESP sees it in its list. Raises ``RegraViolada`` when the person already acts for it, and
    until ``novo_pedido_em`` of a refusal. The prefeitura's row is locked, so an asking and a refusal of the same person stand in a line.
    """
    with transaction.atomic():
        orgao = travar(Orgao, prefeitura_de(municipio_id).pk)
        if Vinculo.objects.filter(orgao=orgao, usuario_id=usuario_id, papel=Papel.REQUERENTE).vigentes(agora).exists():
            raise RegraViolada("Você já representa esta prefeitura.", campo="municipio")
        espera = recusa_que_ainda_conta(usuario_id=usuario_id, municipio_id=municipio_id, agora=agora)
        if espera and espera.novo_pedido_em:
            dia = prazos.dia_por_extenso(prazos.dia_local(espera.novo_pedido_em))
            raise RegraViolada(f"Seu último pedido foi recusado. Você pode pedir de novo a partir de {dia}.", regra="ADS-10")
        pedido, novo = PedidoDeEntrada.objects.get_or_create(
            usuario_id=usuario_id, municipio_id=municipio_id, decidido_em=None, defaults={"pedido_em": agora}
        )
        primeiro = primeiro_requerente(orgao.pk, agora=agora)
        if novo and primeiro:
            notificacoes.pedido_de_entrada(pedido, para=primeiro.usuario)
        return pedido


def aceitar_pedido(*, pedido_id: int, por: Ator, agora: dt.datetime) -> PedidoDeEntrada:
    """The person becomes a requerente of the prefeitura. Raises ``SemPermissao``; ``TransicaoIndisponivel`` when already decided."""
    with transaction.atomic():
        pedido = _decidir(pedido_id, aceito=True, motivo="", por=por, agora=agora)
        orgao = prefeitura_de(pedido.municipio_id)
        ligar(usuario_id=pedido.usuario_id, orgao_id=orgao.pk, papel=Papel.REQUERENTE, agora=agora)
        notificacoes.pedido_decidido(pedido)
        return pedido


def recusar_pedido(*, pedido_id: int, motivo: str, por: Ator, agora: dt.datetime) -> PedidoDeEntrada:
    """Refuse, with a reason the person reads; the person may ask again after ``ESPERA_DO_NOVO_PEDIDO`` days.

    Raises as ``aceitar_pedido``; ``RegraViolada`` without a reason.
    """
    motivo = motivo.strip()[:300]
    if not motivo:
        raise RegraViolada("Escreva o motivo da recusa.", campo="motivo")
    with transaction.atomic():
        pedido = _decidir(pedido_id, aceito=False, motivo=motivo, por=por, agora=agora)
        notificacoes.pedido_decidido(pedido)
        return pedido


def _decidir(pedido_id: int, *, aceito: bool, motivo: str, por: Ator, agora: dt.datetime) -> PedidoDeEntrada:
    municipio_id = PedidoDeEntrada.objects.values_list("municipio_id", flat=True).get(pk=pedido_id)
    orgao = travar(Orgao, prefeitura_de(municipio_id).pk)
    pedido = travar(PedidoDeEntrada, pedido_id)
    if not permissoes.pode(por, "pessoas.aceitar", municipio_id):
        raise SemPermissao("Só o primeiro requerente da prefeitura ou a PRODESP responde a este pedido.")
    estado = permissoes.papeis_com("pessoas.aceitar")
    if not por.e_sistema and not any(m is None and p in estado for p, m in por.papeis):
        _exigir_primeiro(orgao, por=por, agora=agora)
    if pedido.decidido_em is not None:
        raise TransicaoIndisponivel("Este pedido já foi respondido.")
    pedido.decidido_em, pedido.decidido_por_id, pedido.aceito, pedido.motivo = agora, por.usuario_id, aceito, motivo
    pedido.novo_pedido_em = None if aceito else prazos.dias_depois(agora, ESPERA_DO_NOVO_PEDIDO)
    pedido.save()
    registro.info("pedido_decidido", pedido=pedido.pk, aceito=aceito, por=por.usuario_id)
    return pedido


def encerrar_vinculo(*, vinculo_id: int, motivo: str, por: Ator, agora: dt.datetime) -> Vinculo:
    """End a link now; it stays as history, the person's sessions end, and the person is told by letter.

    State roles: a gestor, never the last one. Requerentes: the first requerente of that prefeitura, or a gestor, who has to say why.
    Responsáveis change by Anexo I (only the portal itself ends them here). Invitations that the person made for the prefeitura stop
    working; a draft stays for whoever PRODESP accepts next (settled question 2). Raises ``SemPermissao``, ``RegraViolada``,
    ``TransicaoIndisponivel`` when it has ended.
    """
    motivo = motivo.replace("\0", "").strip()[:200]
    with transaction.atomic():
        travar(Orgao, Vinculo.objects.values_list("orgao_id", flat=True).get(pk=vinculo_id))
        vinculo = travar(Vinculo, vinculo_id)
        orgao = vinculo.orgao
        if not permissoes.pode(por, "equipe.gerir"):
            conferir_quem_concede(orgao, papel=vinculo.papel, por=por, agora=agora)
        elif vinculo.papel == Papel.RESPONSAVEL and not por.e_sistema:
            raise SemPermissao("Os responsáveis mudam pelo Anexo I.", regra="ADS-13")
        elif orgao.municipio_id is not None and not motivo and not por.e_sistema:
            raise RegraViolada("Escreva o motivo: a pessoa vai ler.", campo="motivo")
        if vinculo.fim_em is not None and vinculo.fim_em <= agora:
            raise TransicaoIndisponivel("Este vínculo já foi encerrado.")
        if vinculo.papel == Papel.GESTOR:
            exigir_outro_gestor(usuario_id=vinculo.usuario_id, agora=agora)
        vinculo.fim_em, vinculo.motivo_do_fim, vinculo.encerrado_por_id = agora, motivo, por.usuario_id
        vinculo.save(update_fields=["fim_em", "motivo_do_fim", "encerrado_por"])
        if orgao.municipio_id is not None:
            feitos = Convite.objects.filter(orgao=orgao, criado_por_id=vinculo.usuario_id, usado_em__isnull=True, expira_em__gt=agora)
            feitos.update(expira_em=agora)
        encerrar_sessoes(vinculo.usuario_id)
        if vinculo.papel in permissoes.papeis_com("conferencia.conferir") and not confere(vinculo.usuario_id, agora=agora):
            registros.saiu_da_conferencia(usuario_id=vinculo.usuario_id, por=por, agora=agora)
        if por.usuario_id != vinculo.usuario_id:
            notificacoes.vinculo_encerrado(vinculo, agora=agora)
        registro.info("vinculo_encerrado", vinculo=vinculo.pk, por=por.usuario_id)
        return vinculo


def exigir_outro_gestor(*, usuario_id: int, agora: dt.datetime) -> None:
    """Raise ``RegraViolada`` when this person is the only active gestor. Locks PRODESP's row: two gestores cannot remove each other."""
    prodesp = travar(Orgao, orgao_do_estado(Papel.GESTOR).pk)
    gestores = set(
        Vinculo.objects.filter(orgao=prodesp, papel=Papel.GESTOR, usuario__is_active=True)
        .vigentes(agora)
        .values_list("usuario_id", flat=True)
    )
    if gestores == {usuario_id}:
        raise RegraViolada("Esta é a única pessoa com o papel de gestor. Dê o papel a outra antes.")

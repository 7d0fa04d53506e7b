"""Handing sub-blocks out and taking them back (IP-02 to IP-04, IP-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Value

from adesao.models import Adesao
from contas.consultas import Destinatario, destinatarios
from contas.papeis import Papel
from contas.permissoes import exigir
from enderecamento import consultas, notificacoes, registros
from enderecamento.estados import REGRA_DO_PERFIL, TETO, Origem, Perfil
from enderecamento.models import Alocacao, LimiteConcedido, QuantidadeDeBlocos, SubBlocoCIDR
from nucleo import fluxo, gravacao, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator
from nucleo.preparadas import mudanca_preparada, preparada

from . import procura
from .procura import Lote

SEM_PREFEITURA = "Este sub-bloco já não está com nenhuma prefeitura."
#: Field of the screen that belongs to each kind.
CAMPO_DO_PERFIL = {Perfil.PRIVADO.value: "privados", Perfil.PUBLICO.value: "publicos"}


@transaction.atomic
def atribuir(
    adesao_id: int,
    *,
    perfil: str,
    quantidade: int = 1,
    escolhidos: Sequence[int] = (),
    pool_id: int | None = None,
    regiao: str = "",
    seguidos: bool = False,
    motivo: str = "",
    por: Ator,
    agora: dt.datetime,
) -> list[SubBlocoCIDR]:
    """Hand sub-blocks of one kind to a prefeitura, and tell it. Returns them in order of address.

    Either the ``escolhidos`` (first addresses), or ``quantidade`` of them: the lowest free ones of ``pool_id``, of the pools of ``regiao``
    (a DDD), or of any open pool; with ``seguidos`` one after the other, without a gap.

    Raises ``RegraViolada`` when the adhesion is not in force, more is asked for than its Anexo II did (ADS-13) or than the ceiling allows
    (IP-02, IP-03); ``PoolEsgotado`` when there are not enough free, ``TransicaoIndisponivel`` when a chosen one is not.
    """
    exigir(por, "blocos.atribuir")
    lote = Lote(perfil, quantidade, escolhidos=escolhidos, pool_id=pool_id, regiao=regiao, seguidos=seguidos)
    adesao = em_vigor(adesao_id)
    vagas, pessoas = _entregar(adesao, lote, motivo=motivo, por=por, agora=agora)
    notificacoes.atribuidos(adesao, vagas, pessoas, agora=agora)
    return vagas


@transaction.atomic
def atribuir_juntos(adesao_id: int, *, lotes: Sequence[Lote], motivo: str = "", por: Ator, agora: dt.datetime) -> list[SubBlocoCIDR]:
    """Hand out several lots, private and public, in one act: all or none, and one letter.

    Raises as ``atribuir``; ``campo`` is then the field of the lot that could not be: ``privados``, ``publicos`` or ``escolhidos``.
    """
    exigir(por, "blocos.atribuir")
    adesao = em_vigor(adesao_id)
    if not lotes:
        raise RegraViolada("Diga quantos sub-blocos atribuir.", campo="privados")
    vagas: list[SubBlocoCIDR] = []
    for lote in lotes:
        try:
            do_lote, pessoas = _entregar(adesao, lote, motivo=motivo, por=por, agora=agora)
            vagas += do_lote
        except RegraViolada as erro:
            if erro.campo == "quantidade":
                erro.campo = "escolhidos" if lote.escolhidos else CAMPO_DO_PERFIL[lote.perfil]
            raise
    notificacoes.atribuidos(adesao, vagas, pessoas, agora=agora)
    return vagas


def prever_atribuicao(adesao_id: int, *, lotes: Sequence[Lote], por: Ator, agora: dt.datetime) -> list[SubBlocoCIDR]:
    """Which ones ``atribuir_juntos`` would hand out if it ran now: it runs, and is undone. Raises as it does."""
    with transaction.atomic():
        vagas = atribuir_juntos(adesao_id, lotes=lotes, por=por, agora=agora)
        transaction.set_rollback(True)
    return vagas


def _entregar(adesao: Adesao, lote: Lote, *, motivo: str, por: Ator, agora: dt.datetime) -> tuple[list[SubBlocoCIDR], list[Destinatario]]:
    """One lot, under the lock of the adhesion: the slots, and whom to tell."""
    hoje, perfil = prazos.dia_local(agora), lote.perfil
    quantos = len(lote.escolhidos) or lote.quantidade
    if quantos < 1:
        raise RegraViolada("Diga quantos sub-blocos atribuir.", campo="quantidade")
    usados, pedidos, pessoas = _perguntas(adesao, perfil, agora)
    concedido = _concedido(adesao, perfil, len(usados) + quantos, hoje)
    if len(usados) + quantos > pedidos:
        raise RegraViolada(
            f"A prefeitura pediu {pedidos} e já tem {len(usados)}. Para mais, registre antes o Anexo II atualizado.",
            regra="ADS-13",
            campo="quantidade",
        )
    motivo = motivo or "Atribuído pela PRODESP"
    if quantos == 1 and not lote.escolhidos:
        uma = [procura.tomar(adesao, lote, next(_lugares_livres(usados, 1)), concedido, hoje)]
        _abrir_posses(uma, adesao, motivo=motivo, por=por, agora=agora)
        return uma, pessoas
    vagas = procura.escolhidas(perfil, lote.escolhidos, hoje) if lote.escolhidos else procura.livres(lote, hoje)
    ocupar(vagas, adesao, usados, concedido, motivo=motivo, por=por, agora=agora)
    return vagas, pessoas


@transaction.atomic
def devolver(sub_bloco_id: int, *, motivo: str, por: Ator, agora: dt.datetime) -> SubBlocoCIDR:
    """Take one back: it rests before it can be handed out again (IP-08), and what the prefeitura asks for is one less.

    Raises ``TransicaoIndisponivel`` when nobody holds it, ``RegraViolada`` while a link uses it or it is in exchange.
    """
    exigir(por, "blocos.atribuir")
    motivo = texto_exigido(motivo, frase="Escreva por que o sub-bloco foi devolvido.", campo="motivo", maximo=500, regra="IP-08")
    adesao_id = SubBlocoCIDR.objects.values_list("adesao_id", flat=True).get(pk=sub_bloco_id)
    if adesao_id is None:
        raise TransicaoIndisponivel(SEM_PREFEITURA)
    adesao = fluxo.travar(Adesao, adesao_id)
    bloco = SubBlocoCIDR.objects.select_for_update(of=("self",), no_key=True).get(pk=sub_bloco_id)
    if bloco.adesao_id != adesao_id:
        raise TransicaoIndisponivel("Este sub-bloco já não está com esta prefeitura.")
    exigir_devolvivel(bloco)
    esvaziar([bloco], motivo=motivo, por=por, agora=agora)
    QuantidadeDeBlocos.objects.create(
        adesao=adesao,
        perfil=bloco.perfil,
        quantidade=-1,
        origem=Origem.DEVOLUCAO,
        referencia=bloco.rede.cidr,
        em=agora,
        por_id=por.usuario_id,
        por_nome=por.nome,
    )
    notificacoes.devolvido(adesao, bloco, motivo, agora=agora)
    return bloco


def exigir_devolvivel(bloco: SubBlocoCIDR) -> None:
    """Raise what keeps this sub-block from being given back: ``TransicaoIndisponivel`` when nobody holds it, ``RegraViolada`` while it is
    in exchange or a link uses it. The act asks under its locks; the page asks before anything is typed.
    """
    if bloco.adesao_id is None:
        raise TransicaoIndisponivel(SEM_PREFEITURA)
    if bloco.troca_ate is not None:
        raise RegraViolada("Este sub-bloco está em troca e sai sozinho na data dela.", regra="IP-05")
    if troca := consultas.troca_do_sub_bloco(bloco.pk):
        raise RegraViolada(
            f"Este sub-bloco entra no lugar de {troca.velho}, na renumeração {troca.renumeracao.numero}. Espere a data dela ou desfaça-a.",
            regra="IP-05",
        )
    if uso := registros.usos([bloco.rede.cidr]).get(bloco.rede.cidr):
        raise RegraViolada(f"O link {uso.titulo} usa este sub-bloco. Desative o link ou troque o sub-bloco antes.", regra="IP-06")


@transaction.atomic
def registrar_anexo_ii(
    adesao_id: int, *, privados: int, publicos: int, referencia: str, por: Ator, agora: dt.datetime
) -> list[QuantidadeDeBlocos]:
    """Add the quantities of an updated Anexo II to what the prefeitura asks for (ADS-13). Raises ``RegraViolada`` beside the field when
    nothing is asked for, or the whole would pass the ceiling.
    """
    quem = exigir(por, "blocos.atribuir")
    adesao = em_vigor(adesao_id)
    referencia = texto_exigido(
        referencia, frase="Diga qual é o documento. Por exemplo: Anexo II de 12/10/2026.", campo="referencia", maximo=200, regra="ADS-13"
    )
    if privados < 0 or publicos < 0 or privados + publicos == 0:
        raise RegraViolada("Informe quantos sub-blocos a prefeitura pede a mais.", campo="privados")
    novas = []
    for perfil, mais, campo in ((Perfil.PRIVADO.value, privados, "privados"), (Perfil.PUBLICO.value, publicos, "publicos")):
        if not mais:
            continue
        tem = consultas.quantidades(adesao, perfil, prazos.dia_local(agora))
        if tem.pedidos + mais > tem.teto:
            raise RegraViolada(frase_do_teto(perfil, tem.teto), regra=REGRA_DO_PERFIL[perfil], campo=campo)
        novas.append(
            QuantidadeDeBlocos(
                adesao=adesao,
                perfil=perfil,
                quantidade=mais,
                origem=Origem.ATUALIZACAO,
                referencia=referencia,
                em=agora,
                por_id=quem,
                por_nome=por.nome,
            )
        )
    return QuantidadeDeBlocos.objects.bulk_create(novas)


# --- Parts that other acts use: under the lock of the adhesion ---------------------------------------------------------
def em_vigor(adesao_id: int) -> Adesao:
    """The adhesion under lock, with its municipality, while it may hold blocks. Raises ``TransicaoIndisponivel``. Needs a transaction."""
    adesao: Adesao | None = _adesao_travada.unica(pk=adesao_id)
    if adesao is None:
        raise Adesao.DoesNotExist(f"adesão {adesao_id}")
    if adesao.estado not in consultas.COM_BLOCOS:
        raise TransicaoIndisponivel(f"A adesão de {adesao.municipio.nome} não está em vigor: está em “{adesao.rotulo}”.")
    return adesao


@preparada
def _adesao_travada(*, pk: Any) -> QuerySet[Adesao]:
    travada = Adesao.objects.select_for_update(of=("self",), no_key=True).select_related("municipio")
    return travada.only("estado", "envios", *consultas.NO_ANEXO_II.values(), "municipio__nome").filter(pk=pk)


def frase_do_teto(perfil: str, limite: int) -> str:
    """What a person reads when the ceiling is met, with the way out."""
    if perfil == Perfil.PUBLICO:
        return "É no máximo 1 sub-bloco público por prefeitura, sem exceção."
    if limite > TETO[perfil]:
        return f"O limite concedido a esta prefeitura é de {limite} sub-blocos privados."
    return f"São no máximo {limite} sub-blocos privados por prefeitura. Mais que isso, só com limite concedido pela PRODESP (LNK-06)."


def ocupar(
    vagas: list[SubBlocoCIDR],
    adesao: Adesao,
    usados: set[int],
    concedido: LimiteConcedido | None,
    *,
    motivo: str,
    por: Ator,
    agora: dt.datetime,
) -> None:
    """Write the holder and its places, lowest first, into slots already under lock, and open their history."""
    for vaga, lugar in zip(vagas, _lugares_livres(usados, len(vagas)), strict=True):
        vaga.adesao, vaga.ordinal = adesao, lugar
        vaga.excedente = concedido if lugar > TETO[vaga.perfil] else None
    ocupadas = _ocupar.varias({"pk": v.pk, "adesao_id": v.adesao_id, "ordinal": v.ordinal, "excedente_id": v.excedente_id} for v in vagas)
    assert ocupadas == len(vagas)  # they are under our lock
    _abrir_posses(vagas, adesao, motivo=motivo, por=por, agora=agora)


def _lugares_livres(usados: set[int], quantos: int) -> Iterator[int]:
    """The lowest places under the ceiling that are not taken."""
    return islice((n for n in count(1) if n not in usados), quantos)


def _abrir_posses(vagas: Sequence[SubBlocoCIDR], adesao: Adesao, *, motivo: str, por: Ator, agora: dt.datetime) -> None:
    posse = {"adesao_id": adesao.pk, "de": agora, "por_id": por.usuario_id, "por_nome": por.nome, "motivo": motivo[:200]}
    posse |= {"por_papel": fluxo.papel_de(adesao, por), "ip": por.ip}
    gravacao.inserir_valores(Alocacao, [{"sub_bloco_id": v.pk, **posse} for v in vagas], chave="sub_bloco_id")


@mudanca_preparada
def _ocupar(*, pk: Any, adesao_id: Any, ordinal: Any, excedente_id: Any) -> tuple[QuerySet[SubBlocoCIDR], dict[str, Any]]:
    return SubBlocoCIDR.objects.filter(pk=pk), {"adesao_id": adesao_id, "ordinal": ordinal, "excedente_id": excedente_id}


def esvaziar(blocos: Sequence[SubBlocoCIDR], *, motivo: str, por: Ator, agora: dt.datetime) -> None:
    """Slots under lock go to quarantine (IP-08) and their history closes."""
    pks, livre = [b.pk for b in blocos], prazos.dia_local(agora) + dt.timedelta(days=settings.QUARENTENA_DIAS)
    SubBlocoCIDR.objects.filter(pk__in=pks).update(adesao=None, ordinal=None, excedente=None, troca_ate=None, livre_desde=livre)
    Alocacao.objects.filter(sub_bloco__in=pks, ate__isnull=True).update(
        ate=agora,
        fim_por=por.usuario_id,
        fim_por_nome=por.nome,
        fim_por_papel=fluxo.papel_de(blocos[0], por) if blocos else "",
        fim_ip=por.ip,
        fim_motivo=motivo[:500],
    )
    for bloco in blocos:
        bloco.adesao = bloco.ordinal = bloco.excedente = bloco.troca_ate = None
        bloco.livre_desde = livre


def _perguntas(adesao: Adesao, perfil: str, agora: dt.datetime) -> tuple[set[int], int, list[Destinatario]]:
    """What a lot has to know, in one query: the places taken, how many sub-blocks of that kind are asked for, and whom to tell."""
    usados, pessoas = set(), {}
    pedidos = getattr(adesao, consultas.NO_ANEXO_II[perfil]) or 0
    for qual, numero, email, nome in _respostas.linhas(adesao_id=adesao.pk, perfil=perfil, municipio_id=adesao.municipio_id, agora=agora):
        if qual == 0:
            usados.add(numero)
        elif qual == 1:
            pedidos += numero
        else:
            pessoas[numero] = Destinatario(numero, email, nome)
    return usados, pedidos, list(pessoas.values())


@preparada
def _respostas(*, adesao_id: Any, perfil: Any, municipio_id: Any, agora: Any) -> QuerySet[Any, tuple[int, int, str, str]]:
    """(0, place), (1, quantity) and (IBGE code, person), with e-mail and name."""
    deste, nada = {"adesao_id": adesao_id, "perfil": perfil}, (Value(""), Value(""))
    lugares = SubBlocoCIDR.objects.filter(**deste, ordinal__isnull=False).order_by().values_list(Value(0), "ordinal", *nada)
    somadas = QuantidadeDeBlocos.objects.filter(**deste).order_by().values_list(Value(1), "quantidade", *nada)
    return lugares.union(somadas, destinatarios((Papel.RESPONSAVEL,), agora, orgao__municipio_id=municipio_id).order_by(), all=True)


def _concedido(adesao: Adesao, perfil: str, total: int, hoje: dt.date) -> LimiteConcedido | None:
    """The grant that ``total`` of that kind needs, None for as many as anybody may hold. Raises ``RegraViolada`` past the ceiling."""
    if total <= TETO[perfil]:
        return None
    limite, concedido = consultas.teto(adesao.municipio_id, perfil, hoje)
    if total > limite:
        raise RegraViolada(frase_do_teto(perfil, limite), regra=REGRA_DO_PERFIL[perfil], campo="quantidade")
    return concedido

"""Handing sub-blocks out and taking them back (IP-02 to IP-04, IP-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

from adesao.models import Adesao
from contas.permissoes import exigir
from enderecamento import consultas, notificacoes, registros
from enderecamento.estados import ENDERECOS, REGRA_DO_PERFIL, TETO, Origem, Perfil
from enderecamento.models import Alocacao, LimiteConcedido, QuantidadeDeBlocos, SubBlocoCIDR
from nucleo import fluxo, gravacao, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator


class PoolEsgotado(RegraViolada):
    """There are not enough free sub-blocks where they were asked for. Status 409: somebody may just have taken the last."""

    status = 409


@dataclass(frozen=True, slots=True)
class Lote:
    """What is asked for of one kind: the ``escolhidos`` (first addresses), or ``quantidade`` of them from ``pool_id``, from the pools of
    ``regiao`` (a DDD) or from any open one; with ``seguidos`` one after the other.
    """

    perfil: str
    quantidade: int = 0
    escolhidos: Sequence[int] = ()
    pool_id: int | None = None
    regiao: str = ""
    seguidos: bool = False


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
    vagas = _entregar(adesao, lote, motivo=motivo, por=por, agora=agora)
    notificacoes.atribuidos(adesao, vagas, agora=agora)
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
            vagas += _entregar(adesao, lote, motivo=motivo, por=por, agora=agora)
        except RegraViolada as erro:
            if erro.campo == "quantidade":
                erro.campo = "escolhidos" if lote.escolhidos else CAMPO_DO_PERFIL[lote.perfil]
            raise
    notificacoes.atribuidos(adesao, vagas, agora=agora)
    return vagas


def prever_atribuicao(adesao_id: int, *, lotes: Sequence[Lote], por: Ator, agora: dt.datetime) -> list[SubBlocoCIDR]:
    """Which ones ``atribuir_juntos`` would hand out if it ran now: it runs, and is undone. Raises as it does."""
    with transaction.atomic():
        vagas = atribuir_juntos(adesao_id, lotes=lotes, por=por, agora=agora)
        transaction.set_rollback(True)
    return vagas


def _entregar(adesao: Adesao, lote: Lote, *, motivo: str, por: Ator, agora: dt.datetime) -> list[SubBlocoCIDR]:
    """One lot, under the lock of the adhesion."""
    hoje, perfil = prazos.dia_local(agora), lote.perfil
    quantos = len(lote.escolhidos) or lote.quantidade
    if quantos < 1:
        raise RegraViolada("Diga quantos sub-blocos atribuir.", campo="quantidade")
    usados, pedidos = _lugares(adesao, perfil)
    concedido = _concedido(adesao, perfil, len(usados) + quantos, hoje)
    if len(usados) + quantos > pedidos:
        raise RegraViolada(
            f"A prefeitura pediu {pedidos} e já tem {len(usados)}. Para mais, registre antes o Anexo II atualizado.",
            regra="ADS-13",
            campo="quantidade",
        )
    if lote.escolhidos:
        vagas = _escolhidas(perfil, lote.escolhidos, hoje)
    else:
        vagas = _livres(perfil, quantos, lote.pool_id, lote.regiao, hoje, seguidos=lote.seguidos)
    ocupar(vagas, adesao, usados, concedido, motivo=motivo or "Atribuído pela PRODESP", por=por, agora=agora)
    return vagas


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
    travada = Adesao.objects.select_for_update(of=("self",), no_key=True).select_related("municipio")
    adesao = travada.only("estado", "envios", *consultas.NO_ANEXO_II.values(), "municipio__nome").get(pk=adesao_id)
    if adesao.estado not in consultas.COM_BLOCOS:
        raise TransicaoIndisponivel(f"A adesão de {adesao.municipio.nome} não está em vigor: está em “{adesao.rotulo}”.")
    return adesao


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
    livres = (n for n in range(1, len(usados) + len(vagas) + 1) if n not in usados)
    lugares = dict(zip((vaga.pk for vaga in vagas), livres, strict=False))
    for vaga in vagas:
        vaga.adesao, vaga.ordinal = adesao, lugares[vaga.pk]
        vaga.excedente = concedido if vaga.ordinal > TETO[vaga.perfil] else None
    valores: dict[str, object] = {"adesao": adesao, "ordinal": _por_pk(lugares)}
    if any(v.excedente_id for v in vagas):
        valores["excedente"] = _por_pk({v.pk: v.excedente_id for v in vagas})
    SubBlocoCIDR.objects.filter(pk__in=lugares).update(**valores)
    posses = [Alocacao(sub_bloco=v, adesao=adesao, de=agora, por_id=por.usuario_id, por_nome=por.nome, motivo=motivo[:200]) for v in vagas]
    gravacao.inserir(posses, chave="sub_bloco")


def _por_pk(valores: dict[int, int] | dict[int, int | None]) -> object:
    if len(valores) == 1:
        return next(iter(valores.values()))
    return Case(*(When(pk=pk, then=Value(valor)) for pk, valor in valores.items()))


def esvaziar(blocos: Sequence[SubBlocoCIDR], *, motivo: str, por: Ator, agora: dt.datetime) -> None:
    """Slots under lock go to quarantine (IP-08) and their history closes."""
    pks, livre = [b.pk for b in blocos], prazos.dia_local(agora) + dt.timedelta(days=settings.QUARENTENA_DIAS)
    SubBlocoCIDR.objects.filter(pk__in=pks).update(adesao=None, ordinal=None, excedente=None, troca_ate=None, livre_desde=livre)
    Alocacao.objects.filter(sub_bloco__in=pks, ate__isnull=True).update(
        ate=agora, fim_por=por.usuario_id, fim_por_nome=por.nome, fim_motivo=motivo[:500]
    )
    for bloco in blocos:
        bloco.adesao = bloco.ordinal = bloco.excedente = bloco.troca_ate = None
        bloco.livre_desde = livre


def _lugares(adesao: Adesao, perfil: str) -> tuple[set[int], int]:
    """Places taken, and how many sub-blocks of that kind are asked for (one query)."""
    deste = {"adesao": adesao, "perfil": perfil}
    lugares = SubBlocoCIDR.objects.filter(**deste, ordinal__isnull=False).order_by().values_list(Value(0), "ordinal")
    somadas = QuantidadeDeBlocos.objects.filter(**deste).order_by().values_list(Value(1), "quantidade")
    linhas = list(lugares.union(somadas, all=True))
    pedidos = (getattr(adesao, consultas.NO_ANEXO_II[perfil]) or 0) + sum(n for qual, n in linhas if qual)
    return {n for qual, n in linhas if not qual}, pedidos


def _concedido(adesao: Adesao, perfil: str, total: int, hoje: dt.date) -> LimiteConcedido | None:
    """The grant that ``total`` of that kind needs, None for as many as anybody may hold. Raises ``RegraViolada`` past the ceiling."""
    if total <= TETO[perfil]:
        return None
    limite, concedido = consultas.teto(adesao.municipio_id, perfil, hoje)
    if total > limite:
        raise RegraViolada(frase_do_teto(perfil, limite), regra=REGRA_DO_PERFIL[perfil], campo="quantidade")
    return concedido


def _livres(perfil: str, quantos: int, pool_id: int | None, regiao: str, hoje: dt.date, *, seguidos: bool) -> list[SubBlocoCIDR]:
    livres = SubBlocoCIDR.objects.filter(perfil=perfil, adesao__isnull=True, livre_desde__lte=hoje, pool__fechado_em__isnull=True)
    if pool_id is not None:
        livres = livres.filter(pool_id=pool_id)
    if regiao:
        livres = livres.filter(pool__regiao=regiao)
    livres = livres.order_by("vez")
    if seguidos and quantos > 1:
        return _seguidas(livres, quantos)
    travadas = list(livres.select_for_update(of=("self",), no_key=True, skip_locked=True)[:quantos])
    if len(travadas) < quantos:  # others may hold some of them only for a moment: wait for those
        travadas = list(livres.select_for_update(of=("self",), no_key=True)[:quantos])
    if len(travadas) < quantos:
        raise PoolEsgotado(_frase_do_esgotado(len(travadas), quantos), regra="IP-04", campo="quantidade")
    return travadas


def _frase_do_esgotado(ha: int, quantos: int) -> str:
    return f"Só há {ha} livres onde você procurou, e são precisos {quantos}." if ha else "Não há sub-blocos livres onde você procurou."


def _seguidas(livres: QuerySet[SubBlocoCIDR], quantos: int) -> list[SubBlocoCIDR]:
    """The lowest run of slots one after the other, in one pool. Looked for without locks, then locked and looked at again."""
    for _ in range(3):
        corrida: list[tuple[int, int, int]] = []
        for pk, pool_id, inicio, perfil in livres.values_list("pk", "pool_id", "inicio", "perfil").iterator(chunk_size=2000):
            segue = corrida and corrida[-1][1] == pool_id and corrida[-1][2] + ENDERECOS[perfil] == inicio
            corrida = [*corrida, (pk, pool_id, inicio)] if segue else [(pk, pool_id, inicio)]
            if len(corrida) == quantos:
                break
        else:
            raise PoolEsgotado(f"Não há {quantos} sub-blocos livres seguidos onde você procurou.", regra="IP-04", campo="quantidade")
        travadas = list(livres.filter(pk__in=[pk for pk, _, _ in corrida]).select_for_update(of=("self",), no_key=True))
        if len(travadas) == quantos:
            return travadas
    raise PoolEsgotado("Outras pessoas estão atribuindo sub-blocos neste momento. Tente de novo.", regra="IP-04", campo="quantidade")


def _escolhidas(perfil: str, escolhidos: Iterable[int], hoje: dt.date) -> list[SubBlocoCIDR]:
    pedidos = set(escolhidos)
    achadas = SubBlocoCIDR.objects.filter(inicio__in=pedidos, perfil=perfil).select_related("pool")
    travadas = list(achadas.select_for_update(of=("self",), no_key=True).order_by("vez"))
    if len(travadas) != len(pedidos):
        raise RegraViolada("Um dos sub-blocos escolhidos não existe.", regra="IP-04", campo="escolhidos")
    for vaga in travadas:
        if vaga.adesao_id is not None:
            raise TransicaoIndisponivel(f"{vaga} já está em uso. Escolha outro.", regra="IP-04", campo="escolhidos")
        if vaga.livre_desde > hoje:
            raise RegraViolada(
                f"{vaga} está em quarentena até {vaga.livre_desde - dt.timedelta(days=1):%d/%m/%Y}.", regra="IP-08", campo="escolhidos"
            )
        if vaga.pool.fechado_em is not None:
            raise RegraViolada(f"O bloco {vaga.pool} está fechado para novas entregas.", regra="IP-01", campo="escolhidos")
    return travadas

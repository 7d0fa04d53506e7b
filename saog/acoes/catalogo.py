"""What the gestor keeps: kinds, speeds, prices, standard reasons (SS-06, LNK-02, INS-03). Every change is in the register's own history."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.text import slugify

from contas.models import Usuario
from contas.permissoes import id_de, pode
from nucleo.erros import RegraViolada, SemPermissao
from nucleo.fluxo import Ator
from saog.estados import NATUREZA_DO_COMPORTAMENTO, Natureza
from saog.models import MotivoDeDevolucao, Preco, TipoDeSolicitacao, Velocidade
from saog.models.catalogo import CAPACIDADE_MAXIMA


def _exigir(por: Ator) -> Usuario:
    if not pode(por, "ss.catalogo"):
        raise SemPermissao("Só o gestor edita o catálogo das solicitações.")
    return Usuario.objects.get(pk=id_de(por))


def _gravar(linha: models.Model, dados: dict[str, Any], *, por: Usuario, nova: bool = False) -> None:
    for nome, valor in dados.items():
        setattr(linha, nome, valor)
    linha._history_user = por  # type: ignore[attr-defined]  # read by simple_history
    linha.save(force_insert=nova)


@transaction.atomic
def criar_tipo(*, dados: dict[str, Any], por: Ator) -> TipoDeSolicitacao:
    """Add a kind of the contract that does what one of ``Comportamento`` does (SS-06). Its code comes from its name and never changes.

    Raises ``RegraViolada`` when another kind has the name.
    """
    quem = _exigir(por)
    if dados["comportamento"] not in NATUREZA_DO_COMPORTAMENTO:
        raise RegraViolada("Escolha o que o tipo faz.", campo="comportamento")
    if TipoDeSolicitacao.objects.filter(nome__iexact=dados["nome"]).exists():
        raise RegraViolada("Já existe um tipo com este nome.", campo="nome")
    tipo = TipoDeSolicitacao(
        codigo=_codigo_livre(dados["nome"]),
        comportamento=dados["comportamento"],
        natureza=NATUREZA_DO_COMPORTAMENTO[dados["comportamento"]],
    )
    try:
        with transaction.atomic():
            _gravar(tipo, {n: dados[n] for n in ("nome", "explicacao", "ordem", "ativo")}, por=quem, nova=True)
    except IntegrityError as erro:  # the same name at the same moment
        raise RegraViolada("Já existe um tipo com este nome.", campo="nome") from erro
    return tipo


def _codigo_livre(nome: str) -> str:
    """``configuracao-de-voz`` for "Configuração de voz": the first free one, also of kinds that were renamed since."""
    base = slugify(nome)[:26] or "tipo"
    usados = {*TipoDeSolicitacao.objects.filter(pk__startswith=base).values_list("pk", flat=True), "novo"}
    return next(c for c in (base, *(f"{base}-{n}" for n in range(2, 1000))) if c not in usados)


@transaction.atomic
def salvar_tipo(*, codigo: str, dados: dict[str, Any], por: Ator) -> TipoDeSolicitacao:
    """Change the words, place and use of a kind. What it does never changes.

    Raises ``RegraViolada`` when another kind has the name, and for taking out of use the last one that turns a link off.
    """
    quem = _exigir(por)
    tipo = TipoDeSolicitacao.objects.select_for_update(of=("self",), no_key=True).get(pk=codigo)
    if TipoDeSolicitacao.objects.exclude(pk=codigo).filter(nome__iexact=dados["nome"]).exists():
        raise RegraViolada("Já existe um tipo com este nome.", campo="nome")
    if tipo.natureza == Natureza.DESATIVACAO and not dados["ativo"]:
        _exigir_outra_desativacao(tipo)
    _gravar(tipo, {n: dados[n] for n in ("nome", "explicacao", "ordem", "ativo")}, por=quem)
    return tipo


def _exigir_outra_desativacao(tipo: TipoDeSolicitacao) -> None:
    """The prefeitura must always be able to stop paying (SS-08). All of that kind are locked, in the order of their codes."""
    todas = TipoDeSolicitacao.objects.select_for_update(of=("self",), no_key=True).filter(natureza=Natureza.DESATIVACAO).order_by("codigo")
    if not any(t.ativo for t in todas if t.pk != tipo.pk):
        raise RegraViolada(
            "É o único tipo que desliga um link. Sem ele a prefeitura não teria como deixar de pagar. Ponha outro em uso antes.",
            regra="SS-08",
            campo="ativo",
        )


@transaction.atomic
def incluir_velocidade(*, mbps: int, por: Ator) -> Velocidade:
    """Put a speed on offer, or back on offer. Raises ``RegraViolada`` above 16 Mbps (LNK-02) and for one that is on offer."""
    quem = _exigir(por)
    if not 1 <= mbps <= CAPACIDADE_MAXIMA:
        raise RegraViolada(f"A velocidade vai de 1 a {CAPACIDADE_MAXIMA} Mbps.", regra="LNK-02", campo="mbps")
    atual = Velocidade.objects.select_for_update(of=("self",), no_key=True).filter(pk=mbps).first()
    if atual is not None and atual.ativa:
        raise RegraViolada("Esta velocidade já está na lista.", campo="mbps")
    velocidade = atual or Velocidade(mbps=mbps)
    _gravar(velocidade, {"ativa": True}, por=quem, nova=atual is None)
    return velocidade


@transaction.atomic
def ligar_velocidade(*, mbps: int, ativa: bool, por: Ator) -> Velocidade:
    """Put a speed on or off offer. Links that have it keep it."""
    quem = _exigir(por)
    velocidade = Velocidade.objects.select_for_update(of=("self",), no_key=True).get(pk=mbps)
    if velocidade.ativa != ativa:
        _gravar(velocidade, {"ativa": ativa}, por=quem)
    return velocidade


@transaction.atomic
def salvar_preco(*, preco_id: int | None, dados: dict[str, Any], por: Ator) -> Preco:
    """Put a price in the table, or change one. Raises ``RegraViolada`` when another price of that service and speed holds on one of its
    days (INS-03). The speed's row is the lock: two at once are judged one after the other.
    """
    quem = _exigir(por)
    velocidade = Velocidade.objects.select_for_update(of=("self",), no_key=True).filter(pk=dados["mbps"]).first()
    if velocidade is None:
        raise RegraViolada("Escolha uma velocidade da lista.", campo="mbps")
    if dados["vale_ate"] is not None and dados["vale_ate"] < dados["vale_de"]:
        raise RegraViolada("O fim é antes do começo.", campo="vale_ate")
    outros = Preco.objects.exclude(pk=preco_id or 0).filter(servico=dados["servico"], mbps=dados["mbps"])
    outros = outros.filter(Q(vale_ate__isnull=True) | Q(vale_ate__gte=dados["vale_de"]))
    if dados["vale_ate"] is not None:
        outros = outros.filter(vale_de__lte=dados["vale_ate"])
    outro = outros.order_by("vale_de").first()
    if outro is not None:
        ate = f"até {outro.vale_ate:%d/%m/%Y}" if outro.vale_ate else "em diante"
        raise RegraViolada(
            f"Já há um preço deste serviço e velocidade de {outro.vale_de:%d/%m/%Y} {ate}. Ponha um fim nele antes, ou escolha outro dia.",
            regra="INS-03",
            campo="vale_de",
        )
    preco = Preco.objects.get(pk=preco_id) if preco_id is not None else Preco()
    _gravar(preco, dados, por=quem)
    return preco


@transaction.atomic
def salvar_motivo(*, motivo_id: int | None, dados: dict[str, Any], por: Ator) -> MotivoDeDevolucao:
    """Create or change a standard reason. Pendências already marked keep their words. Raises ``RegraViolada`` when the title is taken."""
    quem = _exigir(por)
    if MotivoDeDevolucao.objects.exclude(pk=motivo_id or 0).filter(titulo__iexact=dados["titulo"]).exists():
        raise RegraViolada("Já existe um motivo com este título.", campo="titulo")
    motivo = MotivoDeDevolucao.objects.get(pk=motivo_id) if motivo_id is not None else MotivoDeDevolucao()
    _gravar(motivo, dados, por=quem)
    return motivo

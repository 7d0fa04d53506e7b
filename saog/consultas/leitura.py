"""What a page about one request reads besides its row: last sending, deliveries with their files, the other half of a change of address."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from documentos.models import Documento
from nucleo import campos
from nucleo.fluxo import Ator
from saog.estados import CONCLUIDAS, Estado, Natureza
from saog.models import Entrega, EnvioSS, PendenciaSS, SolicitacaoServico

from .acesso import visiveis


@dataclass(frozen=True, slots=True)
class EntregaLida:
    """One delivery, its files, and the files of its refusal."""

    entrega: Entrega
    arquivos: list[Documento] = field(default_factory=list)
    da_recusa: list[Documento] = field(default_factory=list)


def ultimo_envio(ss: SolicitacaoServico) -> EnvioSS | None:
    """The sending that holds now, if it was ever sent (one query)."""
    return ss.lista_de_envios.filter(ordem=ss.envios).select_related("por", "recibo").first() if ss.envios else None


def entregas(ss: SolicitacaoServico) -> list[EntregaLida]:
    """The deliveries, the newest first, with what came with each (two queries). Files of a delivery still being prepared are left out."""
    if not ss.entregas:
        return []
    por_especie: dict[str, list[Documento]] = {}
    for d in Documento.objects.filter(dono=ss.dono, origem=Documento.Origem.RECEBIDO).order_by("criado_em", "pk"):
        por_especie.setdefault(d.especie, []).append(d)
    return [
        EntregaLida(
            entrega=e,
            arquivos=por_especie.get(f"entrega-{e.ordem}", []),
            da_recusa=por_especie.get(f"recusa-{e.ordem}", []) if e.aceita is False else [],
        )
        for e in ss.lista_de_entregas.order_by("-ordem")
    ]


def pendencias_comunicadas(ss: SolicitacaoServico) -> list[PendenciaSS]:
    """What PRODESP asked to correct in the last sending, while it is with the prefeitura (one query)."""
    if not ss.envios or not ss.editavel:
        return []
    return list(PendenciaSS.objects.filter(envio__solicitacao=ss, envio__ordem=ss.envios, comunicada_em__isnull=False).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Mudanca:
    """A change of address as one thing (SS-06): the new link, the old one, and how the days meet, in words."""

    nova: SolicitacaoServico
    velha: SolicitacaoServico
    dias: str


def mudanca_de(ss: SolicitacaoServico, por: Ator) -> Mudanca | None:
    """Both halves of the change of address this request belongs to, for those who see both (one query)."""
    if ss.mudanca is None:
        return None
    metades = {
        m.natureza: m
        for m in visiveis(por).filter(mudanca=ss.mudanca).select_related("tipo", "acesso__unidade", "municipio").order_by("pk")
    }
    nova, velha = metades.get(Natureza.ATIVACAO), metades.get(Natureza.DESATIVACAO)
    return Mudanca(nova, velha, sobreposicao(*dias_da_mudanca(nova, velha))) if nova and velha else None


@dataclass(frozen=True, slots=True)
class NaLista:
    """One thing on a list: a request, or both halves of a change of address, the new link first (SS-06)."""

    metades: tuple[SolicitacaoServico, ...]

    @property
    def par(self) -> bool:
        """Whether it is a change of address."""
        return len(self.metades) > 1

    @property
    def unidade(self) -> str:
        """The unit that moves, as the link that is turned off calls it."""
        return self.metades[-1].titulo


def em_pares(lista: Iterable[SolicitacaoServico], por: Ator) -> list[NaLista]:
    """The requests of a list in its order, each change of address once, with its other half wherever it stands (one query at most).

    A half that the actor does not see, or that was thrown away, leaves the other alone.
    """
    todas = list(lista)
    pares = {ss.mudanca for ss in todas if ss.mudanca}
    metades: dict[uuid.UUID, dict[str, SolicitacaoServico]] = {}
    if pares:
        do_par = visiveis(por).filter(mudanca__in=pares).exclude(estado=Estado.DESCARTADA)
        for m in do_par.select_related("tipo", "municipio", "acesso__unidade", "alvo", "salvo_por").order_by("pk"):
            metades.setdefault(m.mudanca, {})[m.natureza] = m  # type: ignore[arg-type]
    saida, vistas = [], set()
    for ss in todas:
        par = metades.get(ss.mudanca, {}) if ss.mudanca else {}
        if len(par) < 2:
            saida.append(NaLista((ss,)))
        elif ss.mudanca not in vistas:
            vistas.add(ss.mudanca)
            saida.append(NaLista((par[Natureza.ATIVACAO], par[Natureza.DESATIVACAO])))
    return saida


def uma_por_mudanca(lista: QuerySet[SolicitacaoServico]) -> QuerySet[SolicitacaoServico]:
    """The list with one request for each change of address in it, which a page counts once: the half in progress, else the new link."""
    outra = lista.filter(mudanca=OuterRef("mudanca")).exclude(pk=OuterRef("pk")).order_by()
    concluida, velha = Q(estado__in=CONCLUIDAS), Q(natureza=Natureza.DESATIVACAO)
    sobra = (concluida | velha) & Exists(outra.exclude(concluida)) | concluida & velha & Exists(outra)
    return lista.exclude(Q(mudanca__isnull=False) & sobra)


def dias_da_mudanca(nova: SolicitacaoServico, velha: SolicitacaoServico) -> tuple[dt.date | None, dt.date | None]:
    """The day the new link is wished for and the day the old one goes, as sent or as typed in the drafts."""
    return _dia(nova, "data_desejada"), _dia(velha, "desligar_em")


def _dia(ss: SolicitacaoServico, campo: str) -> dt.date | None:
    if ss.data_desejada is not None and not ss.editavel:
        return ss.data_desejada
    try:
        return campos.CampoDia(required=False).clean(ss.rascunho.get(campo, "")) or ss.data_desejada
    except ValidationError:
        return ss.data_desejada


def sobreposicao(liga: dt.date | None, desliga: dt.date | None) -> str:
    """How the two days meet, in words."""
    if liga is None and desliga is None:
        return "Informe as duas datas para ver por quantos dias os dois links funcionam juntos."
    if liga is None:
        return f"O link antigo é desligado a partir de {desliga:%d/%m/%Y}. Falta a data desejada do novo."
    if desliga is None:
        return f"O link novo é desejado para {liga:%d/%m/%Y}. Falta a data de desligar o antigo."
    dias = (desliga - liga).days
    if dias > 0:
        return (
            f"O novo é desejado para {liga:%d/%m/%Y} e o antigo é desligado a partir de {desliga:%d/%m/%Y}: "
            f"os dois funcionam juntos por {dias} dia{'s' if dias != 1 else ''}."
        )
    if dias == 0:
        return f"Os dois mudam no mesmo dia, {liga:%d/%m/%Y}: se a instalação atrasar, a unidade pode ficar sem link."
    n = -dias
    return (
        f"O antigo é desligado em {desliga:%d/%m/%Y}, {n} dia{'s' if n != 1 else ''} antes do desejado para o novo ({liga:%d/%m/%Y}): "
        "a unidade fica sem link nesse tempo."
    )


def fatos_do_pedido(envio: EnvioSS, municipio: str) -> list[dict[str, str]]:
    """What was asked for in a few facts (``rotulo``, ``valor``): the address with its city and the contact on one line each, what is empty
    left out.

    Fields of an alteração that have a value before are left out too: they are shown side by side.
    """
    lidos = {c["campo"]: c for g in envio.dados["leitura"] for c in g["campos"]}

    def junta(*nomes: str) -> str:
        return ", ".join(lidos[n]["valor"] for n in nomes if n in lidos and lidos[n]["valor"])

    rua, cep = junta("logradouro", "numero", "complemento", "bairro"), junta("cep")
    compostos = {
        "logradouro": ("Endereço", ", ".join(p for p in (rua, municipio, cep) if p)),
        "endereco": ("Endereço", _com_a_cidade(lidos.get("endereco", {}).get("valor", ""), municipio)),
        "contato_nome": ("Contato no local", junta("contato_nome", "contato_telefone")),
    }
    engolidos = {"numero", "complemento", "bairro", "cep", "contato_telefone"}
    saida = []
    for nome, campo in lidos.items():
        rotulo, valor = compostos.get(nome, (campo["rotulo"], campo["valor"]))
        if valor and nome not in engolidos and "antes" not in campo:
            saida.append({"campo": nome, "rotulo": rotulo, "valor": valor})
    return saida


def _com_a_cidade(endereco: str, municipio: str) -> str:
    """The address of a link's site, frozen as ``Rua das Acácias, 120, Centro, 18600-000``, with the city before the CEP."""
    rua, virgula, cep = endereco.rpartition(", ")
    return f"{rua}, {municipio}, {cep}" if virgula else endereco


#: Between a column *Antes* and a column *Depois* the form's own label ("Velocidade depois da alteração") says too much.
_LADO_A_LADO = {"servico": "Serviço", "velocidade": "Velocidade", "titular": "Titular", "configuracao": "Equipamento"}


def o_que_muda(envio: EnvioSS) -> list[dict[str, str]]:
    """The fields of an alteração with what they were and what they become (``rotulo``, ``antes``, ``valor``)."""
    mudam = [c for g in envio.dados["leitura"] for c in g["campos"] if "antes" in c]
    return [{**c, "rotulo": _LADO_A_LADO.get(c["campo"], c["rotulo"])} for c in mudam]

"""What a prefeitura reads of its own sub-blocks, and who answers for them (IP-06, ADS-15)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404

from adesao.consultas import da_prefeitura as adesao_da_prefeitura
from adesao.consultas import ultimo_envio
from adesao.models import Adesao
from documentos.models import Documento
from enderecamento import registros
from enderecamento.estados import Perfil
from enderecamento.models import Alocacao, ResponsavelTecnico, SubBlocoCIDR
from enderecamento.registros import Uso
from nucleo.campos.ramal import formatar_telefone_e_ramal
from nucleo.fluxo import Ator

from .blocos import da_prefeitura, sub_bloco_por_slug
from .quantidades import COM_BLOCOS, Quantidades, quantidades


@dataclass(frozen=True, slots=True)
class MeuBloco:
    """One sub-block with what uses it."""

    bloco: SubBlocoCIDR
    uso: Uso | None


@dataclass(frozen=True, slots=True)
class Conta:
    """How many of one kind a prefeitura has, asked for and may have; ``em_troca`` are those that leave, beside the count."""

    quantos: Quantidades
    em_troca: int

    @property
    def pips(self) -> list[str]:
        """One word per place: ``cheio`` (attributed), ``listrado`` (asked for, still to come) or ``livre``."""
        q = self.quantos
        a_vir = min(q.a_atribuir, q.cabem)
        return ["cheio"] * q.atribuidos + ["listrado"] * a_vir + ["livre"] * (q.cabem - a_vir)

    @property
    def pode_pedir(self) -> int:
        """How many more may still be asked for."""
        return max(0, self.quantos.cabem - self.quantos.a_atribuir)


@dataclass(frozen=True, slots=True)
class Tecnico:
    """A responsável técnico ready to read: ``telefone`` formatted, ``desde`` when the paper or the change arrived."""

    nome: str
    telefone: str
    email: str
    desde: dt.datetime
    como: str


def adesao_de(por: Ator) -> Adesao | None:
    """The adhesion that matters now to the prefeitura the actor acts for, or None."""
    return adesao_da_prefeitura(por)


def tem_blocos(adesao: Adesao | None) -> bool:
    """Whether this adhesion may hold sub-blocks now."""
    return adesao is not None and adesao.estado in COM_BLOCOS


def meus_blocos(adesao: Adesao) -> list[MeuBloco]:
    """Every sub-block the prefeitura holds, private first, each kind in order of address, with what uses each (two queries)."""
    blocos = list(da_prefeitura(adesao.pk))
    usos = registros.usos(b.rede.cidr for b in blocos)
    return [MeuBloco(b, usos.get(b.rede.cidr)) for b in blocos]


def contas(adesao: Adesao, blocos: list[MeuBloco], hoje: dt.date) -> list[Conta]:
    """Of each kind that was asked for or is held, private first."""
    saida = []
    for perfil in Perfil:
        quantos = quantidades(adesao, perfil.value, hoje)
        em_troca = sum(1 for b in blocos if b.bloco.perfil == perfil and b.bloco.troca_ate is not None)
        saida.append(Conta(quantos, em_troca))
    return saida


def meu_bloco(por: Ator, slug: str) -> SubBlocoCIDR:
    """The sub-block of that address, while the prefeitura the actor acts for holds it. Raises ``Http404``."""
    bloco = sub_bloco_por_slug(slug)
    if bloco is None or bloco.adesao is None or bloco.adesao.municipio_id not in por.municipios("requerente", "responsavel"):
        raise Http404("sub-bloco não encontrado")
    return bloco


def uso_de(bloco: SubBlocoCIDR) -> Uso | None:
    """What uses this sub-block, if anything."""
    return registros.usos([bloco.rede.cidr]).get(bloco.rede.cidr)


def posse_atual(bloco: SubBlocoCIDR) -> Alocacao:
    """The holding that lasts: when it was attributed and by whom. Raises ``DoesNotExist`` for one nobody holds."""
    return Alocacao.objects.get(sub_bloco=bloco, ate__isnull=True)


def historia_com(bloco: SubBlocoCIDR, adesao_id: int) -> QuerySet[Alocacao]:
    """When this prefeitura held this sub-block, oldest first. Who held it before is not its business."""
    return Alocacao.objects.filter(sub_bloco=bloco, adesao_id=adesao_id).order_by("de", "pk")


def do_municipio(municipio_id: int, cidr: str) -> SubBlocoCIDR | None:
    """The sub-block written ``10.64.18.96/28``, when that municipality holds it."""
    bloco = sub_bloco_por_slug(cidr.replace("/", "-"))
    return bloco if bloco is not None and bloco.adesao is not None and bloco.adesao.municipio_id == municipio_id else None


def para_links(municipio_id: int) -> list[SubBlocoCIDR]:
    """The sub-blocks that links of a prefeitura may use or used, private first, those in exchange included (one query)."""
    lista = SubBlocoCIDR.objects.filter(adesao__municipio_id=municipio_id, adesao__estado__in=COM_BLOCOS)
    return list(lista.order_by("perfil", "inicio"))


# --- Ficha técnica ----------------------------------------------------------------------------------------------------
def dono_da_ficha(posse: Alocacao) -> str:
    """Owner of the technical sheets of one holding, as ``Documento.dono``."""
    return f"bloco:{posse.pk}"


def ficha_do_bloco(bloco: SubBlocoCIDR, uuid: UUID) -> Documento:
    """A technical sheet of the holding that lasts. Raises ``Http404``."""
    documento = Documento.objects.filter(dono=dono_da_ficha(posse_atual(bloco)), uuid=uuid).first()
    if documento is None:
        raise Http404("ficha não encontrada")
    return documento


# --- Responsável técnico (ADS-15) -------------------------------------------------------------------------------------
def tecnicos(adesao: Adesao) -> list[Tecnico]:
    """Who answers for the equipment, the current one first; the last is the one of Anexo II (two queries)."""
    lista = [
        Tecnico(t.nome, formatar_telefone_e_ramal(t.telefone), t.email, t.desde, f"Informado no portal por {t.por_nome}")
        for t in ResponsavelTecnico.objects.filter(adesao=adesao).order_by("-desde", "-pk")
    ]
    do_anexo = _do_anexo_ii(adesao)
    return [*lista, do_anexo] if do_anexo else lista


def _do_anexo_ii(adesao: Adesao) -> Tecnico | None:
    envio = ultimo_envio(adesao)
    if envio is None:
        return None
    campos = (c for p in envio.dados.get("leitura", []) for g in p["grupos"] for c in g["campos"] if c["tarefa"] == "anexo2")
    lidos = {c["campo"]: str(c["valor"] or "") for c in campos}
    if not lidos.get("tecnico_nome"):
        return None
    return Tecnico(
        lidos["tecnico_nome"], lidos.get("tecnico_telefone", ""), lidos.get("tecnico_email", ""), envio.em, "Informado no Anexo II"
    )


def trocas_de_tecnico() -> QuerySet[ResponsavelTecnico]:
    """What prefeituras told of their responsáveis técnicos: unread first, then the newest."""
    lista = ResponsavelTecnico.objects.select_related("adesao__municipio", "lido_por")
    return lista.order_by(F("lido_em").desc(nulls_first=True), "-desde", "-pk")


def trocas_por_ler() -> int:
    """How many of them PRODESP has not read."""
    return ResponsavelTecnico.objects.filter(lido_em__isnull=True).count()

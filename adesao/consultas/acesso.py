"""Access: functions that return the object or refuse (404 foreign, 403 own but forbidden)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from adesao.estados import OCUPAM, Estado
from adesao.models import Adesao, Envio, EnvioPeca, HistoricoAdesao
from contas.models import Municipio, Papel, Vinculo
from contas.permissoes import pode
from documentos.models import Documento
from nucleo.campos import mascarar_cpf
from nucleo.erros import SemPermissao
from nucleo.fluxo import Ator
from nucleo.numeracao import NUMERO


def visiveis(por: Ator) -> QuerySet[Adesao]:
    """The adhesions this actor may see: own prefeituras', and for State roles what was sent. A draft is nobody else's business."""
    proprios = por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL)
    condicao = Q(municipio_id__in=proprios)
    if pode(por, "processos.ver"):
        condicao |= Q(envios__gte=1)
    elif pode(por, "aprovacao.ver"):
        condicao |= Q(pk__in=HistoricoAdesao.objects.filter(para=Estado.ENCAMINHADA).values("processo_id"))
    return Adesao.objects.filter(condicao)


def obter(por: Ator, slug: str, ato: str) -> Adesao:
    """The adhesion with this number, when the actor may see it (``Http404`` otherwise) and do ``ato`` on it (``SemPermissao``
    otherwise).
    """
    achado = NUMERO.fullmatch(slug[:20])
    if achado is None:
        raise Http404("número de processo malformado")
    numero = f"{achado[1]}/{achado[2]}-{achado[3]}"
    adesao = visiveis(por).filter(numero=numero).select_related("municipio", "analista", "brasao").first()
    if adesao is None:
        raise Http404("processo não encontrado")
    if not pode(por, ato, adesao.municipio_id):
        raise SemPermissao("Você pode ver este processo, mas este ato não é do seu papel.")
    return adesao


def da_prefeitura(por: Ator) -> Adesao | None:
    """The adhesion that matters now to the prefeitura the actor acts for: the one that occupies the place, else the last one."""
    municipios = por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL)
    lista = list(Adesao.objects.filter(municipio_id__in=municipios).select_related("municipio").order_by("-criada_em", "-pk")[:20])
    return next((a for a in lista if a.estado in OCUPAM), lista[0] if lista else None)


def municipio_de(por: Ator) -> Municipio | None:
    """The municipality of the prefeitura the actor acts for."""
    municipios = sorted(por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL))
    return Municipio.objects.filter(pk__in=municipios).order_by("pk").first()


def ha_adesao(municipio_id: int) -> bool:
    """Whether an adhesion is in progress or in force there (ADS-10). Registered with ``contas.registros``."""
    return Adesao.objects.filter(municipio_id=municipio_id, estado__in=OCUPAM).exists()


def documento_da(adesao: Adesao, uuid: Any) -> Documento:
    """A file of this adhesion. Raises ``Http404`` for anybody else's."""
    achado = Documento.objects.filter(dono=adesao.dono, uuid=uuid).first()
    if achado is None:
        raise Http404("arquivo não encontrado")
    return achado


def documento_para(adesao: Adesao, uuid: Any, por: Ator) -> Documento:
    """A file of this adhesion that the actor may open: the prefeitura all of its own, State roles only what was sent. Raises
    ``Http404``.
    """
    documento = documento_da(adesao, uuid)
    if por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL) & {adesao.municipio_id}:
        return documento
    enviado = EnvioPeca.objects.filter(envio__adesao=adesao).filter(Q(gerado=documento) | Q(assinado=documento)).exists()
    if not enviado and not documento.especie.startswith(("recibo", "dossie")):
        raise Http404("arquivo não enviado")
    return documento


def responsaveis_com_acesso(adesao: Adesao) -> set[str]:
    """CPFs of the responsáveis of this prefeitura whose account is active (one query)."""
    vinculos = Vinculo.objects.filter(orgao__municipio_id=adesao.municipio_id, papel=Papel.RESPONSAVEL).vigentes(timezone.now())
    return {v.usuario.cpf for v in vinculos.select_related("usuario") if v.usuario.has_usable_password()}


def leitura_para(envio: Envio, por: Ator) -> list[dict[str, Any]]:
    """The reading of a sending for this actor: CPFs masked unless it is the prefeitura's own (settled question 6)."""
    partes: list[dict[str, Any]] = envio.dados["leitura"]
    if por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL) & {envio.adesao.municipio_id}:
        return partes
    return [
        {
            **parte,
            "grupos": [
                {**g, "campos": [{**c, "valor": _mascarado(c["valor"]) if c["campo"].endswith("cpf") else c["valor"]} for c in g["campos"]]}
                for g in parte["grupos"]
            ],
        }
        for parte in partes
    ]


def cpfs_do_envio(envio: Envio) -> list[dict[str, str]]:
    """The CPFs of a sending, whole, each with whose it is: ``de``, ``nome``, ``cpf``. Only after ``acoes.revelar_cpf``."""
    lidos = {(c["tarefa"], c["campo"]): c["valor"] for p in envio.dados["leitura"] for g in p["grupos"] for c in g["campos"]}
    de_quem = [
        ("1º responsável", ("anexo1", "r1_cpf"), ("anexo1", "r1_nome")),
        ("2º responsável", ("anexo1", "r2_cpf"), ("anexo1", "r2_nome")),
        ("Representante legal", ("prefeitura", "representante_cpf"), ("prefeitura", "representante_nome")),
    ]
    return [{"de": de, "nome": lidos.get(nome, ""), "cpf": lidos[chave]} for de, chave, nome in de_quem if chave in lidos]


def _mascarado(cpf: str) -> str:
    return mascarar_cpf("".join(c for c in cpf if c.isdigit()))

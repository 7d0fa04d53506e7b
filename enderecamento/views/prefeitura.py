"""A prefeitura's own sub-blocks, their technical sheets, and who answers for them (IP-05, IP-06, IP-09, IP-10, ADS-15)."""

from __future__ import annotations

import uuid as uuid_
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao.models import Adesao
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, fazer_uma_vez, feito, pagina_de
from contas.permissoes import pode
from documentos import entrega
from documentos.models import Documento
from enderecamento import acoes, consultas, pecas
from enderecamento.forms.prefeitura import FormularioTecnico
from enderecamento.models import Alocacao
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel

#: What an attribution says when nobody wrote a reason: not worth repeating.
SEM_MOTIVO = "Atribuído pela PRODESP"


@exige("enderecos.ver")
@require_GET
def enderecos(request: HttpRequest) -> HttpResponse:
    """The sub-blocks with what uses each, how many are still to come, who answers for them, and what may be done with them."""
    por = ator_de(request)
    adesao = consultas.adesao_de(por)
    contexto: dict[str, Any] = {"adesao": adesao, "em_vigor": consultas.tem_blocos(adesao), "agora": agora()}
    if adesao is not None and contexto["em_vigor"]:
        hoje = prazos.dia_local(agora())
        blocos = consultas.meus_blocos(adesao)
        sancoes = consultas.sancoes_de([adesao.municipio_id], so_vigentes=True)
        bloqueados = consultas.bloqueados(sancoes, [b.bloco.pk for b in blocos])
        tecnicos = consultas.tecnicos(adesao)
        contexto |= {
            "linhas": [(b, b.bloco.aparencia(hoje), b.bloco.situacao(hoje), b.bloco.pk in bloqueados) for b in blocos],
            "contas": {c.quantos.perfil: c for c in consultas.contas(adesao, blocos, hoje)},
            "tecnico": tecnicos[0] if tecnicos else None,
            "anteriores": tecnicos[1:],
            "troca_tecnico": pode(por, "tecnico.trocar", adesao.municipio_id),
            "ve_links": pode(por, "ss.ver", adesao.municipio_id),
            "trocas": consultas.trocas_abertas([adesao.municipio_id]),
            "desfeitas": consultas.trocas_desfeitas([adesao.municipio_id], agora()),
            "sancoes": sancoes,
            "pode_confirmar": pode(por, "trocas.confirmar", adesao.municipio_id),
        }
    return render(request, "enderecamento/prefeitura/enderecos.html", contexto)


@exige("enderecos.ver")
@require_GET
def endereco(request: HttpRequest, slug: str) -> HttpResponse:
    """One sub-block: its facts, the link that uses it, the texts to copy into the equipment, its history."""
    por = ator_de(request)
    bloco = consultas.meu_bloco(por, slug)
    assert bloco.adesao is not None  # meu_bloco
    hoje, uso = prazos.dia_local(agora()), consultas.uso_de(bloco)
    tecnicos = consultas.tecnicos(bloco.adesao)
    contexto = {
        "bloco": bloco,
        "rede": bloco.rede,
        "troca": consultas.troca_do_sub_bloco(bloco.pk),
        "aparencia": bloco.aparencia(hoje),
        "situacao": bloco.situacao(hoje),
        "uso": uso,
        "sancoes": consultas.que_bloqueiam(bloco),
        "roteiros": pecas.roteiros(bloco, uso),
        "tecnico": tecnicos[0] if tecnicos else None,
        "linhas": _historia(list(consultas.historia_com(bloco, bloco.adesao.pk)), bloco.vale_ate),
        "ve_links": pode(por, "ss.ver", bloco.adesao.municipio_id),
        "gera_pdf": pecas.gera_pdf(),
        "agora": agora(),
    }
    return render(request, "enderecamento/prefeitura/endereco.html", contexto)


def _historia(posses: list[Alocacao], vale_ate: Any) -> list[dict[str, str]]:
    """The holdings as events, for ``partes/linha_do_tempo.html``."""
    linhas = []
    for p in posses:
        motivo = "" if p.motivo == SEM_MOTIVO else p.motivo
        linhas.append(_evento("Atribuído à prefeitura", p.por_nome, motivo, p.de, so_o_dia=p.so_o_dia))
        if p.ate is not None:
            linhas.append(_evento("Deixou de ser da prefeitura", p.fim_por_nome, p.fim_motivo, p.ate))
    if vale_ate is not None:
        linhas.append(
            {
                "titulo": "Deixa de valer",
                "quem": "",
                "texto": "Depois deste dia, use o sub-bloco novo.",
                "quando": f"fim de {prazos.dia_por_extenso(vale_ate)}",
                "ip": "",
                "momento": "futuro",
            }
        )
    return linhas


def _evento(titulo: str, quem: str, texto: str, em: Any, *, so_o_dia: bool = False) -> dict[str, str]:
    quando = f"{prazos.dia_local(em):%d/%m/%Y}{'' if so_o_dia else f', {prazos.hora(em)}'}"
    return {"titulo": titulo, "quem": quem, "texto": texto, "quando": quando, "ip": "", "momento": "passado"}


# --- The technical sheet ----------------------------------------------------------------------------------------------
@exige("enderecos.ver")
@require_POST
def ficha(request: HttpRequest, slug: str) -> HttpResponse:
    """Order the technical sheet and go to it."""
    por = ator_de(request)
    bloco = consultas.meu_bloco(por, slug)

    def fazer() -> dict[str, Any]:
        return {"uuid": str(acoes.encomendar_ficha(bloco.pk, por=por, agora=agora()).pk)}

    resultado = fazer_uma_vez(request, f"bloco.ficha:{bloco.pk}", fazer)
    return redirect("enderecamento:ficha_arquivo", bloco.slug, resultado["uuid"])


@exige("enderecos.ver")
@require_GET
def ficha_arquivo(request: HttpRequest, slug: str, uuid: uuid_.UUID) -> HttpResponseBase:
    """The PDF as an attachment, made now when the worker has not yet; without the PDF libraries, the printable page."""
    documento = _documento(request, slug, uuid)
    if documento.situacao != Documento.Situacao.PRONTO:
        if not pecas.gera_pdf():
            return redirect("enderecamento:ficha_imprimir", slug, uuid)
        documento = pecas.pronto(documento)
    return entrega.anexo(documento)


@exige("enderecos.ver")
@require_GET
def ficha_imprimir(request: HttpRequest, slug: str, uuid: uuid_.UUID) -> HttpResponse:
    """The technical sheet as a page to print from the browser."""
    return HttpResponse(pecas.para_imprimir(_documento(request, slug, uuid)))


def _documento(request: HttpRequest, slug: str, uuid: uuid_.UUID) -> Documento:
    return consultas.ficha_do_bloco(consultas.meu_bloco(ator_de(request), slug), uuid)


# --- Responsável técnico (ADS-15) -------------------------------------------------------------------------------------
@guarda_o_texto
@exige("tecnico.trocar")
@require_http_methods(["GET", "POST"])
def tecnico(request: HttpRequest) -> HttpResponse:
    """Inform a new responsável técnico. What is refused is said beside its field (422)."""
    por = ator_de(request)
    adesao = consultas.adesao_de(por)
    if adesao is None or not consultas.tem_blocos(adesao):
        messages.info(request, "O responsável técnico vai no Anexo II da adesão. Depois que ela entrar em vigor, você troca por aqui.")
        return redirect("enderecamento:enderecos")
    formulario = com_o_texto(request, FormularioTecnico(request.POST if request.method == "POST" else None))  # type: ignore[arg-type]
    if request.method == "POST" and formulario.is_valid():
        dados = formulario.cleaned_data

        def fazer() -> dict[str, Any]:
            return {"pk": acoes.trocar_tecnico(adesao.pk, por=por, agora=agora(), **dados).pk}

        try:
            fazer_uma_vez(request, f"tecnico.trocar:{adesao.pk}", fazer)
        except (SemPermissao, TransicaoIndisponivel):
            raise
        except RegraViolada as erro:
            formulario.add_error(erro.campo or None, erro.mensagem)
        else:
            return feito(request, f"{dados['nome']} é o novo responsável técnico. A PRODESP foi avisada.", "enderecamento:enderecos")
    return _tela_do_tecnico(request, adesao, formulario)


def _tela_do_tecnico(request: HttpRequest, adesao: Adesao, formulario: FormularioTecnico) -> HttpResponse:
    atuais = consultas.tecnicos(adesao)
    contexto = {"adesao": adesao, "form": formulario, "tecnico": atuais[0] if atuais else None, "agora": agora()}
    return render(request, "enderecamento/prefeitura/tecnico.html", contexto, status=422 if formulario.errors else 200)


@exige("blocos.ver")
@require_GET
def tecnicos(request: HttpRequest) -> HttpResponse:
    """PRODESP's list: new responsáveis técnicos that prefeituras informed, unread first."""
    contexto = {
        "largo": True,
        "pagina": pagina_de(consultas.trocas_de_tecnico(), request),
        "por_ler": consultas.trocas_por_ler(),
        "marca": pode(ator_de(request), "blocos.atribuir"),
        "agora": agora(),
    }
    return render(request, "enderecamento/prodesp/tecnicos.html", contexto)


@exige("blocos.atribuir")
@require_POST
def tecnico_lido(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read."""
    por = ator_de(request)
    linha = consultas.trocas_de_tecnico().filter(pk=pk).first()
    if linha is None:
        raise Http404("troca não encontrada")

    def fazer() -> dict[str, Any]:
        return {"pk": acoes.marcar_lida(pk, por=por, agora=agora()).pk}

    fazer_uma_vez(request, f"tecnico.lido:{pk}", fazer)
    return feito(request, f"Troca da Prefeitura de {linha.adesao.municipio.nome} marcada como lida.", "enderecamento:tecnicos")

"""PRODESP's opinion: the conferência goes to the órgão aprovador, with the answer to what it asked (ADS-04)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from adesao import acoes, consultas, pecas
from adesao.acoes.comum import prazo_em_dias
from adesao.forms import FormularioParecer
from adesao.models import Adesao, Envio
from contas.acesso import ator_de, exige, guarda_o_texto
from contas.paginas import agora, com_o_texto, feito

from .comum import fazer_uma_vez
from .mesa import montar


@guarda_o_texto
@exige("conferencia.encaminhar")
@require_http_methods(["GET", "POST"])
def encaminhar(request: HttpRequest, numero: str) -> HttpResponse:
    """Forward with an opinion (ADS-04). The text offered can be changed; a question of the approver has its own answer."""
    por = ator_de(request)
    adesao = consultas.obter(por, numero, "conferencia.encaminhar")
    envio = consultas.ultimo_envio(adesao)
    if envio is None:
        raise Http404("processo sem envio")
    status = 200
    if request.method == "POST":
        formulario = FormularioParecer(request.POST, pergunta=adesao.pergunta)
        if formulario.is_valid():
            dados = formulario.cleaned_data

            def fazer() -> dict[str, Any]:
                acoes.encaminhar(adesao_id=adesao.pk, parecer=dados["parecer"], resposta=dados.get("resposta", ""), por=por, agora=agora())
                return {}

            fazer_uma_vez(request, f"encaminhar:{adesao.pk}", fazer, lida=adesao)
            return feito(request, f"A adesão de {adesao.municipio.nome} foi encaminhada para aprovação.", "adesao:fila")
        status = 422
    else:
        mesa = montar(adesao, envio, por, peca="")
        if not mesa.edita or mesa.por_que_nao_encaminha:
            messages.info(request, mesa.por_que_nao_encaminha or "Este processo não está em conferência com você.")
            return redirect("adesao:conferencia", adesao.slug)
        oferecido = {"parecer": _parecer_oferecido(adesao, envio)}
        formulario = com_o_texto(request, FormularioParecer(pergunta=adesao.pergunta, initial=oferecido))
    contexto = {
        "adesao": adesao,
        "versao_lida": adesao.envios,
        "envio": envio,
        "form": formulario,
        "agora": agora(),
        "dias": prazo_em_dias("decisao"),
    }
    return render(request, "adesao/prodesp/encaminhar.html", contexto, status=status)


def _parecer_oferecido(adesao: Adesao, envio: Envio) -> str:
    """The opinion forwarded before, or a draft of it from the data."""
    if adesao.pergunta and adesao.parecer:
        return adesao.parecer
    blocos = []
    if adesao.blocos_privados:
        s = "s" if adesao.blocos_privados > 1 else ""
        blocos.append(f"{adesao.blocos_privados} sub-bloco{s} privado{s} /28")
    if adesao.blocos_publicos:
        blocos.append("1 sub-bloco público /30")
    n = adesao.aplicacoes.count()
    com_ato = envio.pecas.filter(peca=pecas.DELEGACAO).exists()
    papeis = "o Ofício, o Anexo I, o Anexo II e o ato de delegação" if com_ato else "o Ofício, o Anexo I e o Anexo II"
    campos = pecas.campos_da_leitura(envio.dados["leitura"])
    quem = campos.get(("prefeitura", "representante_nome"), {}).get("valor", "") if com_ato else ""
    delegacao = f"Quem assina os Anexos é {quem}, por delegação; o ato foi conferido e está em vigor.\n\n" if com_ato else ""
    return (
        f"A PRODESP conferiu {papeis} da Prefeitura de {adesao.municipio.nome}, processo {adesao.numero}, {envio.ordem}º envio.\n\n"
        "Os documentos estão em papel timbrado, completos e assinados, e os dados conferem com os digitados. "
        "Os dois responsáveis são pessoas diferentes, cada uma com seu CPF e seu e-mail.\n\n"
        f"{delegacao}"
        f"Pedido: {' e '.join(blocos)}; {n} aplicaç{'ões' if n != 1 else 'ão'} do Estado.\n\n"
        "Parecer favorável à adesão."
    )

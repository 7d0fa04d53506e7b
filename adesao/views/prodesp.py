"""PRODESP's side: the acts of the conferência. The table itself is put together in ``mesa``, the queue in ``fila``."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao import acoes, consultas, guardas, notificacoes, pecas
from adesao.acoes.comum import prazo_em_dias, vence_em
from adesao.estados import NA_PRODESP, Estado
from adesao.forms import FormularioParecer, FormularioPassar, FormularioPendencia
from adesao.models import Adesao, Envio, MotivoPadrao, Pendencia
from contas.acesso import ator_de, exige
from contas.permissoes import pode
from nucleo import campos, prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator

from .comum import agora, do_processo, exigir_lida, fazer_uma_vez, feito
from .fila import fila, fila_csv
from .mesa import Mesa, codigo_em_palavras, confere_agora, montar
from .motivos import motivo, motivos

#: Addresses name them here; they live in modules of their own.
__all__ = ["fila", "fila_csv", "motivo", "motivos"]


# --- Conferência --------------------------------------------------------------------------------------------------
def _processo(request: HttpRequest, numero: str, ato: str) -> tuple[Ator, Adesao, Envio]:
    por = ator_de(request)
    adesao = consultas.obter(por, numero, ato)
    envio = consultas.ultimo_envio(adesao)
    if envio is None:
        raise Http404("processo sem envio")
    return por, adesao, envio


def _de_volta(adesao: Adesao, *, peca: str = "", ancora: str = "") -> HttpResponse:
    endereco = reverse("adesao:conferencia", args=[adesao.slug])
    return redirect(f"{endereco}{f'?peca={peca}' if peca else ''}{f'#{ancora}' if ancora else ''}")


@exige("fila.ver")
@require_GET
def conferencia(request: HttpRequest, numero: str) -> HttpResponse:
    """Data and signed document side by side. Whoever is checking sees CPFs whole, and that is written down (settled question 6)."""
    por, adesao, envio = _processo(request, numero, "fila.ver")
    if confere_agora(adesao, por):
        acoes.revelar_cpf(adesao_id=adesao.pk, por=por, agora=agora(), motivo="Conferência")
    mesa = montar(adesao, envio, por, peca=request.GET.get("peca", ""))
    formulario = None
    marcada = mesa.linha(request.GET.get("marcar", "")) if mesa.edita else None
    if marcada is not None:
        p = marcada.pendencia
        inicial = {"motivo": p.motivo_id, "texto": p.texto} if p else None
        formulario = FormularioPendencia(tarefa=marcada.tarefa, motivos=_motivos(), initial=inicial)
    return _tela(request, por, adesao, mesa, formulario=formulario, marcada=marcada.endereco if marcada else "")


def _motivos() -> list[MotivoPadrao]:
    return list(MotivoPadrao.objects.filter(ativo=True).order_by("titulo", "pk"))


def _tela(
    request: HttpRequest, por: Ator, adesao: Adesao, mesa: Mesa, *, formulario: FormularioPendencia | None, marcada: str, status: int = 200
) -> HttpResponse:
    papel = mesa.atual.papel
    paginas = papel.assinado.paginas if papel else 0
    pedida = request.GET.get("pag", "1")
    n = min(max(int(pedida) if pedida.isascii() and pedida.isdigit() and len(pedida) < 4 else 1, 1), max(paginas, 1))
    contexto = do_processo(
        adesao,
        por,
        largo=True,
        mesa=mesa,
        envio=mesa.envio,
        aba=mesa.atual,
        papel=papel,
        n=n,
        paginas=paginas,
        codigo_no_texto=codigo_em_palavras(papel) if papel else ("", ""),
        form=formulario,
        marcada=marcada,
        aplicacoes=list(adesao.aplicacoes.all()),
        pode_assumir=adesao.estado == Estado.ENVIADA and guardas.assume(adesao, por),
        pode_desfazer=adesao.estado == Estado.DEVOLVIDA and not adesao.tocada and guardas.confere(adesao, por),
        de_outro=_relogio_de_outro(adesao),
        pode_revelar=not mesa.edita and pode(por, "cpf.revelar"),
    )
    return render(request, "adesao/prodesp/conferencia.html", contexto, status=status)


def _relogio_de_outro(adesao: Adesao) -> str:
    return "" if adesao.estado in NA_PRODESP else f"prazo d{adesao.quem_age}"


@exige("conferencia.assumir")
@require_POST
def assumir(request: HttpRequest, numero: str) -> HttpResponse:
    """Take what nobody holds. The second of two gets 409 with the name and the hour of the first."""
    por, adesao, _ = _processo(request, numero, "conferencia.assumir")

    def fazer() -> dict[str, Any]:
        acoes.assumir(adesao_id=adesao.pk, por=por, agora=agora())
        return {}

    fazer_uma_vez(request, f"assumir:{adesao.pk}", fazer)
    return feito(request, "Processo assumido. O prazo da conferência continua o mesmo.", "adesao:conferencia", adesao.slug)


@exige("conferencia.passar")
@require_http_methods(["GET", "POST"])
def passar(request: HttpRequest, numero: str) -> HttpResponse:
    """Hand the process over, or leave it without analista (``liberar``)."""
    por, adesao, _ = _processo(request, numero, "conferencia.passar")
    outros = [(pk, nome) for pk, nome in consultas.analistas() if pk != adesao.analista_id]
    formulario = FormularioPassar(request.POST or None, analistas=outros)
    status = 200
    if request.method == "POST":
        if formulario.is_valid():
            analista_id = formulario.cleaned_data["analista"]

            def fazer() -> dict[str, Any]:
                acoes.passar(adesao_id=adesao.pk, analista_id=analista_id, por=por, agora=agora())
                return {"nome": dict(outros)[analista_id]}

            nome = fazer_uma_vez(request, f"passar:{adesao.pk}", fazer)["nome"]
            return feito(request, f"Processo passado para {nome}.", "adesao:conferencia", adesao.slug)
        status = 422
    elif not confere_agora(adesao, por):
        return _de_volta(adesao)
    return render(request, "adesao/prodesp/passar.html", {"adesao": adesao, "form": formulario, "agora": agora()}, status=status)


@exige("conferencia.assumir")
@require_POST
def liberar(request: HttpRequest, numero: str) -> HttpResponse:
    """Back to the queue without analista; the deadline stays."""
    por, adesao, _ = _processo(request, numero, "conferencia.assumir")

    def fazer() -> dict[str, Any]:
        acoes.liberar(adesao_id=adesao.pk, por=por, agora=agora())
        return {}

    fazer_uma_vez(request, f"liberar:{adesao.pk}", fazer)
    return feito(request, f"A adesão de {adesao.municipio.nome} voltou à fila, sem analista.", "adesao:fila")


@exige("conferencia.conferir")
@require_POST
def itens(request: HttpRequest, numero: str, peca: str) -> HttpResponse:
    """Save the check-list of a paper; ``tudo`` ticks every line."""
    por, adesao, _ = _processo(request, numero, "conferencia.conferir")
    if peca not in pecas.PECAS:
        raise Http404("documento desconhecido")
    exigir_lida(request, adesao)
    marcados = [i for i, _ in pecas.PECAS[peca].itens] if "tudo" in request.POST else request.POST.getlist("item")
    acoes.conferir_item(adesao_id=adesao.pk, peca=peca, itens=marcados, por=por, agora=agora())
    messages.success(request, f"Conferência salva: {pecas.PECAS[peca].curto}.")
    return _de_volta(adesao, peca=peca)


@exige("conferencia.conferir")
@require_POST
def pendencia(request: HttpRequest, numero: str) -> HttpResponse:
    """Mark or change a pendência on one row. An error opens the row again with what was typed (422)."""
    por, adesao, envio = _processo(request, numero, "conferencia.conferir")
    exigir_lida(request, adesao)
    tarefa, _, campo = request.POST.get("marcar", "").partition(".")
    formulario = FormularioPendencia(request.POST, tarefa=tarefa, motivos=_motivos())
    if formulario.is_valid():
        dados = formulario.cleaned_data
        try:
            acoes.marcar_pendencia(
                adesao_id=adesao.pk, tarefa=tarefa, campo=campo, motivo_id=dados["motivo"], texto=dados["texto"], por=por, agora=agora()
            )
        except RegraViolada as erro:
            if erro.campo not in formulario.fields:
                raise
            formulario.add_error(erro.campo, erro.mensagem)
    mesa = montar(adesao, envio, por, peca="")
    peca = mesa.aba_de(tarefa, campo)
    if formulario.is_valid():
        return _de_volta(adesao, peca=peca, ancora=f"linha-{tarefa}-{campo}")
    mesa = montar(adesao, envio, por, peca=peca)
    return _tela(request, por, adesao, mesa, formulario=formulario, marcada=f"{tarefa}.{campo}", status=422)


@exige("conferencia.conferir")
@require_POST
def retirar(request: HttpRequest, numero: str, pendencia_id: int) -> HttpResponse:
    """Take back a mark that the prefeitura has not been told of."""
    por, adesao, envio = _processo(request, numero, "conferencia.conferir")
    acoes.retirar_pendencia(adesao_id=adesao.pk, pendencia_id=pendencia_id, por=por, agora=agora())
    tarefa, _, campo = request.POST.get("marcar", "").partition(".")
    peca = montar(adesao, envio, por, peca="").aba_de(tarefa, campo)
    return _de_volta(adesao, peca=peca, ancora=f"linha-{tarefa}-{campo}")


@exige("conferencia.conferir")
@require_GET
def previa(request: HttpRequest, numero: str) -> HttpResponse:
    """What the prefeitura will read if it is returned now: each pendência beside its field, and the e-mail, in the very same words."""
    por, adesao, envio = _processo(request, numero, "conferencia.conferir")
    marcadas = list(envio.pendencias.filter(comunicada_em__isnull=True).order_by("pk"))
    if not confere_agora(adesao, por) or not marcadas:
        messages.info(request, "Não há pendência marcada para mostrar à prefeitura.")
        return _de_volta(adesao)
    relogio = agora()
    vence = vence_em(relogio, "correcao", municipio_id=adesao.municipio_id)
    titulo, paragrafos = notificacoes.carta_da_devolucao(adesao, marcadas, vence)
    valores = pecas.campos_da_leitura(envio.dados["leitura"])
    contexto = {
        "adesao": adesao,
        "versao_lida": adesao.envios,
        "agora": relogio,
        "pendencias": [(p, valores.get((p.tarefa, p.campo), {}).get("valor", ""), _papeis_de(p)) for p in marcadas],
        "titulo_do_email": titulo,
        "paragrafos": paragrafos,
        "botao_do_email": notificacoes.BOTAO_DA_DEVOLUCAO,
        "vence_em": vence,
        "dias": prazo_em_dias("correcao"),
    }
    return render(request, "adesao/prodesp/previa.html", contexto)


def _papeis_de(p: Pendencia) -> list[str]:
    """Short names of the papers that will need a new signed copy (settled question 8)."""
    if p.tarefa == "assinados":
        return [pecas.PECAS[p.campo].curto if p.campo in pecas.PECAS else "Ato de delegação"]
    pedidos = pecas.impresso_em(p.tarefa, p.campo)
    return [peca.curto for codigo, peca in pecas.PECAS.items() if codigo in pedidos]


@exige("conferencia.devolver")
@require_POST
def devolver(request: HttpRequest, numero: str) -> HttpResponse:
    """Return with what is marked (ADS-03). A double click returns once."""
    por, adesao, _ = _processo(request, numero, "conferencia.devolver")

    def fazer() -> dict[str, Any]:
        devolvida = acoes.devolver(adesao_id=adesao.pk, por=por, agora=agora())
        assert devolvida.vence_em is not None
        return {"ate": prazos.dia_por_extenso(prazos.ultimo_dia(devolvida.vence_em))}

    ate = fazer_uma_vez(request, f"devolver:{adesao.pk}", fazer, lida=adesao)["ate"]
    return feito(request, f"Devolvida. A prefeitura foi avisada e tem até {ate} para corrigir.", "adesao:conferencia", adesao.slug)


@exige("conferencia.devolver")
@require_POST
def desfazer(request: HttpRequest, numero: str) -> HttpResponse:
    """Take a return back while the prefeitura has not touched it."""
    por, adesao, _ = _processo(request, numero, "conferencia.devolver")

    def fazer() -> dict[str, Any]:
        acoes.desfazer_devolucao(adesao_id=adesao.pk, por=por, agora=agora())
        return {}

    fazer_uma_vez(request, f"desfazer:{adesao.pk}", fazer)
    return feito(request, "Devolução desfeita. As pendências continuam marcadas aqui.", "adesao:conferencia", adesao.slug)


@exige("conferencia.encaminhar")
@require_http_methods(["GET", "POST"])
def encaminhar(request: HttpRequest, numero: str) -> HttpResponse:
    """Forward with an opinion (ADS-04). The text offered can be changed."""
    por, adesao, envio = _processo(request, numero, "conferencia.encaminhar")
    status = 200
    if request.method == "POST":
        formulario = FormularioParecer(request.POST, label_suffix="")
        if formulario.is_valid():
            parecer = formulario.cleaned_data["parecer"]

            def fazer() -> dict[str, Any]:
                acoes.encaminhar(adesao_id=adesao.pk, parecer=parecer, por=por, agora=agora())
                return {}

            fazer_uma_vez(request, f"encaminhar:{adesao.pk}", fazer, lida=adesao)
            return feito(request, f"A adesão de {adesao.municipio.nome} foi encaminhada para aprovação.", "adesao:fila")
        status = 422
    else:
        mesa = montar(adesao, envio, por, peca="")
        if not mesa.edita or mesa.por_que_nao_encaminha:
            messages.info(request, mesa.por_que_nao_encaminha or "Este processo não está em conferência com você.")
            return _de_volta(adesao)
        formulario = FormularioParecer(initial={"parecer": _parecer_oferecido(adesao, envio)}, label_suffix="")
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
    """The opinion forwarded before with room for the answer, or a draft of it from the data."""
    if adesao.pergunta and adesao.parecer:
        return f"{adesao.parecer}\n\nResposta à pergunta recebida:\n"
    blocos = []
    if adesao.blocos_privados:
        s = "s" if adesao.blocos_privados > 1 else ""
        blocos.append(f"{adesao.blocos_privados} sub-bloco{s} privado{s} /28")
    if adesao.blocos_publicos:
        blocos.append("1 sub-bloco público /30")
    n = adesao.aplicacoes.count()
    return (
        f"A PRODESP conferiu o Ofício, o Anexo I e o Anexo II da Prefeitura de {adesao.municipio.nome}, processo {adesao.numero}, "
        f"{envio.ordem}º envio.\n\n"
        "Os documentos estão em papel timbrado, completos e assinados, e os dados conferem com os digitados. "
        "Os dois responsáveis são pessoas diferentes, cada uma com seu CPF e seu e-mail.\n\n"
        f"Pedido: {' e '.join(blocos)}; {n} aplicaç{'ões' if n != 1 else 'ão'} do Estado.\n\n"
        "Parecer favorável à adesão."
    )


@exige("dossie.ver")
@require_GET
def mudancas(request: HttpRequest, numero: str) -> HttpResponse:
    """What changed since the sending before, field by field, side by side; which papers were signed anew; what was answered."""
    por, adesao, envio = _processo(request, numero, "dossie.ver")
    anterior = adesao.lista_de_envios.filter(ordem=envio.ordem - 1).first()
    if anterior is None:
        messages.info(request, "Este é o primeiro envio: não há o que comparar.")
        return redirect("adesao:conferencia" if pode(por, "fila.ver") else "adesao:dossie", adesao.slug)
    linhas = pecas.mudancas(anterior.dados["leitura"], envio.dados["leitura"])
    if not confere_agora(adesao, por):
        linhas = [_sem_cpf(linha) for linha in linhas]
    velhas = dict(anterior.pecas.values_list("peca", "assinado_id"))
    novas = [p.peca for p in envio.pecas.order_by("pk") if velhas.get(p.peca) != p.assinado_id]
    contexto = do_processo(
        adesao,
        por,
        envio=envio,
        anterior=anterior,
        mudancas=linhas,
        assinados=[pecas.PECAS[p].curto if p in pecas.PECAS else "Ato de delegação" for p in novas],
        pendencias=list(anterior.pendencias.filter(comunicada_em__isnull=False)),
        voltar_a_fila=pode(por, "fila.ver"),
    )
    return render(request, "adesao/prodesp/mudancas.html", contexto)


def _sem_cpf(linha: dict[str, str]) -> dict[str, str]:
    """A row of changes with its CPFs masked (settled question 6)."""
    if "CPF" not in linha["rotulo"]:
        return linha
    bares = {lado: "".join(c for c in linha[lado] if c.isdigit()) for lado in ("antes", "depois")}
    return {**linha, **{lado: campos.mascarar_cpf(v) for lado, v in bares.items()}}

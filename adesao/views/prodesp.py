"""PRODESP's side: the acts of the conferência. The table itself is put together in ``mesa``, the queue in ``fila``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from adesao import acoes, consultas, guardas, notificacoes, pecas
from adesao.acoes.comum import prazo_em_dias, vence_em
from adesao.estados import NA_PRODESP, Estado
from adesao.forms import FormularioPassar, FormularioPendencia
from adesao.models import Adesao, Envio, MotivoPadrao, Pendencia
from contas.acesso import TextoGuardado, ator_de, exige, guarda_o_texto, texto_guardado
from contas.paginas import agora, feito
from contas.permissoes import pode
from nucleo import campos, prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator

from .comum import do_processo, exigir_lida, fazer_uma_vez
from .fila import fila, fila_csv
from .mesa import Mesa, codigo_em_palavras, confere_agora, montar, por_conferir_a_olho
from .motivos import motivo, motivos
from .parecer import encaminhar

#: Addresses name them here; they live in modules of their own.
__all__ = ["encaminhar", "fila", "fila_csv", "motivo", "motivos"]


# --- Conferência --------------------------------------------------------------------------------------------------
def _processo(request: HttpRequest, numero: str, ato: str) -> tuple[Ator, Adesao, Envio]:
    por = ator_de(request)
    adesao = consultas.obter(por, numero, ato)
    envio = consultas.ultimo_envio(adesao)
    if envio is None:
        raise Http404("processo sem envio")
    return por, adesao, envio


def _de_volta(adesao: Adesao, *, peca: str = "", mais: str = "", ancora: str = "") -> HttpResponse:
    endereco = reverse("adesao:conferencia", args=[adesao.slug])
    return redirect(f"{endereco}{f'?peca={peca}{mais}' if peca else ''}{f'#{ancora}' if ancora else ''}")


@exige("fila.ver")
@require_GET
def conferencia(request: HttpRequest, numero: str) -> HttpResponse:
    """Data and signed document side by side. Whoever is checking sees CPFs whole, and that is written down (settled question 6)."""
    por, adesao, envio = _processo(request, numero, "fila.ver")
    if confere_agora(adesao, por):
        acoes.revelar_cpf(adesao_id=adesao.pk, por=por, agora=agora(), motivo="Conferência")
    mesa = montar(adesao, envio, por, peca=request.GET.get("peca", ""))
    formulario = None
    guardado = _texto_da_mesa(request, adesao, mesa) if mesa.edita else None
    pedida = (guardado.get("marcar") or guardado.get("aberta", "")) if guardado else request.GET.get("marcar", "")
    if guardado and pedida and mesa.linha(pedida) is None:  # the row is on another tab
        tarefa, _, campo = pedida.partition(".")
        mesa = montar(adesao, envio, por, peca=mesa.aba_de(tarefa, campo))
    marcada = mesa.linha(pedida) if mesa.edita else None
    if marcada is not None:
        p = marcada.pendencia
        inicial = {"motivo": p.motivo_id, "texto": p.texto} if p else {}
        if guardado:
            inicial |= {n: guardado.get(f"{marcada.formulario}-{n}", "") for n in ("motivo", "texto")}
            messages.warning(request, guardado.aviso)
        formulario = FormularioPendencia(tarefa=marcada.tarefa, campo=marcada.campo, motivos=_motivos(), initial=inicial)
    return _tela(request, por, adesao, mesa, formulario=formulario, marcada=marcada.endereco if marcada else "")


def _texto_da_mesa(request: HttpRequest, adesao: Adesao, mesa: Mesa) -> TextoGuardado | None:
    """What was typed in the page's big form when the session ended, whichever of its buttons was pressed; see ``texto_guardado``."""
    enderecos = [reverse(f"adesao:{nome}", args=[adesao.slug]) for nome in ("pendencia", "devolver")]
    enderecos.append(reverse("adesao:itens", args=[adesao.slug, mesa.atual.codigo]))
    return next((g for g in (texto_guardado(request, endereco) for endereco in enderecos) if g is not None), None)


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
        a_olho=por_conferir_a_olho(papel) if papel else [],
        form=formulario,
        marcada=marcada,
        salvo="salvo" in request.GET,
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


@guarda_o_texto
@exige("conferencia.conferir")
@require_POST
def itens(request: HttpRequest, numero: str, peca: str) -> HttpResponse:
    """Save the check-list of a paper; ``tudo`` ticks every line."""
    por, adesao, envio = _processo(request, numero, "conferencia.conferir")
    if peca not in pecas.CONFERIDAS:
        raise Http404("documento desconhecido")
    exigir_lida(request, adesao)
    marcados = [i for i, _ in pecas.CONFERIDAS[peca].itens] if "tudo" in request.POST else request.POST.getlist("item")
    acoes.conferir_item(adesao_id=adesao.pk, peca=peca, itens=marcados, por=por, agora=agora())
    recusa = _marcar_as_abertas(request, por, adesao, envio)
    if recusa is not None:
        return recusa
    if not _por_htmx(request):
        messages.success(request, f"Conferência salva: {pecas.CONFERIDAS[peca].curto}.")
    return _de_volta(adesao, peca=peca, mais="&salvo=1" if _por_htmx(request) else "")


def _por_htmx(request: HttpRequest) -> bool:
    """Whether only a part of the page will be swapped: what is typed in the rest stays where it is."""
    return request.headers.get("HX-Request") == "true"


@guarda_o_texto
@exige("conferencia.conferir")
@require_POST
def pendencia(request: HttpRequest, numero: str) -> HttpResponse:
    """Mark or change a pendência on one row (``marcar``), or open one to be marked (``abrir``).

    All rows and the check-list are one form: whatever else was ticked or typed is kept. An error opens the row again with what was typed
    (422).
    """
    por, adesao, envio = _processo(request, numero, "conferencia.conferir")
    exigir_lida(request, adesao)
    _guardar_a_lista(request, por, adesao)
    marcar, abrir = request.POST.get("marcar", ""), request.POST.get("abrir", "")
    recusa = _marcar_as_abertas(request, por, adesao, envio, menos=marcar) or (
        None if abrir else _marcar(request, por, adesao, envio, marcar)
    )
    if recusa is not None:
        return recusa
    tarefa, _, campo = (abrir or marcar).partition(".")
    peca = montar(adesao, envio, por, peca="").aba_de(tarefa, campo)
    return _de_volta(adesao, peca=peca, mais=f"&{urlencode({'marcar': abrir})}" if abrir else "", ancora=f"linha-{tarefa}-{campo}")


def _guardar_a_lista(request: HttpRequest, por: Ator, adesao: Adesao) -> None:
    """Keep the ticks of the check-list that came along with another act on the same page."""
    lista = request.POST.get("lista", "")
    if lista in pecas.CONFERIDAS:
        acoes.conferir_item(adesao_id=adesao.pk, peca=lista, itens=request.POST.getlist("item"), por=por, agora=agora())


def _marcar_as_abertas(request: HttpRequest, por: Ator, adesao: Adesao, envio: Envio, *, menos: str = "") -> HttpResponse | None:
    """Without JavaScript the page is drawn again: what was typed in its open rows is marked, not lost. The refusal, or None."""
    if _por_htmx(request):
        return None
    for endereco in request.POST.getlist("aberta"):
        tarefa, _, campo = endereco.partition(".")
        if endereco != menos and not FormularioPendencia(request.POST, tarefa=tarefa, campo=campo, motivos=[]).em_branco:
            recusa = _marcar(request, por, adesao, envio, endereco)
            if recusa is not None:
                return recusa
    return None


def _mudou_na_linha(request: HttpRequest, envio: Envio, endereco: str) -> bool:
    """Whether the open row of this ``tarefa.campo`` has words that are not marked as they stand."""
    tarefa, _, campo = endereco.partition(".")
    formulario = FormularioPendencia(request.POST, tarefa=tarefa, campo=campo, motivos=[])
    if formulario.em_branco:
        return False
    marcada = envio.pendencias.filter(tarefa=tarefa, campo=campo).first()
    digitado = [str(formulario.data.get(formulario.add_prefix(nome), "")).strip() for nome in ("motivo", "texto")]
    return marcada is None or digitado != [str(marcada.motivo_id or ""), marcada.texto]


def _marcar(request: HttpRequest, por: Ator, adesao: Adesao, envio: Envio, endereco: str) -> HttpResponse | None:
    """Mark the row of this ``tarefa.campo`` with what was typed in it; the page with its errors (422), or None."""
    tarefa, _, campo = endereco.partition(".")
    formulario = FormularioPendencia(request.POST, tarefa=tarefa, campo=campo, motivos=_motivos())
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
    if formulario.is_valid():
        return None
    mesa = montar(adesao, envio, por, peca=montar(adesao, envio, por, peca="").aba_de(tarefa, campo))
    return _tela(request, por, adesao, mesa, formulario=formulario, marcada=endereco, status=422)


@exige("conferencia.conferir")
@require_POST
def retirar(request: HttpRequest, numero: str, pendencia_id: int) -> HttpResponse:
    """Take back a mark that the prefeitura has not been told of. What else was ticked or typed on the page is kept."""
    por, adesao, envio = _processo(request, numero, "conferencia.conferir")
    acoes.retirar_pendencia(adesao_id=adesao.pk, pendencia_id=pendencia_id, por=por, agora=agora())
    _guardar_a_lista(request, por, adesao)
    tarefa, _, campo = request.POST.get("marcar", "").partition(".")
    recusa = _marcar_as_abertas(request, por, adesao, envio, menos=f"{tarefa}.{campo}")
    if recusa is not None:
        return recusa
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
    titulo, paragrafos = notificacoes.carta_da_devolucao(adesao, marcadas, vence, resto=acoes.sobre_o_resto(envio, marcadas))
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
        return [pecas.CONFERIDAS[p.campo].curto]
    pedidos = pecas.impresso_em(p.tarefa, p.campo)
    return [peca.curto for codigo, peca in pecas.PECAS.items() if codigo in pedidos]


@guarda_o_texto
@exige("conferencia.devolver")
@require_POST
def devolver(request: HttpRequest, numero: str) -> HttpResponse:
    """Return with what is marked (ADS-03). A double click returns once.

    A row still open, with words not marked yet, is marked first, and the person looks at the whole again before anything is sent.
    """
    por, adesao, envio = _processo(request, numero, "conferencia.devolver")
    if any(_mudou_na_linha(request, envio, endereco) for endereco in request.POST.getlist("aberta")):
        exigir_lida(request, adesao)
        _guardar_a_lista(request, por, adesao)
        recusa = _marcar_as_abertas(request, por, adesao, envio)
        if recusa is not None:
            return recusa
        messages.warning(request, "Nada foi devolvido ainda: havia uma pendência aberta, e ela foi marcada. Confira e devolva.")
        return redirect("adesao:previa", adesao.slug)

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
        assinados=[pecas.CONFERIDAS[p].curto for p in novas],
        pendencias=list(anterior.pendencias.filter(comunicada_em__isnull=False)),
        voltar_a_fila=pode(por, "fila.ver"),
    )
    return render(request, "adesao/prodesp/mudancas.html", contexto)


def _sem_cpf(linha: dict[str, str]) -> dict[str, str]:
    """A row of changes with its CPFs masked (settled question 6)."""
    if "CPF" not in linha["rotulo"]:
        return linha
    bares = {lado: "".join(c for c in linha[lado] if c.isdigit()) for lado in ("antes", "depois")}
    mascarados = {lado: campos.mascarar_cpf(v) for lado, v in bares.items()}
    if mascarados["antes"] == mascarados["depois"]:
        mascarados["depois"] += " (mudou nos números ocultos)"
    return {**linha, **mascarados}

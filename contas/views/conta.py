"""The person's own pages: first page after login, "Minha conta", and the switch between bodies."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_safe

from contas.acesso import ORGAO_ESCOLHIDO, ator_de, autenticada, vinculos_do_pedido, vinculos_em_uso
from contas.consultas import municipio_sem_vinculo
from contas.middleware import tem_segundo_fator
from contas.models import Papel
from contas.papeis import PAPEIS_DO_ESTADO

#: Role → name of its first page, most demanding work first.
PRIMEIRA_PAGINA: tuple[tuple[str, str], ...] = (
    (Papel.GESTOR, "adesao:fila"),
    (Papel.ANALISTA, "adesao:fila"),
    (Papel.APROVADOR, "adesao:aprovacao"),
    (Papel.AUDITOR, "adesao:processos"),
    (Papel.RESPONSAVEL, "saog:para_fazer"),
    (Papel.REQUERENTE, "adesao:minha"),
    (Papel.OPERADORA, "saog:ordens"),
)


@autenticada
@require_safe
def entrada(request: HttpRequest) -> HttpResponse:
    """Send each role to its first page; a role without one, or whose page is not routed, goes to "Minha conta"."""
    ator = ator_de(request)
    for papel, nome in PRIMEIRA_PAGINA:
        if ator.tem(papel):
            try:
                return HttpResponseRedirect(reverse(nome))
            except NoReverseMatch:
                break
    if not ator.papeis:
        municipio_id = municipio_sem_vinculo(request.user)  # type: ignore[arg-type]
        if municipio_id is not None:
            return redirect("conta_prefeitura", municipio_id)
    return redirect("conta")


@autenticada
@require_safe
def conta(request: HttpRequest) -> HttpResponse:
    """ "Minha conta": data, password, second factor, sessions, and the bodies the person acts for."""
    em_uso = {v.pk for v in vinculos_em_uso(request)}
    contexto = {
        "usuario": request.user,
        "vinculos": [(v, v.pk in em_uso) for v in vinculos_do_pedido(request)],
        "tem_segundo_fator": tem_segundo_fator(request.user.pk or 0),
        "sessoes": UserSession.objects.filter(user_id=request.user.pk).count(),
        "do_estado": any(v.papel in PAPEIS_DO_ESTADO for v in vinculos_do_pedido(request)),
        "varios": len({v.orgao_id for v in vinculos_do_pedido(request)}) > 1,
    }
    return render(request, "contas/conta.html", contexto)


@autenticada
@require_http_methods(["GET", "HEAD", "POST"])
def trocar_vinculo(request: HttpRequest) -> HttpResponse:
    """Choose the body to act for (settled question 1). The session gets a new id: what it may do has changed (ASVS 7.2.4)."""
    orgaos = {v.orgao_id: v.orgao for v in vinculos_do_pedido(request)}
    if request.method != "POST":
        em_uso = {v.orgao_id for v in vinculos_em_uso(request)}
        return render(request, "contas/trocar_vinculo.html", {"orgaos": [(o, pk in em_uso) for pk, o in orgaos.items()]})
    escolhido = request.POST.get("orgao", "")
    orgao = orgaos.get(int(escolhido)) if escolhido.isascii() and escolhido.isdigit() and len(escolhido) < 18 else None
    if orgao is None:
        messages.error(request, "Você não atua por este órgão.")
        return redirect("trocar_vinculo")
    antiga = request.session.session_key
    request.session[ORGAO_ESCOLHIDO] = orgao.pk
    request.session.cycle_key()
    UserSession.objects.filter(session_key=antiga).update(session_key=request.session.session_key)
    messages.success(request, f"Você está atuando por {orgao}.")
    return redirect("entrada")

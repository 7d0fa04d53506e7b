"""Public check of a paper by its code: what it is, of whom, when, its hash, and whether it is still the current version. No personal
data.
"""

from __future__ import annotations

import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from adesao import consultas
from contas.acesso import ip_de, publica
from nucleo.numeracao import ALFABETO

LIMITE_POR_MINUTO = 20


@publica
@require_GET
def verificar(request: HttpRequest) -> HttpResponse:
    """The form, and the answer for ``?codigo=`` (settled question 3). Past 20 tries a minute from one address: 429."""
    digitado = request.GET.get("codigo", "")[:40]
    if not digitado.strip():
        erro = "Digite o código que está no rodapé do documento." if "codigo" in request.GET else ""
        contexto = {"codigo": "", "resultado": None, "erro": erro}
        return render(request, "adesao/verificar.html", contexto, status=422 if erro else 200)
    if _demais(request):
        contexto = {"codigo": digitado, "resultado": None, "erro": "Foram muitas consultas seguidas. Espere um minuto e tente de novo."}
        resposta = render(request, "adesao/verificar.html", contexto, status=429)
        resposta["Retry-After"] = "60"
        return resposta
    codigo = normalizar(digitado)
    if codigo is None:
        erro = _o_que_ha_de_errado(digitado)
        return render(request, "adesao/verificar.html", {"codigo": digitado, "resultado": None, "erro": erro}, status=422)
    resultado = consultas.verificar_codigo(codigo)
    if resultado is None:
        erro = "Nenhum documento tem este código. Confira cada letra no rodapé do documento."
        return render(request, "adesao/verificar.html", {"codigo": codigo, "resultado": None, "erro": erro}, status=404)
    return render(request, "adesao/verificar.html", {"codigo": codigo, "resultado": resultado, "erro": ""})


def normalizar(texto: str) -> str | None:
    """``7f3k 9qam`` → ``7F3K-9QAM``; None when it cannot be a code."""
    letras = "".join(c for c in texto.upper() if c.isascii() and c.isalnum())
    if len(letras) != 8 or any(c not in ALFABETO for c in letras):
        return None
    return f"{letras[:4]}-{letras[4:]}"


def _o_que_ha_de_errado(texto: str) -> str:
    """Why this cannot be a code: signs that no code has, because they look like others, or another length."""
    alheias = sorted({c for c in texto.upper() if c.isascii() and c.isalnum() and c not in ALFABETO})
    if alheias:
        quais = alheias[0] if len(alheias) == 1 else f"{', '.join(alheias[:-1])} nem {alheias[-1]}"
        return f"Nenhum código tem {quais}. Confira no rodapé do documento se não é outra letra ou número parecido."
    return "O código tem 8 letras e números, como 7F3K-9QAM. Copie do rodapé do documento."


def _demais(request: HttpRequest) -> bool:
    chave = f"verificar:{ip_de(request)}:{int(time.time() // 60)}"  # a key per minute: ``incr`` keeps no expiry in the database's cache
    if cache.add(chave, 1, 120):
        return False
    try:
        return cache.incr(chave) > LIMITE_POR_MINUTO
    except ValueError:  # it expired between the two calls
        return False

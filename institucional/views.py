"""Public pages. Anybody may open them; nothing here shows a draft or a person."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from contas.acesso import ator_de, publica
from contas.models import Municipio
from contas.municipios import dobrar, procurar
from contas.papeis import PAPEIS_DO_ESTADO, Papel
from contas.permissoes import ATOS, TABELA, pode
from enderecamento.consultas import adesao_com_blocos
from institucional import consultas
from nucleo.fluxo import Ator
from nucleo.regras import GRUPOS, VERSAO, VIGENTE_DESDE
from saog.consultas import links_em_servico

POR_PAGINA = 50


@publica
@require_safe
def inicio(request: HttpRequest) -> HttpResponse:
    """The home page: what it is, how to join, the map of the 645 seats."""
    return render(request, "institucional/inicio.html", {"mapa": consultas.mapa(), "passos": _passos()})


@publica
@require_safe
def como_aderir(request: HttpRequest) -> HttpResponse:
    """Steps, times, documents, what to have at hand, who signs (ADS-01 to ADS-12)."""
    return render(request, "institucional/como_aderir.html", {"passos": _passos()})


@publica
@require_safe
def documentos(request: HttpRequest) -> HttpResponse:
    """Which papers the portal makes and where the sources are (INS-01)."""
    return render(request, "institucional/documentos.html")


@publica
@require_safe
def prefeituras(request: HttpRequest) -> HttpResponse:
    """The table of the municipalities with search, region and status, 50 a page.

    With ``ir=1`` (the lookup of the home page) one sure answer opens the page of the municipality at once.
    """
    texto, ddd, situacao = (request.GET.get(n, "").strip()[:80] for n in ("q", "ddd", "situacao"))
    situacao = situacao if situacao in consultas.SITUACOES else ""
    achadas = consultas.linhas(texto=texto, ddd=ddd, situacao=situacao)
    if request.GET.get("ir") and texto and achadas and (len(achadas) == 1 or dobrar(achadas[0].municipio.nome) == dobrar(texto)):
        return HttpResponseRedirect(reverse("prefeitura", args=[achadas[0].municipio.pk]))
    contexto = {
        "pagina": Paginator(achadas, POR_PAGINA).get_page(request.GET.get("pagina")),
        "q": texto,
        "ddd": ddd,
        "situacao": situacao,
        "ddds": consultas.ddds(),
        "situacoes": [(chave, valor[0]) for chave, valor in consultas.SITUACOES.items() if chave != "encerrada"],
        "ha_filtro": bool(texto or ddd or situacao),
    }
    return render(request, "institucional/prefeituras.html", contexto)


@publica
@require_safe
def prefeitura(request: HttpRequest, codigo: int) -> HttpResponse:
    """The public status of one municipality, by IBGE code (404 for a code that is not one)."""
    municipio = get_object_or_404(Municipio, pk=codigo)
    linha = consultas.Linha(municipio=municipio, situacao=consultas.situacao_de(codigo))
    lugar = consultas.lugar(municipio)
    por = ator_de(request)
    contexto = {
        "largo": por.tem(*PAPEIS_DO_ESTADO),
        "caminhos": _caminhos(por, municipio),
        "e_dela": codigo in por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL),
        "entrou": request.user.is_authenticated,
        "linha": linha,
        "frase": consultas.FRASES[linha.situacao],
        "links": links_em_servico(codigo) if linha.situacao == "em_vigor" else 0,
        "mapa": consultas.mapa(),
        "escolhido": {"x": lugar[0], "y": lugar[1]} if lugar else None,
        "trilha": [("Prefeituras na rede", reverse("prefeituras")), (municipio.nome, "")],
    }
    return render(request, "institucional/prefeitura.html", contexto)


def _caminhos(por: Ator, municipio: Municipio) -> list[tuple[str, str]]:
    """The pages about this municipality that this person may open, as (label, path): those of the State have them on several."""
    busca = "?" + urlencode({"busca": municipio.nome})
    adesao = consultas.adesao_enviada(municipio.pk) if pode(por, "fila.ver") else None
    com_blocos = pode(por, "blocos.ver") and adesao_com_blocos(municipio.pk) is not None
    possiveis = (
        (adesao is not None, "Adesão", reverse("adesao:conferencia", args=[adesao.slug]) if adesao else ""),
        (pode(por, "fila_ss.ver"), "Solicitações", reverse("saog:fila") + busca),
        (pode(por, "fila_ss.ver"), "Limites e suspensões", reverse("saog:prefeitura_ss", args=[municipio.pk])),
        (com_blocos, "Sub-blocos de endereços", reverse("enderecamento:atribuicao", args=[municipio.pk])),
        (pode(por, "blocos.ver"), "Sanções", reverse("enderecamento:sancoes") + busca),
        (pode(por, "ordens.ver"), "Ordens da Operadora", reverse("saog:ordens") + busca),
        (pode(por, "trilha.ver"), "Trilha de auditoria", reverse("adesao:trilha") + busca),
        (pode(por, "ss.ver", municipio.pk) and not por.tem(*PAPEIS_DO_ESTADO), "Para fazer agora", reverse("saog:para_fazer")),
        (municipio.pk in por.municipios(Papel.REQUERENTE, Papel.RESPONSAVEL), "Adesão da prefeitura", reverse("adesao:minha")),
    )
    return [(rotulo, caminho) for abre, rotulo, caminho in possiveis if abre]


@publica
@require_safe
@cache_control(public=True, max_age=3600)
def municipios(request: HttpRequest) -> JsonResponse:
    """Autocomplete: ``[{"codigo": 3506904, "nome": "Bofete"}]``, best first, at most ten; [] for less than two letters."""
    texto = request.GET.get("q", "").strip()
    achados = procurar(texto, limite=10) if len(texto) >= 2 else []
    return JsonResponse([{"codigo": m.pk, "nome": m.nome} for m in achados], safe=False)


@publica
@require_safe
def regras(request: HttpRequest) -> HttpResponse:
    """The rules by number (INS-04, INS-05) and the role × action table exactly as the code holds it."""
    papeis = [p for p in Papel if TABELA.get(p.value)]
    contexto = {
        "familias": [{"codigo": codigo, "titulo": titulo, "regras": lista} for codigo, (titulo, lista) in GRUPOS.items()],
        "versao": VERSAO,
        "data": VIGENTE_DESDE,
        "papeis": [p.label for p in papeis],
        "atos": [{"nome": nome, "pode": [ato in TABELA[p.value] for p in papeis]} for ato, nome in ATOS.items()],
    }
    return render(request, "institucional/regras.html", contexto)


@publica
@require_safe
def privacidade(request: HttpRequest) -> HttpResponse:
    """The privacy notice (LGPD arts. 9 and 23; seguranca.md B4)."""
    contexto = {
        "encarregado": settings.ENCARREGADO_NOME,
        "encarregado_contato": settings.ENCARREGADO_CONTATO,
        "dias_das_mensagens": settings.GUARDA_DAS_MENSAGENS_DIAS,
        "dias_dos_rascunhos": settings.GUARDA_DOS_RASCUNHOS_DIAS,
    }
    return render(request, "institucional/privacidade.html", contexto)


@publica
@require_safe
def acessibilidade(request: HttpRequest) -> HttpResponse:
    """How the portal is made to be used by everybody, and whom to tell when it fails."""
    return render(request, "institucional/acessibilidade.html")


@publica
@require_safe
def contatos(request: HttpRequest) -> HttpResponse:
    """Contacts by subject (INS-02)."""
    return render(request, "institucional/contatos.html")


@publica
@require_safe
def ajuda(request: HttpRequest) -> HttpResponse:
    """Questions and answers for whoever fills in the forms."""
    return render(request, "institucional/ajuda.html")


@publica
@require_safe
@never_cache
def saude(request: HttpRequest) -> HttpResponse:
    """The process is alive. Touches nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@publica
@require_safe
@never_cache
def pronto(request: HttpRequest) -> HttpResponse:
    """The process can serve: the database answers (200), or it does not (503)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("banco de dados indisponível\n", content_type="text/plain", status=503)
    return HttpResponse("pronto\n", content_type="text/plain")


def _passos() -> list[dict[str, str]]:
    """The five steps of an adhesion, with their times (PRZ-05)."""
    return [
        {
            "icone": "lapis",
            "titulo": "1. Preencha",
            "texto": "O portal monta o ofício e os Anexos I e II com os dados da prefeitura.",
            "tempo": "Cerca de 40 minutos",
        },
        {
            "icone": "baixar",
            "titulo": "2. Assine e envie",
            "texto": "O prefeito assina os três PDFs. Você devolve a cópia digital. Nada em papel.",
            "tempo": "Quando quiser",
        },
        {
            "icone": "lupa",
            "titulo": "3. Conferência",
            "texto": "A PRODESP confere. Se algo faltar, volta para você com a explicação.",
            "tempo": "Até 20 dias",
        },
        {
            "icone": "certo",
            "titulo": "4. Aprovação",
            "texto": f"O órgão aprovador ({settings.ORGAO_APROVADOR}) decide sobre a adesão.",
            "tempo": "Até 20 dias",
        },
        {
            "icone": "pessoa",
            "titulo": "5. Acesso",
            "texto": "Os dois responsáveis recebem o acesso e já podem pedir links.",
            "tempo": "Na aprovação, por e-mail",
        },
    ]

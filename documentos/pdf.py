"""The only door to WeasyPrint: ordering a paper, making it, and the printable page in its place where the libraries are missing.

A paper is a ``Documento`` row with frozen data; the same owner, kind and data are the same row and the same bytes. WeasyPrint is
imported when first needed (1.9 s, and it needs pango), so that the web process starts without it. PDF/A-2a, tagged (settled question 11,
``docs/adr/0003``).
"""

from __future__ import annotations

import base64
import ctypes
import datetime as dt
import functools
import hashlib
import importlib.util
import json
import re
import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone

from documentos import armazem
from documentos.models import Documento
from nucleo import fila, numeracao
from nucleo.erros import RegraViolada

if TYPE_CHECKING:
    from weasyprint import CSS, HTML

registro = structlog.get_logger("portal.documentos")

VARIANTE = "pdf/a-2a"
BIBLIOTECAS = ("libgobject-2.0.so.0", "libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz.so.0", "libfontconfig.so.1")
PACOTES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
MODELO = re.compile(r"[a-z][a-z0-9_]{0,59}")
NOME_EM_MEMORIA = re.compile(r"[a-z][a-z0-9_]{0,30}")
ESTATICO = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,6}")
FOLHA = re.compile(r'<link rel="stylesheet" href="estatico:([A-Za-z0-9_./-]{1,120})">')
ENDERECO = re.compile(r'(href|src)="(estatico|memoria):([A-Za-z0-9_./-]{1,120})"')
TIPOS = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".ttf": "font/ttf", ".woff2": "font/woff2"}

#: Bytes a template may show by name: ``memoria:<nome>`` → (MIME type, bytes).
Memoria = dict[str, tuple[str, bytes]]


class PdfIndisponivel(RegraViolada):
    """This machine cannot make PDFs (pango is missing); the printable page is offered instead. Status 503."""

    status = 503


class RecursoAusente(Exception):
    """A template names a static file or an image in memory that does not exist: better no paper than one without its coat of arms."""


def encomendar(
    *,
    especie: str,
    modelo: str,
    dados: dict[str, Any],
    dono: str,
    titulo: str,
    agora: dt.datetime,
    por_id: int | None,
    com_codigo: bool = True,
) -> Documento:
    """Order a paper and return its row: a new PENDENTE one, or the one that exists for this owner, kind, template and data.

    ``modelo`` is a template ``templates/pdf/<modelo>.html``; ``dados`` are JSON values, ready to print, frozen here and given to the
    template as they are, with ``codigo``. ``dados["imagens"] = {"brasao": "<uuid>"}`` shows a received image as ``memoria:brasao``;
    ``dados["qr"]`` (an address; ``{codigo}`` in it becomes the paper's own code) is shown as ``memoria:qr``. A worker is woken after the
    commit.

    Raises ``ValueError`` for a bad template name and ``TypeError`` for values that JSON has not.
    """
    if not MODELO.fullmatch(modelo):
        raise ValueError(f"modelo de PDF inválido: {modelo!r}")
    canonico = _canonico(modelo, dados)
    identidade = {"origem": Documento.Origem.GERADO, "dono": dono, "especie": especie, "dados_sha256": resumo(modelo=modelo, dados=dados)}
    for _ in range(5):
        existente = Documento.objects.filter(**identidade).first()
        if existente is not None:
            return existente
        try:
            with transaction.atomic():
                novo = Documento.objects.create(
                    **identidade,
                    situacao=Documento.Situacao.PENDENTE,
                    titulo=titulo[:150],
                    modelo=modelo,
                    dados=json.loads(canonico)["dados"],
                    codigo=numeracao.codigo() if com_codigo else None,
                    criado_em=agora,
                    criado_por_id=por_id,
                    tentar_em=agora,
                )
        except IntegrityError:  # somebody ordered the same at this moment, or (once in 37 bits) the code is taken
            continue
        fila.apos_commit("documentos.gerar", uuid=str(novo.pk))
        return novo
    raise RuntimeError("encomendar: cinco conflitos seguidos")


def pedir_de_novo(documentos: list[Documento], *, agora: dt.datetime) -> int:
    """Wake the worker for those ordered before ``agora`` and not made (PENDENTE and in nobody's hands, or given up); how many. Two queries.

    Needs a transaction.
    """
    livre = Q(reservado_ate__isnull=True) | Q(reservado_ate__lte=agora)
    por_fazer = Q(situacao__in=[Documento.Situacao.PENDENTE, Documento.Situacao.FALHOU], criado_em__lt=agora)
    alvos = Documento.objects.select_for_update(of=("self",), no_key=True).filter(livre, por_fazer, pk__in=[d.pk for d in documentos])
    pks = list(alvos.order_by("pk").values_list("pk", flat=True))
    Documento.objects.filter(pk__in=pks).update(situacao=Documento.Situacao.PENDENTE, tentar_em=agora, tentativas=0)
    for pk in pks:
        fila.apos_commit("documentos.gerar", uuid=str(pk))
    return len(pks)


def resumo(*, modelo: str, dados: dict[str, Any]) -> str:
    """SHA-256 (hex) of what a paper says: the ``dados_sha256`` that ``encomendar`` gives to this template and data."""
    return hashlib.sha256(_canonico(modelo, dados).encode()).hexdigest()


def _canonico(modelo: str, dados: dict[str, Any]) -> str:
    return json.dumps({"modelo": modelo, "dados": dados}, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def garantir(documento: Documento, *, agora: dt.datetime | None = None) -> Documento:
    """The same document, PRONTO: made now if it was still to be made.

    Two processes may do this at once: both render outside any lock, the bytes are equal, the first to lock the row sets it, the other finds
    it set. A file is complete on disk before the row says so. ``agora`` is for ``pronto_em`` only.

    Raises ``PdfIndisponivel`` (503) without the libraries, and whatever the rendering raises.
    """
    atual = Documento.objects.get(pk=documento.pk)
    if atual.origem != Documento.Origem.GERADO or atual.situacao == Documento.Situacao.PRONTO:
        return atual
    conteudo, paginas = produzir(atual)
    with armazem.escrever([conteudo]) as escrito:
        nome = armazem.nome_para(atual.pk, sha256=escrito.sha256, tipo_mime="application/pdf")
        armazem.guardar(escrito, nome)
    with transaction.atomic():
        atual = Documento.objects.select_for_update(of=("self",), no_key=True).get(pk=documento.pk)
        if atual.situacao != Documento.Situacao.PRONTO:
            atual.situacao, atual.arquivo, atual.sha256 = Documento.Situacao.PRONTO, nome, escrito.sha256
            atual.tamanho, atual.paginas, atual.pronto_em = escrito.tamanho, paginas, agora or timezone.now()
            atual.tentar_em = atual.reservado_ate = None
            atual.tentativas, atual.erro = 0, ""
            atual.save()
    if atual.arquivo != nome:  # the other process runs another version of the library
        armazem.remover(nome)
    return atual


def disponivel() -> bool:
    """Whether this machine can make PDFs."""
    return not motivo_indisponivel()


@functools.cache
def motivo_indisponivel() -> str:
    """Why PDFs cannot be made here, for the operator, in pt-BR; "" when they can. Looks for the libraries without importing WeasyPrint."""
    if importlib.util.find_spec("weasyprint") is None:
        return "O pacote weasyprint não está instalado."
    try:
        for biblioteca in BIBLIOTECAS:
            ctypes.CDLL(biblioteca)
    except OSError as erro:
        return f"Falta uma biblioteca do sistema ({erro}). Instale: apt-get install {PACOTES}"
    return ""


def html_imprimivel(documento: Documento) -> str:
    """The same paper as a page to print from the browser: static files by their public addresses, images inline (``data:``)."""
    memoria = _memoria(documento)

    def trocar(achado: re.Match[str]) -> str:
        atributo, esquema, nome = achado.groups()
        if esquema == "estatico":
            _arquivo_estatico(nome)
            return f'{atributo}="{static(nome)}"'
        tipo, conteudo = _da_memoria(memoria, nome)
        return f'{atributo}="data:{tipo};base64,{base64.b64encode(conteudo).decode()}"'

    return ENDERECO.sub(trocar, _html(documento, para_imprimir=True))


def produzir(documento: Documento) -> tuple[bytes, int]:
    """Render a generated document: its bytes and how many pages. Raises ``PdfIndisponivel``, ``RecursoAusente`` and template errors."""
    if not disponivel():
        registro.error("pdf_indisponivel", motivo=motivo_indisponivel())
        raise PdfIndisponivel("O portal não pode gerar PDF agora. Abra a versão para impressão e use “Salvar como PDF” no navegador.")
    from weasyprint.urls import FatalURLFetchingError

    html = _html(documento)
    folhas = [_regras_do_padrao(), *(_folha(nome, _versao(nome)) for nome in FOLHA.findall(html))]
    try:
        papel = _pagina(FOLHA.sub("", html), _memoria(documento)).render(font_config=_fontes(), stylesheets=folhas, pdf_variant=VARIANTE)
        instante = timezone.localtime(documento.criado_em, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        papel.metadata.title = documento.titulo
        papel.metadata.lang = "pt-BR"
        papel.metadata.generator = "Portal INTRAGOV"
        papel.metadata.created = papel.metadata.modified = instante
        papel.metadata.attachments = []
        identificador = bytes.fromhex(documento.dados_sha256)[:16]
        with warnings.catch_warnings():  # WeasyPrint 70 leaves the colour profile's file to the garbage collector
            warnings.filterwarnings("ignore", "unclosed file .*sRGB2014", ResourceWarning)
            conteudo = papel.write_pdf(pdf_variant=VARIANTE, pdf_identifier=identificador, dpi=300)
    except FatalURLFetchingError as fatal:
        raise RecursoAusente(str(fatal.__cause__ or fatal)) from None
    return conteudo, len(papel.pages)


def _html(documento: Documento, *, para_imprimir: bool = False) -> str:
    if not MODELO.fullmatch(documento.modelo):
        raise ValueError(f"modelo de PDF inválido: {documento.modelo!r}")
    contexto = {"titulo": documento.titulo, **documento.dados, "codigo": documento.codigo or "", "para_imprimir": para_imprimir}
    return render_to_string(f"pdf/{documento.modelo}.html", contexto)


def _pagina(html: str, memoria: Memoria) -> HTML:
    """A page whose every address goes through ``_buscador``: our static files and the bytes handed in, nothing else."""
    from weasyprint import HTML

    return HTML(string=html, url_fetcher=_buscador(memoria))


def _memoria(documento: Documento) -> Memoria:
    """Images the paper shows: received ones (one query) and the QR code."""
    pedidas = {str(n): str(u) for n, u in (documento.dados.get("imagens") or {}).items()}
    if not all(NOME_EM_MEMORIA.fullmatch(nome) for nome in pedidas):
        raise ValueError("nome de imagem inválido")
    linhas = {str(d.pk): d for d in Documento.objects.filter(pk__in=set(pedidas.values()), tipo_mime="image/png")} if pedidas else {}
    memoria: Memoria = {}
    for nome, identificador in pedidas.items():
        if identificador not in linhas:
            raise RecursoAusente(f"imagem {nome}: {identificador}")
        memoria[nome] = ("image/png", armazem.ler(linhas[identificador]))
    if documento.dados.get("qr"):
        memoria["qr"] = ("image/svg+xml", _qr(str(documento.dados["qr"]).replace("{codigo}", documento.codigo or "")))
    return memoria


def _qr(texto: str) -> bytes:
    import qrcode
    from qrcode.image.svg import SvgPathImage

    saida = BytesIO()
    qrcode.make(texto, image_factory=SvgPathImage, error_correction=qrcode.constants.ERROR_CORRECT_M, border=4).save(saida)
    return saida.getvalue()


def _da_memoria(memoria: Memoria, nome: str) -> tuple[str, bytes]:
    if nome not in memoria:
        raise RecursoAusente(f"memoria:{nome}")
    return memoria[nome]


def _arquivo_estatico(nome: str) -> Path:
    """Path of one of our static files; only names without ``..``, only under the configured folders. Raises ``RecursoAusente``."""
    if ESTATICO.fullmatch(nome) and ".." not in nome:
        for item in settings.STATICFILES_DIRS:
            prefixo, pasta = item if isinstance(item, list | tuple) else ("", item)
            if prefixo and not nome.startswith(f"{prefixo}/"):
                continue
            base = Path(pasta).resolve()
            caminho = (base / nome[len(prefixo) + 1 if prefixo else 0 :]).resolve()
            if caminho.is_relative_to(base) and caminho.is_file() and caminho.suffix in TIPOS:
                return caminho
    raise RecursoAusente(f"estatico:{nome}")


@functools.cache
def _fontes() -> Any:
    """One font configuration per process: making it anew costs more than the page (dependencias.md 8)."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@functools.cache
def _regras_do_padrao() -> CSS:
    """PDF/A forbids smoothed images (``/Interpolate true``, ISO 19005-2 6.2.8), which WeasyPrint writes for ``image-rendering: auto``."""
    from weasyprint import CSS

    return CSS(string="* { image-rendering: crisp-edges !important }", url_fetcher=_buscador({}))


def _versao(nome: str) -> int:
    return _arquivo_estatico(nome).stat().st_mtime_ns


@functools.lru_cache(maxsize=16)
def _folha(nome: str, versao: int) -> CSS:
    """One of our style sheets, parsed once per process and version of the file."""
    from weasyprint import CSS

    return CSS(string=_arquivo_estatico(nome).read_text("utf-8"), base_url="estatico:", font_config=_fontes(), url_fetcher=_buscador({}))


def _buscador(memoria: Memoria) -> Any:
    """A fetcher that answers ``estatico:<path>`` and ``memoria:<nome>`` and refuses every other address (ASVS 1.3.6)."""
    return _classe_do_buscador()(memoria)


@functools.cache
def _classe_do_buscador() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Buscador(URLFetcher):
        """No handler of the base class is ever reached: ``fetch`` and ``open`` answer or refuse by themselves."""

        def __init__(self, memoria: Memoria) -> None:
            super().__init__(timeout=1, allowed_protocols=(), allow_redirects=False)
            self.memoria = memoria

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            esquema, _, nome = str(url).partition(":")
            try:
                if esquema == "memoria":
                    tipo, conteudo = _da_memoria(self.memoria, nome)
                elif esquema == "estatico":
                    caminho = _arquivo_estatico(nome.lstrip("/"))
                    tipo, conteudo = TIPOS[caminho.suffix], caminho.read_bytes()
                else:
                    raise ValueError("endereço fora do portal: recusado")
            except RecursoAusente as ausente:
                raise FatalURLFetchingError(str(ausente)) from ausente
            return URLFetcherResponse(url, conteudo, {"Content-Type": tipo})

        def open(self, url: Any, data: Any = None, timeout: Any = None) -> Any:
            return self.fetch(url if isinstance(url, str) else url.full_url)

    return Buscador

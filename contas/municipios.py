"""Finding a municipality by what people type, and loading the 645 of them.

``dobrar`` brings spellings that sound alike to one text: accents, capitals, apostrophes, hyphens, abbreviations ("Sta.", "S.", "Eng."),
"d'Oeste" / "do Oeste" / "doeste", and the old and new orthographies (Moji / Mogi, Luiz / Luís, Guassu / Guaçu, Hortolândia / Ortolândia).
"""

from __future__ import annotations

import csv
import difflib
import re
import unicodedata
from pathlib import Path

from contas.models import Municipio

ARQUIVO = Path(__file__).resolve().parent / "dados" / "municipios_sp.csv"
#: Longer text than this is no name of a municipality; the rest is not looked at.
MAXIMO_DIGITADO = 80
#: Fewer letters than this, once folded, are in almost every name.
MINIMO_DA_BUSCA = 2
#: How alike a misspelling has to be (ratio of ``difflib``, 0 to 1).
SEMELHANCA = 0.78

_SIGLAS = {"sjc": "sao jose campos", "sbc": "sao bernardo campo", "sjrp": "sao jose rio preto"}
_ABREVIATURAS = {
    "s": "sao", "sta": "santa", "sto": "santo", "sj": "sao jose", **_SIGLAS,
    "eng": "engenheiro", "dr": "doutor", "pres": "presidente", "cel": "coronel", "mal": "marechal", "cap": "capitao",
    "gal": "general", "prof": "professor", "rib": "ribeirao", "alv": "alvares", "faz": "fazenda", "sra": "senhora", "ns": "nossa senhora",
}  # fmt: skip
_LIGACOES = frozenset({"d", "de", "da", "do", "das", "dos", "e"})
_COLADAS = {"doeste": "oeste", "dalho": "alho", "dagua": "agua"}
_SONS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "t"),
    (re.compile(r"[sc]h"), "x"),
    (re.compile(r"(?<![ln])h"), ""),
    (re.compile(r"ss"), "c"),
    (re.compile(r"([a-z])\1"), r"\1"),
    (re.compile(r"sc(?=[ei])"), "s"),
    (re.compile(r"c(?=[ei])"), "s"),
    (re.compile(r"g(?=[ei])"), "j"),
    (re.compile(r"n(?=[pb])"), "m"),
    (re.compile(r"([a-z])\1"), r"\1"),
)
_LETRAS = str.maketrans({"y": "i", "w": "v", "k": "c", "z": "s"})
_PREAMBULO = re.compile(r"\A(?:prefeitura|municipio|cidade)(?: municipal)?(?: d[eoa])?(?: municipio)?(?: de)? ")


def dobrar(nome: str) -> str:
    """The name as it is searched: ASCII words that sound alike folded to one spelling, small words left out. At most 120 characters."""
    *antes, ultima = em_letras(nome).split() or [""]
    palavras = [p for palavra in antes for p in _ABREVIATURAS.get(palavra, palavra).split()]
    palavras += _SIGLAS.get(ultima, ultima).split()  # the last word may be half typed: "cap" is Capivari too
    palavras = [_COLADAS.get(p, p) for p in palavras if p not in _LIGACOES] or palavras
    return " ".join(filter(None, map(_som, palavras)))[:120]


def em_letras(nome: str) -> str:
    """The words of a name in small ASCII letters, "Prefeitura de" left out: what two spellings of one name have alike when they differ only
    in accents, capitals and punctuation.
    """
    texto = "".join(c for c in unicodedata.normalize("NFKD", nome[:MAXIMO_DIGITADO].lower()) if not unicodedata.combining(c))
    return _PREAMBULO.sub("", " ".join(re.findall(r"[a-z]+", texto)) + " ").strip()


def dobrar_busca(texto: str) -> str:
    """``dobrar`` for a search by part of the name: empty when what is left is too short to tell anything ("zzzz" folds to one letter)."""
    dobrado = dobrar(texto)
    return dobrado if len(dobrado) >= MINIMO_DA_BUSCA else ""


def _som(palavra: str) -> str:
    palavra = palavra.translate(_LETRAS)
    for padrao, troca in _SONS:
        palavra = padrao.sub(troca, palavra)
    return palavra


def procurar(texto: str, limite: int = 10) -> list[Municipio]:
    """Municipalities for a typed text, best first, at most ``limite``; one query.

    Same name, then names that begin so, then names with words that begin so, then names that contain it; close spellings only when
    there is none of these. An IBGE code of seven digits finds its municipality. Empty for a blank.
    """
    digitado = texto.strip()[:MAXIMO_DIGITADO]
    if re.fullmatch(r"[0-9]{7}", digitado):
        return list(Municipio.objects.filter(pk=int(digitado)))
    chave = dobrar(digitado)
    if not chave:
        return []
    todos = list(Municipio.objects.order_by("nome"))
    avaliados = [(nota, m) for m in todos if (nota := _nota(chave, m.busca)) is not None]
    if avaliados:
        return [m for _, m in sorted(avaliados, key=lambda par: (par[0], par[1].nome))[:limite]]
    return _parecidos(chave, todos, limite)


def _nota(chave: str, busca: str) -> int | None:
    junta, busca_junta = chave.replace(" ", ""), busca.replace(" ", "")
    if junta == busca_junta:
        return 0
    if busca_junta.startswith(junta):
        return 1
    palavras = busca.split()
    if all(any(p.startswith(digitada) for p in palavras) for digitada in chave.split()):
        return 2
    return 3 if len(junta) > 2 and junta in busca_junta else None


def _parecidos(chave: str, todos: list[Municipio], limite: int) -> list[Municipio]:
    junta = chave.replace(" ", "")
    if len(junta) < 4:
        return []
    comparador = difflib.SequenceMatcher(autojunk=False)
    comparador.set_seq2(junta)
    notas: list[tuple[float, Municipio]] = []
    for municipio in todos:
        busca = municipio.busca.replace(" ", "")
        comparador.set_seq1(busca)
        if comparador.real_quick_ratio() >= SEMELHANCA and comparador.quick_ratio() >= SEMELHANCA:
            nota = comparador.ratio()
        else:
            nota = 0.0
        if len(busca) > len(junta) + 2:  # a misspelt beginning of a longer name counts a little less
            comparador.set_seq1(busca[: len(junta)])
            nota = max(nota, 0.95 * comparador.ratio())
        if nota >= SEMELHANCA:
            notas.append((nota, municipio))
    return [m for _, m in sorted(notas, key=lambda par: (-par[0], par[1].nome))[:limite]]


def linhas() -> list[dict[str, str]]:
    """The rows of the data file, as text."""
    with ARQUIVO.open(encoding="utf-8", newline="") as arquivo:
        return list(csv.DictReader(arquivo))


def carregar() -> int:
    """Insert or update the 645 municipalities in one statement per batch; safe to run again. Returns how many rows the file has."""
    municipios = [
        Municipio(
            codigo_ibge=int(linha["codigo_ibge"]),
            nome=linha["nome"],
            busca=dobrar(linha["nome"]),
            ddd=linha["ddd"],
            latitude=linha["latitude"] or None,
            longitude=linha["longitude"] or None,
        )
        for linha in linhas()
    ]
    Municipio.objects.bulk_create(
        municipios,
        update_conflicts=True,
        unique_fields=["codigo_ibge"],
        update_fields=["nome", "busca", "ddd", "latitude", "longitude"],
    )
    return len(municipios)

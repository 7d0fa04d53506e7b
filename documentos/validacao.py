"""The gate for files people send: a PDF, a coat of arms or a photo goes into the jail and comes out accepted, or refused with what to do.

Limits: ASVS 5.1.1/5.2.1 (15 MiB, 60 pages, 250 MiB unpacked). The original bytes are never changed: rewriting would break the signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from documentos import jaula
from nucleo.numeracao import ALFABETO

registro = structlog.get_logger("portal.documentos")

PDF_BYTES = 15 << 20
PDF_PAGINAS = 60
PDF_EXPANDIDO = 250 << 20
PAGINAS_COM_TEXTO = 10
IMAGEM_BYTES = 2 << 20
IMAGEM_PIXELS = 20_000_000
IMAGEM_LADO = 600
IMAGEM_LADO_MINIMO = 32
FOTO_BYTES = 10 << 20
FOTO_PIXELS = 50_000_000
FOTO_LADO = 1600

_SALVE = "Salve o documento de novo como PDF comum (por exemplo, com “Imprimir” e “Salvar como PDF”) e envie."
_ASSINE = f"{_SALVE} Assine somente depois disso."
#: Code given by the jail → the sentence a person reads: why, and what to do.
FRASES = {
    "vazio": "O arquivo está vazio. Confira se ele abre no seu computador e envie de novo.",
    "grande": "O arquivo passa de 15 MB. Digitalize de novo com resolução menor (200 pontos por polegada bastam) e envie.",
    "outro_tipo": "O arquivo não é um PDF, mesmo que o nome termine em .pdf. Salve o documento como PDF e envie de novo.",
    "antes": f"O arquivo tem outro conteúdo antes do PDF. {_ASSINE}",
    "depois": f"O arquivo tem outro conteúdo colado depois do fim do PDF. {_ASSINE}",
    "cortado": "O arquivo está incompleto: falta o fim. Baixe ou digitalize o documento outra vez e envie de novo.",
    "estragado": f"O arquivo está danificado e não pode ser lido. {_ASSINE}",
    "senha": "O arquivo está protegido por senha. Salve uma cópia sem senha e envie de novo.",
    "paginas": "O documento tem mais de 60 páginas. Envie somente as páginas deste documento.",
    "javascript": f"O PDF contém programa (JavaScript), o que não é aceito. {_ASSINE}",
    "programa": f"O PDF contém um comando que abre outro programa, o que não é aceito. {_ASSINE}",
    "acao_automatica": f"O PDF contém uma ação automática, o que não é aceito. {_ASSINE}",
    "envio": f"O PDF contém um formulário que envia ou importa dados, o que não é aceito. {_ASSINE}",
    "xfa": f"O PDF é um formulário dinâmico (XFA), que não é aceito. {_ASSINE}",
    "midia": f"O PDF contém vídeo, som ou outra mídia, o que não é aceito. {_ASSINE}",
    "embutido": "O PDF traz outro arquivo dentro dele, o que não é aceito. Envie cada documento em seu próprio PDF, sem anexos.",
    "outro_arquivo": f"O PDF depende de outro arquivo que está fora dele. {_ASSINE}",
    "complexo": f"O PDF tem uma estrutura complicada demais para ser conferida. {_ASSINE}",
    "imagem_enorme": "A imagem tem pontos demais. Reduza o tamanho da imagem e envie de novo.",
    "bomba": f"O conteúdo do PDF ocupa espaço demais quando é aberto. {_ASSINE}",
    "nao_lido": f"Não foi possível conferir este arquivo com segurança. {_ASSINE}",
    "imagem_grande": "A imagem passa de 2 MB. Reduza o tamanho da imagem e envie de novo.",
    "imagem_tipo": "O arquivo não é uma imagem PNG ou JPEG. Salve o brasão em um desses formatos e envie de novo.",
    "imagem_estragada": "A imagem está danificada ou incompleta. Salve o brasão outra vez em PNG ou JPEG e envie de novo.",
    "imagem_animada": "A imagem tem mais de um quadro. Envie uma imagem parada, em PNG ou JPEG.",
    "imagem_pequena": "A imagem é pequena demais para ser impressa. Envie uma com pelo menos 32 pontos de lado.",
    "imagem_nao_lida": "Não foi possível ler esta imagem com segurança. Salve o brasão outra vez em PNG ou JPEG e envie de novo.",
}
#: The same codes for a photo, where the words differ.
FRASES_DA_FOTO = FRASES | {
    "imagem_grande": "A foto passa de 10 MB. Reduza o tamanho da foto e envie de novo.",
    "imagem_enorme": "A foto tem pontos demais. Tire com resolução menor, ou reduza o tamanho, e envie de novo.",
    "imagem_tipo": "O arquivo não é uma foto em JPEG ou PNG, nem um PDF. Salve em um desses formatos e envie de novo.",
    "imagem_estragada": "A foto está danificada ou incompleta. Tire ou salve a foto outra vez e envie de novo.",
    "imagem_animada": "A imagem tem mais de um quadro. Envie uma foto parada, em JPEG ou PNG.",
    "imagem_pequena": "A foto é pequena demais para mostrar alguma coisa. Envie uma com pelo menos 32 pontos de lado.",
    "imagem_nao_lida": "Não foi possível ler esta foto com segurança. Tire ou salve a foto outra vez em JPEG ou PNG e envie de novo.",
}


@dataclass(frozen=True, slots=True)
class Medidas:
    """Limits of one kind of image: bytes taken in, pixels decoded, pixels a side kept; the format it is made again in, and its words."""

    bytes_maximos: int
    pixels_maximos: int
    lado_maximo: int
    formato: str
    tipo_mime: str
    frases: Mapping[str, str] = field(repr=False)


BRASAO = Medidas(IMAGEM_BYTES, IMAGEM_PIXELS, IMAGEM_LADO, "PNG", "image/png", FRASES)
FOTO = Medidas(FOTO_BYTES, FOTO_PIXELS, FOTO_LADO, "JPEG", "image/jpeg", FRASES_DA_FOTO)


@dataclass(frozen=True, slots=True)
class Exame:
    """What the gate says of a PDF. ``motivos`` are codes of ``FRASES`` (empty = accepted); the rest is 0 or empty for a refused file."""

    motivos: tuple[str, ...]
    paginas: int = 0
    assinaturas: int = 0
    revisoes: int = 0
    codigos_no_texto: tuple[str, ...] = ()
    tem_texto: bool = False

    @property
    def aceito(self) -> bool:
        """Whether there is no reason to refuse."""
        return not self.motivos

    @property
    def frases(self) -> tuple[str, ...]:
        """The reasons in words, for the screen."""
        return tuple(FRASES[m] for m in self.motivos)


@dataclass(frozen=True, slots=True)
class ExameDeImagem:
    """What the gate says of an image: reasons to refuse, or the bytes made again and their size in pixels."""

    motivos: tuple[str, ...]
    conteudo: bytes = field(default=b"", repr=False)
    largura: int = 0
    altura: int = 0
    medidas: Medidas = BRASAO

    @property
    def aceito(self) -> bool:
        """Whether there is no reason to refuse."""
        return not self.motivos

    @property
    def frases(self) -> tuple[str, ...]:
        """The reasons in words, for the screen."""
        return tuple(self.medidas.frases[m] for m in self.motivos)


def conferir_pdf(origem: Path | bytes) -> Exame:
    """Examine a PDF in the jail. Never raises for anything the file may hold: what cannot be read is refused."""
    try:
        dados = jaula.executar(
            "conferir",
            entradas=[origem],
            argumentos={"bytes_maximos": PDF_BYTES, "paginas_maximas": PDF_PAGINAS, "expandido_maximo": PDF_EXPANDIDO},
            saida_maxima=1 << 16,
        ).dados
    except jaula.JaulaInterrompida as interrupcao:
        registro.warning("arquivo_nao_lido", motivo=interrupcao.motivo)
        return Exame(("nao_lido",))
    motivos = tuple(m if m in FRASES else "nao_lido" for m in dados["motivos"])
    if motivos:
        return Exame(motivos)
    codigos, tem_texto = _codigos_no_texto(origem)
    return Exame(
        (),
        paginas=int(dados["paginas"]),
        assinaturas=int(dados["assinaturas"]),
        revisoes=int(dados["revisoes"]),
        codigos_no_texto=codigos,
        tem_texto=tem_texto,
    )


def _codigos_no_texto(origem: Path | bytes) -> tuple[tuple[str, ...], bool]:
    """Verification codes in the text of the first pages. A reader that stumbles finds none: the analyst confirms by eye then."""
    try:
        dados = jaula.executar(
            "texto", entradas=[origem], argumentos={"alfabeto": ALFABETO, "paginas": PAGINAS_COM_TEXTO}, saida_maxima=1 << 16
        ).dados
    except jaula.JaulaInterrompida as interrupcao:
        registro.info("texto_nao_lido", motivo=interrupcao.motivo)
        return (), False
    return tuple(str(c) for c in dados["codigos"]), bool(dados["ha_texto"])


def refazer_imagem(origem: Path | bytes, medidas: Medidas = BRASAO) -> ExameDeImagem:
    """Make a PNG or JPEG again, in the jail, flat and within ``medidas``. Never raises for what the file holds."""
    tamanho = len(origem) if isinstance(origem, bytes) else origem.stat().st_size
    if tamanho == 0:
        return ExameDeImagem(("vazio",), medidas=medidas)
    if tamanho > medidas.bytes_maximos:
        return ExameDeImagem(("imagem_grande",), medidas=medidas)
    try:
        resposta = jaula.executar(
            "imagem",
            entradas=[origem],
            argumentos={
                "pixels_maximos": medidas.pixels_maximos,
                "lado_maximo": medidas.lado_maximo,
                "lado_minimo": IMAGEM_LADO_MINIMO,
                "formato": medidas.formato,
            },
            saida_maxima=4 << 20,
        )
    except jaula.JaulaInterrompida as interrupcao:
        registro.warning("imagem_nao_lida", motivo=interrupcao.motivo)
        return ExameDeImagem(("imagem_nao_lida",), medidas=medidas)
    motivos = tuple(m if m in FRASES else "imagem_nao_lida" for m in resposta.dados["motivos"])
    if motivos or len(resposta.anexos) != 1:
        return ExameDeImagem(motivos or ("imagem_nao_lida",), medidas=medidas)
    return ExameDeImagem((), resposta.anexos[0], int(resposta.dados["largura"]), int(resposta.dados["altura"]), medidas)

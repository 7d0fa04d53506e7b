"""The signed copies of the demonstration: the paper's own data drawn on a page that looks scanned, with a scribble as signature.

Image-only PDFs made here by Pillow, and the same drawing kept as the page image of the screen: nobody's file is read, so the jail is not
needed (a test sends one of each kind through the real gate).
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import io
import math
import os
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fontpkg
from PIL import Image, ImageDraw, ImageFont

from documentos import armazem
from documentos.models import Documento
from documentos.paginas import DPI
from nucleo.declaracoes import DECLARACOES

#: A4 at the resolution of the page images.
LARGURA, ALTURA, MARGEM = round(8.27 * DPI), round(11.69 * DPI), 90
TINTA, CINZA = 25, 110
_CLAUSULA = re.compile(r"cláusulas? ([0-9.]+).* do ofício")
TITULOS = {
    "oficio": "Solicitação de Adesão ao Termo de Cooperação INTRAGOV - Prefeituras",
    "anexo1": "ANEXO I - Formulário de Designação de Responsáveis pelo uso do Sistema INTRAGOV",
    "anexo2": "ANEXO II - Formulário Técnico",
    "delegacao": "PORTARIA DE DELEGAÇÃO DE COMPETÊNCIA",
}

Fonte = ImageFont.FreeTypeFont
#: What is drawn, line by line: (text, bold, space after in pixels).
Bloco = tuple[str, bool, int]


@functools.cache
def fonte_de(tamanho: int, negrito: bool) -> Fonte:
    """The letters of these drawings, in pixels."""
    fonte = ImageFont.truetype(str(fontpkg.path("open-sans")), tamanho)
    fonte.set_variation_by_axes([700.0 if negrito else 400.0, 100.0])
    return fonte


@functools.cache
def _largura(palavra: str, tamanho: int, negrito: bool) -> float:
    return fonte_de(tamanho, negrito).getlength(palavra)


@functools.lru_cache(maxsize=4000)
def _linha(texto: str, tamanho: int, negrito: bool) -> Image.Image:
    """A line as a mask; most lines are the model's and come in every paper, so they are rendered once."""
    fonte = fonte_de(tamanho, negrito)
    mascara = Image.new("L", (math.ceil(fonte.getlength(texto)) + 4, tamanho + 10), 0)
    ImageDraw.Draw(mascara).text((1, 0), texto, fill=255, font=fonte)
    return mascara


def _quebrar(texto: str, *, tamanho: int, negrito: bool, largura: float) -> Iterator[str]:
    espaco, linha, usado = _largura(" ", tamanho, negrito), "", 0.0
    for palavra in texto.split():
        tamanho_da_palavra = _largura(palavra, tamanho, negrito)
        if linha and usado + espaco + tamanho_da_palavra > largura:
            yield linha
            linha, usado = palavra, tamanho_da_palavra
        else:
            usado += (espaco if linha else 0) + tamanho_da_palavra
            linha = f"{linha} {palavra}" if linha else palavra
    yield linha


class Papel:
    """Pages being drawn from top to bottom; a full page starts another."""

    CORPO = 17

    def __init__(self, dados: dict[str, Any], *, brasao: Image.Image | None) -> None:
        self.dados, self.brasao = dados, brasao
        self.paginas: list[Image.Image] = []
        self.nova()

    def nova(self) -> None:
        """Start another page, with the heading."""
        pagina = Image.new("L", (LARGURA, ALTURA), 252)
        self.paginas.append(pagina)
        self.traco, self.y = ImageDraw.Draw(pagina), 60
        x = MARGEM
        if self.brasao is not None:
            pagina.paste(self.brasao, (MARGEM, 52))
            x += self.brasao.width + 18
        for i, linha in enumerate(self.dados["timbre"]["linhas"]):
            self.traco.text((x, self.y), linha.upper() if not i else linha, fill=TINTA, font=fonte_de(15 if not i else 12, not i))
            self.y += 22 if not i else 17
        self.y = max(self.y, 52 + (self.brasao.height if self.brasao else 0)) + 10
        self.traco.line([(MARGEM, self.y), (LARGURA - MARGEM, self.y)], fill=CINZA, width=1)
        self.y += 24

    def cabe(self, altura: int) -> None:
        """Start another page when there is no room for ``altura`` pixels."""
        if self.y + altura > ALTURA - 90:
            self.nova()

    def texto(self, texto: str, *, negrito: bool = False, depois: int = 8, recuo: int = 0, tamanho: int = 0, centro: bool = False) -> None:
        """One paragraph, wrapped."""
        corpo = tamanho or self.CORPO
        largura = LARGURA - 2 * MARGEM - recuo
        for linha in _quebrar(texto, tamanho=corpo, negrito=negrito, largura=largura):
            self.cabe(corpo + 5)
            x: float = MARGEM + recuo
            if centro:
                x += (largura - fonte_de(corpo, negrito).getlength(linha)) / 2
            self.paginas[-1].paste(TINTA, (round(x) - 1, self.y), _linha(linha, corpo, negrito))
            self.y += corpo + 5
        self.y += depois

    def quadro(self, colunas: list[list[str]]) -> None:
        """Columns side by side in a frame."""
        largura = (LARGURA - 2 * MARGEM) // len(colunas)
        prontas = [[q for t in c for q in _quebrar(t, tamanho=15, negrito=False, largura=largura - 20)] for c in colunas]
        altura = max(len(c) for c in prontas) * 22 + 16
        self.cabe(altura)
        for i, linhas in enumerate(prontas):
            x = MARGEM + i * largura
            self.traco.rectangle([x, self.y, x + largura, self.y + altura], outline=CINZA)
            for n, linha in enumerate(linhas):
                self.traco.text((x + 10, self.y + 8 + n * 22), linha, fill=TINTA, font=fonte_de(15, not n))
        self.y += altura + 14

    def assinatura(self, nome: str, sob: list[str], *, cortada: bool) -> None:
        """A scribble over a line, the name under it; ``cortada`` = the scanner cut it through the middle."""
        self.cabe(170)
        self.y += 40
        meio, base = LARGURA // 2, self.y + 30
        self.traco.line([(meio - 180, base + 8), (meio + 180, base + 8)], fill=TINTA, width=1)
        self.traco.line(_rabisco(nome, meio - 120, base), fill=60, width=3, joint="curve")
        if cortada:
            self.traco.rectangle([meio - 200, base - 60, meio + 200, base - 2], fill=252)
        self.y = base + 16
        for linha in (nome, *sob):
            self.texto(linha, negrito=linha == nome, depois=1, centro=True, tamanho=15)

    def fechar(self) -> list[Image.Image]:
        """Footers, a slight tilt, and the pages."""
        total = len(self.paginas)
        rodape = f"Processo {self.dados['processo']}" + (f" · código {self.dados['codigo']}" if self.dados.get("codigo") else "")
        for n, pagina in enumerate(self.paginas, 1):
            traco = ImageDraw.Draw(pagina)
            traco.line([(MARGEM, ALTURA - 70), (LARGURA - MARGEM, ALTURA - 70)], fill=CINZA, width=1)
            traco.text((MARGEM, ALTURA - 60), rodape, fill=CINZA, font=fonte_de(11, False))
            traco.text((LARGURA - MARGEM - 50, ALTURA - 60), f"{n} de {total}", fill=CINZA, font=fonte_de(11, False))
        return self.paginas


def _rabisco(nome: str, x: int, y: int) -> list[tuple[float, float]]:
    r = random.Random(nome)  # noqa: S311 a drawing
    voltas, altura, largura = r.uniform(2.2, 4.5), r.uniform(16, 30), r.uniform(180, 250)
    fase, queda = r.uniform(0, 6), r.uniform(0.3, 0.9)
    return [
        (
            x + largura * t + 14 * math.sin(4 * math.pi * voltas * t + fase),
            y - 12 - altura * (1 - queda * t) * math.sin(2 * math.pi * voltas * t + fase),
        )
        for t in (i / 90 for i in range(91))
    ]


@functools.cache
def brasao(desenho: int) -> bytes:
    """One of three coats of arms nobody has, as a PNG of 160 × 190 pixels: shields with simple figures."""
    imagem = Image.new("RGBA", (160, 190), (0, 0, 0, 0))
    traco = ImageDraw.Draw(imagem)
    escuro, claro = [("#1e3a6e", "#f0c419"), ("#1f5c38", "#f4f1e6"), ("#7a1f2b", "#f0c419")][desenho % 3]
    traco.polygon([(15, 12), (145, 12), (145, 100), (80, 180), (15, 100)], fill=escuro, outline="#222222", width=3)
    if desenho % 3 == 0:
        pontas = [(80 + (34 if i % 2 == 0 else 14) * math.sin(math.pi * i / 5), 78 - (34 if i % 2 == 0 else 14) * math.cos(math.pi * i / 5))
                  for i in range(10)]  # fmt: skip
        traco.polygon(pontas, fill=claro)
    elif desenho % 3 == 1:
        traco.polygon([(25, 105), (60, 50), (85, 88), (105, 62), (135, 105)], fill=claro)
        traco.ellipse([105, 26, 129, 50], fill="#f0c419")
    else:
        traco.rectangle([70, 14, 90, 160], fill=claro)
        traco.rectangle([18, 62, 142, 80], fill=claro)
    saida = io.BytesIO()
    imagem.save(saida, "PNG")
    return saida.getvalue()


@functools.cache
def _brasao_no_papel(desenho: int) -> Image.Image:
    colorido = Image.open(io.BytesIO(brasao(desenho))).resize((48, 57))
    branco = Image.new("RGBA", colorido.size, (252, 252, 252, 255))
    return Image.alpha_composite(branco, colorido).convert("L")


def desenhar(peca: str, dados: dict[str, Any], *, desenho: int | None = None, cortada: bool = False) -> list[Image.Image]:
    """The signed pages of a paper: ``dados`` are those its PDF prints, with ``codigo``. ``desenho`` is the coat of arms, if any."""
    papel = Papel(dados, brasao=None if desenho is None else _brasao_no_papel(desenho))
    papel.texto(TITULOS[peca], negrito=True, centro=True, tamanho=19, depois=18)
    {"oficio": _oficio, "anexo1": _anexo1, "anexo2": _anexo2, "delegacao": _delegacao}[peca](papel, dados)
    if peca in ("anexo1", "anexo2") and len(papel.paginas) == 1:
        papel.nova()  # as the portal's own: the signature comes on the second page
    papel.texto(f"{dados['local']}, {dados['data']}.", depois=4)
    if peca in ("oficio", "delegacao"):
        papel.assinatura(dados["prefeito_nome"], [dados["prefeito_cargo"]], cortada=cortada)
    else:
        sob = [dados["representante_cargo"], f"Documento: {dados['representante_cpf']}"]
        papel.assinatura(dados["representante_nome"], sob, cortada=cortada)
    return papel.fechar()


def _oficio(papel: Papel, d: dict[str, Any]) -> None:
    papel.texto(f"PREFEITURA DO MUNICÍPIO DE {d['municipio'].upper()}", negrito=True)
    papel.texto(f"Ofício nº {d['oficio_numero']}")
    papel.texto("À PRODESP")
    papel.texto(
        f"Pelo presente Termo, a Prefeitura de {d['municipio']} inscrita sob CNPJ nº {d['cnpj']}, situada à {d['logradouro']}, nº "
        f"{d['numero']}, Compl.: {d['complemento'] or '–'}, CEP {d['cep']}, Cidade {d['cidade']}, do Estado de São Paulo, representada por "
        "seu titular ou representante legal abaixo-assinado, manifesta sua adesão ao Termo de Cooperação Técnica 001/2024, datado de 19 de "
        "agosto de 2024, celebrado entre a Secretaria de Gestão e Governo Digital, a Casa Civil, do Gabinete do Governador, e a Secretaria "
        "da Fazenda e Planejamento, com interveniência da Companhia de Processamento de Dados do Estado de São Paulo – PRODESP, "
        "objetivando sua integração ao Projeto INTRAGOV, de âmbito estadual."
    )
    for d_ in DECLARACOES:
        if achado := _CLAUSULA.fullmatch(d_.fonte):
            papel.texto(f"{achado[1]} {d_.clausula}", recuo=18, depois=6)
    papel.texto("E, por estar de acordo, assina o presente termo.")


def _anexo1(papel: Papel, d: dict[str, Any]) -> None:
    papel.texto(f"Ofício nº {d['oficio_numero']}")
    papel.texto("Prezado Senhor:")
    papel.texto(
        f"Vimos por meio deste, solicitar a {d['acao']} dos dois servidores desta Prefeitura no Sistema da Rede INTRAGOV do Governo do "
        "Estado de São Paulo, como responsáveis contratantes em nome desta municipalidade, podendo para tanto preencher e emitir "
        "Solicitações de Serviços, abrir e acompanhar incidentes e acompanhar o monitoramento e desempenho dos serviços contratados."
    )
    papel.texto(
        "Informamos ainda que estamos cientes quanto a necessidade de atualização ou ratificação, junto à PRODESP, das informações "
        "relativas a esses responsáveis, apresentadas no quadro abaixo, sempre que ocorrerem e após novas eleições municipais."
    )
    papel.texto(
        "Declaro estar ciente que, após o cadastro, o acesso ao sistema ficará ativo durante a vigência do Termo de Cooperação Técnica "
        "001/2024, devendo o OES encaminhar novamente este Anexo para a PRODESP sempre que houver a necessidade de alteração das "
        "informações ou substituição dos responsáveis."
    )
    papel.texto("Seguem as informações relativas ao cadastro desses responsáveis:")
    rotulos = (
        ("Matrícula (se houver)", "matricula"), ("Nome", "nome"), ("CPF", "cpf"), ("Tel. c/ DDD e Ramal (se houver)", "telefone"),
        ("Cel. c/ DDD (se houver)", "celular"), ("E-mail", "email"), ("Cargo/Função", "cargo"), ("Departamento", "departamento"),
    )  # fmt: skip
    papel.quadro([[f"{n}º Responsável", *(f"{r}: {pessoa[c]}" for r, c in rotulos)] for n, pessoa in enumerate(d["responsaveis"], 1)])
    papel.texto("Atenciosamente,")


def _anexo2(papel: Papel, d: dict[str, Any]) -> None:
    papel.texto("A(s) aplicação(ões) do Governo do Estado que a Prefeitura utilizará é (são) a(s) seguinte(s):")
    for a in d["aplicacoes"]:
        papel.texto(f"{a['nome']}   |   {a['orgao']}", recuo=18, depois=2)
    papel.texto(
        f"Para viabilizar o acesso à Rede INTRAGOV da Prefeitura de {d['municipio']}, esta identifica, a seguir, o(s) perfil(is) de acesso "
        "desejado(s):"
    )
    papel.texto(f"( {d['blocos_privados'] or ' '} )* Máximo 20 sub-blocos.", negrito=True, depois=2)
    papel.texto("Sub-bloco(s) CIDR (Classless Intert-Domain Routing) Privado, para acesso às aplicações de Governo disponíveis somente na "
                "Intranet, cujo(s) endereço(s) IP contemplará(ão) a configuração de 14 (quatorze) hosts (prefixo "
                "/28).", recuo=18)  # fmt: skip
    papel.texto(f"( {d['blocos_publicos'] or ' '} )* Máximo 01 sub-bloco.", negrito=True, depois=2)
    papel.texto("Sub-bloco CIDR (Classless Inter-Domain Routing) Público para acesso às aplicações de Governo "
        "disponíveis na Rede Internet, "
                "cujos endereços IP contemplarão a configuração de 2 (dois) hosts (prefixo /30).", recuo=18)  # fmt: skip
    papel.texto(
        "O(s) Sub-bloco(s) CIDR (Privado e/ou Público) é(são) fornecido(s) em caráter não definitivo. Desta forma, "
        "caso necessário, este(s) "
        "poderá(ão) ser alterado(s) pela PRODESP a fim de promover eventuais mudanças na Rede INTRAGOV ou sanar possíveis problemas."
    )
    papel.texto(
        f"Para tratativas relacionadas a assuntos pertinentes a este Termo, esta Prefeitura signatária indica o(a) Sr(a). "
        f"{d['tecnico_nome']}, telefone {d['tecnico_telefone']} e e-mail {d['tecnico_email']}. Em caso de sua substituição, cabe à "
        "Prefeitura comunicar imediatamente a PRODESP, indicando um(a) novo(a) Responsável Técnico(a)."
    )


def _delegacao(papel: Papel, d: dict[str, Any]) -> None:
    papel.texto(
        f"O titular da Prefeitura de {d['municipio']}, no uso de suas atribuições legais, delega a {d['representante_nome']}, "
        f"{d['representante_cargo']}, CPF {d['representante_cpf']}, a competência para assinar, em nome do Município, os formulários da "
        "adesão ao Termo de Cooperação Técnica 001/2024 e os atos dela decorrentes."
    )
    papel.texto("Esta Portaria entra em vigor na data de sua publicação.")


def em_pdf(paginas: list[Image.Image], *, em: dt.datetime) -> bytes:
    """An image-only PDF of these pages, as a scanner makes it; the same pages and instant give the same bytes."""
    saida, quando = io.BytesIO(), time.gmtime(em.timestamp())
    paginas[0].save(saida, "PDF", resolution=DPI, save_all=True, append_images=paginas[1:], quality=45, creationDate=quando, modDate=quando)
    return saida.getvalue()


def guardar(documento: Documento, paginas: list[Image.Image], conteudo: bytes) -> None:
    """Put the PDF and its page images in the private folder and fill the row in (not saved). No fsync."""
    documento.sha256, documento.tamanho = hashlib.sha256(conteudo).hexdigest(), len(conteudo)
    documento.arquivo = armazem.nome_para(documento.pk, sha256=documento.sha256, tipo_mime=documento.tipo_mime)
    documento.paginas, documento.paginas_prontas = len(paginas), True
    _escrever(armazem.raiz() / documento.arquivo, conteudo)
    for n, pagina in enumerate(paginas, 1):
        imagem = io.BytesIO()
        pagina.save(imagem, "PNG", compress_level=1)
        _escrever(armazem.raiz() / armazem.nome_da_pagina(documento, n), imagem.getvalue())


def _escrever(caminho: Path, conteudo: bytes) -> None:
    caminho.parent.mkdir(mode=armazem.MODO_DA_PASTA, parents=True, exist_ok=True)
    caminho.write_bytes(conteudo)
    os.chmod(caminho, armazem.MODO_DO_ARQUIVO)

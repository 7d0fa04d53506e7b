"""The files of a few deliveries of the demonstration: the report of the tests, and what stands for photos of the rack. All drawn here."""

from __future__ import annotations

import datetime as dt
import io
import random

from django.core.files.base import ContentFile, File
from PIL import Image, ImageDraw, ImageFilter

from demonstracao.papeis import Papel, em_pdf, fonte_de
from nucleo import prazos
from saog.acoes import DadosDaEntrega
from saog.models import SolicitacaoServico

#: Of a photo, in pixels.
LARGURA, ALTURA = 1200, 900
_PAREDE, _PISO, _RACK, _FERRO = (214, 210, 200), (150, 140, 128), (44, 48, 54), (92, 98, 106)


def da_entrega(ss: SolicitacaoServico, dados: DadosDaEntrega, *, em: dt.datetime) -> list[File[bytes]]:
    """The report, and a photo of the rack; of a new link also one of the equipment."""
    fotos = [foto("rack.jpg"), *([foto("equipamento.jpg")] if dados.circuito else [])]
    return [relatorio(ss, dados, em=em), *fotos]


def relatorio(ss: SolicitacaoServico, dados: DadosDaEntrega, *, em: dt.datetime) -> File[bytes]:
    """What the Operadora measured, as the PDF of its technician's tablet."""
    papel = Papel(
        {"timbre": {"linhas": ["Operadora da demonstração", "Relatório de teste de aceitação, dados fictícios"]}, "processo": ss.numero},
        brasao=None,
    )
    papel.texto("RELATÓRIO DE TESTE", negrito=True, centro=True, tamanho=19, depois=18)
    linhas = [
        ("Ordem", ss.numero),
        ("Unidade", f"{ss.titulo}, {ss.municipio.nome}"),
        ("Circuito", dados.circuito or "o mesmo"),
        ("Equipamento", dados.equipamento or "o mesmo"),
        ("Teste", f"24 horas, até {prazos.dia_por_extenso(prazos.dia_local(em))}"),
    ]
    for rotulo, valor in linhas:
        papel.texto(f"{rotulo}: {valor}", depois=4)
    papel.y += 12
    medida = f"{dados.velocidade_medida:.2f}".replace(".", ",") if dados.velocidade_medida is not None else "não se mede"
    perda = f"{dados.perda:.2f}".replace(".", ",") if dados.perda is not None else "não se mede"
    papel.quadro(
        [
            ["Medida", "Velocidade", "Perda de pacotes", "Atraso médio"],
            ["Resultado", f"{medida} Mbps", f"{perda} %", f"{dados.atraso} ms"],
            ["Esperado", f"{ss.velocidade} Mbps", "até 1 %", "até 60 ms"],
        ]
    )
    papel.texto(dados.observacao)
    papel.assinatura("Técnico de campo", ["Operadora da demonstração"], cortada=False)
    nome = f"relatorio-de-teste-{dados.circuito or ss.slug}.pdf"
    return ContentFile(em_pdf(papel.fechar(), em=em), name=nome)


def foto(nome: str, *, solto: bool = False) -> File[bytes]:
    """A rack with the router in it, as a JPEG; ``solto`` = the cable hangs. The same name gives the same picture."""
    r = random.Random(nome)  # noqa: S311 a drawing
    imagem = Image.new("RGB", (LARGURA, ALTURA), _PAREDE)
    traco = ImageDraw.Draw(imagem)
    traco.rectangle([0, 700, LARGURA, ALTURA], fill=_PISO)
    x, y = 330 + r.randrange(60), 120 + r.randrange(40)
    traco.rectangle([x, y, x + 500, y + 620], fill=_RACK, outline=_FERRO, width=10)
    for n in range(9):
        topo = y + 34 + n * 64
        traco.rectangle([x + 34, topo, x + 466, topo + 46], fill=_FERRO if n % 3 else (24, 58, 110))
        for k in range(12):
            aceso = (88, 214, 120) if r.random() < 0.7 else (60, 66, 72)
            traco.rectangle([x + 56 + k * 32, topo + 16, x + 70 + k * 32, topo + 28], fill=aceso)
    for k in range(5):
        cai = solto and not k
        cor = ((232, 190, 40), (52, 120, 200), (200, 60, 60))[k % 3]
        alto, baixo = y + 60 + k * 24, y + (760 if cai else 480 + k * 30)
        meio = (x + 60 + k * 60 - (180 if cai else 0), (alto + baixo) // 2)
        traco.line([(x + 110 + k * 60, alto), meio, (x + 150 + k * 46, baixo)], fill=cor, width=9, joint="curve")
    imagem = imagem.filter(ImageFilter.GaussianBlur(1.4))
    traco = ImageDraw.Draw(imagem)
    traco.rectangle([0, ALTURA - 44, LARGURA, ALTURA], fill=(20, 22, 26))
    traco.text((24, ALTURA - 34), "Imagem de exemplo da demonstração", fill=(230, 230, 230), font=fonte_de(20, False))
    saida = io.BytesIO()
    imagem.save(saida, "JPEG", quality=78)
    return ContentFile(saida.getvalue(), name=nome)

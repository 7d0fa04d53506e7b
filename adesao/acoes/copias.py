"""Whether a signed copy can be the paper it is sent as: the portal refuses here what an analista would only find by reading."""

from __future__ import annotations

from django.core.files.base import File

from adesao import pecas
from adesao.models import Adesao, CopiaAssinada, EnvioPeca
from adesao.pecas import SituacaoDaPeca
from documentos.models import Documento
from documentos.recebimento import Conferido
from nucleo.erros import RegraViolada


def conferir(adesao: Adesao, situacao: SituacaoDaPeca, conferido: Conferido) -> None:
    """Refuse a copy that cannot be this paper. Needs the process under lock. Raises ``RegraViolada`` (campo = the paper, ADS-02).

    Looked at: the codes in its text (settled question 3), the same bytes under another paper or already returned, and its pages.
    """
    if situacao.gerado is not None:
        _conferir_codigos(set(conferido.exame.codigos_no_texto), situacao.gerado, situacao.curto, situacao.peca)
    _conferir_sem_assinatura(situacao, conferido)
    _conferir_repetida(adesao, situacao, conferido.escrito.sha256)
    esperadas = situacao.gerado.paginas if situacao.gerado is not None else 0
    if conferido.exame.paginas < esperadas:
        n = conferido.exame.paginas
        raise _recusa(
            situacao.peca,
            f"O {situacao.curto} tem {esperadas} páginas e este arquivo só tem {n}. Digitalize todas as páginas num arquivo só e envie.",
        )


#: First bytes of a photograph: JPEG, PNG, and the HEIF of telephones ("ftyp" after the length).
_JPEG, _PNG, _HEIF = b"\xff\xd8\xff", b"\x89PNG", b"ftyp"


def recusar_foto(arquivo: File[bytes], peca: str) -> None:
    """Refuse a photograph with the way to make a PDF of it. Raises ``RegraViolada`` (campo = the paper)."""
    inicio = arquivo.read(12)
    arquivo.seek(0)
    if inicio.startswith((_JPEG, _PNG)) or inicio[4:8] == _HEIF:
        raise _recusa(
            peca,
            "Este arquivo é uma foto, e aqui vai um PDF. No celular, abra a foto, escolha Imprimir e depois Salvar como PDF. "
            "No computador, abra a foto, mande imprimir e escolha Salvar como PDF. Junte todas as páginas num PDF só.",
        )


def _conferir_sem_assinatura(situacao: SituacaoDaPeca, conferido: Conferido) -> None:
    """The portal's own PDF, byte for byte, carries nobody's signature: no version of it is a signed copy."""
    if Documento.objects.filter(origem=Documento.Origem.GERADO, sha256=conferido.escrito.sha256).exists():
        raise _recusa(
            situacao.peca,
            "Este é o PDF que o portal gerou, ainda sem assinatura. Imprima, assine à mão e digitalize, ou assine o PDF com certificado "
            "ICP-Brasil, e então envie.",
        )


def _conferir_repetida(adesao: Adesao, situacao: SituacaoDaPeca, sha256: str) -> None:
    """The same bytes cannot be two papers, nor the new copy that PRODESP asked for, nor the copy of other data."""
    iguais = CopiaAssinada.objects.filter(adesao=adesao, documento__sha256=sha256)
    em_outra = iguais.filter(substituida_em__isnull=True).exclude(peca=situacao.peca).values_list("peca", flat=True).first()
    if em_outra is not None:
        outro = pecas.CONFERIDAS[em_outra].curto
        raise _recusa(situacao.peca, f"Este arquivo é o mesmo que já está em “{outro}”. Aqui vai o {situacao.curto} assinado.")
    pedida = adesao.pendencias.filter(
        tarefa="assinados", campo=situacao.peca, comunicada_em__isnull=False, encerrada_em__isnull=True
    ).exists()
    enviada = EnvioPeca.objects.filter(envio__adesao=adesao, peca=situacao.peca, assinado__sha256=sha256).exists()
    if pedida and enviada:
        raise _recusa(
            situacao.peca,
            "Esta é a mesma cópia que a PRODESP devolveu. Corrija o que foi pedido, digitalize de novo e envie.",
        )
    if situacao.gerado is not None and iguais.filter(peca=situacao.peca).exclude(gerado_id=situacao.gerado.pk).exists():
        raise _recusa(
            situacao.peca,
            f"Esta cópia foi assinada antes de os dados mudarem. Baixe o {situacao.curto} atual, assine e envie.",
        )


def _recusa(peca: str, frase: str) -> RegraViolada:
    return RegraViolada(frase, regra="ADS-02", campo=peca)


def _conferir_codigos(codigos: set[str], gerado: Documento, curto: str, peca: str) -> None:
    if not codigos or gerado.codigo in codigos:
        return
    conhecidos = {d.codigo: d for d in Documento.objects.filter(codigo__in=codigos)}
    for codigo in sorted(codigos & set(conhecidos)):
        outro = conhecidos[codigo]
        if outro.dono != gerado.dono:
            raise RegraViolada(f"Este arquivo é de outro processo (código {codigo}). Envie o {curto} deste.", regra="ADS-02", campo=peca)
        if outro.especie != gerado.especie:
            raise RegraViolada(f"Este arquivo é de outro documento (código {codigo}). Aqui vai o {curto}.", regra="ADS-02", campo=peca)
        raise RegraViolada(
            f"Esta cópia é de uma versão antiga do {curto} (código {codigo}). Os dados mudaram depois: baixe o PDF com o código "
            f"{gerado.codigo}, assine e envie.",
            regra="ADS-02",
            campo=peca,
        )

"""Adhesions in any state, made through the real actions: the draft filled with valid data, PDFs ordered, tiny signed copies attached, sent.

Everything takes ``agora``, so that history and deadlines are true. ``rapido`` (the default) writes what the gate would leave behind for the
signed copies, without starting the jail for files made here; ``rapido=False`` sends each one through it.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.apoio.elenco import AGORA, BOFETE

if TYPE_CHECKING:
    from adesao.models import Adesao
    from documentos.models import Documento
    from nucleo.fluxo import Ator

PARECER = "Documentos conferidos e de acordo com o manual de adesão."

#: Raw text of each task, as a person types it. CPFs and the CNPJ are invented and valid.
RASCUNHO: dict[str, dict[str, str]] = {
    "prefeitura": {
        "cnpj": "12.ABC.345/01DE-35",
        "logradouro": "Rua da Matriz",
        "numero": "45",
        "complemento": "sala 2",
        "cep": "18590-000",
        "cidade": "Bofete",
        "prefeito_nome": "Maria Aparecida de Souza",
        "prefeito_cargo": "Prefeita Municipal",
        "quem_assina": "prefeito",
        "representante_cpf": "141.421.356-51",
    },
    "oficio": {"oficio_numero": "214/2026", "oficio_data": "08/11/2026"},
    "anexo1": {
        "oficio_numero": "215/2026",
        "data": "08/11/2026",
        "r1_matricula": "4471",
        "r1_nome": "Clara Gonçalves",
        "r1_cpf": "314.159.265-90",
        "r1_telefone": "(14) 3883-1122 ramal 214",
        "r1_celular": "(14) 99601-2200",
        "r1_email": "clara.goncalves@bofete.sp.gov.br",
        "r1_cargo": "Chefe do setor de informática",
        "r1_departamento": "Administração",
        "r2_nome": "Mário Ferreira",
        "r2_cpf": "271.828.182-05",
        "r2_telefone": "(14) 3883-1130",
        "r2_email": "mario.ferreira@bofete.sp.gov.br",
        "r2_cargo": "Assistente administrativo",
        "r2_departamento": "Compras",
    },
    "anexo2": {
        "aplicacao_1_nome": "SAM Patrimônio",
        "aplicacao_1_orgao": "Secretaria da Fazenda e Planejamento",
        "aplicacao_2_nome": "Consulta de veículos",
        "aplicacao_2_orgao": "Detran.SP",
        "blocos_privados": "5",
        "blocos_publicos": "1",
        "tecnico_nome": "José Ignácio d'Ávila",
        "tecnico_telefone": "(14) 3883-9322",
        "tecnico_email": "ti@bofete.sp.gov.br",
        "data": "08/11/2026",
    },
    "timbre": {"linha_1": "Prefeitura do Município de Bofete", "linha_2": "Estado de São Paulo"},
}


def declaracoes_marcadas() -> dict[str, str]:
    """The raw text of the declarations, all taken."""
    from adesao.fichas import nome_da_declaracao
    from nucleo.declaracoes import DECLARACOES

    return {nome_da_declaracao(d): "on" for d in DECLARACOES}


def rascunho(municipio: str, mudancas: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, dict[str, str]]:
    """A whole valid draft for a municipality, with ``mudancas`` (task → field → text) laid over it."""
    dados = {tarefa: dict(campos) for tarefa, campos in RASCUNHO.items()} | {"declaracoes": declaracoes_marcadas()}
    dados["prefeitura"]["cidade"] = municipio
    dados["timbre"]["linha_1"] = f"Prefeitura do Município de {municipio}"
    dominio = _ascii(municipio).lower().replace(" ", "")
    for tarefa, campo in (("anexo1", "r1_email"), ("anexo1", "r2_email"), ("anexo2", "tecnico_email")):
        dados[tarefa][campo] = f"{dados[tarefa][campo].partition('@')[0]}@{dominio}.sp.gov.br"
    for tarefa, campos in (mudancas or {}).items():
        dados[tarefa] |= campos
    return dados


@functools.cache
def pdf_assinado(texto: str = "Documento assinado", paginas: int = 2, assinaturas: int = 0) -> bytes:
    """A tiny PDF that the gate accepts: ``texto`` on each page, a signature drawn on the last, ``assinaturas`` digital ones."""
    import pikepdf
    from pikepdf import Dictionary, Name, Stream

    from tests.documentos.fabrica import assinado

    pdf = pikepdf.new()
    for n in range(1, paginas + 1):
        pdf.add_blank_page(page_size=(595, 842))
        linhas = [(16, 760, texto), (11, 720, f"Folha {n} de {paginas}"), (11, 690, "Vimos por meio deste solicitar a adesao a INTRAGOV.")]
        desenho = " ".join(f"BT /F1 {t} Tf 72 {y} Td ({_ascii(s)}) Tj ET" for t, y, s in linhas)
        if n == paginas:
            desenho += " 2 w 200 300 m 230 360 250 260 280 320 c 300 350 320 290 380 330 c S 0.5 w 180 290 m 400 290 l S"
        pagina = pdf.pages[-1]
        pagina.Contents = Stream(pdf, desenho.encode())
        pagina.Resources = Dictionary(Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)))
    saida = io.BytesIO()
    pdf.save(saida)
    return assinado(saida.getvalue(), assinaturas) if assinaturas else saida.getvalue()


def _ascii(texto: str) -> str:
    import unicodedata

    plano = unicodedata.normalize("NFKD", texto).encode("ascii", "ignore").decode()
    return plano.replace("\\", "").replace("(", "").replace(")", "")


def preencher(adesao: Adesao, *, por: Ator, agora: dt.datetime, mudancas: Mapping[str, Mapping[str, str]] | None = None) -> None:
    """Save every task of the draft; on a returned process only ``mudancas`` are laid over what was typed."""
    from adesao import acoes, consultas

    antes = consultas.brutos(adesao)
    if antes:
        dados = {t: {**antes.get(t, {}), **c} for t, c in (mudancas or {}).items()}
    else:
        dados = rascunho(adesao.municipio.nome, mudancas)
    versoes = {r.tarefa: r.versao for r in adesao.rascunhos.all()}
    for tarefa, campos in dados.items():
        acoes.salvar_tarefa(adesao_id=adesao.pk, tarefa=tarefa, dados=campos, versao=versoes.get(tarefa, 0), por=por, agora=agora)


def anexar(
    adesao: Adesao, *, por: Ator, agora: dt.datetime, pecas: tuple[str, ...] | None = None, rapido: bool = True, assinaturas: int = 0
) -> list[str]:
    """Order the PDFs and attach a signed copy to each paper that lacks one that holds (or to ``pecas``). Returns the papers attached."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from adesao import acoes, consultas
    from adesao import pecas as papeis

    acoes.gerar_pecas(adesao_id=adesao.pk, por=por, agora=agora)
    situacao = papeis.situacao_das_pecas(adesao, papeis.validar(consultas.brutos(adesao)))
    feitas = []
    for s in situacao:
        if s.peca not in pecas if pecas is not None else s.copia_vale:
            continue
        quando = f"{agora:%d/%m/%Y %H:%M:%S}"
        conteudo = pdf_assinado(f"{s.curto} de {adesao.municipio.nome}, {adesao.numero}, {quando}", assinaturas=assinaturas)
        if rapido:
            _anexar_direto(adesao, s, conteudo, por=por, agora=agora, assinaturas=assinaturas)
        else:
            arquivo = SimpleUploadedFile(f"{s.peca}.pdf", conteudo, content_type="application/pdf")
            acoes.anexar_assinado(adesao_id=adesao.pk, peca=s.peca, arquivo=arquivo, por=por, agora=agora)
        feitas.append(s.peca)
    return feitas


def _anexar_direto(adesao: Adesao, situacao: Any, conteudo: bytes, *, por: Ator, agora: dt.datetime, assinaturas: int) -> None:
    """What ``anexar_assinado`` leaves behind, without starting the jail for a file we made ourselves."""
    from adesao.models import CopiaAssinada
    from documentos import armazem
    from documentos.models import Documento

    novo = Documento(
        origem=Documento.Origem.RECEBIDO,
        situacao=Documento.Situacao.PRONTO,
        especie=f"{situacao.peca}-assinado",
        dono=adesao.dono,
        titulo=f"{situacao.curto} assinado {adesao.numero}",
        nome_original=f"{situacao.peca}.pdf",
        sha256=hashlib.sha256(conteudo).hexdigest(),
        tamanho=len(conteudo),
        paginas=2,
        dados={"assinaturas": assinaturas, "revisoes": 1, "codigos_no_texto": [], "tem_texto": True},
        antivirus="sem_antivirus",
        criado_em=agora,
        criado_por_id=por.usuario_id,
        pronto_em=agora,
        tentar_em=agora,
    )
    with armazem.escrever([conteudo]) as escrito:
        novo.arquivo = armazem.nome_para(novo.pk, sha256=escrito.sha256, tipo_mime=novo.tipo_mime)
        armazem.guardar(escrito, novo.arquivo)
    novo.save(force_insert=True)
    adesao.copias.filter(peca=situacao.peca, substituida_em__isnull=True).update(substituida_em=agora)
    CopiaAssinada.objects.create(
        adesao=adesao, peca=situacao.peca, documento=novo, gerado=situacao.gerado, em=agora, por_id=por.usuario_id or 0
    )


def desenhar_paginas(adesao: Adesao) -> None:
    """Make the page images of every signed copy, as the worker would."""
    from documentos import tarefas

    for documento in documentos_assinados(adesao):
        tarefas.paginas_de(str(documento.pk))


def documentos_assinados(adesao: Adesao) -> list[Documento]:
    """The received PDFs of this adhesion, oldest first."""
    from documentos.models import Documento

    return list(
        Documento.objects.filter(dono=adesao.dono, origem=Documento.Origem.RECEBIDO, tipo_mime="application/pdf").order_by(
            "criado_em", "pk"
        )
    )


def adesao_em_rascunho(
    municipio_id: int = BOFETE, *, por: Ator, agora: dt.datetime = AGORA, mudancas: Mapping[str, Mapping[str, str]] | None = None
) -> Adesao:
    """A complete draft, ready for the signed copies. ``por`` is a requerente of that municipality."""
    from adesao import acoes

    adesao = acoes.iniciar(municipio_id=municipio_id, por=por, agora=agora)
    preencher(adesao, por=por, agora=agora, mudancas=mudancas)
    return adesao


def adesao_enviada(
    municipio_id: int = BOFETE,
    *,
    por: Ator,
    agora: dt.datetime = AGORA,
    mudancas: Mapping[str, Mapping[str, str]] | None = None,
    rapido: bool = True,
    assinaturas: int = 0,
) -> Adesao:
    """An adhesion sent for the first time at ``agora``: ENVIADA."""
    from adesao import acoes
    from adesao.models import Adesao

    adesao = adesao_em_rascunho(municipio_id, por=por, agora=agora, mudancas=mudancas)
    anexar(adesao, por=por, agora=agora, rapido=rapido, assinaturas=assinaturas)
    acoes.enviar(adesao_id=adesao.pk, por=por, agora=agora)
    return Adesao.objects.get(pk=adesao.pk)


def assumida(adesao: Adesao, *, por: Ator, agora: dt.datetime = AGORA) -> Adesao:
    """ENVIADA → EM_CONFERENCIA, by an analista."""
    from adesao import acoes

    return acoes.assumir(adesao_id=adesao.pk, por=por, agora=agora)


def conferida(adesao: Adesao, *, por: Ator, agora: dt.datetime = AGORA) -> Adesao:
    """Every check-list ticked, that of the delegation act included."""
    from adesao import acoes, consultas
    from adesao.pecas import CONFERIDAS, PECAS

    envio = consultas.ultimo_envio(adesao)
    vieram = {*PECAS, *(consultas.pecas_do_envio(envio) if envio else ())}
    for peca in (p for codigo, p in CONFERIDAS.items() if codigo in vieram):
        acoes.conferir_item(adesao_id=adesao.pk, peca=peca.codigo, itens=[i for i, _ in peca.itens], por=por, agora=agora)
    return adesao


def encaminhada(adesao: Adesao, *, por: Ator, agora: dt.datetime = AGORA, parecer: str = PARECER) -> Adesao:
    """EM_CONFERENCIA → ENCAMINHADA, checked and with an opinion."""
    from adesao import acoes

    conferida(adesao, por=por, agora=agora)
    return acoes.encaminhar(adesao_id=adesao.pk, parecer=parecer, resposta="Está certo, conferimos.", por=por, agora=agora)


#: Two pendências a test may mark: a field and a signed paper.
PENDENCIAS = (
    {"tarefa": "anexo1", "campo": "r2_cpf", "texto": "O CPF é de outra pessoa. Confira no documento e corrija."},
    {"tarefa": "assinados", "campo": "anexo1", "texto": "A assinatura está cortada na digitalização."},
)


def devolvida(adesao: Adesao, *, por: Ator, agora: dt.datetime = AGORA, pendencias: tuple[dict[str, str], ...] = PENDENCIAS) -> Adesao:
    """EM_CONFERENCIA → DEVOLVIDA, with these pendências."""
    from adesao import acoes

    for p in pendencias:
        acoes.marcar_pendencia(
            adesao_id=adesao.pk, tarefa=p["tarefa"], campo=p["campo"], motivo_id=None, texto=p["texto"], por=por, agora=agora
        )
    return acoes.devolver(adesao_id=adesao.pk, por=por, agora=agora)


def corrigida(
    adesao: Adesao,
    *,
    por: Ator,
    agora: dt.datetime = AGORA,
    mudancas: Mapping[str, Mapping[str, str]] | None = None,
    respostas: Mapping[int, str] | None = None,
) -> Adesao:
    """DEVOLVIDA → ENVIADA: ``mudancas`` typed (by default another CPF for the second responsável), new copies where needed, sent again."""
    from adesao import acoes
    from adesao.models import Adesao as Modelo

    preencher(adesao, por=por, agora=agora, mudancas={"anexo1": {"r2_cpf": "161.803.398-05"}} if mudancas is None else mudancas)
    for pk, texto in (respostas or {}).items():
        acoes.responder_pendencia(adesao_id=adesao.pk, pendencia_id=pk, resposta=texto, por=por, agora=agora)
    anexar(adesao, por=por, agora=agora)
    acoes.enviar(adesao_id=adesao.pk, por=por, agora=agora)
    return Modelo.objects.get(pk=adesao.pk)

"""What anybody may know: the state of each municipality and whether a paper is genuine. No personal data."""

from __future__ import annotations

from adesao.estados import ABERTAS, Estado
from adesao.models import Adesao, EnvioPeca
from adesao.registros import VERIFICADORES, Verificado
from documentos.models import Documento


def situacao_publica() -> dict[int, str]:
    """State of each municipality for the public map: ``em_vigor``, ``em_andamento``; a draft is not public (one query)."""
    publico = {Estado.APROVADA: "em_vigor", **dict.fromkeys(ABERTAS, "em_andamento")}
    linhas = Adesao.objects.filter(estado__in=publico).values_list("municipio_id", "estado")
    return {municipio: publico[Estado(estado)] for municipio, estado in linhas}


def verificar_codigo(codigo: str) -> Verificado | None:
    """What the public may know of a paper with this code (settled question 3), or None. No personal data."""
    documento = Documento.objects.filter(codigo=codigo).first()
    if documento is None:
        return None
    verificador = VERIFICADORES.get(documento.dono.partition(":")[0])
    return verificador(documento) if verificador else None


def verificar_da_adesao(documento: Documento) -> Verificado | None:
    """Of a paper of an adhesion.

    Once sent, the paper of the last sending is the current one. While the form may change, the newest version of each kind is. A receipt
    always is (it tells of one sending).
    """
    adesao = Adesao.objects.filter(pk=documento.dono.removeprefix("adesao:")).select_related("municipio").first()
    if adesao is None:
        return None
    return {
        "especie": _especie(documento.especie),
        "municipio": adesao.municipio.nome,
        "processo": adesao.numero,
        "em": documento.criado_em,
        "sha256": documento.sha256,
        "atual": _e_atual(documento, adesao),
        "sem_efeito": "",
    }


def _e_atual(documento: Documento, adesao: Adesao) -> bool:
    if adesao.estado == Estado.DESCARTADA:
        return False
    if not adesao.editavel:
        do_envio = EnvioPeca.objects.filter(envio__adesao=adesao, envio__ordem=adesao.envios, peca=documento.especie)
        enviado = do_envio.values_list("gerado_id", flat=True).first()
        if enviado is not None:
            return bool(enviado == documento.pk)
    return not Documento.objects.filter(
        dono=documento.dono, especie=documento.especie, origem=Documento.Origem.GERADO, criado_em__gt=documento.criado_em
    ).exists()


def _especie(especie: str) -> str:
    nome, _, numero = especie.partition("-")
    titulos = {"oficio": "Solicitação de Adesão (ofício)", "anexo1": "Anexo I", "anexo2": "Anexo II", "dossie": "Dossiê da adesão"}
    return f"Recibo do {numero}º envio" if nome == "recibo" else titulos.get(nome, "Documento")

"""The responsável técnico of a prefeitura: a change is told to PRODESP at once (ADS-15)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from adesao.models import Adesao
from contas.permissoes import exigir
from enderecamento import consultas, notificacoes
from enderecamento.models import ResponsavelTecnico
from nucleo import fluxo
from nucleo.campos.ramal import formatar_telefone_e_ramal
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator

from .blocos import em_vigor


@transaction.atomic
def trocar_tecnico(adesao_id: int, *, nome: str, telefone: str, email: str, por: Ator, agora: dt.datetime) -> ResponsavelTecnico:
    """Name the new responsável técnico and tell PRODESP, the responsáveis and that person (ADS-15). ``telefone`` is bare:
    ``1438831122r214``.

    Raises ``SemPermissao``, ``TransicaoIndisponivel`` when the adhesion is not in force, and ``RegraViolada`` when this is who answers
    already.
    """
    municipio_id = Adesao.objects.values_list("municipio_id", flat=True).get(pk=adesao_id)
    quem = exigir(por, "tecnico.trocar", municipio_id)
    adesao = em_vigor(adesao_id)
    nome = texto_exigido(nome, frase="Escreva o nome do responsável técnico.", campo="nome", maximo=120, regra="ADS-15")
    anterior = next(iter(consultas.tecnicos(adesao)), None)
    novo = (nome, formatar_telefone_e_ramal(telefone), email)
    if anterior is not None and (anterior.nome, anterior.telefone, anterior.email) == novo:
        raise RegraViolada("Estes já são os dados do responsável técnico. Mude o que precisa mudar.", regra="ADS-15", campo="nome")
    linha = ResponsavelTecnico.objects.create(
        adesao=adesao, nome=nome, telefone=telefone, email=email, desde=agora, por_id=quem, por_nome=por.nome
    )
    outra_pessoa = anterior is None or (anterior.nome, anterior.email) != (nome, email)  # not only another telephone
    notificacoes.tecnico_trocado(linha, anterior.nome if anterior else "", avisa_o_novo=outra_pessoa, agora=agora)
    return linha


@transaction.atomic
def marcar_lida(tecnico_id: int, *, por: Ator, agora: dt.datetime) -> ResponsavelTecnico:
    """PRODESP has taken note of a new responsável técnico. Raises ``TransicaoIndisponivel`` when somebody had already."""
    quem = exigir(por, "blocos.atribuir")
    linha = fluxo.travar(ResponsavelTecnico, tecnico_id)
    if linha.lido_em is not None:
        raise TransicaoIndisponivel("Esta troca já estava marcada como lida.")
    linha.lido_em, linha.lido_por_id = agora, quem
    linha.save(update_fields=["lido_em", "lido_por"])
    return linha

"""What PRODESP does: marks, returns, validates, suspends, grants (SS-02, SS-08, LNK-06)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from contas.permissoes import exigir, id_de
from enderecamento.models import FimDoLimite, LimiteConcedido
from nucleo import fluxo, prazos
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator
from saog import consultas, notificacoes
from saog.estados import Estado, Natureza
from saog.models import EnvioSS, MotivoDeDevolucao, PendenciaSS, SolicitacaoServico, SuspensaoDeValidacao
from saog.models.catalogo import LIMITE_DE_INTRANET

from .comum import travada, vence_em
from .rascunho import conferir_alvo, travar_adesao


def _em_validacao(ss_id: int, por: Ator) -> tuple[SolicitacaoServico, EnvioSS]:
    """The request under lock and its last sending, while PRODESP analyses it. Raises ``SemPermissao``, ``TransicaoIndisponivel``."""
    ss = travada(ss_id, por=por, ato="ss.validar")
    if ss.estado != Estado.EM_VALIDACAO:
        raise TransicaoIndisponivel(f"A análise não está aberta: a solicitação está em “{ss.rotulo}”.")
    return ss, ss.lista_de_envios.get(ordem=ss.envios)


@transaction.atomic
def marcar_pendencia(*, ss_id: int, campo: str, motivo_id: int | None, texto: str, por: Ator, agora: dt.datetime) -> PendenciaSS:
    """Mark (or change) a pendência on one field of the last sending. Raises ``RegraViolada`` for a field it does not have."""
    _, envio = _em_validacao(ss_id, por)
    rotulo = next((c["rotulo"] for g in envio.dados["leitura"] for c in g["campos"] if c["campo"] == campo), None)
    if rotulo is None:
        raise RegraViolada("Este campo não faz parte do pedido.")
    motivo = MotivoDeDevolucao.objects.filter(pk=motivo_id, ativo=True).first() if motivo_id else None
    texto = texto.strip()[:500]
    if motivo is None and not texto:
        raise RegraViolada("Escolha um motivo ou escreva o que precisa ser corrigido.", regra="SS-02", campo="texto")
    pendencia, _ = PendenciaSS.objects.update_or_create(
        envio=envio,
        campo=campo,
        defaults={
            "rotulo": rotulo,
            "motivo": motivo,
            "texto": texto or (motivo.texto if motivo else ""),
            "criada_em": agora,
            "criada_por_id": id_de(por),
        },
    )
    return pendencia


@transaction.atomic
def retirar_pendencia(*, ss_id: int, pendencia_id: int, por: Ator, agora: dt.datetime) -> None:
    """Take back a pendência that was not yet told to the prefeitura. One that is gone already is no error."""
    _, envio = _em_validacao(ss_id, por)
    envio.pendencias.filter(pk=pendencia_id, comunicada_em__isnull=True).delete()


@transaction.atomic
def devolver(*, ss_id: int, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Return with the marked pendências (SS-02); the prefeitura has 7 days (PRZ-05). Raises ``RegraViolada`` without any."""
    ss, envio = _em_validacao(ss_id, por)
    marcadas = list(envio.pendencias.filter(comunicada_em__isnull=True))
    if not marcadas:
        raise RegraViolada("Marque ao menos uma pendência antes de devolver.", regra="SS-02")
    ss, registro = fluxo.executar(
        SolicitacaoServico,
        ss_id,
        "devolver",
        por=por,
        agora=agora,
        vence_em=vence_em(agora, "correcao", municipio_id=ss.municipio_id),
        comentario="; ".join(f"{p.rotulo}: {p.texto}" for p in marcadas)[:2000],
        dados={"pendencias": len(marcadas), "envio": envio.ordem},
    )
    envio.pendencias.filter(pk__in=[p.pk for p in marcadas]).update(comunicada_em=agora)
    notificacoes.devolvida(ss, marcadas, registro.pk, agora=agora)
    return ss


@transaction.atomic
def validar(*, ss_id: int, por: Ator, agora: dt.datetime) -> SolicitacaoServico:
    """Right as it is (SS-02). Refused with a pendência marked, and while the prefeitura's validation is suspended (SS-08)."""
    ss, envio = _em_validacao(ss_id, por)
    if envio.pendencias.filter(comunicada_em__isnull=True).exists():
        raise RegraViolada("Com pendência não se valida: devolva, ou retire as pendências marcadas.", regra="SS-02")
    suspensao = consultas.validacao_suspensa(ss)
    if suspensao is not None:
        raise RegraViolada(
            f"A validação desta prefeitura está suspensa desde {prazos.dia_local(suspensao.inicio_em):%d/%m/%Y}: {suspensao.motivo}",
            regra="SS-08",
        )
    if ss.natureza == Natureza.CANCELAMENTO:
        conferir_alvo(ss.alvo, exceto=ss.pk)
    ss, _ = fluxo.executar(SolicitacaoServico, ss_id, "validar", por=por, agora=agora)
    notificacoes.validada(ss, agora=agora)
    return ss


@transaction.atomic
def validar_varias(*, ids: list[int], por: Ator, agora: dt.datetime) -> list[SolicitacaoServico]:
    """Validate several with one confirmation: all or none."""
    if not ids:
        raise RegraViolada("Escolha ao menos uma solicitação.")
    if len(ids) > 50:
        raise RegraViolada("Valide até 50 solicitações de cada vez.")
    return [validar(ss_id=pk, por=por, agora=agora) for pk in sorted(set(ids))]


@transaction.atomic
def suspender_validacao(*, municipio_id: int, motivo: str, por: Ator, agora: dt.datetime) -> SuspensaoDeValidacao:
    """Hold the validation of a prefeitura's new requests (SS-08). Raises ``RegraViolada`` when it is held already."""
    quem = exigir(por, "ss.suspender")
    motivo = texto_exigido(motivo, frase="Escreva o motivo: a prefeitura vai ler.", campo="motivo", maximo=300, regra="SS-08")
    try:
        with transaction.atomic():
            suspensao = SuspensaoDeValidacao.objects.create(municipio_id=municipio_id, motivo=motivo, inicio_em=agora, por_id=quem)
    except IntegrityError as erro:
        raise TransicaoIndisponivel("A validação desta prefeitura já está suspensa.") from erro
    notificacoes.validacao_suspensa(suspensao, agora=agora)
    return suspensao


@transaction.atomic
def retomar_validacao(*, municipio_id: int, motivo: str, por: Ator, agora: dt.datetime) -> SuspensaoDeValidacao:
    """Lift the suspension, saying why. Raises ``TransicaoIndisponivel`` when there is none."""
    quem = exigir(por, "ss.suspender")
    motivo = texto_exigido(motivo, frase="Escreva por que a validação volta.", campo="motivo", maximo=300, regra="SS-08")
    suspensao = (
        SuspensaoDeValidacao.objects.select_for_update(of=("self",), no_key=True)
        .filter(municipio_id=municipio_id, fim_em__isnull=True)
        .first()
    )
    if suspensao is None:
        raise TransicaoIndisponivel("A validação desta prefeitura não está suspensa.")
    suspensao.fim_em, suspensao.fim_por_id, suspensao.motivo_do_fim = agora, quem, motivo
    suspensao.save(update_fields=["fim_em", "fim_por", "motivo_do_fim"])
    notificacoes.validacao_retomada(suspensao, agora=agora)
    return suspensao


@transaction.atomic
def conceder_limite(
    *, municipio_id: int, links: int, vale_ate: dt.date | None, motivo: str, por: Ator, agora: dt.datetime
) -> LimiteConcedido:
    """Grant more than 20 intranet links (LNK-06); replaces the grant that was there. Links in service above it are left alone."""
    quem = exigir(por, "ss.limites")
    hoje = prazos.dia_local(agora)
    motivo = texto_exigido(motivo, frase="Escreva o motivo da concessão.", campo="motivo", maximo=500, regra="LNK-06")
    if not LIMITE_DE_INTRANET < links <= 200:
        raise RegraViolada(f"O limite concedido vai de {LIMITE_DE_INTRANET + 1} a 200 links.", regra="LNK-06", campo="links")
    if vale_ate is not None and vale_ate < hoje:
        raise RegraViolada("A data de fim já passou.", campo="vale_ate")
    anterior = LimiteConcedido.objects.select_for_update(of=("self",), no_key=True).filter(
        municipio_id=municipio_id, retirado_em__isnull=True
    )
    for antigo in anterior:  # at most one (constraint saog_um_limite_concedido)
        antigo.retirado_em = agora
        antigo.save(update_fields=["retirado_em"])
    try:
        with transaction.atomic():
            novo = LimiteConcedido.objects.create(
                municipio_id=municipio_id,
                links=links,
                vale_de=hoje,
                vale_ate=vale_ate,
                motivo=motivo,
                concedido_em=agora,
                concedido_por_id=quem,
            )
    except IntegrityError as erro:
        raise TransicaoIndisponivel("Outra pessoa acabou de conceder um limite a esta prefeitura.") from erro
    notificacoes.limite_concedido(novo, agora=agora)
    return novo


@transaction.atomic
def encerrar_limite(*, municipio_id: int, ultimo_dia: dt.date | None, motivo: str, por: Ator, agora: dt.datetime) -> FimDoLimite:
    """End a granted limit before its time: after ``ultimo_dia``, or now when there is none (LNK-06).

    Refused while the prefeitura uses more than 20 links or private sub-blocks, which share the limit. Locks the adhesion first, as
    whatever takes a place does. Raises ``RegraViolada`` beside ``ultimo_dia``, ``TransicaoIndisponivel`` when no grant holds.
    """
    quem = exigir(por, "ss.limites")
    hoje = prazos.dia_local(agora)
    motivo = texto_exigido(motivo, frase="Escreva por que o limite termina.", campo="motivo", maximo=500, regra="LNK-06")
    travar_adesao(municipio_id)
    vigente = consultas.concedido(municipio_id, hoje)
    limite = fluxo.travar(LimiteConcedido, vigente.pk) if vigente is not None else None
    if limite is None or limite.retirado_em is not None:
        raise TransicaoIndisponivel("Esta prefeitura não tem limite concedido: vale o de todas.")
    if ultimo_dia is not None and ultimo_dia < hoje:
        raise RegraViolada("O último dia já passou. Em branco, o limite termina agora.", campo="ultimo_dia")
    if ultimo_dia is not None and limite.vale_ate is not None and ultimo_dia >= limite.vale_ate:
        raise RegraViolada(f"O limite já vale só até {limite.vale_ate:%d/%m/%Y}. Escolha um dia antes.", campo="ultimo_dia")
    if frase := consultas.por_que_nao_encerrar(municipio_id):
        raise RegraViolada(frase, regra="LNK-06")
    fim = FimDoLimite.objects.create(
        limite=limite, ultimo_dia=ultimo_dia, antes=limite.vale_ate, motivo=motivo, em=agora, por_id=quem, por_nome=por.nome
    )
    if ultimo_dia is None:
        limite.retirado_em = agora
    else:
        limite.vale_ate = ultimo_dia
    limite.save(update_fields=["retirado_em", "vale_ate"])
    notificacoes.limite_encerrado(fim, agora=agora)
    return fim

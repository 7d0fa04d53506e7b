"""Parent blocks: only PRODESP registers them (IP-01). Registering is one row; its slots are made by the worker, a piece at a time."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction

from contas.permissoes import exigir
from enderecamento.estados import ENDERECOS, PREFIXO, VAGAS_MAXIMAS, Perfil
from enderecamento.models import PoolCIDR, SubBlocoCIDR
from nucleo import fila, gravacao, prazos, redes
from nucleo.erros import RegraViolada, TransicaoIndisponivel, texto_exigido
from nucleo.fluxo import Ator

#: Slots made in one transaction.
PEDACO = 8192


@transaction.atomic
def registrar_pool(*, rede: str, perfil: str, nome: str, origem: str, regiao: str = "", por: Ator, agora: dt.datetime) -> PoolCIDR:
    """Register a parent block and begin making its slots. Raises ``RegraViolada`` beside the field for a network that is not of its kind,
    too large, too small, or that touches another pool (IP-04).
    """
    quem = exigir(por, "pools.gerir")
    inicio, prefixo = _rede_do_perfil(rede, perfil)
    nome = texto_exigido(nome, frase="Dê um nome ao bloco. Por exemplo: Região de Sorocaba.", campo="nome", maximo=80)
    origem = texto_exigido(origem, frase="Anote de onde o bloco veio.", campo="origem", maximo=300, regra="IP-01")
    pool = PoolCIDR(
        perfil=perfil, inicio=inicio, prefixo=prefixo, nome=nome, origem=origem, regiao=regiao, criado_em=agora, criado_por_id=quem
    )
    _gravar(pool)
    fila.apos_commit("enderecamento.criar_vagas", pool_id=pool.pk)
    return pool


@transaction.atomic
def ampliar_pool(pool_id: int, *, rede: str, por: Ator, agora: dt.datetime) -> PoolCIDR:
    """Make the pool a larger network that holds what it is now; the new slots are made by the worker. Raises as ``registrar_pool``."""
    exigir(por, "pools.gerir")
    pool = _travado(pool_id)
    inicio, prefixo = _rede_do_perfil(rede, pool.perfil)
    if prefixo >= pool.prefixo or not inicio <= pool.inicio < inicio + redes.tamanho(prefixo):
        raise RegraViolada(f"A rede ampliada precisa conter {pool} inteira e ser maior que ela.", regra="IP-01", campo="rede")
    pool.inicio, pool.prefixo, pool.prontas = inicio, prefixo, 0
    _gravar(pool)
    fila.apos_commit("enderecamento.criar_vagas", pool_id=pool.pk)
    return pool


@transaction.atomic
def fechar_pool(pool_id: int, *, motivo: str, por: Ator, agora: dt.datetime) -> PoolCIDR:
    """Hand out nothing more from this pool; what is in use stays. Raises ``TransicaoIndisponivel`` when it is closed already."""
    exigir(por, "pools.gerir")
    pool = _travado(pool_id)
    if pool.fechado_em is not None:
        raise TransicaoIndisponivel(f"O bloco {pool} já está fechado.")
    pool.fechado_motivo = texto_exigido(motivo, frase="Escreva por que o bloco fecha.", campo="motivo", maximo=300)
    pool.fechado_em = agora
    pool.save(update_fields=["fechado_em", "fechado_motivo"])
    return pool


@transaction.atomic
def reabrir_pool(pool_id: int, *, por: Ator, agora: dt.datetime) -> PoolCIDR:
    """Hand out from it again. Raises ``TransicaoIndisponivel`` when it is open."""
    exigir(por, "pools.gerir")
    pool = _travado(pool_id)
    if pool.fechado_em is None:
        raise TransicaoIndisponivel(f"O bloco {pool} já está aberto.")
    pool.fechado_em, pool.fechado_motivo = None, ""
    pool.save(update_fields=["fechado_em", "fechado_motivo"])
    return pool


@transaction.atomic
def apagar_pool(pool_id: int, *, por: Ator, agora: dt.datetime) -> None:
    """Remove a pool registered by mistake: only while none of its sub-blocks was ever handed out. Raises ``RegraViolada``."""
    exigir(por, "pools.gerir")
    pool = _travado(pool_id)
    if pool.sub_blocos.filter(alocacoes__isnull=False).exists():
        raise RegraViolada("Este bloco já teve sub-blocos entregues e não se apaga. Feche-o para novas entregas.", regra="IP-01")
    pool.sub_blocos.all().delete()
    pool.delete()


def criar_vagas(pool_id: int, *, agora: dt.datetime, pedaco: int = PEDACO) -> bool:
    """Make the next piece of the slots of a pool, in a transaction of its own; return whether some are left to make.

    Runs again from where it stopped, and twice at once without harm: the pool's row is locked, and a slot that exists is left alone.
    """
    with transaction.atomic():
        pool = PoolCIDR.objects.select_for_update(of=("self",), no_key=True).filter(pk=pool_id).first()
        if pool is None or pool.pronto:
            return False
        passo, hoje = ENDERECOS[pool.perfil], prazos.dia_local(agora)
        ate = min(pool.prontas + pedaco, pool.vagas)
        vagas = [
            {"pool_id": pool.pk, "perfil": pool.perfil, "inicio": inicio, "vez": inicio, "livre_desde": hoje}
            for inicio in range(pool.inicio + pool.prontas * passo, pool.inicio + ate * passo, passo)
        ]
        gravacao.inserir_valores(SubBlocoCIDR, vagas, chave="inicio", ignorar=True)
        pool.prontas = ate
        pool.save(update_fields=["prontas"])
        if pool.pronto:
            gravacao.recontar(PoolCIDR, SubBlocoCIDR)
        return not pool.pronto


def pools_por_criar() -> list[int]:
    """Pools whose slots are not all there (the sweep)."""
    return [pool.pk for pool in PoolCIDR.objects.order_by("pk") if not pool.pronto]


def _travado(pool_id: int) -> PoolCIDR:
    return PoolCIDR.objects.select_for_update(of=("self",), no_key=True).get(pk=pool_id)


def _rede_do_perfil(rede: str, perfil: str) -> tuple[int, int]:
    try:
        inicio, prefixo = redes.ler_rede(rede)
    except ValueError:
        frase = redes.erro_da_rede(rede, prefixo=24) or "Escreva a rede e o prefixo. Por exemplo: 10.64.0.0/12."
        raise RegraViolada(frase, campo="rede") from None
    if perfil == Perfil.PRIVADO and not redes.e_privada(inicio, prefixo):
        raise RegraViolada("Um bloco privado fica dentro de 10.0.0.0/8, 172.16.0.0/12 ou 192.168.0.0/16.", regra="IP-02", campo="rede")
    if perfil == Perfil.PUBLICO and settings.MODO == "demonstracao" and not redes.e_de_documentacao(inicio, prefixo):
        raise RegraViolada(
            "Na demonstração, um bloco público fica dentro de 192.0.2.0/24, 198.51.100.0/24 ou 203.0.113.0/24, que não são de ninguém.",
            regra="IP-03",
            campo="rede",
        )
    if perfil == Perfil.PUBLICO and not redes.e_publica(inicio, prefixo, demonstracao=settings.MODO != "producao"):
        raise RegraViolada("Um bloco público não pode usar endereços privados nem reservados.", regra="IP-03", campo="rede")
    menor = PREFIXO[perfil]
    maior = menor - VAGAS_MAXIMAS.bit_length() + 1
    if not maior <= prefixo <= menor:
        raise RegraViolada(f"O tamanho de um bloco deste tipo vai de /{maior} a /{menor}.", regra="IP-01", campo="rede")
    return inicio, prefixo


def _gravar(pool: PoolCIDR) -> None:
    fim = pool.inicio + redes.tamanho(pool.prefixo)
    outro = PoolCIDR.objects.filter(inicio__lt=fim, fim__gt=pool.inicio).exclude(pk=pool.pk).first()
    if outro is None:
        try:
            with transaction.atomic():
                pool.save()
        except IntegrityError:
            outro = PoolCIDR.objects.filter(inicio__lt=fim, fim__gt=pool.inicio).exclude(pk=pool.pk).first()
        else:
            return
    nome = f"{outro} ({outro.nome})" if outro else "outro bloco"
    raise RegraViolada(f"Esta rede se sobrepõe a {nome}, já registrado.", regra="IP-04", campo="rede")

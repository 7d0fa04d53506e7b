"""What handing out one sub-block costs, through the whole action (lock, ceiling, quantities, history, letters), against a bare one-row
INSERT and COMMIT on the same server (target: 6 times), and whether that stays flat from 500 to 60,000 blocks in use (within 1.3 times).

The INSERT and COMMIT is a transaction: BEGIN, INSERT, COMMIT. That is the measure of the target, in which taking a bare slot in SQL costs
1.4 times; "slot in SQL" is that act, so each run shows whether it measures with the same rod. "INSERT alone" is one statement by itself.

    createdb bench_enderecos
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench_enderecos MODO=teste VAR_DIR=/tmp/bench .venv/bin/python bench/enderecos.py

The database is this program's own: its name must begin with ``bench``. Prints ratios measured in the same run, the cases taken in turns.
``--perfil`` prints where the time of the action goes.
"""

from __future__ import annotations

import cProfile
import datetime as dt
import os
import pstats
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.medidas import medir

os.environ.setdefault("MODO", "teste")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")

AGORA = dt.datetime(2026, 11, 9, 10, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))
REDE, CHEIOS, VOLTAS = "10.64.0.0/12", (500, 10_000, 60_000), 300

#: The first %(n)s slots in use by fillers, 20 each: adhesions of a table of their own are not needed, only their rows.
ENCHER = """
UPDATE enderecamento_subblococidr s SET adesao_id = f.adesao, ordinal = f.ordinal
FROM (SELECT id, %(primeira)s + (row_number() OVER (ORDER BY inicio) - 1) / 20 AS adesao,
             1 + (row_number() OVER (ORDER BY inicio) - 1) %% 20 AS ordinal
      FROM enderecamento_subblococidr WHERE perfil = 'PRIVADO' ORDER BY inicio LIMIT %(n)s) f
WHERE s.id = f.id AND s.adesao_id IS NULL;
INSERT INTO enderecamento_alocacao (sub_bloco_id, adesao_id, de, por_nome, por_papel, motivo, fim_por_nome, fim_por_papel, fim_motivo)
SELECT s.id, s.adesao_id, %(agora)s, 'bench', '', 'bench', '', '', '' FROM enderecamento_subblococidr s
WHERE s.adesao_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM enderecamento_alocacao a WHERE a.sub_bloco_id = s.id)
"""

#: The least that hands out a slot: lock the lowest free one, give it its holder's next place.
TOMAR = """
UPDATE enderecamento_subblococidr v SET adesao_id = a.pk, ordinal = 1 + (
    SELECT count(*) FROM enderecamento_subblococidr WHERE adesao_id = a.pk AND perfil = 'PRIVADO')
FROM (SELECT %s::bigint AS pk) a
WHERE v.id = (SELECT id FROM enderecamento_subblococidr WHERE perfil = 'PRIVADO' AND adesao_id IS NULL ORDER BY vez LIMIT 1
              FOR NO KEY UPDATE SKIP LOCKED)
"""


def preparar() -> tuple[int, object]:
    """An empty schema with a /12 of 65,536 slots, and 645 cities of two responsáveis in force. Returns the first filler and the actor."""
    from django.core.management import call_command
    from django.db import connection

    from adesao.models import Adesao
    from contas.models import Municipio, Orgao, Usuario, Vinculo
    from enderecamento import acoes
    from nucleo.fluxo import Ator

    nome = connection.settings_dict["NAME"]
    assert str(nome).startswith("bench"), f"{nome}: o nome do banco precisa começar com bench"
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET statement_timeout = 0")
    call_command("migrate", verbosity=0)
    call_command("carregar_municipios", verbosity=0)
    municipios = list(Municipio.objects.order_by("pk"))
    orgaos = Orgao.objects.bulk_create(Orgao(municipio=m, tipo=Orgao.Tipo.PREFEITURA, nome=f"Prefeitura de {m.nome}") for m in municipios)
    usuarios = Usuario.objects.bulk_create(
        Usuario(email=f"pessoa{i}@exemplo.sp.gov.br", nome=f"Pessoa da Silva {i}", cpf=f"{i:011d}", password="!")
        for i in range(2 * len(orgaos) + 1)
    )
    Vinculo.objects.bulk_create(
        Vinculo(usuario=usuarios[i], orgao=orgaos[i // 2], papel="responsavel", inicio_em=AGORA - dt.timedelta(days=300))
        for i in range(2 * len(orgaos))
    )
    gestor = Ator(usuario_id=usuarios[-1].pk, nome="Gestora", papeis=frozenset({("gestor", None)}))
    antes = AGORA - dt.timedelta(days=200)
    comum = {"desde": antes, "criada_em": antes, "criada_por": usuarios[-1], "envios": 1, "primeiro_envio_em": antes, "envio_em": antes}
    Adesao.objects.bulk_create(
        Adesao(municipio=m, numero=f"2026/{i:05d}", estado="APROVADA", decidida_em=antes, blocos_privados=20, blocos_publicos=1, **comum)
        for i, m in enumerate(municipios)
    )
    primeira = Adesao.objects.latest("pk").pk + 1
    # The fillers ended: as many adhesions as blocks / 20, which no city's own row minds.
    Adesao.objects.bulk_create(
        Adesao(municipio=municipios[i % 645], numero=f"2025/{i:05d}", estado="INDEFERIDA", motivo="bench", decidida_em=antes, **comum)
        for i in range(CHEIOS[-1] // 20 + 1)
    )
    inicio = time.perf_counter()
    pool = acoes.registrar_pool(rede=REDE, perfil="PRIVADO", nome="Bench", origem="bench", por=gestor, agora=AGORA)
    while acoes.criar_vagas(pool.pk, agora=AGORA):
        pass
    print(f"a /12 of {pool.vagas:,} slots made in {time.perf_counter() - inicio:.1f} s")
    return primeira, gestor


def encher(primeira: int, n: int) -> None:
    """``n`` slots in use."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for comando in ENCHER.split(";\n"):
            cursor.execute(comando, {"primeira": primeira, "n": n, "agora": AGORA})
        for tabela in ("enderecamento_subblococidr", "enderecamento_alocacao"):
            cursor.execute(f"VACUUM ANALYZE {tabela}")
        cursor.execute("SELECT count(*) FROM enderecamento_subblococidr WHERE adesao_id IS NOT NULL")
        print(f"\n{cursor.fetchone()[0]:,} blocks in use")


def principal() -> None:
    """Prepare, measure in turns at each fullness, print medians and ratios."""
    import django

    django.setup()
    from django.db import connection, transaction

    from adesao.models import Adesao
    from enderecamento import acoes
    from enderecamento.models import SubBlocoCIDR
    from nucleo import fluxo
    from nucleo.models import ChaveDeFormulario

    primeira, gestor = preparar()
    adesoes: Iterator[int] = iter(
        [pk for _ in range(20) for pk in Adesao.objects.filter(estado="APROVADA").order_by("pk").values_list("pk", flat=True)]
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_uma (id bigserial PRIMARY KEY, em timestamptz NOT NULL, texto varchar(40) NOT NULL)")

    def inserir() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_uma (em, texto) VALUES (%s, %s)", [AGORA, "bench"])

    def inserir_e_confirmar() -> None:
        with transaction.atomic():
            inserir()

    def vaga_em_sql() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TOMAR, [next(adesoes)])

    def vaga_pelo_orm() -> None:
        with transaction.atomic():
            adesao = fluxo.travar(Adesao, next(adesoes))
            usados = set(SubBlocoCIDR.objects.filter(adesao=adesao, perfil="PRIVADO").values_list("ordinal", flat=True))
            livres = SubBlocoCIDR.objects.select_for_update(of=("self",), skip_locked=True).filter(perfil="PRIVADO", adesao=None)
            vaga = livres.filter(livre_desde__lte=AGORA.date()).order_by("vez")[0]
            vaga.adesao, vaga.ordinal = adesao, next(n for n in range(1, 21) if n not in usados)
            vaga.save(update_fields=["adesao", "ordinal"])

    def inserir_pelo_orm() -> None:
        ChaveDeFormulario.objects.create(ato="bench")

    def atribuir() -> None:
        acoes.atribuir(next(adesoes), perfil="PRIVADO", por=gestor, agora=AGORA)  # type: ignore[arg-type]

    razoes: list[float] = []
    for n in CHEIOS:
        encher(primeira, n)
        for _ in range(20):
            inserir(), atribuir()
        if "--perfil" in sys.argv:
            perfil = cProfile.Profile()
            for _ in range(200):
                perfil.runcall(atribuir)
            pstats.Stats(perfil).sort_stats("cumulative").print_stats(50)
            return
        casos = {
            "INSERT alone": inserir,
            "INSERT + COMMIT": inserir_e_confirmar,
            "INSERT by ORM": inserir_pelo_orm,
            "slot in SQL": vaga_em_sql,
            "slot by ORM": vaga_pelo_orm,
            "whole action": atribuir,
        }
        tempos: dict[str, list[tuple[float, float]]] = {nome: [] for nome in casos}
        for _ in range(VOLTAS // 10):
            for nome, fazer in casos.items():
                for _ in range(10):
                    tempos[nome].append(medir(fazer))
        base = tempos["INSERT + COMMIT"]
        for nome, lista in tempos.items():
            meio, cpu = statistics.median(t for t, _ in lista), statistics.fmean(c for _, c in lista)
            razao, razao_cpu = meio / statistics.median(t for t, _ in base), cpu / statistics.fmean(c for _, c in base)
            print(f"{nome:16s} {meio:7.2f} ms  {razao:5.1f} times   CPU {cpu:7.2f} ms  {razao_cpu:5.1f} times")
        razoes.append(statistics.median(t for t, _ in tempos["whole action"]) / statistics.median(t for t, _ in base))
    print(f"\nfrom {CHEIOS[0]:,} to {CHEIOS[-1]:,} in use: {max(razoes) / min(razoes):.2f} times, each beside its own INSERT + COMMIT")


if __name__ == "__main__":
    principal()

"""What a renumbering costs (IP-05): its beginning (one transaction), its end at the date and its undoing (one transaction per prefeitura),
with links, history and letters; and whether a prefeitura costs the same among 65 as among 645, and a sub-block the same with 2 as with 20.

    createdb bench_renumeracao
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench_renumeracao MODO=teste VAR_DIR=/tmp/bench .venv/bin/python bench/renumeracao.py

The database is this program's own: its name must begin with ``bench``. Prints ratios measured in the same run: of each act, against one
UPDATE of the same slots and the closing of their history, committed; per prefeitura, against a bare one-row INSERT + COMMIT.
``--perfil`` prints where the time of the end goes.
"""

from __future__ import annotations

import cProfile
import datetime as dt
import os
import pstats
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.enderecos import AGORA, preparar
from bench.medidas import medir

VOLTAS = 3
#: (prefeituras, private sub-blocks of each): all of them change, half of them with a link.
CENAS = ((65, 10), (645, 10), (323, 2), (323, 20))

#: The first slots of the pool in use, so many each, since AGORA.
OCUPAR = """
UPDATE enderecamento_subblococidr s SET adesao_id = v.adesao, ordinal = v.ordinal
FROM (SELECT s.id, a.id AS adesao, 1 + (s.n - 1) %% %(cada)s AS ordinal
      FROM (SELECT id, row_number() OVER (ORDER BY inicio) AS n FROM enderecamento_subblococidr ORDER BY inicio LIMIT %(total)s) s
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM adesao_adesao WHERE estado = 'APROVADA') a
        ON a.n = 1 + (s.n - 1) / %(cada)s) v
WHERE s.id = v.id;
INSERT INTO enderecamento_alocacao (sub_bloco_id, adesao_id, de, por_nome, por_papel, motivo, fim_por_nome, fim_por_papel, fim_motivo)
SELECT id, adesao_id, %(agora)s, 'bench', '', 'bench', '', '', '' FROM enderecamento_subblococidr WHERE adesao_id IS NOT NULL;
INSERT INTO saog_unidade (municipio_id, local, nome, logradouro, numero, complemento, bairro, cep, contato_nome, contato_telefone,
                          funcionamento, sala)
SELECT a.municipio_id, 'bench' || s.ordinal, 'Unidade ' || s.ordinal, 'Rua das Acácias', '120', '', 'Centro', '18600000', 'Gerente',
       '1438111400', 'segunda a sexta', 'Térreo'
FROM enderecamento_subblococidr s JOIN adesao_adesao a ON a.id = s.adesao_id WHERE s.ordinal %% 2 = 0;
INSERT INTO saog_acesso (municipio_id, unidade_id, estado, desde, servico, conexao, ordinal, velocidade, sub_bloco, titular, circuito,
                         equipamento, configuracao, em_servico_desde)
SELECT a.municipio_id, u.id, 'EM_SERVICO', %(agora)s, 'SCM', 'INTRANET', s.ordinal, 8, host('0.0.0.0'::inet + s.inicio) || '/28', '', '',
       '', '', %(agora)s
FROM enderecamento_subblococidr s JOIN adesao_adesao a ON a.id = s.adesao_id
JOIN saog_unidade u ON u.municipio_id = a.municipio_id AND u.local = 'bench' || s.ordinal
"""
#: Everything as it was: nothing in use.
LIMPAR = """
TRUNCATE enderecamento_troca, enderecamento_historicorenumeracao, enderecamento_renumeracao, enderecamento_alocacao, saog_historicoacesso,
         saog_acesso, saog_unidade, comunicacao_mensagemsaida CASCADE;
UPDATE enderecamento_subblococidr SET adesao_id = NULL, ordinal = NULL, troca_ate = NULL, livre_desde = %(hoje)s
WHERE adesao_id IS NOT NULL OR livre_desde > %(hoje)s
"""
#: The least that the date asks of the database, at once.
BASE = """
UPDATE enderecamento_subblococidr SET adesao_id = NULL, troca_ate = NULL, livre_desde = %(depois)s WHERE troca_ate IS NOT NULL;
UPDATE enderecamento_alocacao SET ate = %(agora)s, fim_por_nome = 'bench', fim_motivo = 'bench'
WHERE ate IS NULL AND sub_bloco_id IN (SELECT velho_id FROM enderecamento_troca)
"""


def comandos(sql: str, **valores: object) -> None:
    """Each statement, then dead rows away, so that every measure starts alike."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for comando in sql.split(";\n"):
            cursor.execute(comando, valores)


def cena(prefeituras: int, cada: int) -> None:
    """So many prefeituras with so many sub-blocks each, half of them with a link."""
    from django.db import connection

    comandos(LIMPAR, hoje=AGORA.date())
    comandos(OCUPAR, total=prefeituras * cada, cada=cada, agora=AGORA - dt.timedelta(days=100))
    with connection.cursor() as cursor:
        for tabela in ("enderecamento_subblococidr", "enderecamento_alocacao", "enderecamento_troca", "saog_acesso"):
            cursor.execute(f"VACUUM ANALYZE {tabela}")


def principal() -> None:
    """Prepare, measure each scene, print medians and ratios."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")
    django.setup()
    from django.db import connection, transaction

    from enderecamento import acoes
    from enderecamento.models import PoolCIDR, Renumeracao, Troca

    _, gestor = preparar()
    pool = PoolCIDR.objects.get()
    ultimo_dia = AGORA.date() + dt.timedelta(days=60)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_uma (id bigserial PRIMARY KEY, em timestamptz NOT NULL, texto varchar(40) NOT NULL)")

    def inserir() -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_uma (em, texto) VALUES (%s, %s)", [AGORA, "bench"])

    def comecar() -> None:
        parte = (pool.inicio, pool.inicio + 16 * total)
        pedido = acoes.Pedido(pool_id=pool.pk, parte=parte, motivo="Bench", ultimo_dia=ultimo_dia)
        acoes.renumerar(pedido, por=gestor, agora=AGORA)  # type: ignore[arg-type]
        assert Troca.objects.count() == total

    def base() -> None:
        with transaction.atomic():
            comandos(BASE, agora=AGORA, depois=ultimo_dia)

    def acabar() -> None:
        feito = acoes.trocar(agora=Renumeracao.objects.get().vence_em)
        assert feito == {"prefeituras": prefeituras, "falhas": 0, "concluidas": 1}, feito

    def desfazer() -> None:
        acoes.desfazer_renumeracao(Renumeracao.objects.get().pk, motivo="Bench", por=gestor, agora=AGORA)  # type: ignore[arg-type]
        acoes.trocar(agora=AGORA)
        assert not Troca.objects.filter(encerrada_em__isnull=True).exists()

    def com_troca(fazer: Callable[[], object]) -> tuple[float, float]:
        cena(prefeituras, cada)
        comecar()
        return medir(fazer)

    for _ in range(50):
        inserir()
    fim: list[float] = []
    for prefeituras, cada in CENAS:
        total = prefeituras * cada
        if "--perfil" in sys.argv:
            cena(prefeituras, cada)
            comecar()
            perfil = cProfile.Profile()
            perfil.runcall(acabar)
            pstats.Stats(perfil).sort_stats("cumulative").print_stats(45)
            return
        uma = statistics.median(medir(inserir)[0] for _ in range(200))
        tempos: dict[str, list[tuple[float, float]]] = {n: [] for n in ("base", "begin", "end at the date", "undo")}
        for _ in range(VOLTAS):
            cena(prefeituras, cada)
            tempos["begin"].append(medir(comecar))
            tempos["base"].append(com_troca(base))
            tempos["end at the date"].append(com_troca(acabar))
            tempos["undo"].append(com_troca(desfazer))
        print(f"\n{prefeituras} prefeituras with {cada} sub-blocks each: {total:,} exchanges; base {_meio(tempos['base']):.0f} ms")
        for nome in ("begin", "end at the date", "undo"):
            meio, cpu = _meio(tempos[nome]), statistics.fmean(c for _, c in tempos[nome])
            print(
                f"{nome:16s} {meio / _meio(tempos['base']):6.1f} times the base   {meio / prefeituras:6.2f} ms a prefeitura,"
                f" {meio / prefeituras / uma:5.1f} times an INSERT + COMMIT of {uma:.2f} ms   CPU {cpu / prefeituras:6.2f} ms a prefeitura"
            )
        fim.append(statistics.fmean(c for _, c in tempos["end at the date"]) / prefeituras)
    print(
        f"\nCPU of the end, a prefeitura: among {CENAS[1][0]} {fim[1] / fim[0]:.2f} times what it is among {CENAS[0][0]};"
        f" with {CENAS[3][1]} sub-blocks {fim[3] / fim[2]:.2f} times what it is with {CENAS[2][1]}"
    )


def _meio(tempos: list[tuple[float, float]]) -> float:
    return statistics.median(t for t, _ in tempos)


if __name__ == "__main__":
    principal()

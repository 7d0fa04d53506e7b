"""What the sweep of the ten days costs: 1,000 due requests out of N, against one indexed UPDATE of the same 1,000 rows (target: 10 times).

    createdb bench_prazos
    DATABASE_URL=postgres://postgres@127.0.0.1:5432/bench_prazos MODO=teste VAR_DIR=/tmp/bench .venv/bin/python bench/prazos.py 1000000

N is 50,000 unless given. The database is this program's own: its name must begin with ``bench``. Prints ratios measured in the same run;
history and messages are included in the sweep. ``--perfil`` prints where the time of one sweep goes.
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
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.medidas import medir

os.environ.setdefault("MODO", "teste")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intragov_portal.settings")

DEVIDAS, VOLTAS, PORTAS = 1000, 7, 200
AGORA = dt.datetime(2026, 11, 9, 10, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))

#: Rows 1..%(devidas)s are due; of the others one in ten is open and not due; the rest are accepted.
LINHAS = """
INSERT INTO saog_unidade (municipio_id, local, nome, logradouro, numero, complemento, bairro, cep, contato_nome, contato_telefone,
                          funcionamento, sala)
SELECT m.codigo_ibge, 'bench', 'Unidade de ' || m.nome, 'Rua das Acácias', '120', '', 'Centro', '18600000', 'Gerente', '1438111400',
       'segunda a sexta, 7h às 17h', 'Térreo, sala da TI'
FROM contas_municipio m;

INSERT INTO saog_acesso (municipio_id, unidade_id, estado, desde, servico, conexao, ordinal, velocidade, sub_bloco, titular, circuito,
                         equipamento, configuracao)
SELECT u.municipio_id, u.id, 'LIBERADO', %(agora)s, 'SCM', 'INTRANET', 1, 8, '', '', '', '', ''
FROM (SELECT id, municipio_id, row_number() OVER (ORDER BY id) AS k, count(*) OVER () AS n FROM saog_unidade) u
JOIN generate_series(0, %(devidas)s + 10 + %(n)s / 10) i ON i %% u.n + 1 = u.k;

INSERT INTO saog_solicitacaoservico (municipio_id, numero, tipo_id, natureza, estado, desde, criada_em, criada_por_id, acesso_id, rascunho,
    rascunho_anterior, versao, titulo, servico, velocidade, envios, envio_em, validada_em, emitida_em, atendimento_em, pendente_texto,
    entregas, aceite_vence_em, concluida_em, motivo)
SELECT a.municipio_id, to_char(i, 'FM000000000'), 'ativacao', 'ATIVACAO',
       CASE WHEN i <= %(devidas)s THEN 'AGUARDANDO_ACEITE' WHEN i %% 20 = 0 THEN 'AGUARDANDO_ACEITE' WHEN i %% 20 = 1 THEN 'EM_ATENDIMENTO'
            ELSE 'ACEITA' END,
       %(agora)s, %(agora)s, %(pessoa)s, a.id,
       '{"unidade_nome": "Unidade", "logradouro": "Rua das Acácias", "numero": "120", "cep": "18600-000", "contato_nome": "Gerente da UBS",
         "contato_telefone": "(14) 3811-1400", "funcionamento": "segunda a sexta, 7h às 17h", "sala": "Térreo, sala da TI",
         "servico": "SCM", "velocidade": "8", "declara_lnk_05": "on"}',
       '{}', 3, 'Unidade ' || i, 'SCM', 8, 1, %(agora)s, %(agora)s, %(agora)s, %(agora)s, '', 1,
       CASE WHEN i <= %(devidas)s THEN %(venceu)s ELSE %(vence)s END,
       CASE WHEN i > %(devidas)s AND i %% 20 > 1 THEN %(agora)s END, ''
FROM generate_series(1, %(n)s) i
JOIN (SELECT id, municipio_id, row_number() OVER (ORDER BY id) AS k, count(*) OVER () AS total FROM saog_acesso) a
  ON a.k = CASE WHEN i <= %(devidas)s THEN i WHEN i %% 20 < 2 THEN %(devidas)s + i / 10 + i %% 20 ELSE i %% (%(n)s / 10) + 1 END;

INSERT INTO saog_historicoss (processo_id, transicao, de, para, em, por_nome, por_papel, comentario, dados)
SELECT id, 'entregar', 'EM_ATENDIMENTO', 'AGUARDANDO_ACEITE', %(agora)s, 'Operadora', 'operadora', '', '{}' FROM saog_solicitacaoservico;
"""


def preparar(n: int) -> None:
    """An empty schema with N requests, 645 cities of two responsáveis each, and five people of PRODESP."""
    from django.core.management import call_command
    from django.db import connection

    from contas.models import Municipio, Orgao, Usuario, Vinculo

    nome = connection.settings_dict["NAME"]
    assert str(nome).startswith("bench"), f"{nome}: o nome do banco precisa começar com bench"
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET statement_timeout = 0")
    call_command("migrate", verbosity=0)
    call_command("carregar_municipios", verbosity=0)
    usuarios, vinculos = [], []
    prodesp = Orgao.objects.filter(tipo=Orgao.Tipo.PRODESP).first() or Orgao.objects.create(tipo=Orgao.Tipo.PRODESP, nome="PRODESP")
    orgaos = [Orgao(municipio=m, tipo=Orgao.Tipo.PREFEITURA, nome=f"Prefeitura de {m.nome}") for m in Municipio.objects.order_by("pk")]
    Orgao.objects.bulk_create(orgaos, ignore_conflicts=True)
    prefeituras = list(Orgao.objects.filter(tipo=Orgao.Tipo.PREFEITURA).order_by("pk"))
    postos = [(o, "responsavel") for o in prefeituras for _ in range(2)] + [(prodesp, "analista")] * 4 + [(prodesp, "gestor")]
    for i, (orgao, papel) in enumerate(postos):
        usuarios.append(Usuario(email=f"pessoa{i}@exemplo.sp.gov.br", nome=f"Pessoa da Silva {i}", cpf=f"{i:011d}", password="!"))
        vinculos.append(Vinculo(papel=papel, orgao=orgao, inicio_em=AGORA - dt.timedelta(days=300)))
    Usuario.objects.bulk_create(usuarios)
    for usuario, vinculo in zip(usuarios, vinculos, strict=True):
        vinculo.usuario = usuario
    Vinculo.objects.bulk_create(vinculos)
    valores = {
        "n": n,
        "devidas": DEVIDAS,
        "agora": AGORA - dt.timedelta(days=20),
        "venceu": AGORA - dt.timedelta(hours=10, minutes=12),
        "vence": AGORA + dt.timedelta(days=9),
        "pessoa": usuarios[0].pk,
    }
    with connection.cursor() as cursor:
        for comando in LINHAS.split(";\n"):
            if comando.strip():
                cursor.execute(comando, valores)
        cursor.execute("SELECT estado, count(*) FROM saog_solicitacaoservico GROUP BY estado ORDER BY estado")
        print(", ".join(f"{estado} {quantos}" for estado, quantos in cursor.fetchall()))


def voltar() -> None:
    """The 1,000 due again, their history and messages gone, tables vacuumed: every measure starts alike."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "UPDATE saog_solicitacaoservico SET estado = 'AGUARDANDO_ACEITE', silencio_em = NULL WHERE numero <= %s",
            [f"{DEVIDAS:09d}"],
        )
        cursor.execute("ALTER TABLE saog_historicoss DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM saog_historicoss WHERE transicao = 'vencer'")
        cursor.execute("ALTER TABLE saog_historicoss ENABLE TRIGGER USER")
        cursor.execute("TRUNCATE comunicacao_mensagemsaida")
        for tabela in ("saog_solicitacaoservico", "saog_historicoss", "comunicacao_mensagemsaida"):
            cursor.execute(f"VACUUM ANALYZE {tabela}")
        cursor.execute("CHECKPOINT")


def medir_de_novo(fazer: Callable[[], object]) -> tuple[float, float]:
    """One run from a fresh start."""
    voltar()
    return medir(fazer)


def um_update() -> None:
    """The measure of all: one UPDATE of the same rows by the same index, committed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE saog_solicitacaoservico SET estado = 'PRAZO_VENCIDO', desde = %s, silencio_em = %s"
            " WHERE estado = 'AGUARDANDO_ACEITE' AND silencio_em IS NULL AND aceite_vence_em <= %s",
            [AGORA, AGORA, AGORA],
        )
        assert cursor.rowcount == DEVIDAS


def varrer() -> None:
    """The sweep, history and messages included."""
    from comunicacao.models import MensagemSaida
    from saog import acoes

    feito = acoes.vencer_prazos(agora=AGORA)
    assert (feito.feitas, feito.falhas) == (DEVIDAS, 0)
    assert MensagemSaida.objects.count() > DEVIDAS


def so_a_porta() -> None:
    """The batch door alone, with history and without messages."""
    from django.db.models import Q

    from nucleo import fluxo
    from saog.models import SolicitacaoServico

    pks = SolicitacaoServico.objects.filter(estado="AGUARDANDO_ACEITE", aceite_vence_em__lte=AGORA).values_list("pk", flat=True)
    lote = fluxo.executar_lote(SolicitacaoServico, list(pks), "vencer", agora=AGORA, onde=Q(silencio_em__isnull=True))
    assert len(lote.feitas) == DEVIDAS


def uma_a_uma() -> None:
    """The door row by row, 200 rows, history and no messages."""
    from django.db import transaction

    from nucleo import fluxo
    from nucleo.fluxo import SISTEMA
    from saog.models import SolicitacaoServico

    due = SolicitacaoServico.objects.filter(estado="AGUARDANDO_ACEITE", aceite_vence_em__lte=AGORA)
    for pk in list(due.values_list("pk", flat=True)[:PORTAS]):
        with transaction.atomic():
            fluxo.executar(SolicitacaoServico, pk, "vencer", por=SISTEMA, agora=AGORA)


def principal() -> None:
    """Prepare, measure in turns, print medians and ratios."""
    import django

    django.setup()
    numeros = [int(a) for a in sys.argv[1:] if a.isdecimal()]
    n = numeros[0] if numeros else 50_000
    preparar(n)
    if "--perfil" in sys.argv:
        varrer()
        voltar()
        perfil = cProfile.Profile()
        perfil.runcall(varrer)
        pstats.Stats(perfil).sort_stats("cumulative").print_stats(45)
        return
    casos: dict[str, Callable[[], object]] = {
        "one UPDATE": um_update,
        "sweep, all included": varrer,
        "batch door, no messages": so_a_porta,
        f"door row by row ({PORTAS} rows)": uma_a_uma,
    }
    tempos: dict[str, list[tuple[float, float]]] = {nome: [] for nome in casos}
    for volta in range(VOLTAS + 1):
        for nome, fazer in casos.items():
            vezes = DEVIDAS / PORTAS if fazer is uma_a_uma else 1
            parede, cpu = medir_de_novo(fazer)
            if volta:  # the first warms up
                tempos[nome].append((parede * vezes, cpu * vezes))
    base = tempos["one UPDATE"]
    cpu_base = statistics.fmean(c for _, c in base) or 1.0
    print(f"\nper {DEVIDAS:,} rows of {n:,}; medians of {VOLTAS} runs taken in turns")
    for nome, lista in tempos.items():
        razoes = [t / b for (t, _), (b, _) in zip(lista, base, strict=True)]
        cpu = statistics.fmean(c for _, c in lista)
        print(
            f"{nome:30s} {statistics.median(t for t, _ in lista):9.1f} ms  {statistics.median(razoes):6.1f} times the UPDATE"
            f" ({min(razoes):.1f} to {max(razoes):.1f})   CPU {cpu:8.1f} ms  {cpu / cpu_base:6.1f} times"
        )


if __name__ == "__main__":
    principal()

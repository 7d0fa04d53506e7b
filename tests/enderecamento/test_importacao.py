"""Importing what PRODESP already has: forgiving reading, a report of all that is wrong, all or nothing (IP-01 to IP-04, IP-08, ADS-13)."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comunicacao.models import MensagemSaida
from enderecamento import acoes, consultas
from enderecamento.estados import Origem
from enderecamento.models import Alocacao, ImportacaoDeBlocos, LimiteConcedido, QuantidadeDeBlocos, SubBlocoCIDR
from nucleo import prazos
from nucleo.erros import RegraViolada, SemPermissao, TransicaoIndisponivel
from nucleo.redes import cidr, ler_rede
from tests.apoio import enderecos
from tests.apoio.elenco import AGORA, BOTUCATU
from tests.enderecamento.conftest import Cena

pytestmark = pytest.mark.django_db
CABECALHO = "rede;codigo_ibge;municipio;desde;observacao\n"
BOAS = "10.64.16.0/28;3507506;Botucatu;12/03/2019;Paço\n10.64.16.48/28;;itapeva;2020-01-31;\n203.0.113.4/30;3522406;;1/2/2021;\n"


def relatorio(corpo: str, cabecalho: str = CABECALHO) -> consultas.Relatorio:
    return consultas.conferir(consultas.ler(cabecalho + corpo), agora=AGORA)


def frases(corpo: str) -> list[tuple[int, str, str]]:
    return [(p.linha, p.frase, p.regra) for p in relatorio(corpo).problemas]


def guardada(cena: Cena, corpo: str = BOAS) -> ImportacaoDeBlocos:
    return acoes.guardar_planilha(nome="blocos.csv", dados=(CABECALHO + corpo).encode(), por=cena.gestor, agora=AGORA)


def retrato() -> tuple[int, int, int, int]:
    ocupadas = SubBlocoCIDR.objects.filter(adesao__isnull=False).count()
    return ocupadas, Alocacao.objects.count(), QuantidadeDeBlocos.objects.count(), MensagemSaida.objects.count()


@pytest.mark.parametrize(
    "dados",
    [
        b"rede;municipio;desde\r\n10.64.16.0/28;Itapeva;01/02/2020\r\n",
        b"\xef\xbb\xbfRede,Munic\xc3\xadpio,Desde\n10.64.16.0/28,ITAPEVA,2020-02-01\n",
        "Observação;CIDR;Prefeitura;Data de início\n;10.64.16.0 255.255.255.240;Itapeva - SP;1/2/2020\n".encode("latin-1"),
        "sep=,\nIP,Código IBGE,desde\n10.64.16.0/28,352240,01-02-2020\n".encode(),
        "rede\tmunicípio\tdesde\n10.64.16.0/28\tPrefeitura Municipal de Itapeva\t01/02/2020 00:00\n".encode("utf-16"),
        b'\n"rede";"municipio";"desde";"coluna de outra coisa"\n\n"10.64.16.0/28";"Itapeva";"01/02/2020";"x"\n;;;\n',
    ],
)
def test_a_csv_is_read_however_it_was_saved(cena: Cena, dados: bytes) -> None:
    lido = consultas.conferir(consultas.ler(consultas.texto_de(dados)), agora=AGORA)
    assert lido.problemas == []
    (entrada,) = lido.entradas
    assert (entrada.rede.cidr, entrada.municipio.nome, entrada.de) == ("10.64.16.0/28", "Itapeva", prazos.meia_noite(dt.date(2020, 2, 1)))


def test_a_name_that_only_sounds_like_a_municipality_is_told(cena: Cena) -> None:
    """Accents, capitals and "Prefeitura de" are no difference; nor is any spelling beside the code."""
    lido = relatorio(
        "10.64.16.0/28;;Ytapeva;1/1/2020;\n10.64.16.16/28;;Ytapeva;1/1/2020;\n10.64.16.32/28;;Prefeitura de ITAPÉVA - SP;1/1/2020;\n"
        "10.64.16.48/28;3507506;Butucatú;1/1/2020;\n10.64.16.64/28;3507506;Botuccatu;1/1/2020;\n"
    )
    assert [(nome, municipio.nome) for nome, municipio in lido.lidos_como] == [("Ytapeva", "Itapeva")]


@pytest.mark.parametrize(
    ("dados", "frase"),
    [
        (b"", "vazio"),
        (b"PK\x03\x04etc", "Salve como CSV"),
        (b"rede\0;a", "não é um texto CSV"),
        (b"a;b;c\n1;2;3\n", "Falta no cabeçalho: rede; desde; codigo_ibge ou municipio"),
        (b"rede;cidr;desde;ibge\n1;2;3;4\n", "duas colunas para “rede”"),
        (b"rede;municipio;desde\n", "só tem o cabeçalho"),
        (b'rede;municipio;desde\n10.0.0.0/28;Botucatu;1/1/2020\n"10.0.0.0/28;x;y\n', "A linha 3 não pôde ser lida"),
        (b"rede;municipio;desde\n" + b"x;y;z\n" * 20_001, "20.000 linhas"),
        (b"rede;municipio;desde\n" + b"x" * (1 << 20), "1 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(cena: Cena, dados: bytes, frase: str) -> None:
    with pytest.raises(RegraViolada, match=frase) as erro:
        acoes.guardar_planilha(nome="x.csv", dados=dados, por=cena.gestor, agora=AGORA)
    assert erro.value.campo == "arquivo"
    assert not ImportacaoDeBlocos.objects.exists()


@pytest.mark.parametrize(
    ("linha", "frase", "regra"),
    [
        ("10.64.16.0;;Botucatu;1/1/2020;", "Falta o prefixo. Escreva, por exemplo, 10.64.16.0/28.", "IP-04"),
        ("10.64.16.5/28;;Botucatu;1/1/2020;", "A rede não começa neste endereço. Seria 10.64.16.0/28?", "IP-04"),
        ("10.64.16.64/24;;Botucatu;1/1/2020;", "Um sub-bloco privado é /28 e um público é /30.", "IP-02"),
        ("dez;;Botucatu;1/1/2020;", "Não é uma rede.", "IP-04"),
        (";;Botucatu;1/1/2020;", "Informe a rede.", "IP-04"),
        ("10.64.16.0/29;;Botucatu;1/1/2020;", "No bloco 10.64.16.0/24, privado, cada sub-bloco é /28.", "IP-02"),
        ("203.0.113.0/29;;Botucatu;1/1/2020;", "público, cada sub-bloco é /30.", "IP-03"),
        ("10.65.0.0/28;;Botucatu;1/1/2020;", "Está fora de todos os blocos registrados.", "IP-01"),
        ("10.64.16.0/28;;Botukatinga;1/1/2020;", "Não há município de São Paulo com este nome.", ""),
        ("10.64.16.0/28;;Botucattu do Sul;1/1/2020;", "Não há município de São Paulo com este nome.", ""),
        ("10.64.16.0/28;9999999;;1/1/2020;", "Não há município de São Paulo com este código do IBGE.", ""),
        ("10.64.16.0/28;3507506;Itapeva;1/1/2020;", "O código 3507506 é de Botucatu.", ""),
        ("10.64.16.0/28;;;1/1/2020;", "Informe o município ou o código do IBGE.", ""),
        ("10.64.16.0/28;;Cunha;1/1/2020;", "A adesão de Cunha não está em vigor no portal.", "ADS-01"),
        ("10.64.16.0/28;;Botucatu;;", "Informe em “desde” o dia da atribuição.", ""),
        ("10.64.16.0/28;;Botucatu;31/02/2020;", "Este dia não existe. Escreva em “desde” o dia como em 25/11/2020.", ""),
        ("10.64.16.0/28;;Botucatu;ontem;", "Escreva em “desde” o dia como em 25/11/2020.", ""),
        ("10.64.16.0/28;;Botucatu;10/11/2026;", "A data está no futuro.", ""),
        ("10.64.16.0/28;;Botucatu;01/01/1919;", "O ano precisa ser de 1990 em diante.", ""),
        ("10.64.16.0/28;;Botucatu;1/1/2020;;;fora", "A linha tem mais colunas que o cabeçalho.", ""),
    ],
)
def test_each_thing_that_is_wrong_is_said_with_what_to_do(cena: Cena, linha: str, frase: str, regra: str) -> None:
    achadas = [p for p in relatorio(f"{linha}\n").problemas if frase in p.frase]
    assert [(p.linha, p.regra) for p in achadas] == [(2, regra)]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_file(cena: Cena) -> None:
    achadas = frases("10.64.16.0/28;;Botucatu;1/1/2020;\n\nx;;y;z;\n10.64.16.0/28;;Itapeva;1/1/2020;\n")
    assert [linha for linha, _, _ in achadas] == [4, 4, 4, 5]
    assert achadas[-1] == (5, "Esta rede já está na linha 2. Deixe uma só.", "IP-04")


def test_a_network_in_use_in_quarantine_or_held_after_that_day_is_said(cena: Cena) -> None:
    usado, devolvido = acoes.atribuir(cena.itapeva.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    acoes.devolver(devolvido.pk, motivo="Sobrou.", por=cena.analista, agora=AGORA)
    corpo = f"{usado};;Botucatu;1/1/2020;\n{usado.rede.rede}/28;;Itapeva;1/1/2020;\n{devolvido};;Botucatu;1/1/2020;\n"
    ditas = frases(corpo)
    assert (2, "Já está em uso por Itapeva. Retire a linha ou corrija a rede.", "IP-04") in ditas
    assert (3, "O portal já tem este sub-bloco com esta prefeitura. Retire a linha.", "IP-04") in ditas
    assert (4, "Está em quarentena até 08/12/2026: foi devolvido há pouco.", "IP-08") in ditas
    SubBlocoCIDR.objects.filter(pk=devolvido.pk).update(livre_desde=AGORA.date())
    (dita,) = frases(f"{devolvido};;Botucatu;1/1/2020;\n")
    assert dita[1].startswith("O histórico diz que este sub-bloco esteve com uma prefeitura até 09/11/2026.")


def test_past_the_ceiling_the_extra_lines_are_wrong_unless_more_was_granted(cena: Cena) -> None:
    enderecos.pool("10.64.32.0/23", por=cena.gestor)
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=2, por=cena.analista, agora=AGORA)
    corpo = "".join(f"10.64.32.{i * 16 % 256}/28;;Botucatu;1/1/2020;\n".replace(".32.", f".{32 + i // 16}.") for i in range(19))
    (dita,) = frases(corpo)
    assert dita[0] == 20
    assert "pode ter 20 sub-blocos privados, já tem 2 no portal, e este seria o 21º" in dita[1]
    assert dita[2] == "IP-02"
    LimiteConcedido.objects.create(
        municipio_id=BOTUCATU,
        links=25,
        vale_de=AGORA.date(),
        motivo="Creches.",
        concedido_em=AGORA,
        concedido_por_id=cena.gestor.usuario_id,
    )
    feita = acoes.gravar_importacao(guardada(cena, corpo).pk, por=cena.gestor, agora=AGORA)
    assert feita.blocos == 19
    lugares = consultas.da_prefeitura(cena.botucatu.pk).values_list("ordinal", "excedente__links")
    assert sorted(lugares)[-2:] == [(20, None), (21, 25)]


def test_a_second_public_block_is_over_the_ceiling(cena: Cena) -> None:
    (dita,) = frases("203.0.113.0/30;;Botucatu;1/1/2020;\n203.0.113.4/30;;Botucatu;1/1/2020;\n")
    assert dita == (3, "Botucatu pode ter 1 sub-bloco público, e este seria o 2º.", "IP-03")


def test_a_good_file_is_written_whole_with_history_since_that_day_and_no_letter(cena: Cena) -> None:
    cena.itapeva.blocos_publicos = None
    cena.itapeva.save(update_fields=["blocos_publicos"])
    planilha = guardada(cena)
    cartas = MensagemSaida.objects.count()
    feita = acoes.gravar_importacao(planilha.pk, por=cena.gestor, agora=AGORA)
    assert (feita.blocos, feita.prefeituras, feita.gravada_por_nome) == (3, 2, cena.gestor.nome)
    posses = Alocacao.objects.order_by("sub_bloco__inicio").values_list("adesao", "de", "ate", "motivo", "por_nome")
    assert list(posses) == [
        (
            cena.botucatu.pk,
            prazos.meia_noite(dt.date(2019, 3, 12)),
            None,
            "Cadastro anterior da PRODESP: Paço",
            f"Importado por {cena.gestor.nome} em 09/11/2026",
        ),
        (
            cena.itapeva.pk,
            prazos.meia_noite(dt.date(2020, 1, 31)),
            None,
            "Cadastro anterior da PRODESP",
            f"Importado por {cena.gestor.nome} em 09/11/2026",
        ),
        (
            cena.itapeva.pk,
            prazos.meia_noite(dt.date(2021, 2, 1)),
            None,
            "Cadastro anterior da PRODESP",
            f"Importado por {cena.gestor.nome} em 09/11/2026",
        ),
    ]
    assert [(b.perfil, b.ordinal) for b in consultas.da_prefeitura(cena.itapeva.pk)] == [("PRIVADO", 1), ("PUBLICO", 1)]
    (mais,) = QuantidadeDeBlocos.objects.all()
    assert (mais.adesao_id, mais.perfil, mais.quantidade, mais.origem) == (cena.itapeva.pk, "PUBLICO", 1, Origem.IMPORTACAO)
    assert mais.referencia == "Planilha blocos.csv"
    assert MensagemSaida.objects.count() == cartas


def test_with_the_box_ticked_each_responsavel_gets_one_letter_with_all_of_them(cena: Cena) -> None:
    acoes.gravar_importacao(guardada(cena).pk, avisar=True, por=cena.gestor, agora=AGORA)
    cartas = MensagemSaida.objects.filter(assunto_tipo="blocos_importados").order_by("pk")
    assert [c.para for c in cartas] == ["aparecida@botucatu.sp.gov.br", "conceicao@itapeva.sp.gov.br"]
    assert "10.64.16.48/28" in cartas[1].texto
    assert "203.0.113.4/30" in cartas[1].texto


def test_one_wrong_line_writes_nothing(cena: Cena) -> None:
    planilha, antes = guardada(cena, BOAS + "10.64.16.64/28;;Cunha;1/1/2020;\n"), retrato()
    with pytest.raises(acoes.ImportacaoComProblemas, match="há 1 linha para corrigir") as erro:
        acoes.gravar_importacao(planilha.pk, por=cena.gestor, agora=AGORA)
    assert erro.value.relatorio.linhas_erradas == 1
    assert retrato() == antes


def test_what_was_taken_after_the_dry_run_stops_the_whole_file(cena: Cena) -> None:
    planilha = guardada(cena)
    assert relatorio(BOAS).pode_gravar
    acoes.atribuir(cena.botucatu.pk, perfil="PRIVADO", quantidade=1, por=cena.analista, agora=AGORA)
    antes = retrato()
    with pytest.raises(acoes.ImportacaoComProblemas):
        acoes.gravar_importacao(planilha.pk, por=cena.gestor, agora=AGORA)
    assert retrato() == antes


def test_a_file_is_written_once(cena: Cena) -> None:
    planilha = guardada(cena)
    acoes.gravar_importacao(planilha.pk, por=cena.gestor, agora=AGORA)
    with pytest.raises(TransicaoIndisponivel, match="já foi importada"):
        acoes.gravar_importacao(planilha.pk, por=cena.gestor, agora=AGORA)


def test_a_new_file_takes_the_place_of_the_one_not_written(cena: Cena) -> None:
    velha, nova = guardada(cena), guardada(cena)
    assert list(ImportacaoDeBlocos.objects.values_list("pk", flat=True)) == [nova.pk] != [velha.pk]


def test_only_the_gestor_imports(cena: Cena) -> None:
    with pytest.raises(SemPermissao):
        acoes.guardar_planilha(nome="x.csv", dados=(CABECALHO + BOAS).encode(), por=cena.analista, agora=AGORA)
    planilha = guardada(cena)
    with pytest.raises(SemPermissao):
        acoes.gravar_importacao(planilha.pk, por=cena.analista, agora=AGORA)


def test_the_quote_that_guards_a_formula_is_taken_off(cena: Cena) -> None:
    acoes.gravar_importacao(guardada(cena, "10.64.16.0/28;;Botucatu;1/1/2020;'=1+1\n").pk, por=cena.gestor, agora=AGORA)
    assert Alocacao.objects.get().motivo == "Cadastro anterior da PRODESP: =1+1"


def _grande(cena: Cena, n: int) -> str:
    """``n`` lines of as many municipalities as needed, all right but for the ceiling."""
    inicio, _ = ler_rede("10.96.0.0/28")
    return "".join(f"{cidr(inicio + 16 * i, 28)};;Botucatu;1/1/2020;linha {i}\n" for i in range(n))


def test_five_thousand_lines_take_a_few_queries_for_each_piece_never_one_for_each_line(cena: Cena) -> None:
    enderecos.pool("10.96.0.0/15", por=cena.gestor)
    contas = {}
    for n in (500, 5000):
        linhas = consultas.ler(CABECALHO + _grande(cena, n))
        with CaptureQueriesContext(connection) as consultadas:
            feito = consultas.conferir(linhas, agora=AGORA)
        contas[n] = len(consultadas)
        assert feito.linhas_erradas == n - 20
    assert contas[5000] <= contas[500] + 2 * 9
    assert contas[500] < 15


def test_writing_takes_a_few_queries_for_each_piece_too(cena: Cena) -> None:
    enderecos.pool("10.96.0.0/15", por=cena.gestor)
    LimiteConcedido.objects.create(
        municipio_id=BOTUCATU, links=5000, vale_de=AGORA.date(), motivo="x", concedido_em=AGORA, concedido_por_id=cena.gestor.usuario_id
    )
    planilha = guardada(cena, _grande(cena, 1000))
    with CaptureQueriesContext(connection) as consultadas:
        acoes.gravar_importacao(planilha.pk, por=cena.gestor, agora=AGORA)
    assert SubBlocoCIDR.objects.filter(adesao=cena.botucatu).count() == 1000
    assert len(consultadas) < 45


def test_the_command_checks_by_itself_and_writes_when_asked(cena: Cena, tmp_path: Path) -> None:
    arquivo = tmp_path / "blocos.csv"
    arquivo.write_text(CABECALHO + BOAS, encoding="latin-1")
    saida, antes = io.StringIO(), retrato()
    call_command("importar_blocos", str(arquivo), stdout=saida)
    assert "3 linhas certas, de 2 prefeituras. Nada foi gravado" in saida.getvalue()
    assert "foi lido como" not in saida.getvalue()
    assert retrato() == antes
    outro_nome = tmp_path / "nomes.csv"
    outro_nome.write_text(CABECALHO + BOAS.replace("itapeva", "Ytapeva"))
    call_command("importar_blocos", str(outro_nome), stdout=saida)
    assert "“Ytapeva” foi lido como Itapeva." in saida.getvalue()
    call_command("importar_blocos", str(arquivo), "--gravar", "--por", "iara@prodesp.sp.gov.br", stdout=saida)
    assert "Importados 3 sub-blocos de 2 prefeituras." in saida.getvalue()
    assert set(Alocacao.objects.values_list("por_nome", flat=True)) == {f"Importado por Iara Siqueira em {timezone.localdate():%d/%m/%Y}"}


def test_the_command_says_each_wrong_line_and_fails(cena: Cena, tmp_path: Path) -> None:
    arquivo = tmp_path / "blocos.csv"
    arquivo.write_text(CABECALHO + BOAS + "x;;Cunha;1/1/2020;\n")
    erros, antes = io.StringIO(), retrato()
    for opcoes in ([], ["--gravar"]):
        with pytest.raises(CommandError, match="1 de 4 linhas para corrigir"):
            call_command("importar_blocos", str(arquivo), *opcoes, stderr=erros)
    assert (
        "Linha 5: Cunha: A adesão de Cunha não está em vigor no portal. Importe depois que ela for aprovada. (ADS-01)" in erros.getvalue()
    )
    assert retrato() == antes
    with pytest.raises(CommandError, match="Não foi possível ler"):
        call_command("importar_blocos", str(tmp_path / "nada.csv"))
    with pytest.raises(CommandError, match="Não há conta"):
        call_command("importar_blocos", str(arquivo), "--por", "ninguem@example.org")

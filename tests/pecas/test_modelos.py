"""The papers say what the official forms say, letter by letter, slips included (ADS-05, ADS-06, ADS-07)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.pecas import dados, papeis

ROTULOS = ("matricula", "nome", "cpf", "telefone", "celular", "email", "cargo", "departamento")
DATA = re.compile(r"<Cidade>,\s+____\s+de\s+_+\s*de 20__\.")


def _preencher(texto: str, valores: list[str]) -> str:
    """Each blank (underscores, dots) of ``texto`` replaced in order; fails when there are more or fewer values than blanks."""
    fila = iter(valores)
    cheio = re.sub(r"_{2,}|\.{6,}", lambda _: f" {next(fila)} ", texto)
    assert next(fila, None) is None, "sobrou valor para preencher"
    return re.sub(r"\s+([,.])", r"\1", cheio)


def _oficio(d: dict[str, Any]) -> str:
    texto = papeis.modelo_oficial("oficio").replace("\n____________________________________________\nCargo", "\nCargo")
    texto = DATA.sub(f"{d['local']}, {d['data']}.", texto.replace(".........../ano", d["oficio_numero"]))
    campos = ("cnpj", "logradouro", "numero", "complemento", "cep", "cidade", "prefeito_nome")
    cheio = _preencher(texto, [d["municipio"].upper(), d["municipio"], *(d[c] for c in campos)])
    return f"{cheio.rstrip()} {d['prefeito_cargo']}"


def _representante(texto: str, d: dict[str, Any]) -> str:
    texto = DATA.sub(f"{d['local']}, {d['data']}.", texto).replace("<CPF>", d["representante_cpf"])
    return texto.replace("Representante legal da Prefeitura: " + "_" * 30, f"Representante legal da Prefeitura: {_assina(d)}")


def _assina(d: dict[str, Any]) -> str:
    return f"{d['representante_nome']}, {d['representante_cargo']}"


def _anexo1(d: dict[str, Any]) -> str:
    texto = papeis.modelo_oficial("anexo1").replace(".........../ano", d["oficio_numero"])
    texto = texto.replace("<inclusão, alteração ou ratificação>", d["acao"])
    antes, primeiro, segundo = re.split(r"(?=[12]º Responsável\n)", _representante(texto, d))
    pessoas = []
    for bloco, pessoa in zip((primeiro, segundo), d["responsaveis"], strict=True):
        linhas = bloco.split("\n")
        for n, campo in enumerate(ROTULOS, 1):
            assert linhas[n].endswith(":")
            linhas[n] += f" {pessoa[campo]}"
        pessoas.append("\n".join(linhas))
    return antes + "".join(pessoas)


def _anexo2(d: dict[str, Any]) -> str:
    texto = papeis.modelo_oficial("anexo2")
    linha = "<informar o nome da aplicação/sistema>\n<informar o Órgão Responsável pela Aplicação>\n"
    assert texto.count(linha) == 2
    texto = texto.replace(linha * 2, "".join(f"{a['nome']}\n{a['orgao']}\n" for a in d["aplicacoes"]))
    for campo in ("blocos_privados", "blocos_publicos"):
        texto = texto.replace("(   )*", f"( {d[campo]} )*", 1)
    campos = ("tecnico_nome", "tecnico_telefone", "tecnico_email")
    return _preencher(_representante(texto, d), [d["municipio"], d["municipio"], *(d[c] for c in campos)])


ESPERADOS: dict[str, Callable[[dict[str, Any]], str]] = {"oficio": _oficio, "anexo1": _anexo1, "anexo2": _anexo2}


def _dobrar(texto: str) -> str:
    """Spaces folded; a line may end after a "-" or "/" that belongs to the word."""
    return re.sub(r"(?<=\w)([-/])\s+", r"\1", " ".join(texto.split()))


def _sem_timbre(texto: str, d: dict[str, Any]) -> str:
    timbre = " ".join(" ".join(d["timbre"]["linhas"]).split())
    assert texto.startswith(timbre)
    return texto.removeprefix(timbre).strip()


@pytest.mark.parametrize("modelo", ESPERADOS)
def test_every_letter_of_the_form_is_on_the_paper_in_the_same_order_and_nothing_else(modelo: str) -> None:
    d = dados.ORDINARIOS[modelo]
    texto = _sem_timbre(papeis.corpo(papeis.papel(modelo, "ordinarios")), d)
    assert _dobrar(texto) == _dobrar(ESPERADOS[modelo](d))


@pytest.mark.parametrize("modelo", ESPERADOS)
def test_the_longest_values_lose_no_letter(modelo: str) -> None:
    d = dados.longos(modelo)
    texto = "".join(papeis.corpo(papeis.papel(modelo, "longos")).split())
    esperado = "".join(ESPERADOS[modelo](d).split())
    assert texto.endswith(esperado)


@pytest.mark.parametrize(
    ("modelo", "deslize"),
    [
        ("oficio", "conforme modelo previsto no Anexo IV, honrando"),
        ("oficio", "pelos partícipes ao presente convênio ou aos contratos"),
        ("oficio", "dificultar ou impedir o encerramento dos contratos Cláusula Quarta"),
        ("oficio", "cabe a Prefeitura solicitar"),
        ("oficio", "4.1. O signatário abaixo"),
        ("anexo1", "Vimos por meio deste, solicitar a"),
        ("anexo1", "devendo o OES encaminhar novamente"),
        ("anexo1", "cientes quanto a necessidade"),
        ("anexo2", "(Classless Intert-Domain Routing) Privado"),
        ("anexo2", "(Classless Inter-Domain Routing) Público para acesso"),
    ],
)
def test_the_slips_of_the_forms_are_kept(modelo: str, deslize: str) -> None:
    assert deslize in _dobrar(papeis.corpo(papeis.papel(modelo, "ordinarios")))


def test_the_oficio_carries_no_cpf_and_the_anexo_ii_no_oficio_number() -> None:
    assert "CPF" not in papeis.corpo(papeis.papel("oficio", "ordinarios"))  # ADS-05
    assert "Ofício" not in papeis.corpo(papeis.papel("anexo2", "ordinarios"))  # ADS-07


def test_all_eight_labels_of_both_people_are_printed_when_their_values_are_empty() -> None:
    texto = papeis.corpo(papeis.papel("anexo1", "vazios"))  # ADS-06
    for rotulo in ("Matrícula (se houver):", "Tel. c/ DDD e Ramal (se houver):", "Cel. c/ DDD (se houver):", "Departamento:"):
        assert texto.count(rotulo) == 2
    assert "Matrícula (se houver): Nome:" in texto


def test_a_profile_that_is_not_wanted_keeps_its_parentheses_blank() -> None:
    texto = papeis.corpo(papeis.papel("anexo2", "vazios"))  # ADS-07
    assert "( )* Máximo 20 sub-blocos." in texto
    assert "( )* Máximo 01 sub-bloco." in texto


def test_place_and_date_not_given_stay_as_lines_to_fill_by_hand() -> None:
    assert re.search(r"_{10,}, _{4} de _{10,} de 20__\.", papeis.corpo(papeis.papel("oficio", "vazios")))


def test_an_empty_complement_is_marked_so_that_nobody_fills_it_later() -> None:
    assert "Compl.: –, CEP" in papeis.corpo(papeis.papel("oficio", "vazios"))


@pytest.mark.parametrize("acao", ["inclusão", "alteração", "ratificação"])
def test_the_action_of_the_anexo_i_takes_the_place_of_the_three_choices(acao: str) -> None:
    pagina = papeis.html("anexo1", {**dados.ORDINARIOS["anexo1"], "acao": acao})
    assert f"solicitar a <b>{acao}</b> dos dois servidores" in pagina

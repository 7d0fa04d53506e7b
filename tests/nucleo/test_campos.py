"""Validators, formatters and form fields (`pesquisa_dominio.md` 3.1 to 3.4; ADS-05 to ADS-07)."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj as stdnum_cnpj
from stdnum.br import cpf as stdnum_cpf

from nucleo import campos
from nucleo.campos import ValorInvalido
from nucleo.campos.validadores import DDDS, DDDS_DE_SP

CHEIOS = str.maketrans("0123456789", "０１２３４５６７８９")
enfeites = st.tuples(st.sampled_from(["", " ", "  ", "\t", "\u00a0", "\u200b", "\ufeff"]), st.sampled_from(["", " ", "\n", "\u200b"]))
separadores = st.lists(st.sampled_from(["", "", "", ".", "-", "/", " ", "–"]), min_size=14, max_size=14)

cpfs = st.from_regex(r"\A[0-9]{9}\Z").filter(lambda n: len(set(n)) > 1).map(lambda n: n + stdnum_cpf._calc_check_digits(n))
cnpjs = (
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12)
    .filter(lambda n: len(set(n)) > 1 and not n.startswith("000000000000"))
    .map(lambda n: n + stdnum_cnpj.calc_check_digits(n))
    .filter(lambda n: len(set(n)) > 1)
)
ceps = st.integers(min_value=1_000_000, max_value=19_999_999).map(lambda n: f"{n:08d}")
fixos = st.tuples(st.sampled_from(sorted(DDDS)), st.sampled_from("2345"), st.from_regex(r"\A[0-9]{7}\Z")).map("".join)
celulares = st.tuples(st.sampled_from(sorted(DDDS)), st.just("9"), st.from_regex(r"\A[0-9]{8}\Z")).map("".join)


def salpicado(valor: str, pontos: list[str], pontas: tuple[str, str]) -> str:
    """The bare value with separators between its characters and things around it."""
    return pontas[0] + "".join(c + p for c, p in zip(valor, pontos, strict=False)).rstrip(" ") + pontas[1]


@given(cpfs, separadores, enfeites, st.booleans())
def test_a_cpf_written_in_any_way_is_the_same_eleven_digits(cpf: str, pontos: list[str], pontas: tuple[str, str], cheio: bool) -> None:
    escrito = salpicado(cpf, pontos, pontas)
    assert campos.validar_cpf(escrito.translate(CHEIOS) if cheio else escrito) == cpf
    assert campos.validar_cpf(campos.formatar_cpf(cpf)) == cpf


@given(cnpjs, separadores, enfeites, st.booleans())
def test_a_cnpj_written_in_any_way_and_case_is_the_same_fourteen_characters(
    cnpj: str, pontos: list[str], pontas: tuple[str, str], minusculo: bool
) -> None:
    escrito = salpicado(cnpj, pontos, pontas)
    assert campos.validar_cnpj(escrito.lower() if minusculo else escrito) == cnpj
    assert campos.validar_cnpj(campos.formatar_cnpj(cnpj)) == cnpj


@given(ceps, separadores, enfeites)
def test_a_cep_of_sao_paulo_written_in_any_way_is_the_same_eight_digits(cep: str, pontos: list[str], pontas: tuple[str, str]) -> None:
    assert campos.validar_cep(salpicado(cep, pontos, pontas)) == cep
    assert campos.validar_cep(campos.formatar_cep(cep)) == cep


@given(fixos | celulares, enfeites, st.sampled_from(["", "+55 ", "+55", "0", "(0"]))
def test_a_telephone_written_in_any_way_is_the_same_digits(telefone: str, pontas: tuple[str, str], prefixo: str) -> None:
    assert campos.validar_telefone(pontas[0] + prefixo + telefone[:2] + ") " + telefone[2:-4] + "-" + telefone[-4:] + pontas[1]) == telefone
    assert campos.validar_telefone(campos.formatar_telefone(telefone)) == telefone
    assert campos.validar_telefone(telefone, "celular" if len(telefone) == 11 else "fixo") == telefone
    with pytest.raises(ValorInvalido):
        campos.validar_telefone(telefone, "fixo" if len(telefone) == 11 else "celular")


@given(st.integers(min_value=1, max_value=999_999), st.integers(min_value=2000, max_value=2099), st.sampled_from(["/", "-", " / ", " - "]))
def test_an_oficio_written_in_any_way_is_number_bar_year(numero: int, ano: int, barra: str) -> None:
    for antes in ("", "nº ", "Ofício ", "Ofício nº ", "OF. N° ", "of "):
        assert campos.validar_oficio(f"{antes}{numero}{barra}{ano}") == f"{numero}/{ano}"
    assert campos.validar_oficio(f"GP {numero}{barra}{ano}") == f"GP {numero}/{ano}"


@given(st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_a_day_written_in_any_way_is_the_same_day(dia: dt.date) -> None:
    from nucleo.prazos import data_por_extenso

    for escrito in (
        f"{dia:%d/%m/%Y}",
        f"{dia:%d-%m-%y}",
        f"{dia:%d.%m.%Y}",
        f"{dia:%d%m%Y}",
        dia.isoformat(),
        f"{dia.day}/{dia.month}/{dia.year}",
    ):
        assert campos.validar_dia(escrito) == dia
    assert campos.validar_dia(data_por_extenso(dia)) == dia


def test_the_vectors_of_the_research_hold() -> None:
    assert campos.validar_cnpj("12.ABC.345/01DE-35") == "12ABC34501DE35"
    assert campos.validar_cnpj("12abc34501de35") == "12ABC34501DE35"
    assert campos.validar_cpf("529.982.247-25") == "52998224725"
    assert campos.formatar_cnpj("12ABC34501DE35") == "12.ABC.345/01DE-35"
    assert campos.mascarar_cpf("52998224725") == "***.982.247-**"
    assert len(DDDS) == 67
    assert {"11", "12", "13", "14", "15", "16", "17", "18", "19"} == DDDS_DE_SP


RECUSAS: list[tuple[Callable[[str], Any], str, str]] = [
    (campos.validar_cpf, "5299822472", "você escreveu 10"),
    (campos.validar_cpf, "52998224726", "não existe"),
    (campos.validar_cpf, "529a8224725", "só os números"),
    (campos.validar_cpf, "٥٢٩٩٨٢٢٤٧٢٥", "só os números"),
    (campos.validar_cpf, "1" * 61, "longo demais"),
    (campos.validar_cnpj, "12ABC34501DE36", "não existe"),
    (campos.validar_cnpj, "12ABC34501DEA5", "sempre números"),
    (campos.validar_cnpj, "12ABC34501DE3", "você escreveu 13"),
    (campos.validar_cnpj, "12ÁBC34501DE35", "números e as letras"),
    (campos.validar_cep, "20000-000", "entre 01000-000 e 19999-999"),
    (campos.validar_cep, "00999-999", "entre 01000-000 e 19999-999"),
    (campos.validar_cep, "1859000", "você escreveu 7"),
    (campos.validar_telefone, "3884-9000", "Falta o DDD"),
    (campos.validar_telefone, "99765-4321", "Falta o DDD"),
    (campos.validar_telefone, "(20) 3884-9000", "O DDD 20 não existe"),
    (campos.validar_telefone, "(14) 8884-9000", "começa com 2, 3, 4 ou 5"),
    (campos.validar_telefone, "(14) 89765-4321", "começa com 9"),
    (campos.validar_telefone, "(14) 3884-9000 ramal 12", "ramal"),
    (campos.validar_email, "nome@bofete", "Falta o que vem depois do ponto. Escreva como em nome@bofete.sp.gov.br."),
    (campos.validar_email, "nome@bofete.", "Falta o que vem depois do ponto. Escreva como em nome@bofete.sp.gov.br."),
    (campos.validar_email, "nome.bofete.sp.gov.br", "precisa de um @"),
    (campos.validar_email, "a@b.com, c@d.com", "um e-mail só"),
    (campos.validar_email, "josé@bofete.sp.gov.br", "sem acentos"),
    (campos.validar_email, "@bofete.sp.gov.br", "antes do @"),
    (campos.validar_email, "nome@", "depois do @"),
    (campos.validar_email, "nome@-x.com", "depois do @"),
    (campos.validar_email, "a..b@x.com.br", "Confira o e-mail"),
    (campos.validar_oficio, "214", "número e o ano"),
    (campos.validar_oficio, "0/2026", "não pode ser zero"),
    (campos.validar_oficio, "214/1926", "ano do ofício"),
    (campos.validar_dia, "31/02/2026", "não existe no calendário"),
    (campos.validar_dia, "amanhã", "25/11/2026"),
    (campos.validar_dia, "1 de brumario de 2026", "nome do mês"),
]


@pytest.mark.parametrize(("validar", "texto", "diz"), RECUSAS)
def test_a_wrong_value_is_refused_with_a_sentence_that_says_what_to_do(validar: Callable[[str], Any], texto: str, diz: str) -> None:
    with pytest.raises(ValorInvalido) as recusa:
        validar(texto)
    assert diz in str(recusa.value)
    assert str(recusa.value).endswith(".")
    assert "!" not in str(recusa.value)


@pytest.mark.parametrize("digito", list("0123456789"))
def test_equal_digits_are_refused_even_where_the_check_digits_agree(digito: str) -> None:
    with pytest.raises(ValorInvalido):
        campos.validar_cpf(digito * 11)
    with pytest.raises(ValorInvalido):
        campos.validar_cnpj(digito * 14)


@pytest.mark.parametrize(
    ("texto", "guardado"),
    [
        ("Ofício 214/26", "214/2026"),
        ("Of. GP nº 014/2026", "GP 014/2026"),
        ("214/2026-GAB", "214/2026-GAB"),
        ("214/GAB/2026", "214/GAB/2026"),
        ("1.214/2026", "1214/2026"),
        ("Oficina 3/2026", "OFICINA 3/2026"),
        ("№ 7/2026", "7/2026"),
    ],
)
def test_letters_of_a_sector_stay_where_they_are(texto: str, guardado: str) -> None:
    assert campos.validar_oficio(texto) == guardado
    assert campos.validar_oficio(guardado) == guardado


def test_the_domain_of_an_email_is_stored_in_lower_case_and_public_bodies_are_known() -> None:
    assert campos.validar_email(" Maria.Silva@BOFETE.SP.GOV.BR ") == "Maria.Silva@bofete.sp.gov.br"
    assert campos.e_institucional("maria@bofete.sp.gov.br")
    for fora in ("maria@gmail.com", "maria@bofete.sp.gov.br.exemplo.com", "maria@falsogov.br", ""):
        assert not campos.e_institucional(fora)


def test_a_ddd_outside_the_state_is_a_warning_and_not_an_error() -> None:
    assert campos.aviso_do_ddd("1438849000") == ""
    assert "21" in campos.aviso_do_ddd(campos.validar_telefone("(21) 3884-9000"))


def test_masks_hide_what_they_do_not_understand() -> None:
    assert campos.mascarar_cpf("123") == "***"
    assert campos.mascarar_cnpj("x") == "***"
    assert campos.mascarar_telefone("14997654321") == "(14) *****-4321"
    assert campos.mascarar_email("maria@bofete.sp.gov.br") == "m***@bofete.sp.gov.br"
    assert campos.mascarar_email("maria") == "***"
    assert campos.mascarar_cpf("") == campos.mascarar_cnpj("") == campos.mascarar_telefone("") == campos.mascarar_email("") == ""


# --- Free text --------------------------------------------------------------------------------------------------------


def test_free_text_keeps_ordinals_and_loses_what_cannot_be_seen() -> None:
    assert campos.limpar_texto("  Sala  3º,\t2ª  ala \u00a0n.º 5 ") == "Sala 3º, 2ª ala n.º 5"
    assert campos.limpar_texto("a\u202eb\u200bc\u2066d\x00e\x1bf\ufeff") == "abcdef"
    assert campos.limpar_texto("Sa\u0303o Paulo") == "São Paulo"
    assert campos.limpar_texto("a\u200b\u0301") == "á"
    assert len(campos.limpar_texto("z" + "\u0317" * 50)) == 3


def test_line_breaks_stay_only_where_they_are_wanted() -> None:
    bruto = "um \r\n\r\n\r\n\r\ndois\u2028três "
    assert campos.limpar_texto(bruto) == "um dois três"
    assert campos.limpar_texto(bruto, linhas=True) == "um\n\ndois\ntrês"


@given(st.text(max_size=300), st.booleans())
def test_cleaned_text_is_stable_and_has_nothing_invisible(texto: str, linhas: bool) -> None:
    limpo = campos.limpar_texto(texto, linhas=linhas)
    assert campos.limpar_texto(limpo, linhas=linhas) == limpo
    assert all(unicodedata.category(c) not in {"Cf", "Co", "Cs", "Cn"} and (unicodedata.category(c) != "Cc" or c == "\n") for c in limpo)
    assert limpo == limpo.strip()


# --- Form fields ------------------------------------------------------------------------------------------------------


class Ficha(forms.Form):
    """One of each."""

    cpf = campos.CampoCPF(label="CPF")
    cnpj = campos.CampoCNPJ(label="CNPJ")
    cep = campos.CampoCEP(label="CEP")
    telefone = campos.CampoTelefone(label="Telefone", tipo="fixo", required=False)
    email = campos.CampoEmail(label="E-mail")
    oficio = campos.CampoOficio(label="Ofício nº")
    data = campos.CampoDia(label="Data", maximo=lambda: dt.date(2026, 11, 22))
    nome = campos.CampoTexto(label="Nome", max_length=10)
    texto = campos.CampoTexto(label="Texto", max_length=50, linhas=True, required=False)


CERTA = {
    "cpf": "52998224725", "cnpj": "12abc34501de35", "cep": "18590000", "telefone": "", "email": "a@B.gov.br", "oficio": "of 214-26",
    "data": "22112026", "nome": " Ana ", "texto": "um\r\ndois",
}  # fmt: skip


def test_a_form_stores_bare_values_and_shows_formatted_ones() -> None:
    ficha = Ficha(CERTA)
    assert ficha.is_valid(), ficha.errors
    assert ficha.cleaned_data == {
        "cpf": "52998224725", "cnpj": "12ABC34501DE35", "cep": "18590000", "telefone": "", "email": "a@b.gov.br", "oficio": "214/2026",
        "data": dt.date(2026, 11, 22), "nome": "Ana", "texto": "um\ndois",
    }  # fmt: skip
    mostrados = {nome: ficha[nome].value() for nome in ("cpf", "cnpj", "cep", "oficio", "data")}
    assert mostrados == {
        "cpf": "529.982.247-25", "cnpj": "12.ABC.345/01DE-35", "cep": "18590-000", "oficio": "214/2026", "data": "22/11/2026",
    }  # fmt: skip


def test_initial_values_are_shown_formatted_and_unchanged_ones_are_not_a_change() -> None:
    inicial = Ficha(CERTA)
    assert inicial.is_valid()
    outra = Ficha(CERTA, initial=inicial.cleaned_data)
    assert outra.changed_data == []
    assert Ficha(initial=inicial.cleaned_data)["data"].value() == "22/11/2026"
    assert 'value="529.982.247-25"' in str(Ficha(initial=inicial.cleaned_data)["cpf"])


def test_a_wrong_value_comes_back_exactly_as_it_was_typed() -> None:
    ficha = Ficha({**CERTA, "cpf": " 529.982 <b>", "data": "32/13/2026", "telefone": "99765"})
    assert not ficha.is_valid()
    assert set(ficha.errors) == {"cpf", "data", "telefone"}
    assert ficha["cpf"].value() == " 529.982 <b>"
    assert "&lt;b&gt;" in str(ficha["cpf"])
    assert ficha["data"].value() == "32/13/2026"


@pytest.mark.parametrize(("digitado", "lido"), [("3", 3), (" 3 ", 3), ("\u00a012", 12), ("007", 7), ("", None), (" ", None), (5, 5)])
def test_a_whole_number_is_read_with_spaces_around_it(digitado: Any, lido: int | None) -> None:
    assert campos.CampoInteiro(required=False).clean(digitado) == lido


@pytest.mark.parametrize("digitado", ["1.000", "1.0", "1,0", "3.", "٣", "３", "²", "1 000", "1e3", "0x1", "+3", "1_0", "três", "9" * 400])
def test_what_is_no_whole_number_in_plain_digits_is_not_guessed(digitado: str) -> None:
    campo = campos.CampoInteiro(required=False, max_value=2000, error_messages={"invalid": "Escreva só o número."})
    with pytest.raises(forms.ValidationError) as erro:
        campo.clean(digitado)
    assert erro.value.messages == ["Escreva só o número."]


def test_an_empty_form_says_what_to_fill_in_and_asks_nothing_optional() -> None:
    erros = Ficha({}).errors
    assert erros["cpf"] == ["Informe o CPF."]
    assert erros["data"] == ["Informe a data."]
    assert erros["nome"] == ["Preencha este campo."]
    assert "telefone" not in erros


def test_a_day_after_the_limit_and_a_text_too_long_are_refused_with_the_limit() -> None:
    erros = Ficha({**CERTA, "data": "23/11/2026", "nome": "a" * 11}).errors
    assert erros["data"] == ["A data não pode ser depois de 22/11/2026."]
    assert erros["nome"] == ["Use até 10 letras; você usou 11."]
    assert Ficha({**CERTA, "nome": "a" * 100_000}).errors["nome"] == ["Use até 10 letras; você usou 100000."]


def test_inputs_carry_keyboard_width_and_what_the_browser_may_fill_in() -> None:
    ficha = Ficha()
    assert ficha.fields["cpf"].widget.attrs["inputmode"] == "numeric"
    assert ficha.fields["email"].widget.attrs["autocomplete"] == "email"
    assert [ficha.fields[n].widget.attrs.get("largura") for n in ("cep", "cpf", "email", "nome")] == ["curta", "media", "longa", None]
    proprio = campos.CampoEmail(widget=forms.EmailInput(attrs={"autocomplete": "off", "largura": "texto"}))
    assert (proprio.widget.attrs["autocomplete"], proprio.widget.attrs["largura"]) == ("off", "texto")


def test_the_extension_is_spoken_of_only_to_somebody_who_typed_one() -> None:
    """Most forms have no field for it."""
    with pytest.raises(campos.ValorInvalido) as sem:
        campos.validar_telefone("abc")
    assert "ramal" not in str(sem.value)
    with pytest.raises(campos.ValorInvalido, match="Aqui não vai o ramal"):
        campos.validar_telefone("(14) 3884-9000 ramal 12")

"""The forms of the paper: labels and order of the official models, and each refusal beside its field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adesao import fichas, pecas
from tests.apoio.adesoes import rascunho


def _erros(tarefa: str, **mudancas: str) -> dict[str, list[str]]:
    dados = rascunho("Bofete")[tarefa] | mudancas
    ficha = fichas.POR_SLUG[tarefa].ficha
    assert ficha is not None
    return {nome: [str(e) for e in lista] for nome, lista in ficha(dados).errors.items()}


def test_anexo_i_has_the_eight_labels_of_the_form_in_its_order() -> None:
    """ADS-06: for each of the two, word for word ("(se houver)" comes from the field template)."""
    ficha = fichas.FichaAnexo1({})
    for n in ("1", "2"):
        campos = [c for nome, c in ficha.fields.items() if nome.startswith(f"r{n}_")]
        rotulos = [f"{c.label}{'' if c.required else ' (se houver)'}" for c in campos]
        assert rotulos == [
            "Matrícula (se houver)",
            "Nome",
            "CPF",
            "Tel. c/ DDD e Ramal (se houver)",
            "Cel. c/ DDD (se houver)",
            "E-mail",
            "Cargo/Função",
            "Departamento",
        ]


def test_the_prefeitura_task_follows_the_oficio() -> None:
    """ADS-05: CNPJ, street, number, complement, CEP, city, in this order; no CPF on the ofício."""
    assert list(fichas.FichaPrefeitura({}).fields)[:6] == ["cnpj", "logradouro", "numero", "complemento", "cep", "cidade"]
    assert ("prefeitura", "representante_cpf") in pecas.IMPRESSO_EM
    assert pecas.OFICIO not in pecas.IMPRESSO_EM[("prefeitura", "representante_cpf")]


def test_a_whole_draft_is_right() -> None:
    """The data of the tests pass every ficha."""
    validacao = pecas.validar(rascunho("Bofete"))
    assert not validacao.erros
    assert set(validacao.limpos) == {t.slug for t in fichas.COM_FICHA}


def test_the_alphanumeric_cnpj_is_accepted_and_stored_bare() -> None:
    """IN RFB 2.229/2024, test vector of the research."""
    limpos = pecas.validar(rascunho("Bofete")).limpos
    assert limpos["prefeitura"]["cnpj"] == "12ABC34501DE35"
    assert limpos["prefeitura"]["cep"] == "18590000"
    assert limpos["anexo1"]["r1_telefone"] == "1438831122r214"


@pytest.mark.parametrize(
    ("mudancas", "campo", "trecho"),
    [
        ({"r2_cpf": "314.159.265-90"}, "r2_cpf", "igual ao do 1º responsável"),
        ({"r2_email": "clara.goncalves@bofete.sp.gov.br"}, "r2_email", "igual ao do 1º responsável"),
        ({"r2_email": "CLARA.goncalves@BOFETE.sp.gov.br"}, "r2_email", "igual ao do 1º responsável"),
        ({"r2_telefone": "", "r2_celular": ""}, "r2_telefone", "fixo ou um celular"),
        ({"r1_cpf": "111.111.111-11"}, "r1_cpf", "não existe"),
        ({"r1_email": "clara@bofete"}, "r1_email", "Falta o que vem depois do ponto"),
        ({"r1_telefone": "(14) 3883-1122 sala"}, "r1_telefone", "ramal"),
        ({"oficio_numero": "sem numero"}, "oficio_numero", "214/2026"),
        ({"data": "31/02/2026"}, "data", "31/02"),
    ],
)
def test_anexo_i_refuses_beside_the_field(mudancas: dict[str, str], campo: str, trecho: str) -> None:
    """ADS-06: two different people who can be called."""
    erros = _erros("anexo1", **mudancas)
    assert list(erros) == [campo]
    assert trecho in erros[campo][0] or campo == "data"


@pytest.mark.parametrize(
    ("mudancas", "campo"),
    [
        ({"blocos_privados": "21"}, "blocos_privados"),
        ({"blocos_privados": "0"}, "blocos_privados"),
        ({"blocos_privados": "cinco"}, "blocos_privados"),
        ({"blocos_privados": "1.000"}, "blocos_privados"),
        ({"blocos_privados": "٣"}, "blocos_privados"),
        ({"blocos_publicos": "1.0"}, "blocos_publicos"),
        ({"blocos_publicos": "2"}, "blocos_publicos"),
        ({"blocos_privados": "", "blocos_publicos": ""}, "blocos_privados"),
        ({"aplicacao_2_orgao": ""}, "aplicacao_2_orgao"),
        ({"aplicacao_2_nome": ""}, "aplicacao_2_nome"),
        ({"aplicacao_2_nome": "SAM patrimônio", "aplicacao_2_orgao": "Secretaria da Fazenda e Planejamento"}, "aplicacao_2_nome"),
        (dict.fromkeys(("aplicacao_1_nome", "aplicacao_1_orgao", "aplicacao_2_nome", "aplicacao_2_orgao"), ""), "aplicacao_1_nome"),
    ],
)
def test_anexo_ii_holds_its_limits(mudancas: dict[str, str], campo: str) -> None:
    """ADS-07, IP-02, IP-03: blank or 1–20, blank or 1, at least one of them, at least one application with its órgão."""
    assert list(_erros("anexo2", **mudancas)) == [campo]


@pytest.mark.parametrize(("blocos_privados", "blocos_publicos"), [("1", ""), ("20", ""), ("", "1"), ("20", "1")])
def test_anexo_ii_accepts_the_edges(blocos_privados: str, blocos_publicos: str) -> None:
    """The ends of the ranges are right."""
    assert not _erros("anexo2", blocos_privados=blocos_privados, blocos_publicos=blocos_publicos)


def test_a_delegate_needs_name_and_cargo() -> None:
    """Who signs the annexes in place of the prefeito is named (vocabulary: representante legal)."""
    assert set(_erros("prefeitura", quem_assina="delegado")) == {"representante_nome", "representante_cargo"}
    assert not _erros("prefeitura", quem_assina="delegado", representante_nome="Ana Lima", representante_cargo="Secretária")


def test_forty_applications_fit_and_the_list_stops_at_sixty() -> None:
    """Rows are added one by one; a made-up row number cannot make the form explode."""
    muitas = {f"aplicacao_{i}_{c}": f"{c} {i}" for i in range(1, 41) for c in ("nome", "orgao")}
    assert not _erros("anexo2", **muitas)
    assert fichas.linhas_de_aplicacao({"aplicacao_999_nome": "x"}) == fichas.MAX_APLICACOES
    assert fichas.linhas_de_aplicacao({"aplicacao_99999999999_nome": "x", "linhas": "٣"}) == 2


def test_unknown_fields_never_reach_the_draft() -> None:
    """ASVS 15.3.3: a form lists its fields."""
    dados = {"oficio_numero": "1/2026", "estado": "APROVADA", "csrfmiddlewaretoken": "x", "municipio_id": "1"}
    assert fichas.so_os_campos("oficio", dados) == {"oficio_numero": "1/2026"}


@given(st.dictionaries(st.sampled_from([*fichas.FichaAnexo2({}).fields, "linhas", "aplicacao_3_nome", "x"]), st.text(max_size=80)))
def test_no_typing_breaks_a_ficha(dados: dict[str, str]) -> None:
    """Whatever is typed ends in values or in errors of known fields, never in an exception."""
    ficha = fichas.FichaAnexo2(fichas.so_os_campos("anexo2", dados))
    assert ficha.is_valid() or set(ficha.errors) <= set(ficha.fields)

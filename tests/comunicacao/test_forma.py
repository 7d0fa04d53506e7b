"""The words of a message: kept and read back as they were."""

from __future__ import annotations

from django.core.validators import validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comunicacao import caixa, forma

TEXTO = st.text(max_size=40)
FATO = st.tuples(st.one_of(TEXTO, st.sampled_from(sorted(forma.DESTACADOS))), st.text("ab \n{<&'\\\"", max_size=20))
CARTA = st.fixed_dictionaries(
    {
        "titulo": TEXTO.map(lambda t: forma.uma_linha(t) or "Aviso"),
        "nome": TEXTO.map(forma.uma_linha),
        "paragrafos": st.lists(TEXTO, max_size=4),
        "fatos": st.lists(FATO, max_size=4),
        "botao": st.none() | st.tuples(TEXTO, TEXTO.map("https://portal.example/{}".format)),  # the outbox refuses any other
        "se_o_botao_falhar": TEXTO,
        "rodape": TEXTO,
    }
)
VAZIA = {"titulo": "A", "nome": "", "paragrafos": [], "fatos": [], "botao": None, "se_o_botao_falhar": "", "rodape": ""}


@given(CARTA)
@example(VAZIA)
@example(VAZIA | {"titulo": "A", "nome": "Clara Dias", "fatos": [("", ""), ("Até quando", "a\n\nb")]})
@settings(max_examples=40, deadline=None)
def test_words_are_read_back_as_they_were_kept(carta: dict[str, object]) -> None:
    palavras = forma.conteudo(**carta)  # type: ignore[arg-type]
    assert forma.aberto(forma.guardado(palavras)) == palavras
    for face in (forma.html, forma.texto):
        assert face(forma.aberto(forma.guardado(palavras))) == face(palavras)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_a_cleaned_line_has_nothing_that_breaks_a_line_or_hides(texto: str) -> None:
    limpa = forma.uma_linha(texto)
    assert limpa == forma.uma_linha(limpa)
    assert len(limpa.splitlines()) <= 1
    assert all(c == " " or c.isprintable() or ord(c) > 0xFFF for c in limpa)
    assert "\ue000" not in limpa


@given(st.from_regex(caixa._ENDERECO_SIMPLES, fullmatch=True))
@settings(max_examples=60, deadline=None)
def test_an_address_let_through_quickly_is_one_the_validator_takes(endereco: str) -> None:
    assert validate_email(endereco) is None

"""Templates of our own, people, and a clock for the tests of ``documentos``."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from contas.models import Usuario
from documentos import pdf
from documentos.models import Documento
from tests.conftest import falta

MODELOS = Path(__file__).parent / "modelos"
AGORA = dt.datetime(2026, 11, 9, 13, 12, tzinfo=dt.UTC)


@pytest.fixture
def modelos(settings: Any) -> None:
    """``templates/pdf`` and ``static`` of the tests, beside the portal's."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [*templates[0]["DIRS"], MODELOS]
    settings.TEMPLATES = templates
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, MODELOS / "static"]


@pytest.fixture
def pango() -> None:
    """The libraries of WeasyPrint: needed on the check machine, else the test is skipped."""
    if not pdf.disponivel():
        falta(pdf.motivo_indisponivel())


@pytest.fixture
def pessoa(db: None) -> Usuario:
    """Somebody who sends files."""
    return Usuario.objects.create_user("pessoa@bofete.sp.gov.br", nome="Ana de Souza")


@pytest.fixture
def encomenda(db: None, modelos: None) -> Any:
    """Order the test paper; keyword arguments go into its data."""

    def encomendar(*, dono: str = "adesao:1", titulo: str = "Ofício 2026/00042-7", **dados: Any) -> Documento:
        completos = {"municipio": "São João do Pau d'Alho", "itens": [], "imagens": {}, "qr": "", **dados}
        return pdf.encomendar(especie="oficio", modelo="prova_papel", dados=completos, dono=dono, titulo=titulo, agora=AGORA, por_id=None)

    return encomendar

"""What tests of the pages of address blocks share: the clock, and the scene of the actions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apoio.elenco import AGORA
from tests.enderecamento.conftest import Cena, cena

__all__ = ["Cena", "cena"]


@pytest.fixture(autouse=True)
def _relogio(relogio: Any) -> None:
    """The clock of the pages stands at AGORA."""
    relogio.move_to(AGORA)

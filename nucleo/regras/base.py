"""The shape of a rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

PRATICA = "Prática deste portal"
#: The step of the project that this portal has reached.
ETAPA_ATUAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Regra:
    """One rule, as people read it and as the code uses it.

    ``texto`` is what the source states; ``pratica`` what this portal adds where the source is silent (also said so on the screen);
    ``fonte`` where it is written. ``valores`` are the numbers the code takes from here, each in ``unidade``; ``valor`` is the only one,
    when there is one. ``etapa`` is the step of the project that brings it into force (0 = later). Rules that follow the manual give way
    to the Termo and the Contrato (INS-04).
    """

    codigo: str
    texto: str
    fonte: str
    pratica: str = ""
    valores: Mapping[str, int] = field(default_factory=dict)
    unidade: str = ""
    etapa: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "valores", MappingProxyType(dict(self.valores)))

    @property
    def valor(self) -> int | None:
        """The rule's number, when it has exactly one; else None."""
        return next(iter(self.valores.values())) if len(self.valores) == 1 else None

    @property
    def no_portal(self) -> bool:
        """Whether the portal already does what the rule says (a rule of the sources holds in any case)."""
        return 0 < self.etapa <= ETAPA_ATUAL

    @property
    def grupo(self) -> str:
        """The letters before the number: ``ADS``."""
        return self.codigo.partition("-")[0]

    @property
    def seguindo_o_manual(self) -> bool:
        """Whether the rule comes from the manual, which does not prevail (INS-04)."""
        return self.fonte.startswith("Manual")

"""The one door of every state change.

Nothing else may change a column that an ``FSMField`` holds. The door locks the row, checks the state, checks the permission, runs the
transition, saves, and writes the history, all inside the caller's transaction; the caller adds its outbox rows to the same one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, TypeVar

import django_fsm
from django.db import models, transaction
from django.utils import timezone

from nucleo.erros import SemPermissao, TransicaoIndisponivel


@dataclass(frozen=True, slots=True)
class Ator:
    """Who acts, frozen at one instant: the user, the roles held then, and where.

    ``papeis`` holds pairs (role, IBGE code of the prefeitura or None for a State body). Built only by ``contas.acesso.ator_de``.
    """

    usuario_id: int | None
    nome: str
    papeis: frozenset[tuple[str, int | None]] = field(default_factory=frozenset)
    ip: str | None = None

    def tem(self, *papeis: str) -> bool:
        """Whether the actor holds any of these roles, anywhere."""
        return any(p in papeis for p, _ in self.papeis)

    def tem_na(self, municipio_id: int, *papeis: str) -> bool:
        """Whether the actor holds any of these roles in that prefeitura."""
        return any(p in papeis and m == municipio_id for p, m in self.papeis)

    def municipios(self, *papeis: str) -> frozenset[int]:
        """IBGE codes of the prefeituras where the actor holds any of these roles."""
        return frozenset(m for p, m in self.papeis if m is not None and p in papeis)

    @property
    def e_sistema(self) -> bool:
        """Whether the portal itself acts (a sweep, a deadline)."""
        return self.usuario_id is None and self is SISTEMA


#: The portal acting by itself. Compared by identity: nobody can build another one that passes.
SISTEMA = Ator(usuario_id=None, nome="Portal (automático)")

M = TypeVar("M", bound=models.Model)


def travar(modelo: type[M], pk: Any) -> M:
    """Read the row again under a lock held until the transaction ends. Raises ``DoesNotExist``."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("fluxo.travar fora de transação")
    return modelo._default_manager.select_for_update(of=("self",), no_key=True).get(pk=pk)


def executar(
    modelo: type[M],
    pk: Any,
    transicao: str,
    *,
    por: Ator,
    agora: dt.datetime,
    comentario: str = "",
    dados: dict[str, Any] | None = None,
    **argumentos: Any,
) -> tuple[M, models.Model]:
    """Run one transition and write its history row; return both.

    Takes a pk, never an object read earlier. ``agora`` is an aware instant; ``comentario`` is what a person wrote; ``dados`` is kept in
    the history row as JSON; the rest goes to the transition method.

    Raises ``TransicaoIndisponivel`` (409) when the state does not allow it, ``SemPermissao`` (403) when the actor does not, and whatever
    ``RegraViolada`` the transition itself raises.
    """
    obj = travar(modelo, pk)
    metodo = getattr(obj, transicao)
    de = obj.estado  # type: ignore[attr-defined]
    if not django_fsm.can_proceed(metodo):
        raise TransicaoIndisponivel(_ja_feita(obj))
    if not django_fsm.has_transition_perm(metodo, por):
        raise SemPermissao("Você pode ver este processo, mas este ato não é do seu papel.")
    metodo(agora=agora, **argumentos)
    obj.save()
    registro = obj.historico.create(  # type: ignore[attr-defined]
        transicao=transicao,
        de=de,
        para=obj.estado,  # type: ignore[attr-defined]
        em=agora,
        por_id=por.usuario_id,
        por_nome=por.nome,
        por_papel=papel_de(obj, por),
        ip=por.ip,
        comentario=comentario,
        dados=dados or {},
    )
    return obj, registro


def disponiveis(obj: models.Model, por: Ator) -> dict[str, str]:
    """Transitions that this actor could run on this object now: name → label of the button."""
    campo = obj._meta.get_field("estado")
    return {
        t.name: t.custom.get("rotulo", t.name)
        for t in campo.get_all_transitions(type(obj))  # type: ignore[union-attr]
        if t.source in ("*", obj.estado)  # type: ignore[attr-defined]
        and django_fsm.can_proceed(getattr(obj, t.name))
        and django_fsm.has_transition_perm(getattr(obj, t.name), por)
    }


def _ja_feita(obj: models.Model) -> str:
    rotulo = getattr(obj, "rotulo", None) or obj.get_estado_display()  # type: ignore[attr-defined]
    ultimo = obj.historico.order_by("-em", "-pk").first()  # type: ignore[attr-defined]
    if ultimo is None:
        return f"Ação já realizada ou fora de hora: está em “{rotulo}”."
    em = timezone.localtime(ultimo.em)
    return f"Ação já realizada: está em “{rotulo}” desde {em:%d/%m/%Y}, {em:%H}h{em:%M}, por {ultimo.por_nome}."


def papel_de(obj: models.Model, por: Ator) -> str:
    """The role in which the actor acts on this object: one of its own prefeitura first, else a State role."""
    municipio_id = getattr(obj, "municipio_id", None)
    proprios = sorted(p for p, m in por.papeis if m is not None and m == municipio_id)
    estado = sorted(p for p, m in por.papeis if m is None)
    return (proprios or estado or [""])[0]

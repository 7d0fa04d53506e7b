"""The one door of every state change.

Nothing else may change a column that an ``FSMField`` holds. The door locks the row, checks the state, checks the permission, runs the
transition, saves, and writes the history, all inside the caller's transaction; the caller adds its outbox rows to the same one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import django_fsm
from django.db import InterfaceError, OperationalError, models, transaction
from django.utils import timezone

from nucleo import gravacao
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

#: Who hears of every act of the door: called inside its transaction with the pairs (object, history row) it made, one or a chunk of them.
Ouvinte = Callable[[Sequence[tuple[Any, Any]]], None]
#: Filled in ``apps.ready()`` of the app that owns the model; a test knows the exact list.
OUVINTES: dict[str, Ouvinte] = {}


def ouvir(modelo: str, ouvinte: Ouvinte) -> None:
    """Register the one listener of a model (``"saog.solicitacaoservico"``). Registering it again replaces it."""
    OUVINTES[modelo] = ouvinte


def contar(modelo: type[models.Model], pares: Sequence[tuple[Any, Any]]) -> None:
    """Tell the model's listener, if any, what the door has just done: one act, or a chunk of the batch form."""
    ouvinte = OUVINTES.get(modelo._meta.label_lower)
    if ouvinte is not None and pares:
        ouvinte(pares)


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
    linha = _linha(obj, transicao, de, por=por, agora=agora, comentario=comentario, dados=dados or {})
    registro = obj.historico.create(**linha)  # type: ignore[attr-defined]
    contar(modelo, [(obj, registro)])
    return obj, registro


def _linha(obj: Any, transicao: str, de: str, *, por: Ator, agora: dt.datetime, comentario: str, dados: dict[str, Any]) -> dict[str, Any]:
    """What a history row says, whichever form of the door writes it."""
    return {
        "transicao": transicao,
        "de": de,
        "para": obj.estado,
        "em": agora,
        "por_id": por.usuario_id,
        "por_nome": por.nome,
        "por_papel": papel_de(obj, por),
        "ip": por.ip,
        "comentario": comentario,
        "dados": dados,
    }


@dataclass(slots=True)
class Lote:
    """What the batch form of the door did, by pk: rows changed; rows left alone (held by somebody, gone, or no longer as asked); rows whose
    own act failed, with the error.
    """

    feitas: list[Any] = field(default_factory=list)
    deixadas: list[Any] = field(default_factory=list)
    falhas: dict[Any, Exception] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _AtoEmLote:
    modelo: type[Any]
    transicao: str
    por: Ator
    agora: dt.datetime
    onde: models.Q
    com: Sequence[str]
    sem: Sequence[str]
    comentario: Callable[[Any], str] | None
    dados: Callable[[Any], dict[str, Any]] | None
    argumentos: Callable[[Any], dict[str, Any]] | None
    depois: Callable[[list[tuple[Any, Any]]], None] | None


def executar_lote(
    modelo: type[M],
    pks: Iterable[Any],
    transicao: str,
    *,
    por: Ator = SISTEMA,
    agora: dt.datetime,
    onde: models.Q | None = None,
    com: Sequence[str] = (),
    sem: Sequence[str] = (),
    comentario: Callable[[M], str] | None = None,
    dados: Callable[[M], dict[str, Any]] | None = None,
    argumentos: Callable[[M], dict[str, Any]] | None = None,
    depois: Callable[[list[tuple[M, Any]]], None] | None = None,
    tamanho: int = 500,
) -> Lote:
    """Run one transition of the portal itself on many rows: what ``executar`` does to each, written in bulk. Returns what became of each.

    One transaction per chunk of ``tamanho`` (inside the caller's, if there is one): lock the chunk leaving out what others hold, check
    state and permission of each row, run the transition, one UPDATE for the rows that change alike, fenced on the state they had, one
    INSERT of history. ``onde`` is asked again under the lock, so that a row that moved on since its pk was read is left alone.
    ``comentario``, ``dados`` and ``argumentos`` give the row's own; ``com`` are relations read along (one query each), ``sem`` wide columns
    left unread; ``depois`` gets the pairs (object, history row) of the chunk inside its transaction, for the outbox.

    A row whose own act raises is set aside and the rest of its chunk goes on; when the chunk's writing raises, its rows are done one by
    one. A transition must assign fields: a value changed in place (a JSON dictionary) is not seen.

    Raises ``SemPermissao`` for any actor but ``SISTEMA``, and what the database raises when it is not the row's fault (connection, lock).
    """
    if not por.e_sistema:
        raise SemPermissao("Só o próprio portal muda muitas linhas de uma vez.")
    ato = _AtoEmLote(
        modelo=modelo,
        transicao=transicao,
        por=por,
        agora=agora,
        onde=onde or models.Q(),
        com=com,
        sem=sem,
        comentario=comentario,
        dados=dados,
        argumentos=argumentos,
        depois=depois,
    )
    lote, todas = Lote(), list(dict.fromkeys(pks))
    for inicio in range(0, len(todas), tamanho):
        parte = todas[inicio : inicio + tamanho]
        if not _tentar(ato, parte, lote):
            for pk in parte:
                _tentar(ato, [pk], lote)
    return lote


def _tentar(ato: _AtoEmLote, pks: list[Any], lote: Lote) -> bool:
    """Do one chunk and note in ``lote`` what became of it. False = it failed as a whole, nothing was written or noted."""
    try:
        with transaction.atomic():
            feitas, falhas = _fazer(ato, pks)
    except (OperationalError, InterfaceError):
        raise
    except Exception as erro:
        if len(pks) > 1:
            return False
        feitas, falhas = [], {pks[0]: erro}
    lote.feitas += feitas
    lote.falhas |= falhas
    conhecidas = {*feitas, *falhas}
    lote.deixadas += [pk for pk in pks if pk not in conhecidas]
    return True


def _fazer(ato: _AtoEmLote, pks: list[Any]) -> tuple[list[Any], dict[Any, Exception]]:
    linhas = ato.modelo._default_manager.select_for_update(of=("self",), no_key=True, skip_locked=True).filter(ato.onde, pk__um_de=pks)
    relacao = ato.modelo._meta.get_field("historico")
    historico, processo = relacao.related_model, relacao.field.name  # type: ignore[union-attr]
    grupos: dict[Hashable, tuple[str, dict[str, Any], list[Any]]] = {}
    falhas: dict[Any, Exception] = {}
    pares: list[tuple[Any, Any]] = []
    for obj in linhas.defer(*ato.sem).prefetch_related(*ato.com).order_by("pk"):
        metodo = getattr(obj, ato.transicao)
        if not django_fsm.can_proceed(metodo):
            continue
        antes = dict(vars(obj))
        try:
            if not django_fsm.has_transition_perm(metodo, ato.por):
                raise SemPermissao("Este ato não é do próprio portal.")
            metodo(agora=ato.agora, **(ato.argumentos(obj) if ato.argumentos else {}))
            linha = _linha(
                obj,
                ato.transicao,
                antes["estado"],
                por=ato.por,
                agora=ato.agora,
                comentario=ato.comentario(obj) if ato.comentario else "",
                dados=ato.dados(obj) if ato.dados else {},
            )
        except (OperationalError, InterfaceError):
            raise
        except Exception as erro:  # the row's own fault: set aside
            falhas[obj.pk] = erro
            continue
        _agrupar(grupos, obj, antes)
        pares.append((obj, historico(**{processo: obj}, **linha)))  # type: ignore[misc]
    for de, valores, iguais in grupos.values():
        mudadas = ato.modelo._default_manager.filter(pk__um_de=iguais, estado=de).update(**valores)
        if mudadas != len(iguais):
            raise django_fsm.ConcurrentTransition("uma linha do lote mudou de estado sob a trava")
    gravacao.inserir([linha for _, linha in pares], chave=processo)
    contar(ato.modelo, pares)
    if ato.depois and pares:
        ato.depois(pares)
    return [obj.pk for obj, _ in pares], falhas


def _agrupar(grupos: dict[Hashable, tuple[str, dict[str, Any], list[Any]]], obj: Any, antes: dict[str, Any]) -> None:
    """Put the row beside those that came from the same state and change the same columns to the same values."""
    depois = vars(obj)
    colunas = [c.attname for c in obj._meta.concrete_fields]
    mudou = {c: depois[c] for c in colunas if c in depois and (c not in antes or depois[c] != antes[c])}
    if not mudou:
        return
    chave: Hashable = (antes["estado"], tuple(mudou.items()))
    try:
        hash(chave)
    except TypeError:  # a JSON value: a group of its own
        chave = obj.pk
    grupos.setdefault(chave, (antes["estado"], mudou, []))[2].append(obj.pk)


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
    """The role in which the actor acts on this object: one of its own prefeitura first, else a State role. On an object of no one
    prefeitura (a renumbering) a responsável of any of them acts as such.
    """
    municipio_id = getattr(obj, "municipio_id", None)
    proprios = sorted(p for p, m in por.papeis if m is not None and m == municipio_id)
    estado = sorted(p for p, m in por.papeis if m is None)
    alheios = [] if municipio_id is not None else sorted(p for p, _ in por.papeis)
    return (proprios or estado or alheios or [""])[0]

"""``manage.py gerar_fluxos``: writes ``docs/fluxos.md`` from the transitions of the models. ``--conferir`` only checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models

from nucleo.fluxo import Ator

ABERTURA = """# Flows

Generated from the transitions of the models by `manage.py gerar_fluxos`; do not edit by hand. Each arrow is one transition, with the
words of its button. Who may run it is asked of its guard, role by role (`contas.permissoes.TABELA`); "com o processo" means only the one
who holds it.
"""
EU, OUTRO, MUNICIPIO = 1, 2, 1


class Command(BaseCommand):
    """Writes or checks the graphs."""

    help = "Escreve docs/fluxos.md a partir das transições dos modelos."

    def add_arguments(self, parser: Any) -> None:
        """``--conferir``: fail when the committed file is not current."""
        parser.add_argument("--conferir", action="store_true")

    def handle(self, *args: Any, **opcoes: Any) -> None:
        """Write, or raise ``CommandError`` when checking finds a difference."""
        destino = Path(settings.BASE_DIR) / "docs" / "fluxos.md"
        if not opcoes["conferir"]:
            destino.write_text(texto())
            self.stdout.write(f"Escrito: {destino}")
        elif not destino.exists() or destino.read_text() != texto():
            raise CommandError("docs/fluxos.md está desatualizado: rode manage.py gerar_fluxos.")


def com_fluxo() -> list[type[models.Model]]:
    """Models with a state of their own (a field that knows its transitions), by label."""
    achados = [m for m in apps.get_models() if any(hasattr(c, "get_all_transitions") for c in m._meta.get_fields())]
    return sorted(achados, key=lambda m: m._meta.label)


def texto() -> str:
    """The whole page: one graph and one table per model. The same models give the same bytes."""
    return ABERTURA + "".join(_do_modelo(modelo) for modelo in com_fluxo())


def _do_modelo(modelo: type[models.Model]) -> str:
    campo = next(c for c in modelo._meta.get_fields() if hasattr(c, "get_all_transitions"))
    rotulos = {str(valor): str(rotulo) for valor, rotulo in campo.choices or ()}  # type: ignore[union-attr]
    ordem = list(rotulos)
    transicoes = sorted(
        campo.get_all_transitions(modelo),  # type: ignore[union-attr]
        key=lambda t: (ordem.index(str(t.source)), ordem.index(str(t.target)), t.name),
    )
    grafo = ["stateDiagram-v2", *(f'    state "{rotulo}" as {valor}' for valor, rotulo in rotulos.items())]
    grafo.append(f"    [*] --> {campo.get_default()}")  # type: ignore[union-attr]
    grafo += [f"    {t.source} --> {t.target}: {_botao(t)}" for t in transicoes]
    grafo += [f"    {valor} --> [*]" for valor in ordem if not any(str(t.source) == valor for t in transicoes)]
    linhas = [
        f"| {rotulos[str(t.source)]} | {_botao(t)} | {rotulos[str(t.target)]} | {quem_pode(modelo, t.permission)} | `{t.name}` |"
        for t in transicoes
    ]
    tabela = ["| from | button | to | who may | transition |", "|---|---|---|---|---|", *linhas]
    return f"\n## {modelo._meta.object_name}\n\n```mermaid\n" + "\n".join(grafo) + "\n```\n\n" + "\n".join(tabela) + "\n"


def _botao(transicao: Any) -> str:
    return str(transicao.custom.get("rotulo", transicao.name))


def quem_pode(modelo: type[models.Model], permissao: Any) -> str:
    """The roles that the guard lets through, in the order of the roles; raises nothing. ``permissao`` takes the object and the ``Ator``."""
    papeis = apps.get_model("contas", "Vinculo")._meta.get_field("papel").choices or ()  # type: ignore[union-attr]
    frases = []
    for papel, rotulo in papeis:  # type: ignore[misc]
        ator = Ator(usuario_id=EU, nome="alguém", papeis=frozenset({(str(papel), MUNICIPIO)}))
        if permissao(_exemplo(modelo, OUTRO), ator):
            frases.append(str(rotulo))
        elif permissao(_exemplo(modelo, EU), ator):
            frases.append(f"{rotulo} com o processo")
    return ", ".join(frases) or "o portal"


def _exemplo(modelo: type[models.Model], com_quem: int) -> models.Model:
    """An unsaved object of the same municipality as the actor, held by ``com_quem``."""
    chaves = {c.name: c for c in modelo._meta.get_fields() if isinstance(c, models.ForeignKey)}
    valores = {
        f"{nome}_id": com_quem for nome, c in chaves.items() if c.null and c.related_model is apps.get_model(settings.AUTH_USER_MODEL)
    }
    return modelo(**valores, **({"municipio_id": MUNICIPIO} if "municipio" in chaves else {}))

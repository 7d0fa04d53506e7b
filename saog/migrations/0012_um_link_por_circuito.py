"""A circuit belongs to one link that counts, and to one delivery that waits for its answer (SS-04).

Where data already there repeat one, the oldest keeps it and the others say "(repetido n)", told in the history of the link.
"""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Upper
from django.utils import timezone

OCUPAM = ["RESERVADO", "EM_IMPLANTACAO", "EM_SERVICO"]


def _marcado(circuito: str, pk: int) -> str:
    fim = f" (repetido {pk})"
    return circuito[: 40 - len(fim)] + fim


def marcar_os_repetidos(apps: Any, schema_editor: Any) -> None:
    acessos, historico = apps.get_model("saog", "Acesso"), apps.get_model("saog", "HistoricoAcesso")
    agora = timezone.now()
    vistos: set[str] = set()
    linhas = []
    for link in acessos.objects.filter(estado__in=OCUPAM).exclude(circuito="").order_by("em_servico_desde", "pk"):
        if link.circuito.upper() not in vistos:
            vistos.add(link.circuito.upper())
            continue
        novo = _marcado(link.circuito, link.pk)
        linhas.append(
            historico(
                processo_id=link.pk,
                transicao="alterar",
                de=link.estado,
                para=link.estado,
                em=agora,
                por_nome="Portal",
                comentario="O circuito estava em mais de um link.",
                dados={"circuito": {"de": link.circuito, "para": novo}},
            )
        )
        acessos.objects.filter(pk=link.pk).update(circuito=novo)
    historico.objects.bulk_create(linhas)
    entregas = apps.get_model("saog", "Entrega")
    esperam: set[str] = set()
    for entrega in entregas.objects.filter(respondida_em__isnull=True).exclude(circuito="").order_by("em", "pk"):
        if entrega.circuito.upper() in esperam:
            entregas.objects.filter(pk=entrega.pk).update(circuito=_marcado(entrega.circuito, entrega.pk))
        esperam.add(entrega.circuito.upper())


class Migration(migrations.Migration):
    dependencies = [("saog", "0011_segredos_selados")]
    operations = [
        migrations.RunPython(marcar_os_repetidos, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="acesso",
            constraint=models.UniqueConstraint(
                Upper("circuito"),
                condition=models.Q(("estado__in", ("RESERVADO", "EM_IMPLANTACAO", "EM_SERVICO")), models.Q(("circuito", ""), _negated=True)),
                name="saog_um_link_por_circuito",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrega",
            constraint=models.UniqueConstraint(
                Upper("circuito"),
                condition=models.Q(("respondida_em__isnull", True), models.Q(("circuito", ""), _negated=True)),
                name="saog_circuito_sem_resposta",
            ),
        ),
    ]

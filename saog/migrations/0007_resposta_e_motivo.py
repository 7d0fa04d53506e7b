"""The prefeitura's answer to a pendência; ``motivo`` says why a request stands as it is, and nothing once it goes on."""

from typing import Any

from django.db import migrations, models

_COM_MOTIVO = ["RECUSADA", "CANCELADA", "INVIAVEL"]


def limpar_motivos(apps: Any, schema_editor: Any) -> None:
    """Take away what a refusal left behind on a request that went on; the reason stays with the delivery that was refused."""
    apps.get_model("saog", "SolicitacaoServico").objects.exclude(estado__in=_COM_MOTIVO).exclude(motivo="").update(motivo="")


class Migration(migrations.Migration):
    dependencies = [("saog", "0006_limite_na_casa_nova")]
    operations = [
        migrations.AddField(model_name="pendenciass", name="resposta", field=models.CharField(blank=True, max_length=500)),
        migrations.RunPython(limpar_motivos, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="solicitacaoservico",
            constraint=models.CheckConstraint(
                condition=models.Q(("motivo", ""), ("estado__in", _COM_MOTIVO), _connector="OR"), name="saog_motivo_do_estado"
            ),
        ),
    ]

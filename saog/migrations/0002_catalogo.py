"""The catalogue a new portal starts with."""

from django.db import migrations

from saog.dados.catalogo import carregar_catalogo


def carregar(apps, schema_editor):
    carregar_catalogo(*(apps.get_model("saog", nome) for nome in ("TipoDeSolicitacao", "Velocidade", "MotivoDeDevolucao")))


class Migration(migrations.Migration):
    dependencies = [("saog", "0001_inicial")]
    operations = [migrations.RunPython(carregar, migrations.RunPython.noop)]

"""Seal the secrets of subscriptions and the answers kept for repeated requests, which may tell one."""

from django.db import migrations, models

from contas.segredos import abrir, selar

GUARDADOS = (("AssinaturaDeAvisos", "segredo"), ("ChaveDeIdempotencia", "corpo"))


def _trocar(apps, como):
    for modelo, campo in GUARDADOS:
        for linha in apps.get_model("saog", modelo).objects.exclude(**{campo: ""}).order_by("pk").iterator(chunk_size=500):
            setattr(linha, campo, como(getattr(linha, campo)))
            linha.save(update_fields=[campo])


def selar_tudo(apps, schema_editor):
    _trocar(apps, lambda valor: selar(abrir(valor)))


def abrir_tudo(apps, schema_editor):
    _trocar(apps, abrir)


class Migration(migrations.Migration):

    dependencies = [
        ("saog", "0010_guarda_dos_avisos"),
    ]

    operations = [
        migrations.AlterField(
            model_name="assinaturadeavisos",
            name="segredo",
            field=models.CharField(max_length=200),
        ),
        migrations.RunPython(selar_tudo, abrir_tudo),
    ]

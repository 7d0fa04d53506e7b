"""Seal the secrets of second factors that were kept in clear."""

from django.db import migrations

from contas.segredos import abrir, selar


def _trocar(apps, como):
    Autenticador = apps.get_model("mfa", "Authenticator")
    for linha in Autenticador.objects.filter(type__in=["totp", "recovery_codes"]).order_by("pk"):
        for nome in ("secret", "seed", "migrated_codes"):
            valor = linha.data.get(nome)
            if valor:
                linha.data[nome] = [como(v) for v in valor] if isinstance(valor, list) else como(valor)
        linha.save(update_fields=["data"])


def selar_tudo(apps, schema_editor):
    _trocar(apps, lambda valor: selar(abrir(valor)))


def abrir_tudo(apps, schema_editor):
    _trocar(apps, abrir)


class Migration(migrations.Migration):

    dependencies = [
        ("contas", "0004_quem_encerrou"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(selar_tudo, abrir_tudo)]

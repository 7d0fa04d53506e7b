"""On PostgreSQL the histories refuse change and removal in the database itself (architecture, state changes 7)."""

from django.db import migrations

TABELAS = ("saog_historicoss", "saog_historicoacesso")


def criar(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for tabela in TABELAS:
            schema_editor.execute(
                f"CREATE TRIGGER {tabela}_so_acrescenta BEFORE UPDATE OR DELETE ON {tabela} "
                "FOR EACH ROW EXECUTE FUNCTION portal_so_acrescenta()",
                params=None,
            )


def desfazer(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for tabela in TABELAS:
            schema_editor.execute(f"DROP TRIGGER {tabela}_so_acrescenta ON {tabela}", params=None)


class Migration(migrations.Migration):
    dependencies = [("saog", "0002_catalogo"), ("adesao", "0002_historico_so_acrescenta")]
    operations = [migrations.RunPython(criar, desfazer)]

"""No two pools overlap, in the database itself (IP-04): an exclusion constraint on PostgreSQL, triggers on SQLite."""

from django.db import migrations

POSTGRES = """
ALTER TABLE enderecamento_poolcidr ADD CONSTRAINT enderecamento_pools_separados
  EXCLUDE USING gist (int8range(inicio, fim) WITH &&)
"""
SQLITE = """
CREATE TRIGGER enderecamento_pools_separados_{quando} BEFORE {quando} ON enderecamento_poolcidr
WHEN EXISTS (SELECT 1 FROM enderecamento_poolcidr p WHERE p.inicio < NEW.fim AND NEW.inicio < p.fim AND p.id IS NOT NEW.id)
BEGIN SELECT RAISE(ABORT, 'enderecamento_pools_separados'); END
"""


def criar(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES, params=None)
    else:
        for quando in ("INSERT", "UPDATE"):
            schema_editor.execute(SQLITE.format(quando=quando), params=None)


def desfazer(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE enderecamento_poolcidr DROP CONSTRAINT enderecamento_pools_separados", params=None)
    else:
        for quando in ("INSERT", "UPDATE"):
            schema_editor.execute(f"DROP TRIGGER enderecamento_pools_separados_{quando}", params=None)


class Migration(migrations.Migration):
    dependencies = [("enderecamento", "0001_inicial")]
    operations = [migrations.RunPython(criar, desfazer)]

"""On PostgreSQL the history refuses change and removal in the database itself, whatever code asks (architecture, state changes 7)."""

from django.db import migrations

CRIAR = """
CREATE FUNCTION portal_so_acrescenta() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'O histórico não se altera nem se apaga (%).', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER adesao_historico_so_acrescenta BEFORE UPDATE OR DELETE ON adesao_historicoadesao
  FOR EACH ROW EXECUTE FUNCTION portal_so_acrescenta();
"""
DESFAZER = """
DROP TRIGGER adesao_historico_so_acrescenta ON adesao_historicoadesao;
DROP FUNCTION portal_so_acrescenta();
"""


def _em_postgres(sql):
    def rodar(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql, params=None)

    return rodar


class Migration(migrations.Migration):
    dependencies = [("adesao", "0001_initial")]
    operations = [migrations.RunPython(_em_postgres(CRIAR), _em_postgres(DESFAZER))]

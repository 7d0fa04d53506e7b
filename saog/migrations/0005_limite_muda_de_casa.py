"""``LimiteConcedido`` goes down to `enderecamento`, whose sub-blocks count against it too (IP-02): first the tables' names."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("saog", "0004_falha_da_varredura"), ("saog", "0004_integracao")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable("LimiteConcedido", "enderecamento_limiteconcedido"),
                migrations.AlterModelTable("HistoricalLimiteConcedido", "enderecamento_historicallimiteconcedido"),
            ]
        )
    ]

"""Links point at the granted limit where it lives now; the column and the tables stay as they are."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("saog", "0005_limite_muda_de_casa"), ("enderecamento", "0001_inicial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="acesso",
                    name="excedente",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acessos",
                        to="enderecamento.limiteconcedido",
                    ),
                ),
                migrations.DeleteModel("HistoricalLimiteConcedido"),
                migrations.DeleteModel("LimiteConcedido"),
            ]
        )
    ]

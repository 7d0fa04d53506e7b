"""What the sweep of old delivered notices reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("saog", "0009_comportamento_do_tipo")]
    operations = [
        migrations.AddIndex(
            model_name="avisodesistema",
            index=models.Index(condition=models.Q(("situacao", "enviado")), fields=["enviado_em"], name="saog_avisos_entregues"),
        ),
    ]

"""A kind of request says what it asks for in a column of its own, so that a new kind can be added in the browser (SS-06)."""

from django.db import migrations, models

COMPORTAMENTOS = [
    ("ATIVACAO", "Ligar um link novo numa unidade"),
    ("CAPACIDADE", "Mudar a velocidade ou o serviço de um link"),
    ("TITULARIDADE", "Mudar quem responde por um link"),
    ("EQUIPAMENTO", "Mudar a posição ou a configuração do equipamento de um link"),
    ("DESATIVACAO", "Desligar um link"),
    ("CANCELAMENTO", "Parar um pedido que a Operadora começou"),
]
PARES = [(q, "ALTERACAO" if q in ("CAPACIDADE", "TITULARIDADE", "EQUIPAMENTO") else q) for q, _ in COMPORTAMENTOS]
#: Until now the code of the kind said it; any other alteração asked for what changes in words.
DO_CODIGO = {"alteracao-capacidade": "CAPACIDADE", "alteracao-titularidade": "TITULARIDADE"}


def preencher(apps, schema_editor):
    for nome in ("TipoDeSolicitacao", "HistoricalTipoDeSolicitacao"):
        tipos = apps.get_model("saog", nome)._default_manager
        for codigo, comportamento in DO_CODIGO.items():
            tipos.filter(codigo=codigo, natureza="ALTERACAO").update(comportamento=comportamento)
        for comportamento, natureza in PARES:
            if comportamento not in DO_CODIGO.values():
                tipos.filter(comportamento="", natureza=natureza).update(comportamento=comportamento)


def campo():
    return models.CharField(choices=COMPORTAMENTOS, default="", max_length=12)


def _par(comportamento, natureza):
    return models.Q(("comportamento", comportamento), ("natureza", natureza))


class Migration(migrations.Migration):
    dependencies = [("saog", "0008_sistema_da_prodesp")]

    operations = [
        migrations.AddField("historicaltipodesolicitacao", "comportamento", campo(), preserve_default=False),
        migrations.AddField("tipodesolicitacao", "comportamento", campo(), preserve_default=False),
        migrations.RunPython(preencher, migrations.RunPython.noop),
        migrations.AddConstraint(
            "tipodesolicitacao",
            models.CheckConstraint(
                condition=models.Q(*(_par(*par) for par in PARES), _connector="OR"), name="saog_comportamento_da_natureza"
            ),
        ),
    ]

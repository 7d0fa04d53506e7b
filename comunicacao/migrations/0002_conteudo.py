"""The HTML face is made when it is read, from the words: rows of before keep theirs as paragraphs."""

from django.db import migrations, models


def guardar_as_palavras(apps, schema_editor):
    Mensagem = apps.get_model("comunicacao", "MensagemSaida")
    lote = []
    for m in Mensagem.objects.only("pk", "assunto", "texto").iterator(chunk_size=500):
        linhas = [linha.strip() for linha in m.texto.splitlines() if linha.strip()]
        m.conteudo = "\n".join([f"t{m.assunto}", *(f"p{linha}" for linha in linhas)])
        lote.append(m)
        if len(lote) == 500:
            Mensagem.objects.bulk_update(lote, ["conteudo"])
            lote = []
    Mensagem.objects.bulk_update(lote, ["conteudo"])


class Migration(migrations.Migration):
    dependencies = [("comunicacao", "0001_initial")]
    operations = [
        migrations.AddField("mensagemsaida", "conteudo", models.TextField(blank=True, default="")),
        migrations.RunPython(guardar_as_palavras, migrations.RunPython.noop),
        migrations.RemoveField("mensagemsaida", "html"),
    ]

"""The tables of the floor. ``LimiteConcedido`` comes down from ``saog`` with its table, which saog 0005 renamed."""

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("adesao", "0002_historico_so_acrescenta"),
        ("contas", "0004_quem_encerrou"),
        ("saog", "0005_limite_muda_de_casa"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="HistoricalLimiteConcedido",
                    fields=[
                        ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                        ("links", models.PositiveSmallIntegerField()),
                        ("vale_de", models.DateField()),
                        ("vale_ate", models.DateField(blank=True, null=True)),
                        ("motivo", models.CharField(max_length=500)),
                        ("concedido_em", models.DateTimeField()),
                        ("retirado_em", models.DateTimeField(blank=True, null=True)),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                        (
                            "concedido_por",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                            ),
                        ),
                        (
                            "municipio",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="contas.municipio",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical limite concedido",
                        "verbose_name_plural": "historical limite concedidos",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="LimiteConcedido",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("links", models.PositiveSmallIntegerField()),
                        ("vale_de", models.DateField()),
                        ("vale_ate", models.DateField(blank=True, null=True)),
                        ("motivo", models.CharField(max_length=500)),
                        ("concedido_em", models.DateTimeField()),
                        ("retirado_em", models.DateTimeField(blank=True, null=True)),
                        (
                            "concedido_por",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        (
                            "municipio",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="limites_concedidos", to="contas.municipio"
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("retirado_em__isnull", True)), fields=("municipio",), name="saog_um_limite_concedido"
                            ),
                            models.CheckConstraint(condition=models.Q(("links__gt", 20)), name="saog_limite_concedido_maior"),
                            models.CheckConstraint(
                                condition=models.Q(("vale_ate__isnull", True), ("vale_ate__gte", models.F("vale_de")), _connector="OR"),
                                name="saog_limite_em_ordem",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="HistoricalPoolCIDR",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("perfil", models.CharField(choices=[("PRIVADO", "Privado"), ("PUBLICO", "Público")], max_length=8)),
                ("inicio", models.BigIntegerField(db_index=True)),
                ("prefixo", models.PositiveSmallIntegerField()),
                ("fim", models.BigIntegerField(editable=False)),
                ("nome", models.CharField(max_length=80)),
                ("origem", models.CharField(max_length=300)),
                ("regiao", models.CharField(blank=True, max_length=2)),
                ("criado_em", models.DateTimeField()),
                ("fechado_em", models.DateTimeField(blank=True, null=True)),
                ("fechado_motivo", models.CharField(blank=True, max_length=300)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                ("history_type", models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1)),
                (
                    "criado_por",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "historical pool cidr",
                "verbose_name_plural": "historical pool cidrs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="PoolCIDR",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("perfil", models.CharField(choices=[("PRIVADO", "Privado"), ("PUBLICO", "Público")], max_length=8)),
                ("inicio", models.BigIntegerField(unique=True)),
                ("prefixo", models.PositiveSmallIntegerField()),
                ("fim", models.BigIntegerField(editable=False)),
                ("nome", models.CharField(max_length=80)),
                ("origem", models.CharField(max_length=300)),
                ("regiao", models.CharField(blank=True, max_length=2)),
                ("prontas", models.PositiveIntegerField(default=0)),
                ("criado_em", models.DateTimeField()),
                ("fechado_em", models.DateTimeField(blank=True, null=True)),
                ("fechado_motivo", models.CharField(blank=True, max_length=300)),
                (
                    "criado_por",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("fim__gt", models.F("inicio")), ("fim__lte", 4294967296), ("inicio__gte", 0)),
                        name="enderecamento_pool_em_ordem",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("perfil", "PRIVADO"), ("prefixo__range", (12, 28))),
                            models.Q(("perfil", "PUBLICO"), ("prefixo__range", (14, 30))),
                            _connector="OR",
                        ),
                        name="enderecamento_pool_tamanho",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fechado_em__isnull", True), models.Q(("fechado_motivo", ""), _negated=True), _connector="OR"),
                        name="enderecamento_pool_fechado",
                    ),
                ],
                "ordering": ("inicio",),
            },
        ),
        migrations.CreateModel(
            name="QuantidadeDeBlocos",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("perfil", models.CharField(choices=[("PRIVADO", "Privado"), ("PUBLICO", "Público")], max_length=8)),
                ("quantidade", models.SmallIntegerField()),
                (
                    "origem",
                    models.CharField(
                        choices=[
                            ("ATUALIZACAO", "Anexo II atualizado"),
                            ("DEVOLUCAO", "Sub-bloco devolvido"),
                            ("IMPORTACAO", "Cadastro anterior da PRODESP"),
                        ],
                        max_length=12,
                    ),
                ),
                ("referencia", models.CharField(max_length=200)),
                ("em", models.DateTimeField()),
                ("por_nome", models.CharField(max_length=150)),
                (
                    "adesao",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="quantidades_de_blocos", to="adesao.adesao"
                    ),
                ),
                (
                    "por",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("quantidade", 0), _negated=True), name="enderecamento_quantidade_muda")
                ],
                "ordering": ("em", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ResponsavelTecnico",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nome", models.CharField(max_length=120)),
                ("telefone", models.CharField(max_length=21)),
                ("email", models.EmailField(max_length=254)),
                ("desde", models.DateTimeField()),
                ("por_nome", models.CharField(max_length=150)),
                ("lido_em", models.DateTimeField(null=True)),
                (
                    "adesao",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responsaveis_tecnicos", to="adesao.adesao"
                    ),
                ),
                (
                    "lido_por",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("por", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ("desde", "pk"),
            },
        ),
        migrations.CreateModel(
            name="SubBlocoCIDR",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("perfil", models.CharField(choices=[("PRIVADO", "Privado"), ("PUBLICO", "Público")], max_length=8)),
                ("inicio", models.BigIntegerField(unique=True)),
                ("vez", models.BigIntegerField()),
                ("ordinal", models.PositiveSmallIntegerField(null=True)),
                ("troca_ate", models.DateTimeField(null=True)),
                ("livre_desde", models.DateField()),
                (
                    "adesao",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sub_blocos",
                        to="adesao.adesao",
                    ),
                ),
                (
                    "excedente",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sub_blocos",
                        to="enderecamento.limiteconcedido",
                    ),
                ),
                (
                    "pool",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="sub_blocos", to="enderecamento.poolcidr"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ordinal__isnull", False)),
                        fields=("adesao", "perfil", "ordinal"),
                        name="enderecamento_um_bloco_por_lugar",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("adesao__isnull", True),
                                ("excedente__isnull", True),
                                ("ordinal__isnull", True),
                                ("troca_ate__isnull", True),
                            ),
                            models.Q(("adesao__isnull", False), ("ordinal__isnull", False), ("troca_ate__isnull", True)),
                            models.Q(
                                ("adesao__isnull", False),
                                ("excedente__isnull", True),
                                ("ordinal__isnull", True),
                                ("troca_ate__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="enderecamento_bloco_em_ordem",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ordinal__isnull", True),
                            models.Q(("excedente__isnull", True), ("ordinal__range", (1, 20)), ("perfil", "PRIVADO")),
                            models.Q(("excedente__isnull", False), ("ordinal__gt", 20), ("perfil", "PRIVADO")),
                            models.Q(("excedente__isnull", True), ("ordinal__range", (1, 1)), ("perfil", "PUBLICO")),
                            _connector="OR",
                        ),
                        name="enderecamento_ate_o_teto",
                    ),
                    models.CheckConstraint(condition=models.Q(("vez", models.F("inicio"))), name="enderecamento_vez_e_inicio"),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("adesao__isnull", True)), fields=["pool", "vez"], name="enderecamento_livres"),
                    models.Index(
                        condition=models.Q(("adesao__isnull", True)), fields=["perfil", "vez"], name="enderecamento_livres_de_todos"
                    ),
                    models.Index(
                        condition=models.Q(("adesao__isnull", False)), fields=["adesao", "perfil"], name="enderecamento_da_adesao"
                    ),
                    models.Index(condition=models.Q(("troca_ate__isnull", False)), fields=["troca_ate"], name="enderecamento_em_troca"),
                ],
                "ordering": ("inicio",),
            },
        ),
        migrations.CreateModel(
            name="Alocacao",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("de", models.DateTimeField()),
                ("por_nome", models.CharField(max_length=150)),
                ("motivo", models.CharField(max_length=200)),
                ("ate", models.DateTimeField(null=True)),
                ("fim_por_nome", models.CharField(blank=True, max_length=150)),
                ("fim_motivo", models.CharField(blank=True, max_length=500)),
                (
                    "adesao",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="alocacoes", to="adesao.adesao"
                    ),
                ),
                (
                    "fim_por",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "por",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sub_bloco",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alocacoes",
                        to="enderecamento.subblococidr",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ate__isnull", True)), fields=("sub_bloco",), name="enderecamento_uma_posse_por_bloco"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ate__isnull", True), ("ate__gte", models.F("de")), _connector="OR"),
                        name="enderecamento_posse_em_ordem",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ate__isnull", True), models.Q(("fim_motivo", ""), _negated=True), _connector="OR"),
                        name="enderecamento_fim_tem_motivo",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["sub_bloco", "de"], name="enderecamento_posse_do_bloco"),
                    models.Index(fields=["adesao", "de"], name="enderecamento_posse_da_adesao"),
                ],
                "ordering": ("de", "pk"),
            },
        ),
    ]

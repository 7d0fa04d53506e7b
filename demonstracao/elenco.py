"""The people of the demonstration: accounts of the guide, and an invented requerente for each municipality that begins."""

from __future__ import annotations

import datetime as dt
import re
import shutil

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction

from adesao import acoes
from adesao.models import Adesao
from comunicacao.models import MensagemSaida
from contas import acoes as contas
from contas.acesso import ator_do_usuario
from contas.models import Municipio, Papel, Usuario
from demonstracao.contas import DOMINIO, SENHA
from demonstracao.roteiro import SEM_ADESAO
from demonstracao.sorteio import Pessoa, Sorteio, com_digitos_do_cpf
from documentos import armazem
from documentos.models import Documento
from nucleo.fluxo import Ator

#: account → (name, first digits of the CPF, job, role)
EQUIPE: dict[str, tuple[str, str, str, Papel]] = {
    "analista": ("Rita de Cássia Amaral", "301442118", "Analista da Gestão da Rede", Papel.ANALISTA),
    "analista2": ("Davi Nogueira Prado", "287119034", "Analista da Gestão da Rede", Papel.ANALISTA),
    "gestor": ("Iara Siqueira Leite", "190337265", "Gestora da Rede", Papel.GESTOR),
    "aprovador": ("João Sampaio Vieira", "222808147", "Assessor técnico", Papel.APROVADOR),
    "operadora": ("Kátia Lemos Duarte", "318450992", "Atendimento a órgãos públicos", Papel.OPERADORA),
    "auditor": ("Lauro Diniz Teixeira", "176223901", "Auditor", Papel.AUDITOR),
    "tecnico": ("Márcia Fontes Barros", "264871350", "Técnica de redes", Papel.TECNICO),
}
#: municipality → (account, name, first digits of the CPF, job) of its requerente
REQUERENTES = {
    "Bofete": ("requerente", "Helena Martins de Oliveira", "335120476", "Chefe de gabinete"),
    SEM_ADESAO: ("requerente.nova", "Joana Toledo Monteiro", "329907154", "Secretária de Administração"),
}
#: municipality → its two responsáveis
RESPONSAVEIS = {
    "Bofete": (
        (
            "clara.goncalves@bofete.exemplo.sp.gov.br",
            "Clara Gonçalves Ribeiro",
            "314159265",
            "Chefe do setor de informática",
            "Administração",
        ),
        ("mario.ferreira@bofete.exemplo.sp.gov.br", "Mário Ferreira Lopes", "271828182", "Assistente administrativo", "Compras"),
    ),
    "Botucatu": (
        (f"responsavel1@{DOMINIO}", "Aparecida Nunes Cardoso", "307764129", "Diretora de tecnologia", "Tecnologia"),
        (f"responsavel2@{DOMINIO}", "Benedito Prado Correia", "288915403", "Analista de sistemas", "Tecnologia"),
    ),
    "Lins": (
        (f"responsavel.outra@{DOMINIO}", "Conceição Rocha Mendes", "296630871", "Coordenadora de convênios", "Planejamento"),
        ("otavio.peixoto@lins.exemplo.sp.gov.br", "Otávio Peixoto Bueno", "311208745", "Encarregado de redes", "Tecnologia"),
    ),
}
#: Older than the oldest act of the script.
INICIO_DAS_EQUIPES = dt.timedelta(days=520)
_CONFIRMACAO = re.compile(r"/conta/cadastro/confirmar/([A-Za-z0-9_-]{20,})/")


class Elenco:
    """Who exists so far. Municipalities are read once; actors are frozen once (roles of the cast do not change during the play)."""

    def __init__(self, *, agora: dt.datetime) -> None:
        self.agora = agora
        self.senha = make_password(SENHA)
        self.municipios = {m.nome: m for m in Municipio.objects.order_by("pk")}
        self.cpfs: set[str] = set()
        self.atores: dict[str, Ator] = {}
        self.sorteios: dict[str, Sorteio] = {}
        self.brasoes: dict[int, Documento] = {}

    def municipio(self, nome: str) -> Municipio:
        """A municipality by its exact name. Raises ``KeyError``."""
        return self.municipios[nome]

    def sorteio(self, nome: str, ordem: int) -> Sorteio:
        """The draw of one play."""
        return Sorteio(f"intragov:{nome}:{ordem}", municipio=nome, ddd=self.municipios[nome].ddd, usados=self.cpfs)

    def _cpf(self, nove: str) -> str:
        cpf = com_digitos_do_cpf(nove)
        self.cpfs.add(cpf)
        return cpf

    def ator(self, conta: str) -> Ator:
        """An actor of the State's teams, by account. Raises ``KeyError``."""
        return self.atores[conta]

    def requerente(self, municipio: str) -> Ator:
        """Who acts for that prefeitura. Raises ``KeyError`` before it began."""
        return self.atores[f"requerente:{municipio}"]

    def contratar_equipes(self) -> None:
        """The accounts of the State's teams."""
        desde = self.agora - INICIO_DAS_EQUIPES
        for n, (conta, (nome, nove, cargo, papel)) in enumerate(EQUIPE.items(), 10):
            usuario = self._conta(f"{conta}@{DOMINIO}", nome=nome, cpf=self._cpf(nove), cargo=cargo)
            contas.ligar(usuario_id=usuario.pk, orgao_id=contas.orgao_do_estado(papel).pk, papel=papel, agora=desde)
            self.atores[conta] = ator_do_usuario(usuario, f"192.0.2.{n}", self.agora)

    def reencontrar_equipes(self) -> None:
        """The same actors when the accounts exist already."""
        for n, conta in enumerate(EQUIPE, 10):
            self.atores[conta] = ator_do_usuario(Usuario.objects.get(email=f"{conta}@{DOMINIO}"), f"192.0.2.{n}", self.agora)

    def _conta(self, email: str, *, nome: str, cpf: str, cargo: str) -> Usuario:
        return contas.criar_usuario(email=email, nome=nome, cpf=cpf, cargo=cargo, senha_pronta=self.senha)

    def estrear(self, municipio: str, *, agora: dt.datetime) -> Ator:
        """The requerente of a municipality, with an account since a little before ``agora``; the same person when it has one."""
        chave = f"requerente:{municipio}"
        if chave in self.atores:
            return self.atores[chave]
        s = self.sorteio(municipio, -1)
        desde = agora - dt.timedelta(hours=3)
        if municipio in REQUERENTES:
            conta, nome, nove, cargo = REQUERENTES[municipio]
            usuario = self._conta(f"{conta}@{DOMINIO}", nome=nome, cpf=self._cpf(nove), cargo=cargo)
        else:
            p = s.pessoa()
            usuario = self._conta(p.email, nome=p.nome, cpf=p.cpf, cargo=p.cargo)
        contas.ingressar(usuario_id=usuario.pk, municipio_id=self.municipios[municipio].pk, agora=desde)
        self.atores[chave] = ator_do_usuario(usuario, s.ip(), agora)
        return self.atores[chave]

    def cadastrar_pela_pagina(self, municipio: str, *, agora: dt.datetime) -> None:
        """A requerente who signs up by herself and confirms by the link of the letter, as anybody does."""
        conta, nome, nove, cargo = REQUERENTES[municipio]
        email = f"{conta}@{DOMINIO}"
        contas.registrar_cadastro(
            municipio_id=self.municipios[municipio].pk, nome=nome, cpf=self._cpf(nove), email=email, cargo=cargo, senha=SENHA, agora=agora
        )
        texto = MensagemSaida.objects.get(para=email).texto
        achado = _CONFIRMACAO.search(texto)
        assert achado is not None
        contas.confirmar_cadastro(token=achado[1], agora=agora + dt.timedelta(minutes=6))

    def ativar_sem_demora(self, email: str, *, agora: dt.datetime) -> None:
        """What ``contas.ativar_conta`` leaves behind, with a hash made once: forty Argon2 hashes would be most of the loading."""
        usuario = Usuario.objects.get(email=email)
        usuario.links_de_acesso.filter(usado_em__isnull=True).update(usado_em=agora)
        usuario.password = self.senha
        usuario.save(update_fields=["password"])

    def visitas(self, *, agora: dt.datetime) -> None:
        """In Bofete somebody asks to enter and the requerente has an invitation open: what the page of people shows."""
        helena = self.requerente("Bofete")
        p = self.sorteio("Bofete", -2).pessoa()
        usuario = self._conta(p.email, nome=p.nome, cpf=p.cpf, cargo=p.cargo)
        bofete = self.municipios["Bofete"].pk
        contas.pedir_entrada(usuario_id=usuario.pk, municipio_id=bofete, agora=agora - dt.timedelta(hours=20))
        contas.convidar_pessoa(
            orgao_id=contas.prefeitura_de(bofete).pk,
            email="financas@bofete.exemplo.sp.gov.br",
            nome="Teresa Camargo Pinto",
            papel=Papel.REQUERENTE,
            por=helena,
            agora=agora - dt.timedelta(hours=5),
        )

    def responsaveis(self, municipio: str, s: Sorteio, *, fora: bool = False) -> tuple[Pessoa, Pessoa]:
        """The two people of Anexo I. With ``fora`` the second one has an address outside the government."""
        if municipio in RESPONSAVEIS:
            primeira, segunda = (
                Pessoa(nome, self._cpf(nove), email, cargo, departamento, False)
                for email, nome, nove, cargo, departamento in RESPONSAVEIS[municipio]
            )
            return primeira, segunda
        um, dois = s.pessoa(), s.pessoa()
        if fora:
            dois = Pessoa(
                dois.nome, dois.cpf, f"{dois.email.partition('@')[0]}@correio.example", dois.cargo, dois.departamento, dois.mulher
            )
        return um, dois

    def guardar_brasao(self, adesao_id: int, *, desenho: int, arquivo: ContentFile[bytes], por: Ator, agora: dt.datetime) -> None:
        """Keep a coat of arms: each drawing goes once through the real action, the others copy what it left."""
        if desenho not in self.brasoes:
            self.brasoes[desenho] = acoes.guardar_brasao(adesao_id=adesao_id, arquivo=arquivo, por=por, agora=agora)
            return
        pronto = self.brasoes[desenho]
        adesao = Adesao.objects.get(pk=adesao_id)
        novo = Documento(
            **{c: getattr(pronto, c) for c in ("origem", "especie", "situacao", "titulo", "nome_original", "tipo_mime", "dados")},
            **{c: getattr(pronto, c) for c in ("sha256", "tamanho", "antivirus")},
            dono=adesao.dono,
            criado_em=agora,
            criado_por_id=por.usuario_id,
            pronto_em=agora,
        )
        novo.arquivo = armazem.nome_para(novo.pk, sha256=novo.sha256, tipo_mime=novo.tipo_mime)
        destino = armazem.raiz() / novo.arquivo
        destino.parent.mkdir(mode=armazem.MODO_DA_PASTA, parents=True, exist_ok=True)
        shutil.copy(armazem.caminho_de(pronto), destino)
        with transaction.atomic():
            novo.save(force_insert=True)
            adesao.brasao = novo
            adesao.save(update_fields=["brasao"])

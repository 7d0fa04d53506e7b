"""Plays one adhesion of the script through the real actions, each act at its own instant of the past.

A play is a generator: it yields the instant of its next act and acts when resumed. `carga` resumes all of them in order of time, so that
numbers, history and letters come out in the order in which they would have come.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.utils import timezone

from adesao import acoes, consultas
from adesao import pecas as papeis_da_adesao
from adesao.acoes.comum import prazo_em_dias
from adesao.models import Adesao, Aplicacao, CopiaAssinada, MotivoPadrao
from comunicacao.models import MensagemSaida
from contas import acoes as contas
from demonstracao import papeis, textos
from demonstracao.contas import DOMINIO, SENHA
from demonstracao.roteiro import DECIDIDAS, RASCUNHOS, Fim, Roteiro
from demonstracao.tempo import Relogio
from documentos.models import Documento
from nucleo import prazos
from nucleo.fluxo import Ator

if TYPE_CHECKING:
    from demonstracao.elenco import Elenco
    from demonstracao.sorteio import Pessoa, Sorteio

Peca = Iterator[dt.datetime]

PARECERES = (
    "Documentos conferidos e de acordo com o manual de adesão. Os dois responsáveis são servidores da prefeitura.",
    "Conferência concluída. Ofício e anexos assinados, aplicações com os órgãos certos. Parecer favorável.",
    "Documentação completa. As correções pedidas foram atendidas e os dados conferem com os documentos assinados.",
)
PERGUNTAS = (
    "O responsável técnico indicado é servidor da prefeitura ou de empresa contratada?",
    "A quantidade de sub-blocos privados pedida considera as unidades que ainda serão instaladas?",
)
RECUSAS = (
    "O Termo pede que o representante legal esteja no cargo. O mandato de quem assinou terminou antes da data do ofício.",
    "A prefeitura informou que vai usar outra rede e não confirmou o interesse na adesão depois de três contatos.",
    "Os dois responsáveis indicados não são servidores da prefeitura. Designe servidores e comece uma nova adesão.",
)
LINK_DE_ACESSO = re.compile(r"/conta/ativar/([A-Za-z0-9_-]{20,})/")
DA_PREFEITURA = frozenset({"iniciar", "enviar"})


class Cena:
    """One adhesion being played."""

    def __init__(
        self, roteiro: Roteiro, *, ordem: int, sorteio: Sorteio, relogio: Relogio, elenco: Elenco, motivos: dict[str, MotivoPadrao]
    ) -> None:
        self.roteiro, self.ordem, self.s, self.relogio, self.elenco, self.motivos = roteiro, ordem, sorteio, relogio, elenco, motivos
        self.adesao_id = 0
        self.t = relogio.agora
        self.responsaveis: tuple[Pessoa, Pessoa] = elenco.responsaveis(roteiro.municipio, sorteio, fora="fora_do_gov" in roteiro.marcas)
        self.brutos: textos.Bruto = {}
        self.copias_cortadas = False
        self.desenho = ordem % 3 if "brasao" in roteiro.marcas else None

    @property
    def adesao(self) -> Adesao:
        """The process as it is now."""
        return Adesao.objects.select_related("municipio", "brasao").get(pk=self.adesao_id)

    @property
    def requerente(self) -> Ator:
        """Who acts for the prefeitura."""
        return self.elenco.requerente(self.roteiro.municipio)

    @property
    def analista(self) -> Ator:
        """Who holds the process at PRODESP."""
        return self.elenco.ator("analista" if self.roteiro.analista == 1 else "analista2")

    # --- The plan: ages in days, oldest first -----------------------------------------------------------------------
    def plano(self) -> list[tuple[str, int, tuple[str, ...]]]:
        """(act, age in days, pendências) from the beginning to the present."""
        fim, r, voltas = self.roteiro.fim, self.s.r, list(self.roteiro.voltas)
        if fim in RASCUNHOS:
            return [("iniciar", self.roteiro.dias, ())]
        idade = self.roteiro.dias
        if fim not in DECIDIDAS:
            prazo = prazo_em_dias("correcao" if fim == Fim.DEVOLVIDA else "conferencia")
            da_prodesp = fim not in (Fim.RECEBIDA, Fim.EM_CONFERENCIA)
            idade = self.relogio.idade_do_prazo(prazo, faltam=idade, expediente=da_prodesp)
        atras: list[tuple[str, int, tuple[str, ...]]] = []

        def antes(ato: str, de: int, ate: int, defeitos: tuple[str, ...] = ()) -> None:
            nonlocal idade
            atras.append((ato, idade, defeitos))
            idade += r.randint(de, ate)

        if fim in DECIDIDAS:
            antes("decidir", 3, 12)
        if fim == Fim.PERGUNTADA:
            antes("perguntar", 3, 8)
        if fim in DECIDIDAS or fim in (Fim.PERGUNTADA, Fim.ENCAMINHADA):
            antes("encaminhar", 1, 6)
        if fim == Fim.DEVOLVIDA:
            antes("devolver", 1, 4, self.roteiro.agora)
        if fim == Fim.EM_CONFERENCIA:
            atras.append(("conferir", max(0, idade - r.randint(3, 5)), self.roteiro.agora))
            atras.append(("assumir", max(0, idade - r.randint(1, 2)), ()))
        elif fim != Fim.RECEBIDA:
            antes("assumir", 1, 4)
        elif "liberada" in self.roteiro.marcas:
            atras.append(("liberar", max(0, idade - 3), ()))
            atras.append(("assumir", max(0, idade - 2), ()))
        antes("enviar", 2, 6)
        for defeitos in reversed(voltas):
            antes("devolver", 1, 5, defeitos)
            antes("assumir", 1, 4)
            antes("enviar", 2, 6)
        atras.append(("iniciar", idade + r.randint(1, 8), ()))
        return atras[::-1]

    def encenar(self) -> Peca:
        """Yield each instant, act when resumed."""
        plano = self.plano()
        t: dt.datetime | None = None
        recente = "sem_acesso" in self.roteiro.marcas  # the activation links still work when somebody comes to look
        for ato, idade, defeitos in plano:
            if ato == "enviar" and self.brutos_corrigiveis():
                yield from self._lembretes(idade, plano_t=t)
            t = self.relogio.ha(idade, r=self.s.r, depois_de=t, expediente=ato not in DA_PREFEITURA and not recente)
            yield t
            self.t = t
            yield from getattr(self, f"_{ato}")(defeitos)
            t = self.t
        if self.roteiro.fim == Fim.DEVOLVIDA:
            yield from self._lembretes(-1, plano_t=t)
            if "tocada" in self.roteiro.marcas:
                yield self._logo(300)
                self._corrigir(self.roteiro.agora[:1])

    def brutos_corrigiveis(self) -> bool:
        """Whether the process is with the prefeitura for correction."""
        return bool(self.adesao_id) and self.adesao.estado == "DEVOLVIDA"

    def _logo(self, minutos: int) -> dt.datetime:
        """About so many minutes after the last act, before ``agora``; it becomes the present of the play."""
        self.t = self.relogio.depois(self.t, minutos, r=self.s.r)
        return self.t

    # --- The prefeitura -----------------------------------------------------------------------------------------------
    def _iniciar(self, defeitos: tuple[str, ...]) -> Peca:
        fim, por = self.roteiro.fim, self.elenco.estrear(self.roteiro.municipio, agora=self.t)
        self.adesao_id = acoes.iniciar(municipio_id=self.elenco.municipio(self.roteiro.municipio).pk, por=por, agora=self.t).pk
        if fim == Fim.DESCARTADA:
            yield self._logo(60 * 24 * 4)
            acoes.descartar(adesao_id=self.adesao_id, por=por, agora=self.t)
        if fim in (Fim.VAZIO, Fim.DESCARTADA):
            return
        self.brutos = textos.rascunho(self.s, self.roteiro, hoje=timezone.localdate(self.t), responsaveis=self.responsaveis)
        if self.desenho is not None:
            yield self._logo(12)
            arquivo = ContentFile(papeis.brasao(self.desenho), name="brasao.png")
            self.elenco.guardar_brasao(self.adesao_id, desenho=self.desenho, arquivo=arquivo, por=por, agora=self.t)
        for tarefa, campos in (textos.metade(self.brutos, self.s) if fim == Fim.METADE else self.brutos).items():
            yield self._logo(14)
            acoes.salvar_tarefa(adesao_id=self.adesao_id, tarefa=tarefa, dados=campos, versao=0, por=por, agora=self.t)
        if fim == Fim.PRONTO:
            yield self._logo(240)
            self._anexar()

    def _enviar(self, defeitos: tuple[str, ...]) -> Peca:
        if self.brutos_corrigiveis():
            abertas = tuple(self.ultimos)
            self._corrigir(abertas)
            yield self._logo(90)
            self._anexar(de_novo="copia" in {textos.DEFEITOS[d].conserto for d in abertas})
        else:
            self._anexar()
        yield self._logo(8)
        acoes.enviar(adesao_id=self.adesao_id, por=self.requerente, agora=self.t)

    def _corrigir(self, defeitos: tuple[str, ...]) -> None:
        adesao = self.adesao
        rascunhos = {r.tarefa: r for r in adesao.rascunhos.all()}
        abertas = {(p.tarefa, p.campo): p for p in consultas.pendencias_abertas(adesao)}
        for nome in defeitos:
            d = textos.DEFEITOS[nome]
            if d.conserto.startswith("resposta: "):
                acoes.responder_pendencia(
                    adesao_id=adesao.pk,
                    pendencia_id=abertas[d.tarefa, d.campo].pk,
                    resposta=d.conserto.removeprefix("resposta: "),
                    por=self.requerente,
                    agora=self.t,
                )
            for tarefa, campos in textos.conserto(d, self.s, hoje=timezone.localdate(self.t)).items():
                atual = rascunhos[tarefa]
                salvo = acoes.salvar_tarefa(
                    adesao_id=adesao.pk,
                    tarefa=tarefa,
                    dados={**atual.dados, **campos},
                    versao=atual.versao,
                    por=self.requerente,
                    agora=self.t,
                )
                rascunhos[tarefa] = salvo.rascunho

    def _anexar(self, *, de_novo: bool = False) -> None:
        """Order the PDFs and attach a drawn signed copy to each paper that lacks one that holds (``de_novo``: to Anexo I anyway)."""
        adesao = self.adesao
        acoes.gerar_pecas(adesao_id=adesao.pk, por=self.requerente, agora=self.t)
        situacao = papeis_da_adesao.situacao_das_pecas(adesao, papeis_da_adesao.validar(consultas.brutos(adesao)))
        gerados = {s.peca: s.gerado for s in situacao if s.gerado is not None}
        for s in situacao:
            if s.copia_vale and not (de_novo and s.peca == papeis_da_adesao.ANEXO1):
                continue
            gerado = s.gerado or gerados[papeis_da_adesao.ANEXO1]
            dados = {**gerado.dados, "codigo": s.gerado.codigo if s.gerado else ""}
            if s.gerado is None:
                dados |= {c: self.brutos["prefeitura"][c] for c in ("prefeito_nome", "prefeito_cargo")}
            cortada = s.peca == papeis_da_adesao.ANEXO1 and not de_novo and self._vai_faltar_assinatura()
            self._guardar_copia(adesao, s, papeis.desenhar(s.peca, dados, desenho=self.desenho, cortada=cortada))

    def _vai_faltar_assinatura(self) -> bool:
        """Whether the coming return complains of the signature: then the scan shows it cut."""
        rodadas = [*self.roteiro.voltas, self.roteiro.agora]
        feitas = self.adesao.envios
        return feitas < len(rodadas) and "assinatura" in rodadas[feitas]

    def _guardar_copia(self, adesao: Adesao, s: papeis_da_adesao.SituacaoDaPeca, paginas: list[papeis.Image.Image]) -> None:
        """What ``anexar_assinado`` leaves behind, without starting the jail for a file drawn here (a test sends them through the gate)."""
        novo = Documento(
            origem=Documento.Origem.RECEBIDO,
            situacao=Documento.Situacao.PRONTO,
            especie=f"{s.peca}-assinado",
            dono=adesao.dono,
            titulo=f"{s.curto} assinado {adesao.numero}",
            nome_original=f"{s.curto} assinado.pdf",
            dados={"assinaturas": 0, "revisoes": 1, "codigos_no_texto": [], "tem_texto": False},
            antivirus="sem antivírus",
            criado_em=self.t,
            criado_por_id=self.requerente.usuario_id,
            pronto_em=self.t,
        )
        papeis.guardar(novo, paginas, papeis.em_pdf(paginas, em=self.t))
        novo.save(force_insert=True)
        adesao.copias.filter(peca=s.peca, substituida_em__isnull=True).update(substituida_em=self.t)
        CopiaAssinada.objects.create(
            adesao=adesao, peca=s.peca, documento=novo, gerado=s.gerado, em=self.t, por_id=self.requerente.usuario_id or 0
        )

    def _lembretes(self, ate_idade: int, *, plano_t: dt.datetime | None) -> Peca:
        """The reminders that the portal sent while the correction was pending, early in the morning (PRZ-03)."""
        vence_em = self.adesao.vence_em
        if vence_em is None or plano_t is None:
            return
        ultimo = prazos.ultimo_dia(vence_em)
        limite = self.relogio.agora if ate_idade < 0 else prazos.meia_noite(self.relogio.hoje - dt.timedelta(days=ate_idade))
        for dias in (5, 2, 0, -1):
            quando = prazos.meia_noite(ultimo - dt.timedelta(days=dias)) + dt.timedelta(hours=7, minutes=4)
            if plano_t < quando < limite:
                yield quando
                acoes.lembrar_correcao(adesao_id=self.adesao_id, dias=[5, 2, 0], agora=quando)

    # --- PRODESP ------------------------------------------------------------------------------------------------------
    ultimos: tuple[str, ...] = ()

    def _assumir(self, defeitos: tuple[str, ...]) -> Peca:
        primeiro = self.elenco.ator("analista") if "passada" in self.roteiro.marcas else self.analista
        acoes.assumir(adesao_id=self.adesao_id, por=primeiro, agora=self.t)
        if "passada" in self.roteiro.marcas:
            yield self._logo(200)
            acoes.passar(adesao_id=self.adesao_id, analista_id=self.analista.usuario_id or 0, por=primeiro, agora=self.t)
        yield self._logo(4)
        acoes.revelar_cpf(adesao_id=self.adesao_id, por=self.analista, agora=self.t, motivo="Conferência")

    def _liberar(self, defeitos: tuple[str, ...]) -> Peca:
        acoes.liberar(adesao_id=self.adesao_id, por=self.analista, agora=self.t)
        yield from ()

    def _marcar(self, defeitos: tuple[str, ...]) -> list[int]:
        return [
            acoes.marcar_pendencia(
                adesao_id=self.adesao_id,
                tarefa=(d := textos.DEFEITOS[nome]).tarefa,
                campo=d.campo,
                motivo_id=self.motivos[d.motivo].pk,
                texto=d.texto,
                por=self.analista,
                agora=self.t,
            ).pk
            for nome in defeitos
        ]

    def _listas(self, *, ate: int = 4, pela_metade: bool = False) -> None:
        """Tick the check-lists of the first ``ate`` papers; the next one in part."""
        envio = consultas.ultimo_envio(Adesao.objects.get(pk=self.adesao_id))
        assert envio is not None
        vieram = consultas.pecas_do_envio(envio)
        for i, peca in enumerate(p for codigo, p in papeis_da_adesao.CONFERIDAS.items() if codigo in vieram):
            itens = [codigo for codigo, _ in peca.itens]
            if i < ate or (pela_metade and i == ate):
                feitos = itens if i < ate else itens[:2]
                acoes.conferir_item(adesao_id=self.adesao_id, peca=peca.codigo, itens=feitos, por=self.analista, agora=self.t)

    def _conferir(self, defeitos: tuple[str, ...]) -> Peca:
        if "lista_cheia" in self.roteiro.marcas:
            self._listas()
        else:
            self._listas(ate=self.ordem % 3, pela_metade=True)
        if defeitos:
            yield self._logo(25)
            self._marcar(defeitos)

    def _devolver(self, defeitos: tuple[str, ...]) -> Peca:
        self._listas(ate=1, pela_metade=True)
        self._marcar(defeitos)
        self.ultimos = defeitos
        yield self._logo(20)
        acoes.devolver(adesao_id=self.adesao_id, por=self.analista, agora=self.t)

    def _encaminhar(self, defeitos: tuple[str, ...]) -> Peca:
        if "desfeita" in self.roteiro.marcas:
            marcadas = self._marcar(("telefone",))
            acoes.devolver(adesao_id=self.adesao_id, por=self.analista, agora=self.t)
            yield self._logo(35)
            acoes.desfazer_devolucao(adesao_id=self.adesao_id, por=self.analista, agora=self.t)
            for pk in marcadas:
                acoes.retirar_pendencia(adesao_id=self.adesao_id, pendencia_id=pk, por=self.analista, agora=self.t)
            yield self._logo(30)
        self._listas()
        parecer = PARECERES[2] if self.roteiro.voltas else PARECERES[self.ordem % 2]
        acoes.encaminhar(adesao_id=self.adesao_id, parecer=parecer, por=self.analista, agora=self.t)

    # --- The approver and after ---------------------------------------------------------------------------------------
    def _perguntar(self, defeitos: tuple[str, ...]) -> Peca:
        pergunta = PERGUNTAS[self.ordem % len(PERGUNTAS)]
        acoes.perguntar(adesao_id=self.adesao_id, pergunta=pergunta, por=self.elenco.ator("aprovador"), agora=self.t)
        yield from ()

    def _decidir(self, defeitos: tuple[str, ...]) -> Peca:
        aprovador = self.elenco.ator("aprovador")
        if self.roteiro.fim == Fim.INDEFERIDA:
            acoes.indeferir(adesao_id=self.adesao_id, motivo=RECUSAS[self.ordem % len(RECUSAS)], por=aprovador, agora=self.t)
            return
        acoes.aprovar(adesao_id=self.adesao_id, por=aprovador, agora=self.t)
        quantos = 0 if "sem_acesso" in self.roteiro.marcas else 1 if "meio_acesso" in self.roteiro.marcas else 2
        for pessoa in self.responsaveis[:quantos]:
            yield self._logo(180)
            self._ativar(pessoa)
        if "autorizacoes" in self.roteiro.marcas:
            yield from self._autorizacoes()

    def _ativar(self, pessoa: Pessoa) -> None:
        """The person opens the letter and creates a password."""
        if not pessoa.email.endswith(f"@{DOMINIO}"):
            self.elenco.ativar_sem_demora(pessoa.email, agora=self.t)
            return
        carta = MensagemSaida.objects.filter(para=pessoa.email, assunto_tipo="ativacao").first()
        achado = LINK_DE_ACESSO.search(carta.texto) if carta else None
        assert achado is not None
        contas.ativar_conta(token=achado[1], senha=SENHA, agora=self.t)

    def _autorizacoes(self) -> Peca:
        situacoes = Aplicacao.Autorizacao
        aplicacoes = list(self.adesao.aplicacoes.order_by("ordem")[:9])
        for i, aplicacao in enumerate(aplicacoes):
            situacao = (situacoes.AUTORIZADA, situacoes.SOLICITADA, situacoes.NEGADA, situacoes.PENDENTE)[i % 4]
            if situacao == situacoes.PENDENTE:
                continue
            yield self._logo(60 * 24 * 2)
            dia = timezone.localdate(self.t)
            acoes.registrar_autorizacao(
                adesao_id=self.adesao_id,
                aplicacao_id=aplicacao.pk,
                autorizacao=situacao,
                data=dia,
                documento=f"Ofício {random.Random(aplicacao.nome).randrange(10, 900)}/{dia.year}",  # noqa: S311 invented data
                por=self.requerente,
                agora=self.t,
            )

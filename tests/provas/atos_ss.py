"""The acts of the machine of requests (``test_maquina_ss``), through the real actions: each takes (request, actor, luck)."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

from adesao import acoes as adesoes
from nucleo import prazos
from nucleo.erros import RegraViolada
from nucleo.fluxo import Ator
from saog import acoes, consultas
from saog.estados import Estado, Natureza
from saog.models import Acesso, EnvioSS, SolicitacaoServico
from tests.apoio import solicitacoes
from tests.apoio.elenco import BOTUCATU, ITAPEVA

RESPONSAVEIS = {BOTUCATU: ("responsavel_a1", "responsavel_a2"), ITAPEVA: ("responsavel_b",)}
#: Filled by the test before the machine runs.
ELENCO: dict[str, Ator] = {}


def como_foi(envio: EnvioSS) -> str:
    """What a sending says, to be compared later (SS-10)."""
    return f"{envio.dados_sha256} {json.dumps(envio.dados, sort_keys=True)}"


class Atos:
    """What may be done; ``agora`` is the machine's clock, ``congelados`` what each sending said when it was made."""

    agora: dt.datetime
    congelados: dict[int, str]

    # --- The prefeitura ------------------------------------------------------------------------------------------------
    def _ficha(self, sorte: random.Random) -> dict[str, str]:
        n = sorte.randint(1, 9)
        servico = sorte.choice(("SCM", "SCM", "SCM_SAI", "SCM_STI"))
        local = {"unidade_nome": f"Escola {n}", "numero": str(1000 + n)}
        velocidade = sorte.choice(("1", "8", "16", "16", "32")) if sorte.random() < 0.3 else "8"
        return {**solicitacoes.UBS, **local, "servico": servico, "velocidade": velocidade}

    def _quem_pede(self, sorte: random.Random) -> tuple[int, Ator]:
        cidade = sorte.choice(sorted(RESPONSAVEIS))
        nome = sorte.choice(sorted(ELENCO)) if sorte.random() < 0.1 else sorte.choice(RESPONSAVEIS[cidade])
        return cidade, ELENCO[nome]

    def _iniciar(self, _: Any, __: Any, sorte: random.Random) -> None:
        cidade, por = self._quem_pede(sorte)
        if sorte.random() < 0.55:
            ss = acoes.iniciar(municipio_id=cidade, tipo="ativacao", por=por, agora=self.agora)
            acoes.salvar(ss_id=ss.pk, dados=self._ficha(sorte), versao=0, por=por, agora=self.agora)
            return
        tipo = sorte.choice(("alteracao-capacidade", "alteracao-titularidade", "alteracao-equipamento", "desativacao", "nenhum"))
        link = sorte.choice(list(Acesso.objects.filter(municipio_id=cidade).order_by("-pk").values_list("pk", flat=True))[:9])
        ss = acoes.iniciar(municipio_id=cidade, tipo=tipo, acesso_id=link, por=por, agora=self.agora)
        dados = {"servico": "SCM_SAI", "velocidade": sorte.choice(("8", "12", "16")), "titular": "Saúde", "configuracao": "Sala 2"}
        dados |= {"justificativa": "Precisa.", "desligar_em": f"{prazos.dia_local(self.agora) + dt.timedelta(days=9):%d/%m/%Y}"}
        acoes.salvar(ss_id=ss.pk, dados=dados, versao=0, por=por, agora=self.agora)

    def _mudar(self, _: Any, __: Any, sorte: random.Random) -> None:
        cidade, por = self._quem_pede(sorte)
        link = sorte.choice(list(Acesso.objects.filter(municipio_id=cidade).order_by("-pk").values_list("pk", flat=True))[:9])
        nova, velha = acoes.iniciar_mudanca(acesso_id=link, por=por, agora=self.agora)
        dia = f"{prazos.dia_local(self.agora) + dt.timedelta(days=30):%d/%m/%Y}"
        acoes.salvar(ss_id=nova.pk, dados=self._ficha(sorte), versao=0, por=por, agora=self.agora)
        acoes.salvar(ss_id=velha.pk, dados={"desligar_em": dia, "justificativa": "Mudança."}, versao=0, por=por, agora=self.agora)

    def _salvar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        dados = self._ficha(sorte) if ss.natureza == Natureza.ATIVACAO else {**ss.rascunho, "estado": "ACEITA"}
        acoes.salvar(ss_id=ss.pk, dados=dados, versao=ss.versao, por=por, agora=self.agora)

    def _enviar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        self._congelar(acoes.enviar(ss_id=ss.pk, por=por, agora=self.agora))

    def _enviar_varias(self, _: Any, __: Any, sorte: random.Random) -> None:
        cidade, por = self._quem_pede(sorte)
        ids = SolicitacaoServico.objects.filter(municipio_id=cidade, estado=Estado.RASCUNHO).order_by("pk").values_list("pk", flat=True)
        for envio in acoes.enviar_varias(ids=list(ids)[:3], por=por, agora=self.agora):
            self._congelar(envio)

    def _congelar(self, envio: EnvioSS) -> None:
        self.congelados[envio.pk] = como_foi(envio)

    def _corrigir(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        """Another service or speed, sometimes (a new place, or none left), or an answer to each pendência."""
        if ss.natureza == Natureza.ATIVACAO and sorte.random() < 0.4:
            muda = {"servico": sorte.choice(("SCM", "SCM_STI")), "velocidade": sorte.choice(("4", "16"))}
            acoes.salvar(ss_id=ss.pk, dados={**ss.rascunho, **muda}, versao=ss.versao, por=por, agora=self.agora)
        for p in consultas.pendencias_comunicadas(ss):
            acoes.responder_pendencia(ss_id=ss.pk, pendencia_id=p.pk, resposta="Está certo.", por=por, agora=self.agora)
        self._congelar(acoes.enviar(ss_id=ss.pk, por=por, agora=self.agora))

    def _descartar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.descartar(ss_id=ss.pk, por=por, agora=self.agora)

    def _emitir(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.emitir_varias(ids=[ss.pk], por=por, agora=self.agora)

    def _cancelar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.cancelar(ss_id=ss.pk, motivo=sorte.choice(("Mudou.", "")), por=por, agora=self.agora)

    def _parar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        """A cancelamento of it, sent."""
        novo = acoes.iniciar(municipio_id=ss.municipio_id, tipo="cancelamento", alvo_id=ss.pk, por=por, agora=self.agora)
        acoes.salvar(ss_id=novo.pk, dados={"justificativa": "A unidade fechou."}, versao=0, por=por, agora=self.agora)
        self._congelar(acoes.enviar(ss_id=novo.pk, por=por, agora=self.agora))

    def _aceitar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.aceitar(ss_id=ss.pk, por=por, agora=self.agora)

    def _recusar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.recusar(ss_id=ss.pk, motivo="Sem sinal.", por=por, agora=self.agora)

    # --- PRODESP -------------------------------------------------------------------------------------------------------
    def _devolver(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        campo = "funcionamento" if ss.natureza == Natureza.ATIVACAO else "justificativa"
        if sorte.random() < 0.2:
            sobra = acoes.marcar_pendencia(ss_id=ss.pk, campo=campo, motivo_id=None, texto="Engano", por=por, agora=self.agora)
            acoes.retirar_pendencia(ss_id=ss.pk, pendencia_id=sobra.pk, por=por, agora=self.agora)
        acoes.marcar_pendencia(ss_id=ss.pk, campo=campo, motivo_id=None, texto="Explique.", por=por, agora=self.agora)
        acoes.devolver(ss_id=ss.pk, por=por, agora=self.agora)

    def _validar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.validar(ss_id=ss.pk, por=por, agora=self.agora)
        assert consultas.validacao_suspensa(ss) is None, "SS-08"

    def _validar_varias(self, _: Any, __: Any, sorte: random.Random) -> None:
        ids = SolicitacaoServico.objects.filter(estado=Estado.EM_VALIDACAO).order_by("pk").values_list("pk", flat=True)
        acoes.validar_varias(ids=list(ids)[:3], por=ELENCO["analista_2"], agora=self.agora)

    def _suspender(self, _: Any, __: Any, sorte: random.Random) -> None:
        cidade, quem = sorte.choice(sorted(RESPONSAVEIS)), ELENCO[sorte.choice(("gestor_prodesp", "gestor_prodesp", "analista"))]
        acoes.suspender_validacao(municipio_id=cidade, motivo="Débito.", por=quem, agora=self.agora)

    def _liberar(self, _: Any, __: Any, sorte: random.Random) -> None:
        cidade = sorte.choice(sorted(RESPONSAVEIS))
        acoes.retomar_validacao(municipio_id=cidade, motivo="Pagou.", por=ELENCO["gestor_prodesp"], agora=self.agora)

    def _conceder(self, _: Any, __: Any, sorte: random.Random) -> None:
        ate = prazos.dia_local(self.agora) + dt.timedelta(days=sorte.randint(0, 20)) if sorte.random() < 0.7 else None
        acoes.conceder_limite(
            municipio_id=sorte.choice(sorted(RESPONSAVEIS)),
            links=sorte.choice((20, 21, 22, 23)),
            vale_ate=ate,
            motivo="Escolas.",
            por=ELENCO[sorte.choice(("gestor_prodesp", "gestor_prodesp", "operadora"))],
            agora=self.agora,
        )

    def _encerrar(self, _: Any, __: Any, sorte: random.Random) -> None:
        acoes.encerrar_limite(
            municipio_id=sorte.choice(sorted(RESPONSAVEIS)),
            ultimo_dia=prazos.dia_local(self.agora) + dt.timedelta(days=sorte.randint(-1, 20)) if sorte.random() < 0.4 else None,
            motivo="Fecharam.",
            por=ELENCO[sorte.choice(("gestor_prodesp", "gestor_prodesp", "analista"))],
            agora=self.agora,
        )

    def _cair(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        """The portal was out on the last day of this one (PRZ-04)."""
        if ss.ate_quando is None:
            raise RegraViolada("Sem prazo.")
        dia = prazos.meia_noite(prazos.ultimo_dia(ss.ate_quando))
        self.agora = max(self.agora, dia + dt.timedelta(hours=18))
        adesoes.registrar_queda(
            inicio_em=dia + dt.timedelta(hours=9), fim_em=dia + dt.timedelta(hours=17), motivo="Queda", por=por, agora=self.agora
        )

    # --- The Operadora ---------------------------------------------------------------------------------------------------
    def _atender(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.atender(ss_id=ss.pk, por=por, agora=self.agora)

    def _agendar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.agendar(ss_id=ss.pk, visita_em=self.agora + dt.timedelta(days=3), texto="", por=por, agora=self.agora)

    def _marco(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.registrar_marco(ss_id=ss.pk, codigo="cabo", nome="Cabo lançado", por=por, agora=self.agora)

    def _pendenciar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.pendenciar(ss_id=ss.pk, texto="Quem abre a sala?", por=por, agora=self.agora)

    def _retomar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.retomar(ss_id=ss.pk, texto="A diretora.", por=por, agora=self.agora)

    def _entregar(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        dados = acoes.DadosDaEntrega(circuito=f"C-{ss.pk}", equipamento="Roteador")
        entrega = acoes.entregar(ss_id=ss.pk, dados=dados, por=por, agora=self.agora)
        assert entrega.aceite_vence_em >= prazos.meia_noite(prazos.dia_local(self.agora) + dt.timedelta(days=11)), "PRZ-01"

    def _inviavel(self, ss: SolicitacaoServico, por: Ator, sorte: random.Random) -> None:
        acoes.declarar_inviavel(ss_id=ss.pk, motivo="Sem rota.", por=por, agora=self.agora)

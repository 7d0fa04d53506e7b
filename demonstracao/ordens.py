"""Plays the requests of one site through the real actions, each act at its own instant of the past (as `encenacao` does for adhesions)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.core.files.base import File

from demonstracao import anexos
from demonstracao import atendimento as a
from demonstracao.pedidos import ATIVACAO, CANCELAMENTO, DESATIVACAO, MUDANCA, Local, Pedido
from demonstracao.tempo import Relogio
from demonstracao.textos import dia
from nucleo import prazos
from nucleo.fluxo import Ator
from nucleo.regras import regra
from saog import acoes, consultas
from saog.estados import Estado, Natureza
from saog.models import SolicitacaoServico

if TYPE_CHECKING:
    from demonstracao.quadro import Quadro

Peca = Iterator[dt.datetime]
LEMBRETES = (5, 2, 0)
#: Where the Operadora may go on from: acts of an ended request after the emission.
_DEPOIS_DE_EMITIDA = {
    Estado.EMITIDA: (),
    Estado.EM_ATENDIMENTO: ("atender",),
    Estado.INVIAVEL: ("atender", "inviavel"),
    Estado.AGUARDANDO_ACEITE: ("atender", "entregar"),
    Estado.PRAZO_VENCIDO: ("atender", "entregar"),
    Estado.RECUSADA: ("atender", "entregar", "recusar"),
    Estado.ACEITA: ("atender", "entregar", "aceitar"),
}
#: Days from the act before, at least and at most.
_ESPERA = {
    "enviar": (0, 2), "devolver": (2, 6), "reenviar": (1, 4), "validar": (2, 6), "emitir": (0, 3), "atender": (1, 2), "agendar": (1, 2),
    "marco": (1, 3), "pendenciar": (1, 2), "retomar": (1, 4), "entregar": (4, 14), "recusar": (1, 5), "aceitar": (1, 6),
    "inviavel": (3, 9), "cancelar": (1, 4), "descartar": (2, 8), "trocar": (0, 1),
}  # fmt: skip
DA_PRODESP = frozenset({"devolver", "validar"})


def atos(p: Pedido) -> list[str]:
    """What happens to a request, oldest first, from the draft to where it is left."""
    if p.fim in (Estado.RASCUNHO, Estado.DESCARTADA):
        return ["iniciar", *(["descartar"] if p.fim == Estado.DESCARTADA else [])]
    lista = ["iniciar", "enviar", *(["devolver", "reenviar"] if "devolvida" in p.marcas else [])]
    if p.fim == Estado.EM_VALIDACAO or (p.fim == Estado.CANCELADA and "cedo" in p.marcas):
        return [*lista, *(["cancelar"] if p.fim == Estado.CANCELADA else [])]
    if p.fim == Estado.DEVOLVIDA:
        return [*lista, "devolver"]
    lista.append("validar")
    if p.fim == Estado.VALIDADA:
        return lista
    lista.append("emitir")
    if p.fim == Estado.CANCELADA:
        return [*lista, "cancelar"]
    fim = list(_DEPOIS_DE_EMITIDA[p.fim])
    if fim and "visita" in p.marcas:
        fim[1:1] = ["agendar"] if p.fim == Estado.EM_ATENDIMENTO else ["agendar", "marco"]
    if fim and ("pendente" in p.marcas or "respondida" in p.marcas):
        fim[1:1] = ["pendenciar", *(["retomar"] if "respondida" in p.marcas else [])]
    if "recusada" in p.marcas and "entregar" in fim:
        fim[fim.index("entregar") :] = ["entregar", "recusar", "atender", *fim[fim.index("entregar") :]]
    if p.tipo == MUDANCA and p.fim == Estado.ACEITA:
        fim += ["trocar", "atender", "entregar", "aceitar"]
    return lista + fim


class Obra:
    """One site being played."""

    def __init__(self, local: Local, *, quadro: Quadro, escrita: a.Escrita, r: random.Random) -> None:
        self.local, self.quadro, self.escrita, self.r = local, quadro, escrita, r
        self.relogio: Relogio = quadro.relogio
        self.municipio_id = quadro.municipio_id(local.municipio)
        self.servico, self.velocidade, self.pedida = local.servico, local.velocidade, local.velocidade
        self.acesso_id = 0
        self.ss_id = self.velha_id = self.versao = self.entregas = 0
        self.dados: dict[str, str] = {}
        self.natureza = ""
        self.vence: dt.datetime | None = None
        self.t = quadro.comeco(local.municipio)

    def encenar(self) -> Peca:
        """Yield each instant, act when resumed."""
        for p in self.local.pedidos:
            passos = atos(p)
            for ato, idade in zip(passos, self._idades(p, passos), strict=True):
                t = self.relogio.ha(idade, r=self.r, depois_de=self.t, expediente=ato in DA_PRODESP)
                if ato == "validar" and p.tipo != DESATIVACAO:
                    t = self.quadro.quando_valida(self.local.municipio, t)
                yield from self._silencio(t)
                self.t = max(t, self.t + dt.timedelta(minutes=1))
                yield self.t
                getattr(self, f"_{ato}")(p)
        yield from self._silencio(self.relogio.agora)

    def _idades(self, p: Pedido, passos: list[str]) -> list[int]:
        """Days ago of each act, backward from the last one."""
        idade = self._idade_final(p)
        lista = [idade]
        for depois, ato in zip(passos[:0:-1], passos[-2::-1], strict=True):
            de, ate = _ESPERA[depois]
            if "tarde" in p.marcas and depois == "aceitar":
                de, ate = 12, 19  # past the ten days, whatever weekend they end on
            idade += self.r.randint(de, ate) if ato != "trocar" else 0
            lista.append(idade)
        return lista[::-1]

    def _idade_final(self, p: Pedido) -> int:
        """Days ago of the last act: given, or so that the deadline of the state has so many days left."""
        if p.fim == Estado.AGUARDANDO_ACEITE:
            return self._ha_quanto(regra("SS-04").valores["aceite"], p.idade)
        if p.fim == Estado.PRAZO_VENCIDO:
            return self._ha_quanto(regra("SS-04").valores["aceite"], -p.idade)
        if p.fim == Estado.DEVOLVIDA:
            return self._ha_quanto(regra("PRZ-05").valores["correcao"], p.idade)
        if p.fim == Estado.EM_VALIDACAO:
            return self._ha_quanto(regra("PRZ-05").valores["conferencia"], p.idade)
        return p.idade

    def _ha_quanto(self, dias: int, faltam: int) -> int:
        """How many days ago a deadline of ``dias`` began, to have about ``faltam`` left: overdue for sure when negative."""
        if faltam < 0:
            return self.relogio.idade_do_prazo(dias, faltam=faltam, expediente=False)

        def restam(idade: int) -> int:
            inicio = prazos.meia_noite(self.relogio.hoje - dt.timedelta(days=idade))
            return prazos.faltam(prazos.vence_em(inicio, dias, calendario=self.relogio.calendario), self.relogio.agora)

        return min(range(dias + 1), key=lambda idade: (abs(restam(idade) - faltam), idade))

    def _silencio(self, ate: dt.datetime) -> Peca:
        """What the portal's own sweeps do while a delivery waits: reminders and, past the ten days, PRAZO_VENCIDO (PRZ-02, PRZ-03)."""
        vence = self.vence
        if vence is None:
            return
        ultimo = prazos.ultimo_dia(vence)
        for degrau in LEMBRETES:
            quando = prazos.meia_noite(ultimo - dt.timedelta(days=degrau)) + dt.timedelta(hours=7, minutes=4)
            if self.t < quando < ate:
                yield quando
                self.t = quando
                acoes.lembrar_aceite(agora=quando)
        quando = vence + dt.timedelta(minutes=3)
        if quando < ate:
            yield quando
            self.t, self.vence = quando, None
            acoes.vencer_prazos(agora=quando)

    @property
    def par(self) -> list[int]:
        """The request, or both of a change of address while they go together."""
        return [self.ss_id, self.velha_id] if self.velha_id else [self.ss_id]

    # --- The prefeitura -----------------------------------------------------------------------------------------------
    def _iniciar(self, p: Pedido) -> None:
        por, hoje = self.quadro.responsavel(self.local.municipio, self.r), prazos.dia_local(self.t)
        alvo = self.ss_id if p.tipo == CANCELAMENTO else None
        self.velha_id, self.versao, self.entregas, self.vence = 0, 0, 0, None
        if p.tipo == MUDANCA:
            nova, velha = acoes.iniciar_mudanca(acesso_id=self.acesso_id, por=por, agora=self.t)
            self.escrita.mudancas += 1
            self.ss_id, self.velha_id, self.natureza = nova.pk, velha.pk, nova.natureza
            depois = dia(hoje + dt.timedelta(days=70))  # after any day the new one may be wished for: both hold for a while
            dados = {**self.escrita.desativacao(hoje=hoje), "justificativa": "Mudança de endereço.", "desligar_em": depois}
            acoes.salvar(ss_id=velha.pk, dados=dados, versao=0, por=por, agora=self.t)
        else:
            acesso = None if p.tipo in (ATIVACAO, CANCELAMENTO) else self.acesso_id
            ss = acoes.iniciar(municipio_id=self.municipio_id, tipo=p.tipo, acesso_id=acesso, alvo_id=alvo, por=por, agora=self.t)
            self.ss_id, self.natureza = ss.pk, ss.natureza
        self.dados = self._texto(p, hoje)
        self.pedida = int(self.dados.get("velocidade") or self.velocidade)
        self._salvar()

    def _texto(self, p: Pedido, hoje: dt.date) -> dict[str, str]:
        if p.tipo == CANCELAMENTO:
            return {"justificativa": self.r.choice(a.POR_QUE_PARAR)}
        if p.tipo == DESATIVACAO:
            return self.escrita.desativacao(hoje=hoje)
        if p.tipo in (ATIVACAO, MUDANCA):
            dados = self._com_bloco(self.escrita.ativacao(p, servico=self.servico, velocidade=self.velocidade, hoje=hoje))
            return {**dados, "cep": "", "sala": "", "contato_telefone": "3811"} if "varias" in p.marcas else dados
        return self.escrita.alteracao(p, servico=self.servico, velocidade=self.velocidade)

    def _com_bloco(self, dados: dict[str, str]) -> dict[str, str]:
        """The sub-block it would like, while its prefeitura has it and no open link uses it (in a change of address the old one does)."""
        livres = {b.cidr for b in consultas.sub_blocos_de(self.municipio_id) if b.acesso_id is None and b.vale_ate is None}
        return dados if dados["sub_bloco"] in livres else {**dados, "sub_bloco": ""}

    def _salvar(self) -> None:
        por = self.quadro.responsavel(self.local.municipio, self.r)
        salvo = acoes.salvar(ss_id=self.ss_id, dados=self.dados, versao=self.versao, por=por, agora=self.t)
        self.versao = salvo.ss.versao

    def _enviar(self, p: Pedido) -> None:
        acoes.enviar_varias(ids=self.par, por=self.quadro.responsavel(self.local.municipio, self.r), agora=self.t)

    def _reenviar(self, p: Pedido) -> None:
        self.dados = {**self.dados, **self.escrita.correcao(self.natureza, self.dados)}
        self._salvar()
        acoes.enviar(ss_id=self.ss_id, por=self.quadro.responsavel(self.local.municipio, self.r), agora=self.t)

    def _emitir(self, p: Pedido) -> None:
        acoes.emitir_varias(ids=self.par, por=self.quadro.responsavel(self.local.municipio, self.r), agora=self.t)

    def _aceitar(self, p: Pedido) -> None:
        feita = acoes.aceitar(ss_id=self.ss_id, por=self.quadro.responsavel(self.local.municipio, self.r), agora=self.t)
        self.vence, self.acesso_id = None, feita.acesso_id or 0
        self.velocidade = self.pedida

    def _recusar(self, p: Pedido) -> None:
        por = self.quadro.responsavel(self.local.municipio, self.r)
        if "arquivos" in p.marcas:
            self._anexar(acoes.RECUSA, por, [anexos.foto("cabo-solto.jpg", solto=True)])
        acoes.recusar(ss_id=self.ss_id, motivo=self.r.choice(a.RECUSAS), por=por, agora=self.t)
        self.vence = None

    def _cancelar(self, p: Pedido) -> None:
        por = self.quadro.responsavel(self.local.municipio, self.r)
        acoes.cancelar(ss_id=self.ss_id, motivo=self.r.choice(a.POR_QUE_CANCELAR), por=por, agora=self.t)

    def _descartar(self, p: Pedido) -> None:
        acoes.descartar(ss_id=self.ss_id, por=self.quadro.responsavel(self.local.municipio, self.r), agora=self.t)

    # --- PRODESP ------------------------------------------------------------------------------------------------------
    def _devolver(self, p: Pedido) -> None:
        campo, titulo, texto = a.DEVOLUCOES.get(self.natureza, a.DEVOLUCOES[""])
        por, motivo = self.quadro.analista(self.r), self.quadro.motivos.get(titulo)
        acoes.marcar_pendencia(ss_id=self.ss_id, campo=campo, motivo_id=motivo, texto=texto, por=por, agora=self.t)
        acoes.devolver(ss_id=self.ss_id, por=por, agora=self.t)

    def _validar(self, p: Pedido) -> None:
        acoes.validar_varias(ids=self.par, por=self.quadro.analista(self.r), agora=self.t)

    # --- The Operadora ------------------------------------------------------------------------------------------------
    def _atender(self, p: Pedido) -> None:
        previsao = prazos.dia_local(self.t) + dt.timedelta(days=self.r.randrange(10, 25))
        acoes.atender(ss_id=self.ss_id, por=self.quadro.operadora, agora=self.t, previsao=previsao)

    def _agendar(self, p: Pedido) -> None:
        dias = 7 if p.fim == Estado.EM_ATENDIMENTO else 1  # what is still open has its visit ahead
        if dias == 7:  # nobody opens a school on Sunday
            dias += {5: 2, 6: 1}.get((prazos.dia_local(self.t) + dt.timedelta(days=dias)).weekday(), 0)
        quando = prazos.meia_noite(prazos.dia_local(self.t) + dt.timedelta(days=dias)) + dt.timedelta(hours=9, minutes=30)
        acoes.agendar(ss_id=self.ss_id, visita_em=quando, texto="", por=self.quadro.operadora, agora=self.t)

    def _marco(self, p: Pedido) -> None:
        acoes.registrar_marco(
            ss_id=self.ss_id,
            codigo="visita",
            nome="Visita realizada",
            texto="Técnico no local, sala do rack",
            atingido_em=self.t,
            por=self.quadro.operadora,
            agora=self.t,
        )

    def _pendenciar(self, p: Pedido) -> None:
        acoes.pendenciar(ss_id=self.ss_id, texto=a.PERGUNTAS[self.local.ordem % 3], por=self.quadro.operadora, agora=self.t)

    def _retomar(self, p: Pedido) -> None:
        por = self.quadro.responsavel(self.local.municipio, self.r)
        acoes.retomar(ss_id=self.ss_id, texto=a.RESPOSTAS[self.local.ordem % 3], por=por, agora=self.t)

    def _entregar(self, p: Pedido) -> None:
        tipo = ATIVACAO if self.natureza == Natureza.ATIVACAO else p.tipo
        dados = self.escrita.entrega(tipo, self.pedida, vez=self.entregas)
        self.entregas += 1
        if "arquivos" in p.marcas:
            self._anexar(acoes.ENTREGA, self.quadro.operadora, anexos.da_entrega(self.ss, dados, em=self.t))
        self.vence = acoes.entregar(ss_id=self.ss_id, dados=dados, por=self.quadro.operadora, agora=self.t).aceite_vence_em

    @property
    def ss(self) -> SolicitacaoServico:
        """The request as it is now."""
        return SolicitacaoServico.objects.select_related("municipio").get(pk=self.ss_id)

    def _anexar(self, qual: str, por: Ator, arquivos: list[File[bytes]]) -> None:
        """Through the real gate, jail and all: only a few requests have files, so that the beginning stays quick."""
        for n, arquivo in enumerate(arquivos):
            em = self.t - dt.timedelta(seconds=10 * (len(arquivos) - n))
            acoes.anexar(ss_id=self.ss_id, arquivo=arquivo, qual=qual, por=por, agora=em)

    def _inviavel(self, p: Pedido) -> None:
        motivo = a.INVIAVEIS[self.local.ordem % 3]
        acoes.declarar_inviavel(ss_id=self.ss_id, motivo=motivo, por=self.quadro.operadora, agora=self.t)

    def _trocar(self, p: Pedido) -> None:
        """Of a change of address the new link is in service: now the old one."""
        self.ss_id, self.velha_id, self.natureza, self.entregas = self.velha_id, 0, Natureza.DESATIVACAO, 0

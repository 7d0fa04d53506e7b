"""What people write in the requests of the demonstration, and what the Operadora reports: words, addresses, circuits, tests."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from decimal import Decimal

from demonstracao.pedidos import CAPACIDADE, EQUIPAMENTO, TITULARIDADE, Local, Pedido
from demonstracao.sorteio import RUAS, simples
from demonstracao.textos import dia
from saog.acoes import DadosDaEntrega
from saog.dados.catalogo import VELOCIDADES
from saog.estados import CONEXAO_DO_SERVICO as CONEXAO
from saog.estados import Conexao, Natureza, Servico
from saog.models import Preco

#: Reais a month of the sample table: (fixed part, each Mbps). Real prices are PRODESP's and are not published (INS-03).
PRECOS: dict[str, tuple[Decimal, Decimal]] = {
    Servico.SCM: (Decimal("188.20"), Decimal("28.05")),
    Servico.SCM_SAI: (Decimal("241.75"), Decimal("41.30")),
    Servico.SCM_STI: (Decimal("396.40"), Decimal("63.50")),
}
HORARIOS = ("segunda a sexta, 7h às 17h", "segunda a sexta, 8h às 17h", "todos os dias, 7h às 19h", "segunda a sexta, 7h às 18h")
HORARIO_VAGO = "horário comercial"
SALAS = (
    "Térreo, sala da TI, rack de parede com tomada",
    "1º andar, sala da direção, sem rack, há tomada livre",
    "Térreo, almoxarifado, rack de piso com no-break",
    "Recepção, armário trancado, chave com a coordenação",
)
SALA_COMPRIDA = (
    "Bloco B, 2º andar, sala 214 (antiga sala de reuniões da Secretaria de Educação, ao lado da escada de emergência): rack de piso de "
    "24U com duas tomadas de três pinos aterradas e no-break; a chave fica na portaria com o vigilante, que pede documento com foto e "
    "avisa a coordenação antes da subida"
)
QUEM_RECEBE = ("Gerente da unidade", "Diretora da escola", "Coordenação", "Encarregado da TI", "Recepção", "Zelador")
SECRETARIAS = ("Secretaria Municipal de Saúde", "Secretaria Municipal de Educação", "Secretaria Municipal de Assistência Social")
POSICOES = (
    "Levar o roteador da recepção para a sala da TI, no 1º andar.",
    "Trocar a faixa de endereços da rede local para a do novo sub-bloco.",
    "Mudar o rack para a sala ao lado, por causa da reforma.",
)
POR_QUE_MUDAR = (
    "Mais computadores no atendimento.",
    "O sistema de regulação passou a ser usado por toda a equipe.",
    "A unidade recebeu o laboratório de informática.",
)
POR_QUE_DESLIGAR = ("A unidade fechou no fim do convênio.", "A equipe foi para outro prédio, que já tem link.")
POR_QUE_PARAR = (
    "O prédio foi devolvido ao dono e a unidade não vai mais funcionar ali.",
    "A obra da unidade foi adiada para o ano que vem.",
)
POR_QUE_CANCELAR = ("Pedido em duplicidade.", "A unidade vai mudar de endereço.", "O orçamento deste ano não comporta mais um link.")
PERGUNTAS = (
    "A chave da sala do rack: quem abre para o técnico?",
    "Falta uma tomada aterrada ao lado do rack. Avisem quando estiver pronta.",
    "O prédio exige autorização para passar o cabo pela fachada. Enviem o documento.",
)
RESPOSTAS = (
    "A chave fica na portaria, com o vigilante, das 7h às 19h.",
    "A tomada foi instalada hoje e testada pelo eletricista da prefeitura.",
    "A autorização está com a coordenação da unidade, à disposição do técnico.",
)
RECUSAS = (
    "O link cai várias vezes por dia, sempre no começo da tarde.",
    "A velocidade medida ficou abaixo da pedida em três testes seguidos.",
    "O equipamento ficou sem fixação no rack e o cabo está solto no corredor.",
)
INVIAVEIS = (
    "Não há rede da Operadora nesta rua, e a obra de extensão não foi autorizada pela concessionária.",
    "O local não tem energia elétrica regular para ligar o equipamento.",
    "O acesso ao prédio foi negado pelo proprietário em duas visitas.",
)
EQUIPAMENTOS = ("Roteador 2 portas", "Roteador 4 portas", "Roteador 4 portas com Wi-Fi desligado")
#: campo → what PRODESP writes when it returns (the standard reason's own words when "").
DEVOLUCOES = {
    Natureza.ATIVACAO: ("funcionamento", "Falta o horário de funcionamento", ""),
    "": ("justificativa", "", "Explique a necessidade da alteração."),
}
NOME_COMPRIDO = "Centro Municipal de Educação Infantil e Ensino Fundamental Prof.ª Maria Antonieta de Albuquerque"


def precos(anos: tuple[int, ...]) -> list[Preco]:
    """The sample table of each year, marked as such; a little dearer from one to the next."""
    return [
        Preco(
            servico=servico,
            mbps=mbps,
            mensal=((fixo + mbps * cada) * (1 + Decimal("0.04") * n)).quantize(Decimal("0.01")),
            vale_de=dt.date(ano, 1, 1),
            vale_ate=dt.date(ano, 12, 31) if n < len(anos) - 1 else None,
            tabela=f"tabela de exemplo {ano}",
        )
        for n, ano in enumerate(anos)
        for servico, (fixo, cada) in PRECOS.items()
        for mbps in VELOCIDADES
    ]


class Escrita:
    """The words of one site, drawn once: ``r`` is the site's own draw, ``cidade`` the order of its municipality, ``blocos`` the sub-blocks
    that its prefeitura holds, by kind.
    """

    def __init__(self, local: Local, *, cidade: int, ddd: str, cep: str, r: random.Random, blocos: Mapping[str, Sequence[str]]) -> None:
        self.blocos = blocos
        self.local, self.cidade, self.ddd, self.cep, self.r = local, cidade, ddd, cep, r
        self.mudancas = 0

    def ativacao(self, p: Pedido, *, servico: str, velocidade: int, hoje: dt.date) -> dict[str, str]:
        """A new link at this site; each change of address is another street."""
        local, r = self.local, self.r
        rua = RUAS[(local.ordem * 5 + self.mudancas * 3) % len(RUAS)]
        return {
            "unidade_nome": NOME_COMPRIDO if "longo" in p.marcas else local.unidade,
            "logradouro": rua,
            "numero": str(100 + local.ordem * 37 + self.mudancas * 1000),
            "complemento": r.choice(("", "", "Fundos", "2º andar")),
            "bairro": local.bairro,
            "cep": self.cep,
            "contato_nome": r.choice(QUEM_RECEBE),
            "contato_telefone": f"({self.ddd}) 3{r.randrange(200, 899)}-{r.randrange(1000, 9999)}",
            "funcionamento": HORARIO_VAGO if "devolvida" in p.marcas or p.fim == "DEVOLVIDA" else r.choice(HORARIOS),
            "sala": SALA_COMPRIDA if "longo" in p.marcas else r.choice(SALAS),
            "servico": servico,
            "velocidade": str(velocidade),
            "data_desejada": dia(hoje + dt.timedelta(days=r.randrange(25, 60))) if r.random() < 0.5 else "",
            "sub_bloco": self._sub_bloco(servico),
            "declara_lnk_05": "" if CONEXAO[servico] == Conexao.INTERNET else "on",
        }

    def _sub_bloco(self, servico: str) -> str:
        """One that the prefeitura holds, each site its own; often none, as people leave it for later."""
        if CONEXAO[servico] == Conexao.INTERNET:
            return next(iter(self.blocos.get("PUBLICO", ())), "")
        deles = self.blocos.get("PRIVADO", [])
        return deles[self.local.ordem] if self.r.random() < 0.4 and self.local.ordem < len(deles) else ""

    def alteracao(self, p: Pedido, *, servico: str, velocidade: int) -> dict[str, str]:
        """Another speed, holder or place, for a link that is as given."""
        porque = "" if "devolvida" in p.marcas or p.fim == "DEVOLVIDA" else self.r.choice(POR_QUE_MUDAR)
        if p.tipo == CAPACIDADE:
            maiores = [v for v in VELOCIDADES if v > velocidade]
            nova = self.r.choice(maiores[:3]) if maiores else 10
            return {"servico": servico, "velocidade": str(nova), "data_desejada": "", "justificativa": porque}
        if p.tipo == TITULARIDADE:
            return {"titular": self.r.choice(SECRETARIAS), "justificativa": porque}
        assert p.tipo == EQUIPAMENTO
        return {"configuracao": self.r.choice(POSICOES), "justificativa": porque}

    def correcao(self, natureza: str, antes: dict[str, str]) -> dict[str, str]:
        """What is typed to mend a returned request: another text than what was sent ``antes`` (SS-02)."""
        campo, textos = ("funcionamento", HORARIOS) if natureza == Natureza.ATIVACAO else ("justificativa", POR_QUE_MUDAR)
        return {campo: next(t for t in (textos[1], textos[0]) if t != antes.get(campo))}

    def desativacao(self, *, hoje: dt.date) -> dict[str, str]:
        """Turning the link off."""
        return {
            "desligar_em": dia(hoje + dt.timedelta(days=20)),
            "justificativa": self.r.choice(POR_QUE_DESLIGAR),
            "retirada": "Recepção, de manhã",
        }

    def entrega(self, tipo: str, velocidade: int, *, vez: int) -> DadosDaEntrega:
        """What the Operadora reports, with the results of its tests where a link was installed or changed."""
        if tipo not in ("ativacao", CAPACIDADE):
            return DadosDaEntrega(observacao="Serviço concluído e conferido com a unidade.")
        sigla = simples(self.local.municipio).replace(".", "")[:3].upper()
        circuito = (
            f"{sigla}-{'IP' if self.local.servico == Servico.SCM_STI else 'SCM'}-{self.cidade:02d}{self.local.ordem:02d}{self.mudancas}"
        )
        medida = Decimal(velocidade) * Decimal(self.r.randrange(97, 102)) / 100
        return DadosDaEntrega(
            circuito=circuito if tipo == "ativacao" else "",
            equipamento=f"{self.r.choice(EQUIPAMENTOS)}, nº de série {self.r.randrange(2, 9)}QX-{self.r.randrange(10000, 99999)}"
            if tipo == "ativacao"
            else "",
            velocidade_medida=medida.quantize(Decimal("0.01")),
            perda=Decimal(self.r.choice(("0.00", "0.00", "0.10"))),
            atraso=Decimal(self.r.randrange(8, 32)),
            observacao="Ajuste feito e testado de novo por 24 horas." if vez else "Testes de 24 horas sem falha.",
        )

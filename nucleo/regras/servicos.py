"""Rules of the service requests, the links and the address blocks."""

from __future__ import annotations

from nucleo.regras.base import PRATICA, Regra

SOLICITACOES = (
    Regra(
        codigo="SS-01",
        texto="Qualquer um dos dois responsáveis, sozinho, preenche e envia uma Solicitação de Serviço à PRODESP.",
        fonte="Manual, 2.2",
        etapa=2,
    ),
    Regra(
        codigo="SS-02",
        texto="A PRODESP analisa a solicitação. Com erro ou falta, devolve para correção; certa, valida.",
        fonte="Manual, 2.2",
        etapa=2,
    ),
    Regra(
        codigo="SS-03",
        texto="A solicitação validada volta ao responsável, que a emite à Operadora. Só então a Operadora começa.",
        fonte="Manual, 2.2",
        etapa=2,
    ),
    Regra(
        codigo="SS-04",
        texto="Quando conclui, a Operadora pede à prefeitura, pelo SAOG, que aceite ou recuse. A resposta é devida em até 10 dias.",
        fonte="Manual, 2.2",
        valores={"aceite": 10},
        unidade="dias",
        etapa=2,
    ),
    Regra(
        codigo="SS-05",
        texto="Para recusar, diga o motivo. A solicitação volta à Operadora, que entrega de novo, e os 10 dias recomeçam.",
        fonte=PRATICA,
        etapa=2,
    ),
    Regra(
        codigo="SS-06",
        texto="Os tipos de solicitação são os do Contrato em vigor.",
        pratica=(
            "Hoje: ativação; alteração de capacidade, de titularidade ou de equipamento; desativação; cancelamento do que ainda não foi "
            "entregue. Para mudar de endereço, peça uma ativação no novo e uma desativação no antigo."
        ),
        fonte="Manual, 2.1",
        etapa=2,
    ),
    Regra(
        codigo="SS-07",
        texto="Os serviços são SCM, SCM com SAI e SCM com STI. O SCM é a base; um link não tem SAI e STI ao mesmo tempo.",
        fonte="Manual, 2.2",
        etapa=2,
    ),
    Regra(
        codigo="SS-08",
        texto="Enquanto a prefeitura estiver em débito, a PRODESP pode suspender a validação de novas solicitações.",
        pratica="Pedidos de desativação nunca são suspensos.",
        fonte="Ofício, cláusula 3.1.5",
        etapa=2,
    ),
    Regra(
        codigo="SS-09",
        texto="A PRODESP só pode autorizar a Operadora a desativar um serviço por falta de pagamento ou por descumprimento do Termo.",
        fonte="Ofício, cláusula 3.1.4",
        etapa=2,
    ),
    Regra(
        codigo="SS-10",
        texto=(
            "Cada solicitação tem número e histórico completo: quem fez, o quê, quando, de onde e por quê. O que foi pedido pode ser lido "
            "depois, tal como foi enviado."
        ),
        fonte=PRATICA,
        etapa=2,
    ),
    Regra(
        codigo="SS-11",
        texto=(
            "A PRODESP pode exigir que as empresas contratadas suspendam ou cancelem serviços em caso de descumprimento: "
            "mau uso, desvio de "
            "finalidade, falta de pagamento, fim da participação e outros."
        ),
        fonte="Ofício, cláusula 3.1.7",
        etapa=2,
    ),
    Regra(
        codigo="SS-12",
        texto=(
            "O SCM não dá acesso à internet. O SAI serve para navegar, sem hospedar sites ou aplicações nos servidores da "
            "prefeitura. O STI "
            "também permite hospedar."
        ),
        fonte="Manual, 2.2",
        etapa=2,
    ),
)

LINKS = (
    Regra(
        codigo="LNK-01",
        texto="Cada prefeitura tem no máximo 20 links de intranet (SCM ou SCM com SAI), com IP privado.",
        fonte="Manual, 2.2, a",
        valores={"links": 20},
        unidade="links",
        etapa=2,
    ),
    Regra(
        codigo="LNK-02",
        texto="Cada link, de intranet ou de internet, tem no máximo 16 Mbps.",
        fonte="Manual, 2.2, a e b",
        valores={"capacidade": 16},
        unidade="Mbps",
        etapa=2,
    ),
    Regra(
        codigo="LNK-03",
        texto="Cada prefeitura tem no máximo 1 link de internet (SCM com STI), com IP público.",
        fonte="Manual, 2.2, b",
        valores={"links": 1},
        unidade="link",
        etapa=2,
    ),
    Regra(
        codigo="LNK-04",
        texto="Não há redundância: um mesmo local não tem dois links do mesmo tipo (intranet ou internet).",
        pratica="Um local pode ter um link de cada tipo, salvo decisão contrária da PRODESP.",
        fonte="Manual, 2.2, a e b",
        etapa=2,
    ),
    Regra(
        codigo="LNK-05",
        texto="Os links de intranet servem só para as aplicações do Governo na intranet. Não podem ligar unidades da prefeitura entre si.",
        pratica="Você declara isso em cada pedido de link de intranet.",
        fonte="Manual, 2.2, a",
        etapa=2,
    ),
    Regra(
        codigo="LNK-06",
        texto="Se precisar de mais de 20 links com IP privado, justifique à PRODESP. Não há exceção para os outros limites.",
        pratica=(
            "A PRODESP concede um limite maior, com ou sem data de fim, ou nega. "
            "Pode encerrar a concessão antes, quando a prefeitura usa até 20."
        ),
        fonte="Manual, 2.2",
        etapa=2,
    ),
    Regra(
        codigo="LNK-07",
        texto=(
            "Os limites contam os links em serviço e os pedidos enviados e ainda não concluídos. O lugar é reservado no "
            "envio e volta a ficar "
            "livre se o pedido for cancelado, descartado ou declarado inviável."
        ),
        fonte=PRATICA,
        etapa=2,
    ),
    Regra(
        codigo="LNK-08",
        texto="Os responsáveis acompanham o monitoramento e o desempenho dos serviços contratados.",
        fonte="Manual, Anexo I",
    ),
)

ENDERECAMENTO = (
    Regra(
        codigo="IP-01",
        texto="Todo o endereçamento é da PRODESP: só ela registra os blocos e entrega sub-blocos às prefeituras.",
        fonte="Manual, 1.2; Decreto estadual 42.907/1998",
        etapa=3,
    ),
    Regra(
        codigo="IP-02",
        texto="O sub-bloco privado é um /28, com 14 hosts, para as aplicações da intranet. São no máximo 20 por prefeitura.",
        pratica="Ou o limite maior que a PRODESP conceder (LNK-06).",
        fonte="Manual, Anexo II",
        valores={"prefixo": 28, "hosts": 14, "sub_blocos": 20},
        unidade="prefixo, hosts e sub-blocos",
        etapa=3,
    ),
    Regra(
        codigo="IP-03",
        texto="O sub-bloco público é um /30, com 2 hosts, para aplicações na internet. É no máximo 1 por prefeitura.",
        fonte="Manual, Anexo II",
        valores={"prefixo": 30, "hosts": 2, "sub_blocos": 1},
        unidade="prefixo, hosts e sub-blocos",
        etapa=3,
    ),
    Regra(
        codigo="IP-04",
        texto="Dois sub-blocos em uso nunca se sobrepõem. Cada um fica dentro de um bloco do seu tipo.",
        fonte=PRATICA,
        etapa=3,
    ),
    Regra(
        codigo="IP-05",
        texto="Os sub-blocos não são definitivos: a PRODESP pode trocá-los para mudar a rede ou resolver problemas.",
        pratica="A PRODESP avisa antes, e por um tempo valem o antigo e o novo.",
        fonte="Manual, Anexo II",
        etapa=3,
    ),
    Regra(
        codigo="IP-06",
        texto="A prefeitura responde pelo controle e pelo uso do seu sub-bloco e mantém em dia os dados de contato.",
        fonte="Manual, 1.2",
        etapa=3,
    ),
    Regra(
        codigo="IP-07",
        texto=(
            "Se a segurança da rede detectar tentativas de acesso não autorizado, a prefeitura pode ser advertida ou "
            "ter os acessos bloqueados."
        ),
        pratica="Cada sanção é registrada, comunicada e, quando termina, encerrada com o motivo.",
        fonte="Manual, Anexo II",
        etapa=3,
    ),
    Regra(
        codigo="IP-08",
        texto="Um sub-bloco devolvido descansa antes de ir para outra prefeitura.",
        fonte=PRATICA,
        etapa=3,
    ),
    Regra(
        codigo="IP-09",
        texto="A prefeitura instala a segurança necessária para proteger o seu ambiente, e a rede a partir dele.",
        fonte="Manual, Anexo II",
        etapa=3,
    ),
    Regra(
        codigo="IP-10",
        texto=(
            "O Estado, a PRODESP e os seus representantes não respondem por danos da conexão e do mau uso dos "
            "endereços; a prefeitura responde."
        ),
        fonte="Manual, Anexo II",
        etapa=3,
    ),
)

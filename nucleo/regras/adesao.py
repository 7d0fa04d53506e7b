"""Rules of the adhesion, the deadlines, the withdrawal, the incidents and the public site."""

from __future__ import annotations

from nucleo.regras.base import PRATICA, Regra

ADESAO = (
    Regra(
        codigo="ADS-01",
        texto="A prefeitura entra na rede depois de pedir adesão ao Termo de Cooperação Técnica INTRAGOV e de ter o pedido autorizado.",
        fonte="Manual, 1 e 2",
        etapa=1,
    ),
    Regra(
        codigo="ADS-02",
        texto="O pedido tem três documentos, em papel timbrado, assinados e digitalizados: ofício, Anexo I e Anexo II. Nada vai em papel.",
        pratica="O portal gera cada documento em PDF e recebe de volta a cópia assinada.",
        fonte="Manual, 2",
        valores={"documentos": 3},
        unidade="documentos",
        etapa=1,
    ),
    Regra(
        codigo="ADS-03",
        texto="A PRODESP confere os documentos. O que estiver errado ou faltando volta para a prefeitura corrigir.",
        pratica="O pedido pode voltar quantas vezes for preciso.",
        fonte="Manual, 2",
        etapa=1,
    ),
    Regra(
        codigo="ADS-04",
        texto="Depois de conferir, a PRODESP encaminha os documentos ao órgão aprovador, que aprova a adesão.",
        pratica="O órgão aprovador também pode recusar, e diz o motivo.",
        fonte="Manual, 2",
        etapa=1,
    ),
    Regra(
        codigo="ADS-05",
        texto=(
            "O ofício traz o número e o ano, o município, o CNPJ, o endereço com CEP, as cláusulas 1 a 4 do modelo sem "
            "mudança, o local e a "
            "data, o nome e a assinatura do prefeito e o cargo. Não traz CPF."
        ),
        fonte="Manual, modelo do ofício",
        etapa=1,
    ),
    Regra(
        codigo="ADS-06",
        texto=(
            "O Anexo I tem número de ofício próprio, diz se é inclusão, alteração ou ratificação e traz os dados dos dois responsáveis. "
            "Na primeira adesão, é sempre inclusão. Quem assina é o representante legal, com nome, cargo e CPF."
        ),
        pratica="Os dois responsáveis são pessoas diferentes, com CPF e e-mail diferentes.",
        fonte="Manual, Anexo I",
        valores={"responsaveis": 2},
        unidade="responsáveis",
        etapa=1,
    ),
    Regra(
        codigo="ADS-07",
        texto=(
            "O Anexo II não tem número. Traz as aplicações do Estado que a prefeitura vai usar, cada uma com o órgão responsável, as "
            "quantidades de sub-blocos (até 20 privados e até 1 público, ou em branco) e o responsável técnico, com telefone e e-mail."
        ),
        pratica="Na primeira adesão, peça ao menos um sub-bloco e informe ao menos uma aplicação com o seu órgão.",
        fonte="Manual, Anexo II",
        valores={"privados": 20, "publicos": 1},
        unidade="sub-blocos",
        etapa=1,
    ),
    Regra(
        codigo="ADS-08",
        texto="Antes de usar uma aplicação do Estado, a prefeitura fala com o órgão responsável por ela e obtém a autorização.",
        pratica="A prefeitura anota aqui o andamento (pendente, solicitada, autorizada ou negada), a data e o documento; a PRODESP lê.",
        fonte="Manual, 2.1",
        etapa=1,
    ),
    Regra(
        codigo="ADS-09",
        texto=(
            "A prefeitura declara que conhece os seus deveres: preparar o local, pagar todas as taxas e custos mensais, ter orçamento, "
            "responder sozinha pelos pedidos e pagamentos. A PRODESP não responde pelo que a prefeitura contratar."
        ),
        pratica="O portal guarda quem declarou, quando, e a versão do texto.",
        fonte="Manual, 2.1; ofício, cláusula 3",
        etapa=1,
    ),
    Regra(
        codigo="ADS-10",
        texto="Cada município tem no máximo uma adesão em vigor ou em andamento.",
        fonte=PRATICA,
        valores={"adesoes": 1},
        unidade="adesão",
        etapa=1,
    ),
    Regra(
        codigo="ADS-11",
        texto="Depois da aprovação, os dois responsáveis recebem acesso ao SAOG.",
        pratica="O acesso chega por e-mail, em um link que serve uma vez e vale 24 horas. O portal nunca envia senha.",
        fonte="Manual, 2.2",
        valores={"validade_do_link": 24},
        unidade="horas",
        etapa=1,
    ),
    Regra(
        codigo="ADS-12",
        texto="O acesso vale enquanto o Termo 001/2024 estiver em vigor. Se os dados ou as pessoas mudarem, envie o Anexo I outra vez.",
        pratica="Se o Termo tiver data de fim, o acesso termina nela, a não ser que seja renovado.",
        fonte="Manual, Anexo I",
        etapa=1,
    ),
    Regra(
        codigo="ADS-13",
        texto=(
            "Depois da adesão, envie só o anexo que muda: o Anexo I para alterar ou ratificar responsáveis, o Anexo II para pedir mais "
            "blocos ou incluir aplicações."
        ),
        pratica="A PRODESP confere; não há nova aprovação. As quantidades de um novo Anexo II se somam às que a prefeitura já tem.",
        fonte="Manual, 2.2",
    ),
    Regra(
        codigo="ADS-14",
        texto="Atualize os responsáveis a cada mudança. Depois de novas eleições municipais, atualize ou ratifique.",
        pratica=(
            "Vale o Anexo I recebido depois da eleição. A partir de 1º de janeiro do novo mandato, o portal avisa que a ratificação está "
            "pendente."
        ),
        fonte="Manual, Anexo I; Constituição Federal, art. 29",
    ),
    Regra(
        codigo="ADS-15",
        texto="Se trocar o responsável técnico, avise a PRODESP na hora e diga quem é o novo. Eleição não exige ratificar essa pessoa.",
        fonte="Manual, Anexo II e 1.2",
    ),
    Regra(
        codigo="ADS-16",
        texto=(
            "Ao assinar o ofício, a prefeitura também declara que segue o Termo, que vai consultar o site da INTRAGOV, que conhece as "
            "condições das cláusulas 3.1.2 a 3.1.7 e que quem assina é o seu representante legal."
        ),
        pratica="O portal guarda quem declarou, quando, e a versão do texto.",
        fonte="Ofício, cláusulas 1 a 4",
        etapa=1,
    ),
    Regra(
        codigo="ADS-17",
        texto="A preparação do local segue o Contrato em vigor e os seus anexos: Especificações Técnicas e Acordo Operacional.",
        fonte="Manual, 2.1",
        etapa=1,
    ),
)

PRAZOS = (
    Regra(
        codigo="PRZ-01",
        texto=(
            "A prefeitura tem 10 dias para aceitar ou recusar o que a Operadora entregou. O prazo começa quando a "
            "Operadora pede a resposta."
        ),
        pratica="O primeiro dia não conta e o último conta. Se cair em dia sem expediente, passa para o dia útil seguinte.",
        fonte="Manual, 2.2; Lei federal 14.133/2021, art. 183",
        valores={"aceite": 10},
        unidade="dias",
        etapa=2,
    ),
    Regra(
        codigo="PRZ-02",
        texto="Se ninguém responde no prazo, o portal passa o caso à PRODESP. Fica registrado, uma vez só, que foi o portal que agiu.",
        fonte=PRATICA,
        etapa=2,
    ),
    Regra(
        codigo="PRZ-03",
        texto="Antes do fim de um prazo, o portal manda lembretes por e-mail. Cada lembrete vai uma vez só.",
        fonte=PRATICA,
        etapa=1,
    ),
    Regra(
        codigo="PRZ-04",
        texto=(
            "Os prazos seguem um calendário: feriados nacionais e do Estado, pontos facultativos de cada ano e feriados do município. Se o "
            "portal sair do ar no último dia, o prazo passa para o dia útil seguinte."
        ),
        fonte="Lei federal 14.133/2021, art. 183",
        etapa=1,
    ),
    Regra(
        codigo="PRZ-05",
        texto=(
            "Prazos da adesão, mostrados aos dois lados: a PRODESP confere em 20 dias, a prefeitura corrige em 7, o órgão aprovador decide "
            "em 20. Do primeiro envio até o fim, são 120 dias."
        ),
        fonte="Lei estadual 10.177/1998, arts. 32 e 33",
        valores={"conferencia": 20, "correcao": 7, "decisao": 20, "total": 120},
        unidade="dias",
        etapa=1,
    ),
)

DESISTENCIA = (
    Regra(
        codigo="DES-01",
        texto="Para sair da rede, a prefeitura pede o cancelamento dos serviços e o da adesão, com o ofício do Anexo III.",
        pratica="A cláusula 3.1.3 do modelo fala em “Anexo IV”. Esse anexo não existe: vale o Anexo III.",
        fonte="Manual, 2.3",
    ),
    Regra(
        codigo="DES-02",
        texto="A prefeitura paga até o fim dos serviços.",
        pratica=(
            "A adesão termina depois que todos os links forem desligados e todos os sub-blocos devolvidos. Débitos e incidentes abertos "
            "aparecem, mas não impedem o fim."
        ),
        fonte="Manual, 2.3",
    ),
    Regra(
        codigo="DES-03",
        texto=(
            "O Anexo III traz o número e o ano do ofício, o município, o CNPJ, o endereço com CEP, o nome do prefeito, a declaração de "
            "pagamento, o local e a data e a assinatura. Não traz cargo nem CPF."
        ),
        fonte="Manual, Anexo III",
    ),
)

INCIDENTES = (
    Regra(
        codigo="INC-01",
        texto="Os responsáveis abrem e acompanham incidentes dos seus links.",
        pratica="O incidente vai para a Operadora.",
        fonte="Manual, Anexo I",
    ),
)

PORTAL = (
    Regra(
        codigo="INS-01",
        texto=(
            "São públicos: as manutenções programadas, as notícias e os documentos (formulários, manuais, recomendações, "
            "contratos, preços e "
            "anexos). Uma versão nova substitui a anterior."
        ),
        pratica="As versões antigas continuam no histórico.",
        fonte="Ofício, cláusula 2.1; Manual, 2.3",
    ),
    Regra(
        codigo="INS-02",
        texto=(
            "Escreva para o contato do assunto. Adesão, pedidos e cadastro: suporte.gestao@intragov.sp.gov.br. Faturas, glosas e multas: "
            "suporte.faturamento.penalidade@sp.gov.br. Dúvidas técnicas, contrato e mais de 20 links: redeip@intragov.sp.gov.br."
        ),
        fonte="Manual, 2 e 2.3",
        etapa=1,
    ),
    Regra(
        codigo="INS-03",
        texto="A PRODESP publica e atualiza os preços dos links.",
        pratica="Uma tabela, com valor e validade, aparece quando você preenche um pedido.",
        fonte="Manual, 2.2",
        etapa=2,
    ),
    Regra(
        codigo="INS-04",
        texto="O manual não prevalece. Se houver divergência ou dúvida, valem o Termo de Cooperação e o Contrato em vigor.",
        fonte="Manual, 2.3",
        etapa=1,
    ),
    Regra(
        codigo="INS-05",
        texto="A PRODESP pode mudar o manual sem aviso prévio. Por isso, estas regras têm versão e data.",
        fonte="Manual, 2.3",
        etapa=1,
    ),
)

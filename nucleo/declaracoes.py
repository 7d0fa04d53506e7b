"""The declarations a prefeitura makes when it sends its adhesion (ADS-08, ADS-09, ADS-16, ADS-17): data for the screen and the dossier.

``texto`` is ours, short and plain; ``clausula`` is the official wording it stands on, letter by letter (the model of the
ofício, or the manual, 2.1). What is recorded is who, when, ``codigo`` and ``versao`` (ADS-09): change a text and you must raise its
``versao``; never reuse a ``codigo``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaracao:
    """One duty the prefeitura declares it knows.

    ``codigo`` is the stable key that is recorded; ``regra`` the number in ``nucleo.regras``; ``texto`` the sentence beside the check box;
    ``fonte`` where the words are ("cláusula 3.1.1 do ofício"); ``clausula`` those words verbatim, slips included, clause numbers apart;
    ``versao`` grows by one with every change of ``texto`` or ``clausula``; ``observacao`` explains a slip of the model on the screen,
    or is "".
    """

    codigo: str
    regra: str
    texto: str
    fonte: str
    clausula: str
    versao: int = 1
    observacao: str = ""


DECLARACOES: tuple[Declaracao, ...] = (
    Declaracao(
        codigo="termo",
        regra="ADS-16",
        texto="A prefeitura segue o Termo de Cooperação Técnica 001/2024. Depois de aprovada, esta adesão passa a fazer parte dele.",
        fonte="cláusula 1.1 do ofício",
        clausula=(
            "A Prefeitura se compromete a seguir o estabelecido no Termo de Cooperação, do qual passa a fazer parte integrante este "
            "Termo de Adesão, após a sua aprovação."
        ),
    ),
    Declaracao(
        codigo="consulta_ao_site",
        regra="ADS-16",
        texto="Depois da aprovação, a prefeitura consulta o site www.intragov.sp.gov.br: manutenções, manuais, contratos e preços.",
        fonte="cláusula 2.1 do ofício",
        clausula=(
            "A Prefeitura está ciente que, após a aprovação da sua adesão, deverá acessar a página www.intragov.sp.gov.br na qual "
            "poderá, dentre outros, ter conhecimento sobre as manutenções programadas, notícias e também obter cópias digitais dos "
            "diversos documentos relativos à INTRAGOV, tais como formulários, manuais e recomendações, bem como os contratos, "
            "tabela de preços e anexos contendo as cláusulas e condições estabelecidas para a contratação da prestação de serviços "
            "no âmbito do ambiente Internet do Governo do Estado, instituído e operacionalizado pelo Decreto Estadual 42.907 de 05 "
            "de março de 1998."
        ),
    ),
    Declaracao(
        codigo="infraestrutura",
        regra="ADS-17",
        texto="A prefeitura prepara os locais que vão receber os acessos, como pedem o contrato e os seus anexos.",
        fonte="manual, 2.1, observações",
        clausula=(
            "Cabe à Prefeitura providenciar a adequação da infraestrutura do(s) local(is) onde pretende que seja(m) implantado(s) "
            "o(s) seu(s) Acesso(s) da Rede IP Multisserviços, conforme consta no Contrato INTRAGOV vigente e seus anexos "
            "(Especificações Técnicas e Acordo Operacional);"
        ),
    ),
    Declaracao(
        codigo="taxas_e_custeio",
        regra="ADS-09",
        texto="A prefeitura paga todas as taxas e o custo mensal dos links que contratar.",
        fonte="manual, 2.1, observações",
        clausula="Todas as taxas e os custeios mensais dos links correrão por conta exclusiva da Prefeitura que os contratou.",
    ),
    Declaracao(
        codigo="orcamento",
        regra="ADS-09",
        texto="A prefeitura garante no orçamento os recursos para os serviços que solicitar.",
        fonte="cláusula 3.1.1 do ofício",
        clausula=(
            "Como signatária do Projeto INTRAGOV, deve assegurar os recursos orçamentários necessários para o custeio de "
            "investimentos e despesas decorrentes das solicitações para prestação de serviços e demais serviços que vier a "
            "solicitar."
        ),
    ),
    Declaracao(
        codigo="responsabilidade",
        regra="ADS-09",
        texto=(
            "A prefeitura responde sozinha pelas solicitações que fizer e pelo pagamento à operadora. O débito da contratante é "
            "cedido a ela de forma automática."
        ),
        fonte="cláusula 3.1.2 do ofício",
        clausula=(
            "Está ciente das condições contratuais estabelecidas e de que é responsável individualmente pelas solicitações dos "
            "serviços à Operadora da Rede IP Multisserviços, bem como pelos pagamentos dos mesmos à Operadora Contratada, tendo em "
            "vista a cessão automática de débito da Contratante aos signatários / participantes do Projeto INTRAGOV."
        ),
    ),
    Declaracao(
        codigo="desistencia",
        regra="ADS-16",
        texto="Para desistir, a prefeitura envia um ofício e paga o que for devido até os serviços se encerrarem.",
        fonte="cláusula 3.1.3 do ofício",
        clausula=(
            "No caso de desistência na participação do Projeto INTRAGOV, cabe a Prefeitura solicitar o cancelamento através do "
            "envio de ofício, conforme modelo previsto no Anexo IV, honrando com os pagamentos devidos até que ocorra o "
            "encerramento da prestação dos serviços."
        ),
        observacao="A cláusula cita o Anexo IV. No manual atual, o modelo do ofício de desistência é o Anexo III.",
    ),
    Declaracao(
        codigo="desativacao",
        regra="ADS-16",
        texto="A PRODESP pode autorizar a desativação do serviço por falta de pagamento ou por descumprimento do Termo.",
        fonte="cláusulas 3.1.4, 3.1.4.1 e 3.1.4.2 do ofício",
        clausula=(
            "A PRODESP, na qualidade de Administradora da Rede e interveniente contratante, poderá autorizar a Prestadora a "
            "promover a desativação do serviço prestado a esta Prefeitura, nos seguintes casos:\n"
            "Inadimplência em relação ao pagamento dos serviços contratados;\n"
            "Não estar aderente ao Termo de Cooperação vigente."
        ),
    ),
    Declaracao(
        codigo="suspensao_da_validacao",
        regra="ADS-16",
        texto="Enquanto houver débito, a PRODESP pode deixar de validar novas Solicitações de Serviço da prefeitura.",
        fonte="cláusula 3.1.5 do ofício",
        clausula=(
            "Em caso de inadimplência no pagamento pelos serviços prestados pela Operadora da rede, a PRODESP poderá suspender a "
            "validação de novas Solicitações de Serviços emitidas pela Prefeitura até que o débito seja devidamente quitado."
        ),
    ),
    Declaracao(
        codigo="prodesp_nao_responde",
        regra="ADS-09",
        texto="A PRODESP não responde pelos bens e serviços que a prefeitura solicitar.",
        fonte="cláusula 3.1.6 do ofício",
        clausula=(
            "A PRODESP não terá qualquer responsabilidade pelos bens e serviços que forem solicitados por esta Prefeitura através "
            "do Contrato Intragov."
        ),
    ),
    Declaracao(
        codigo="suspensao_ou_cancelamento",
        regra="ADS-16",
        texto="A PRODESP pode pedir a suspensão ou o cancelamento dos serviços por mau uso, falta de pagamento ou outro descumprimento.",
        fonte="cláusula 3.1.7 do ofício",
        clausula=(
            "Visando o bom andamento e uma gestão eficaz dos contratos celebrados no âmbito da REDE INTRAGOV, a PRODESP poderá "
            "requerer às empresas contratadas que procedam com a suspensão ou o cancelamento parcial ou total da prestação dos "
            "serviços nos casos de inadimplemento de obrigações pelos partícipes, especialmente quando constatar mau uso, uso "
            "inadequado ou com desvio de finalidade dos recursos disponíveis na rede, falta de pagamentos pela contraprestação dos "
            "serviços, extinção da condição de partícipe, dentre outras situações decorrentes de descumprimento de cláusulas e "
            "condições pelos partícipes ao presente convênio ou aos contratos e seus anexos dele resultantes, as quais possam "
            "prejudicar a fiel execução contratual ou venham a dificultar ou impedir o encerramento dos contratos"
        ),
    ),
    Declaracao(
        codigo="representante_legal",
        regra="ADS-16",
        texto="Quem assina o ofício é representante legal da prefeitura.",
        fonte="cláusula 4.1 do ofício",
        clausula="O signatário abaixo é representante legal da Prefeitura.",
    ),
    Declaracao(
        codigo="autorizacao_das_aplicacoes",
        regra="ADS-08",
        texto="Antes de usar cada aplicação do Estado, a prefeitura pede e obtém a autorização do órgão responsável por ela.",
        fonte="manual, 2.1",
        clausula=(
            "Para a Prefeitura acessar o(s) sistema(s) disponibilizado(s) pelo Governo do Estado, apontados no Anexo II, deve antes "
            "efetuar o contato com o(s) órgão(s) responsável(is) pelo(s) respectivo(s) sistema(s), que pode ser uma Secretaria, "
            "Órgão do Estado ou empresa vinculada ao Governo, e obter a autorização para uso do(s) mesmo(s)."
        ),
    ),
)

_POR_CODIGO = {d.codigo: d for d in DECLARACOES}


def declaracao(codigo: str) -> Declaracao:
    """The declaration recorded under ``codigo``. ``KeyError`` when there is none."""
    return _POR_CODIGO[codigo]

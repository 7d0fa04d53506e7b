"""Every address of the portal with the state of the process in which it means something, and a well-formed POST for it.

An address missing here fails ``test_acessos``. The expected answers are in ``acessos.txt``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.apoio.adesoes import RASCUNHO
from tests.apoio.elenco import BOTUCATU
from tests.apoio.solicitacoes import UBS
from tests.provas.mundo import Mundo, autorizacoes, endereco, pdf, planilha

Corpo = dict[str, Any] | Callable[[Mundo], dict[str, Any]]


@dataclass(frozen=True)
class Rota:
    """One address in one state. ``argumentos``: piece of the address → key of ``Mundo.valores``, or ``=literal``; ``@`` is the number."""

    nome: str
    estado: str
    argumentos: dict[str, str] = field(default_factory=dict)
    corpo: Corpo = field(default_factory=dict)
    variante: str = ""

    @property
    def chave(self) -> str:
        """How the row is called in ``acessos.txt``."""
        return f"{self.nome}{f'/{self.variante}' if self.variante else ''} {self.estado}"

    def endereco(self, mundo: Mundo) -> str:
        """The path, with this world's values."""
        valores = {k: mundo.slug if v == "@" else v[1:] if v[0] == "=" else mundo.valores[v] for k, v in self.argumentos.items()}
        return endereco(self.nome, valores)

    def existe_em(self, mundo: Mundo) -> bool:
        """Whether this world has what the address names."""
        return all(v[0] in "@=" or v in mundo.valores for v in self.argumentos.values())

    def dados(self, mundo: Mundo) -> dict[str, Any]:
        """What is posted."""
        return self.corpo(mundo) if callable(self.corpo) else dict(self.corpo)


def _r(nome: str, estado: str, *, variante: str = "", corpo: Corpo | None = None, **argumentos: str) -> Rota:
    return Rota(nome, estado, argumentos, corpo or {}, variante)


def _p(nome: str, *estados: str, corpo: Corpo | None = None, **argumentos: str) -> list[Rota]:
    return [_r(f"adesao:{nome}", e, corpo=corpo, numero="@", **argumentos) for e in estados]


def _s(nome: str, *quais: str, corpo: Corpo | None = None, **argumentos: str) -> list[Rota]:
    """An address of one of Bofete's requests, in the world where the adhesion is in force: ``quais`` name the request."""
    return [_r(f"saog:{nome}", "aprovada", variante=q, corpo=corpo, numero=f"ss_{q}", **argumentos) for q in quais]


PRECO = {"servico": "SCM", "mbps": "8", "mensal": "412,60", "vale_de": "01/01/2027", "vale_ate": "", "tabela": "tabela 2027"}
POOL = {"perfil": "PRIVADO", "rede": "10.70.0.0/24", "nome": "Outro", "regiao": "", "origem": "Plano"}
TECNICO = {"nome": "Marta Lins", "telefone": "(14) 3811-2233", "email": "marta@bofete.sp.gov.br"}
SENHA_NOVA = {"senha": "girassol marimba telha 9", "senha2": "girassol marimba telha 9"}
PUBLICAS = [
    "inicio",
    "como_aderir",
    "documentos_publicos",
    "prefeituras",
    "municipios",
    "regras",
    "privacidade",
    "acessibilidade",
    "contatos",
    "ajuda",
    "saude",
    "pronto",
    "componentes",
    "verificar",
    "demo_correio",
    "account_inactive",
    "account_email_verification_sent",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
DE_QUEM_ENTROU = [
    "entrada",
    "conta",
    "conta_email",
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "usersessions_list",
]

ROTAS: list[Rota] = [
    *(_r(nome, "nenhuma") for nome in PUBLICAS),
    _r("prefeitura", "nenhuma", codigo="codigo"),
    _r("demo_mensagem", "nenhuma", pk="mensagem"),
    _r("demo_mensagem_html", "nenhuma", pk="mensagem"),
    _r("account_login", "nenhuma", corpo={"login": "ninguem@example.org", "password": "errada e comprida"}),
    _r("account_logout", "nenhuma"),
    _r("account_signup", "nenhuma"),
    _r("account_reset_password", "nenhuma", corpo={"email": "ninguem@example.org"}),
    _r("account_reset_password_from_key", "nenhuma", uidb36="=1", key="=set-password"),
    _r("account_confirm_email", "nenhuma", key="=nada"),
    _r("conta_confirmar_cadastro", "nenhuma"),
    _r("conta_confirmar_cadastro", "nenhuma", variante="link", token="=nada"),
    _r("conta_ativar", "nenhuma", corpo=SENHA_NOVA),
    _r("conta_ativar", "nenhuma", variante="link", token="=nada", corpo=SENHA_NOVA),
    _r("conta_convite", "nenhuma"),
    _r("conta_convite", "nenhuma", variante="link", token="=nada"),
    _r("conta_dados", "nenhuma", corpo={"nome": "Outro Nome", "cargo": "Chefe"}),
    _r("conta_email_novo", "nenhuma"),
    _r("conta_email_novo", "nenhuma", variante="link", token="=nada"),
    _r("mfa_authenticate", "nenhuma"),
    _r("mfa_login_webauthn", "nenhuma"),
    *(_r(nome, "nenhuma") for nome in DE_QUEM_ENTROU),
    _r("mfa_remove_webauthn", "nenhuma", pk="=999"),
    _r("mfa_edit_webauthn", "nenhuma", pk="=999"),
    _r("trocar_vinculo", "nenhuma", corpo={"orgao": "999999"}),
    _r("conta_prefeitura", "nenhuma", codigo=f"={BOTUCATU}", corpo={"ato": "pedir"}),
    _r("contas:pessoas", "nenhuma", corpo={"nome": "Outra Pessoa", "email": "outra@bofete.sp.gov.br"}),
    _r("contas:pedidos", "nenhuma"),
    _r("contas:prefeituras", "nenhuma"),
    _r("contas:da_prefeitura", "nenhuma", codigo="codigo"),
    _r("contas:aceitar_pedido", "nenhuma", pk="pedido"),
    _r("contas:recusar_pedido", "nenhuma", pk="pedido", corpo={"motivo": "Não é da prefeitura."}),
    _r("contas:cancelar_convite", "nenhuma", pk="convite", variante="prefeitura"),
    _r("contas:cancelar_convite", "nenhuma", pk="convite_estado", variante="estado"),
    _r("contas:encerrar_vinculo", "nenhuma", pk="vinculo", variante="prefeitura", corpo={"motivo": "Saiu."}),
    _r("contas:encerrar_vinculo", "nenhuma", pk="vinculo_estado", variante="estado", corpo={"motivo": "Saiu."}),
    _r("contas:desativadas", "nenhuma"),
    _r("contas:desativar_conta", "nenhuma", pk="servidor", corpo={"motivo": "Saiu do órgão."}),
    _r("contas:reativar_conta", "nenhuma", pk="fechada", corpo={"motivo": "Voltou ao trabalho."}),
    _r("contas:equipe", "nenhuma", corpo={"nome": "Nova Analista", "email": "n.a@prodesp.sp.gov.br", "papel": "analista"}),
    _r("contas:encerrar_sessoes", "nenhuma", pk="servidor"),
    # The prefeitura's side
    _r("adesao:minha", "nenhuma"),
    _r("adesao:minha", "rascunho"),
    _r("adesao:comecar", "nenhuma"),
    *_p("painel", "rascunho", "enviada", "encaminhada", "aprovada"),
    *_p("assinados", "rascunho"),
    *_p("conferir", "rascunho"),
    *_p("preencher", "rascunho", "enviada", "devolvida", tarefa="=oficio", corpo=RASCUNHO["oficio"] | {"versao": "1"}),
    *_p("rascunho", "rascunho", "enviada", tarefa="=oficio", corpo=RASCUNHO["oficio"] | {"versao": "1"}),
    *_p("falta", "rascunho"),
    *_p("brasao", "rascunho", corpo={"acao": "remover"}),
    *_p("ver_brasao", "rascunho"),
    *_p("gerar", "rascunho", "enviada"),
    *_p("andamento", "rascunho"),
    *_p("assinado", "rascunho", peca="=oficio"),
    *_p("remover_assinado", "rascunho", "enviada", peca="=oficio"),
    *_p("responder", "devolvida", pendencia_id="pendencia", corpo={"resposta": "Está certo assim."}),
    *_p("enviar", "rascunho", "enviada"),
    *_p("enviada", "enviada", ordem="=1"),
    *_p("descartar", "rascunho", "enviada"),
    *_p("autorizacoes", "enviada", "aprovada", corpo=autorizacoes),
    # Everybody who may see the process
    *_p("historico", "rascunho", "enviada"),
    *_p("envio", "enviada", "encaminhada", ordem="=1"),
    *_p("baixar", "rascunho", "enviada", "encaminhada", uuid="assinado"),
    *_p("imprimir", "rascunho", "enviada", "encaminhada", uuid="gerado"),
    *_p("pagina", "enviada", uuid="assinado", n="=1"),
    # PRODESP
    _r("adesao:fila", "enviada"),
    _r("adesao:fila_csv", "enviada"),
    *_p("conferencia", "rascunho", "enviada", "em_conferencia"),
    *_p("assumir", "rascunho", "enviada", "em_conferencia"),
    *_p("liberar", "em_conferencia"),
    *_p("passar", "em_conferencia", corpo=lambda m: {"analista": str(m.pessoas["colega"].usuario.pk)}),
    *_p("itens", "em_conferencia", peca="=oficio", corpo={"tudo": "1"}),
    *_p("pendencia", "em_conferencia", corpo={"marcar": "anexo1.r1_nome", "anexo1-r1_nome-texto": "Confira o nome."}),
    *_p("retirar", "em_conferencia", pendencia_id="pendencia", corpo={"marcar": "anexo1.r2_cpf"}),
    *_p("revelar_cpf", "em_conferencia", "encaminhada", corpo={"motivo": "Conferir com a Receita."}),
    *_p("previa", "em_conferencia"),
    *_p("devolver", "em_conferencia", "conferida", "encaminhada"),
    *_p("desfazer", "devolvida"),
    *_p("encaminhar", "em_conferencia", "conferida", corpo={"parecer": "De acordo."}),
    *_p("mudancas", "em_conferencia", "encaminhada"),
    _r("adesao:motivos", "nenhuma"),
    _r("adesao:motivo_novo", "nenhuma", corpo={"titulo": "Outro motivo", "texto": "Corrija isto."}),
    _r("adesao:motivo", "nenhuma", motivo_id="motivo", corpo={"titulo": "Outro nome", "texto": "Corrija isto."}),
    _r("adesao:calendario", "nenhuma", corpo={"ato": "dia", "data": "24/12/2027", "descricao": "Véspera de Natal", "municipio": ""}),
    _r("adesao:retirar_dia", "nenhuma", dia_id="dia"),
    # Órgão aprovador
    _r("adesao:aprovacao", "encaminhada"),
    _r("adesao:decididas", "aprovada"),
    _r("adesao:aprovar_varias", "encaminhada", corpo=lambda m: {"adesao": m.slug}),
    *_p("dossie", "enviada", "encaminhada", "aprovada"),
    *_p("dossie_pdf", "encaminhada"),
    *_p("aprovar", "enviada", "encaminhada", "aprovada"),
    *_p("recusar", "encaminhada", corpo={"motivo": "Faltou orçamento."}),
    *_p("perguntar", "encaminhada", corpo={"pergunta": "Quem assina?"}),
    # The prefeitura's requests
    *(_r(f"saog:{n}", "aprovada") for n in ("para_fazer", "solicitacoes", "nova", "qual_servico", "mais_links", "links")),
    _r("saog:escolher", "aprovada"),
    _r("saog:comecar", "aprovada", corpo={"tipo": "ativacao"}),
    _r("saog:enviar_varias", "aprovada", corpo=lambda m: {"ss": m.valores["ss_rascunho"]}),
    _r("saog:emitir_varias", "aprovada", corpo=lambda m: {"ss": m.valores["ss_validada"]}),
    _r("saog:link", "aprovada", pk="link"),
    _r("saog:link_sub_bloco", "aprovada", pk="link", corpo={"sub_bloco": ""}),
    # The prefeitura's addresses, and what PRODESP hears of them
    _r("enderecamento:enderecos", "nenhuma"),
    _r("enderecamento:enderecos", "aprovada"),
    _r("enderecamento:endereco", "aprovada", slug="bloco"),
    _r("enderecamento:ficha", "aprovada", slug="bloco"),
    _r("enderecamento:ficha_arquivo", "aprovada", slug="bloco", uuid="ficha"),
    _r("enderecamento:ficha_imprimir", "aprovada", slug="bloco", uuid="ficha"),
    _r("enderecamento:tecnico", "nenhuma", corpo=TECNICO),
    _r("enderecamento:tecnico", "aprovada", corpo=TECNICO),
    _r("enderecamento:tecnicos", "aprovada"),
    _r("enderecamento:tecnico_lido", "aprovada", pk="tecnico"),
    *_s("solicitacao", "rascunho", "enviada", "entregue", "aceita"),
    *_s("historico", "enviada"),
    *_s("preencher", "rascunho", "enviada", "devolvida", corpo=UBS | {"versao": "1", "acao": "sair"}),
    *_s("rascunho", "rascunho", "enviada", corpo=UBS | {"versao": "1"}),
    *_s("conferir", "rascunho", "enviada"),
    *_s("enviar", "rascunho", "enviada"),
    *_s("enviada", "enviada", ordem="=1"),
    *_s("envio", "enviada", "emitida", ordem="=1"),
    *_s("descartar", "rascunho", "enviada"),
    *_s("cancelar", "enviada", "atendimento"),
    *_s("emitir", "validada", "enviada"),
    *_s("aceitar", "entregue", "enviada"),
    *_s("recusar", "entregue", "enviada", corpo={"motivo": "Sem sinal.", "acao": "recusar"}),
    *_s("responder", "pendente", "enviada", corpo={"texto": "O zelador abre."}),
    *_s("arquivo", "enviada", uuid="recibo_ss"),
    *_s("imprimir", "enviada", uuid="recibo_ss"),
    # PRODESP and the requests
    *(_r(f"saog:{n}", "aprovada") for n in ("fila", "fila_csv", "prefeituras_ss", "configuracoes", "catalogo")),
    _r("saog:validar_varias", "aprovada", corpo=lambda m: {"ss": m.valores["ss_enviada"]}),
    *_s("analise", "rascunho", "enviada", "emitida"),
    *_s("pendencia", "enviada", "validada", corpo={"marcar": "cep", "texto": "Confira o CEP."}),
    *(_r(f"saog:{n}", "aprovada") for n in ("api", "api_guia")),
    *_s("responder_pendencia", "devolvida", pendencia_id="pendencia_ss", corpo={"resposta": "É o horário certo."}),
    *_s("retirar_pendencia", "enviada", pendencia_id="=999", corpo={"marcar": "cep"}),
    *_s("devolver", "enviada", "validada"),
    *_s("validar", "enviada", "validada"),
    _r("saog:prefeitura_ss", "aprovada", codigo_ibge="codigo"),
    _r("saog:decidir_prefeitura", "aprovada", codigo_ibge="codigo", ato="=suspender", corpo={"motivo": "Faturas em aberto."}),
    _r("saog:tipo", "aprovada", codigo="=ativacao", corpo={"nome": "Link novo", "explicacao": "Um link.", "ordem": "1", "ativo": "on"}),
    _r("saog:velocidade_nova", "aprovada", corpo={"mbps": "14"}),
    _r("saog:velocidade", "aprovada", mbps="=8", corpo={"ativa": "0"}),
    _r(
        "saog:tipo_novo",
        "aprovada",
        corpo={"nome": "Troca de roteador", "explicacao": "Outro.", "comportamento": "EQUIPAMENTO", "ordem": "9", "ativo": "on"},
    ),
    _r("saog:preco_novo", "aprovada", corpo=PRECO),
    _r("saog:preco", "aprovada", preco_id="preco_ss", corpo=PRECO | {"vale_de": "01/02/2027"}),
    _r("saog:motivo_novo", "aprovada", corpo={"titulo": "Outro motivo", "texto": "Corrija isto."}),
    _r("saog:motivo", "aprovada", motivo_id="motivo_ss", corpo={"titulo": "Outro nome", "texto": "Corrija isto."}),
    # The Operadora
    _r("saog:ordens", "aprovada"),
    _r("saog:agenda", "aprovada"),
    *_s("ordem", "validada", "emitida", "entregue"),
    *_s("ordem_ato", "validada", "emitida", "atendimento", qual="=comecar", corpo={"previsao": ""}),
    *_s("ordem_ato", "pendente", qual="=retomar", corpo={"texto": ""}),
    *_s("ordem_entregar", "emitida", "atendimento", corpo={"circuito": "C-1", "equipamento": "Roteador", "acao": "entregar"}),
    # PRODESP and the address blocks
    *(_r(f"enderecamento:{n}", "aprovada") for n in ("blocos", "procurar", "a_atribuir", "a_atribuir_csv")),
    _r("enderecamento:pool_novo", "aprovada", corpo=POOL),
    _r("enderecamento:atribuicao", "aprovada", codigo_ibge="codigo"),
    _r("enderecamento:atribuir", "aprovada", codigo_ibge="codigo", corpo={"privados": "1"}),
    _r("enderecamento:anexo_ii", "aprovada", codigo_ibge="codigo", corpo={"privados": "1", "referencia": "Anexo II"}),
    _r("enderecamento:sub_bloco", "aprovada", rede="sub_bloco"),
    _r("enderecamento:devolver", "aprovada", rede="sub_bloco", corpo={"motivo": "Sem uso."}),
    *(_r(f"enderecamento:{n}", "aprovada", rede="pool") for n in ("pool", "pool_andamento", "pool_csv")),
    *(_r(f"enderecamento:{n}", "aprovada", rede="pool", dentro="=10.64.0.0-20") for n in ("faixa", "faixa_csv")),
    _r("enderecamento:pool_ampliar", "aprovada", rede="pool_novo", corpo={"rede": "203.0.113.0/24"}),
    _r("enderecamento:pool_fechar", "aprovada", rede="pool_novo", corpo={"motivo": "Reserva."}),
    _r("enderecamento:pool_reabrir", "aprovada", rede="pool_fechado"),
    _r("enderecamento:pool_apagar", "aprovada", rede="pool_novo"),
    # Who reads everything
    _r("adesao:processos", "enviada"),
    _r("adesao:trilha", "enviada"),
    # The Operadora's systems, and their API: a browser's session opens nothing there
    _r("saog:sistemas", "nenhuma"),
    _r("saog:sistema_novo", "nenhuma", corpo={"de": "OPERADORA", "nome": "Outro sistema", "contato": "ti@operadora.example"}),
    _r("saog:sistema", "nenhuma", pk="sistema", corpo={"url": "http://127.0.0.1:9/outro"}),
    _r("saog:token_novo", "nenhuma", pk="sistema", corpo={"nome": "Outro", "escopos": ["ler"], "dias": "30"}),
    _r("saog:token_revogar", "nenhuma", token_id="token"),
    _r("saog:endereco_retirar", "nenhuma", endereco_id="endereco_de_aviso"),
    _r("saog:aviso_reenviar", "nenhuma", aviso_id="=999"),
    _r("saog:sistema_desligar", "nenhuma", pk="sistema"),
    # Data of the blocks: what leaves, what comes in, and PRODESP's API
    *(_r(f"enderecamento:{n}", "aprovada") for n in ("dados", "alocacoes_csv", "importacao_modelo")),
    *(_r(f"enderecamento:{n}", "aprovada", slug="pool_dos_dados") for n in ("dns_reverso", "whois")),
    _r("enderecamento:importar", "aprovada", corpo=lambda m: {"arquivo": planilha()}),
    *(_r(f"enderecamento:{n}", "aprovada", uuid="importacao") for n in ("importacao", "importacao_gravar", "importacao_problemas")),
    _r("prodesp:openapi", "nenhuma"),
    _r("prodesp:blocos", "nenhuma"),
    _r("prodesp:bloco", "nenhuma", rede="=10.64.16.0-28"),
    _r("prodesp:bloco_com_barra", "nenhuma", ip="=10.64.16.0", prefixo="=28"),
    _r("prodesp:desconhecido", "nenhuma", resto="=nada"),
    # Sanctions
    _r("enderecamento:sancoes", "aprovada"),
    _r("enderecamento:sancao_nova", "aprovada"),
    _r("enderecamento:sancao", "aprovada", pk="sancao"),
    _r("enderecamento:sancao_levantar", "aprovada", pk="sancao", corpo={"motivo": "Resolvido."}),
    _r("enderecamento:sancao_evidencia", "aprovada", pk="sancao"),
    _r("enderecamento:minhas_sancoes", "aprovada"),
    _r("operadora:openapi", "nenhuma"),
    *(_r(f"operadora:{nome}", "nenhuma") for nome in ("ordens", "cancelar", "assinar")),
    *(_r(f"operadora:{nome}", "nenhuma", id="=2026-00001-9") for nome in ("ordem", "mudar", "cancelar_assinatura")),
    _r("operadora:desconhecido", "nenhuma", resto="=nada"),
    # Renumbering (IP-05)
    _r("enderecamento:renumeracoes", "aprovada"),
    _r("enderecamento:renumerar", "aprovada"),
    _r("enderecamento:renumeracao", "aprovada", numero="renumeracao"),
    _r("enderecamento:adiar_renumeracao", "aprovada", numero="renumeracao", corpo={"ultimo_dia": "01/06/2027", "motivo": "Mais tempo."}),
    _r("enderecamento:desfazer_renumeracao", "aprovada", numero="renumeracao", corpo={"motivo": "Engano."}),
    _r("enderecamento:trocas", "aprovada"),
    _r("enderecamento:confirmar_trocas", "aprovada", numero="renumeracao"),
]


def com_arquivo(rota: Rota, dados: dict[str, Any]) -> dict[str, Any]:
    """Add the upload where the form has one."""
    return dados | {"arquivo": pdf()} if rota.nome == "adesao:assinado" else dados

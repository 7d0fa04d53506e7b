"""Rules of the crachá digital (Portaria Conjunta CGA/CPM 1, of 04/09/2009)."""

from __future__ import annotations

from collections.abc import Mapping

from nucleo.regras.base import Regra


def _portaria(
    numero: int, artigos: str, texto: str, *, pratica: str = "", valores: Mapping[str, int] | None = None, unidade: str = ""
) -> Regra:
    return Regra(
        codigo=f"CRA-{numero:02d}",
        texto=texto,
        fonte=f"Portaria Conjunta CGA/CPM 1/2009, {artigos}",
        pratica=pratica,
        valores=valores or {},
        unidade=unidade,
    )


CRACHA = (
    _portaria(
        1,
        "arts. 1º e 2º",
        "O crachá digital dá acesso a sistemas e a locais. É para servidor, estagiário, prestador de serviço, autoridade e visitante.",
    ),
    _portaria(
        2,
        "arts. 2º, 3º e 16",
        (
            "Servidor e estagiário recebem o kit completo (crachá, certificado e leitora) depois de assinar o Termo de "
            "Responsabilidade; a primeira emissão é gratuita. Os demais recebem só o crachá; o prestador também assina um termo, "
            "pelo gestor do contrato."
        ),
    ),
    _portaria(
        3,
        "art. 3º, § 2º",
        (
            "O crachá registra nome, CPF, e-mail, número de série, chave pública do titular e assinatura digital da Autoridade "
            "Certificadora."
        ),
    ),
    _portaria(4, "art. 6º", "Nos sistemas, entre só com o crachá digital habilitado, salvo os casos do crachá provisório (CRA-06)."),
    _portaria(
        5,
        "art. 5º",
        (
            "Servidor e estagiário entram nos locais de segunda a sexta-feira, das 7h00 às 19h00. Fora disso, o superior imediato "
            "pede por e-mail com 24 horas de antecedência."
        ),
        valores={"antecedencia": 24},
        unidade="horas",
    ),
    _portaria(
        6,
        "art. 8º",
        ("O crachá provisório e a senha valem: por perda, furto, roubo, dano ou defeito, até sair o novo crachá; por esquecimento, 1 dia."),
        valores={"esquecimento": 1},
        unidade="dia",
    ),
    _portaria(
        7,
        "art. 8º, § 2º",
        (
            "A liberação provisória vale até 5 dias úteis. Depois, peça nova habilitação ao Suporte Técnico se o novo crachá não "
            "tiver saído."
        ),
        valores={"liberacao": 5},
        unidade="dias úteis",
    ),
    _portaria(
        8,
        "art. 9º",
        (
            "Perda ou dano custa 5 UFESPs ao servidor ou estagiário. Não custa nada se for defeito comprovado, nem em furto ou "
            "roubo com Boletim de Ocorrência."
        ),
        valores={"ressarcimento": 5},
        unidade="UFESPs",
    ),
    _portaria(
        9,
        "arts. 10 e 11",
        (
            "Em perda, extravio, furto ou roubo, avise na hora a segurança (DCS), que bloqueia o crachá, e o superior imediato. "
            "Depois entregue a declaração e, se for o caso, o Boletim de Ocorrência."
        ),
    ),
    _portaria(
        10,
        "arts. 12 e 13",
        (
            "Para o prestador, o crachá é obrigatório nos locais. Nos sistemas, ele usa e-CPF A3 com acesso autorizado antes pelo "
            "DTI; a empresa paga o certificado."
        ),
    ),
    _portaria(11, "art. 14", "Para o visitante, o crachá é obrigatório. Ele não entra em sistemas, salvo exceção autorizada pelo DTI."),
    _portaria(12, "art. 16", "Cada departamento tem os seus atos: DRH, DSAC e DCS, DTI e NSI. Os avisos entre eles são eletrônicos."),
    _portaria(
        13,
        "arts. 1º e 4º",
        ("Use o crachá à vista, com a foto para a frente, na altura do peito."),
        pratica="O crachá impresso traz foto, nome e função, legíveis à distância.",
    ),
    _portaria(
        14,
        "art. 7º",
        ("O certificado é habilitado na Autoridade de Registro da IMESP, com hora marcada pelo titular e orientação do DTI."),
    ),
    _portaria(15, "art. 6º, parágrafo único", "Os sistemas passam ao crachá digital aos poucos, pelo cronograma do DTI."),
    _portaria(
        16,
        "arts. 17 e 18",
        ("As regras valem para servidor e estagiário desde a assinatura do Termo, e para os demais desde março de 2010."),
    ),
    _portaria(
        17,
        "arts. 8º, § 1º, e 16",
        ("O crachá provisório é emitido por DSAC e DCS; o titular diz o motivo."),
        pratica="Para prestador, só o crachá provisório, sem senha.",
    ),
)

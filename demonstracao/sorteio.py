"""Invented people, addresses and numbers: plausible, valid where a check digit exists, always the same for the same seed."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

from stdnum.br import cnpj, cpf

#: Addresses that read like a prefeitura's and belong to nobody.
DOMINIO_INVENTADO = "exemplo.sp.gov.br"

MULHERES = (
    "Adriana", "Alice", "Ana Lúcia", "Antônia", "Beatriz", "Célia", "Clara", "Cláudia", "Cristina", "Débora", "Eliane", "Fátima",
    "Fernanda", "Graziela", "Inês", "Isabel", "Ivone", "Janaína", "Juliana", "Lígia", "Luciana", "Luíza", "Marcela", "Márcia", "Maria José",
    "Marlene", "Marta", "Mônica", "Neusa", "Patrícia", "Regina", "Renata", "Rosângela", "Sandra", "Silvia", "Sônia", "Tânia", "Vera",
)  # fmt: skip
HOMENS = (
    "Ademir", "André", "Antônio", "Augusto", "Carlos", "César", "Cláudio", "Daniel", "Edson", "Eduardo", "Fábio", "Felipe", "Hélio",
    "Ícaro", "João Paulo", "Jorge", "José Carlos", "Júlio", "Leandro", "Luís", "Marcelo", "Márcio", "Mário", "Maurício", "Nelson", "Otávio",
    "Paulo", "Pedro", "Rafael", "Raul", "Ricardo", "Roberto", "Rogério", "Sérgio", "Tiago", "Valdir", "Vicente", "Wagner", "Wilson",
)  # fmt: skip
SOBRENOMES = (
    "Abreu", "Aguiar", "Almeida", "Amaral", "Araújo", "Barros", "Batista", "Bezerra", "Brandão", "Bueno", "Camargo", "Cardoso",
    "Carvalho", "Castro", "Cintra", "Correia", "Cunha", "Dias", "Domingues", "Duarte", "Faria", "Fernandes", "Ferreira",
    "Gonçalves", "Guimarães", "Leite", "Lima", "Lopes", "Machado", "Magalhães", "Martins", "Mello", "Mendes", "Monteiro", "Morais",
    "Moreira", "Moura", "Nogueira", "Oliveira", "Peixoto", "Pereira", "Pinto", "Pires", "Prado", "Queirós", "Ramos", "Ribeiro",
    "Rocha", "Sampaio", "Santana", "Siqueira", "Souza", "Tavares", "Teixeira", "Toledo", "Vasconcelos", "Vieira", "Xavier",
)  # fmt: skip
RUAS = (
    "Praça da Matriz", "Rua Quinze de Novembro", "Avenida Brasil", "Rua Sete de Setembro", "Praça Rui Barbosa", "Rua Marechal Deodoro",
    "Avenida dos Expedicionários", "Rua Treze de Maio", "Praça da Bandeira", "Rua Coronel Joaquim Prado", "Avenida São Paulo",
    "Rua Tiradentes", "Praça dos Três Poderes", "Rua José Bonifácio", "Avenida Nove de Julho", "Rua Santos Dumont",
)  # fmt: skip
#: (for a man, for a woman, department)
CARGOS = (
    ("Chefe do setor de informática", "Chefe do setor de informática", "Administração"),
    ("Assistente administrativo", "Assistente administrativa", "Compras"),
    ("Analista de sistemas", "Analista de sistemas", "Tecnologia"),
    ("Diretor de tecnologia", "Diretora de tecnologia", "Tecnologia"),
    ("Coordenador de convênios", "Coordenadora de convênios", "Planejamento"),
    ("Oficial administrativo", "Oficial administrativa", "Gabinete"),
    ("Técnico em informática", "Técnica em informática", "Administração"),
    ("Agente de contratação", "Agente de contratação", "Licitações"),
    ("Secretário de Administração", "Secretária de Administração", "Administração"),
    ("Encarregado de redes", "Encarregada de redes", "Tecnologia"),
    ("Escriturário", "Escriturária", "Finanças"),
)
#: Applications of the State and who answers for them: plausible names, none of them a real contract.
APLICACOES = (
    ("SAM Patrimônio", "Secretaria da Fazenda e Planejamento"),
    ("Consulta de veículos", "Detran.SP"),
    ("Consulta ao SIAFEM", "Secretaria da Fazenda e Planejamento"),
    ("Correio eletrônico do Estado", "PRODESP"),
    ("Poupatempo municipal", "PRODESP"),
    ("Boletim de ocorrência", "Secretaria da Segurança Pública"),
    ("Cadastro de produtores rurais", "Secretaria de Agricultura e Abastecimento"),
    ("Transporte escolar", "Secretaria da Educação"),
    ("Matrícula unificada", "Secretaria da Educação"),
    ("Regulação de vagas", "Secretaria da Saúde"),
    ("Estoque de medicamentos", "Secretaria da Saúde"),
    ("Licenciamento ambiental", "CETESB"),
    ("Alerta de desastres", "Defesa Civil do Estado"),
    ("Assinatura de documentos", "PRODESP"),
    ("Consulta de notas fiscais", "Secretaria da Fazenda e Planejamento"),
    ("Habitação social", "CDHU"),
    ("Convênios do Estado", "Casa Civil"),
    ("Cadastro de empresas", "Junta Comercial"),
    ("Vagas de emprego", "Secretaria de Desenvolvimento Econômico"),
    ("Malha viária", "DER"),
)
#: First three digits of the CEPs of each DDD area, roughly.
_CEPS = {"11": "074", "12": "125", "13": "119", "14": "185", "15": "183", "16": "149", "17": "156", "18": "194", "19": "138"}


def simples(texto: str) -> str:
    """Lower-case ASCII letters and dots only, for the left side of an address or the name of a domain."""
    plano = unicodedata.normalize("NFKD", texto).encode("ascii", "ignore").decode().lower()
    return "".join(c for c in plano.replace(" ", ".") if c.isalnum() or c == ".")


def com_digitos_do_cpf(nove: str) -> str:
    """The CPF with these nine first digits. Raises ``StopIteration`` only if no pair of digits serves, which cannot be."""
    return next(f"{nove}{dv:02d}" for dv in range(100) if cpf.is_valid(f"{nove}{dv:02d}"))


def com_digitos_do_cnpj(doze: str) -> str:
    """The CNPJ with these twelve first characters, letters allowed (the alphanumeric form)."""
    return next(f"{doze}{dv:02d}" for dv in range(100) if cnpj.is_valid(f"{doze}{dv:02d}"))


@dataclass(frozen=True, slots=True)
class Pessoa:
    """An invented person. ``cpf`` is bare."""

    nome: str
    cpf: str
    email: str
    cargo: str
    departamento: str
    mulher: bool


class Sorteio:
    """A seeded draw for one municipality: nothing here looks at the clock, and a CPF is never drawn twice (``usados`` is shared)."""

    def __init__(self, semente: str, *, municipio: str, ddd: str, usados: set[str]) -> None:
        self.r = random.Random(semente)  # noqa: S311 invented data, not a secret
        self.municipio, self.ddd, self.usados = municipio, ddd, usados
        self.dominio = f"{simples(municipio).replace('.', '')}.{DOMINIO_INVENTADO}"

    def cpf(self) -> str:
        """A valid CPF that nobody else of the demonstration has."""
        while True:
            novo = com_digitos_do_cpf(f"{self.r.randrange(10**8, 10**9)}")
            if novo not in self.usados:
                self.usados.add(novo)
                return novo

    def pessoa(self) -> Pessoa:
        """Name, CPF, address at the prefeitura and job."""
        mulher = self.r.random() < 0.5
        primeiro = self.r.choice(MULHERES if mulher else HOMENS)
        meio, ultimo = self.r.sample(SOBRENOMES, 2)
        dele, dela, departamento = self.r.choice(CARGOS)
        cpf_novo = self.cpf()
        email = f"{simples(primeiro).split('.')[0]}.{simples(ultimo)}{cpf_novo[-2:]}@{self.dominio}"
        return Pessoa(f"{primeiro} {meio} {ultimo}", cpf_novo, email, dela if mulher else dele, departamento, mulher)

    def cnpj(self, *, com_letras: bool = False) -> str:
        """A valid CNPJ, alphanumeric when asked."""
        letras = "ABCDEFGHJKLMNPRSTVWXYZ" if com_letras else "0123456789"
        return com_digitos_do_cnpj("".join(self.r.choice("0123456789" if i % 2 else letras) for i in range(8)) + "0001")

    def fixo(self) -> str:
        """A land line of the area."""
        return f"({self.ddd}) 3{self.r.randrange(200, 899)}-{self.r.randrange(1000, 9999)}"

    def celular(self) -> str:
        """A mobile of the area."""
        return f"({self.ddd}) 9{self.r.randrange(9100, 9899)}-{self.r.randrange(1000, 9999)}"

    def cep(self) -> str:
        """A CEP of the area, inside SP (01000-000 to 19999-999)."""
        return f"{_CEPS.get(self.ddd, '130')}{self.r.randrange(10, 99)}-000"

    def ip(self) -> str:
        """An address of the ranges kept for documentation (RFC 5737)."""
        return f"203.0.113.{self.r.randrange(1, 250)}"

    def aplicacoes(self, quantas: int) -> list[tuple[str, str]]:
        """Applications with their órgãos; past the list the names get a number."""
        base = self.r.sample(APLICACOES, min(quantas, len(APLICACOES)))
        return [
            (f"{n} {i // len(base) + 1}" if i >= len(base) else n, o) for i, (n, o) in ((i, base[i % len(base)]) for i in range(quantas))
        ]

"""What a spreadsheet of sub-blocks would write, and all that is wrong with it, line by line. Nothing is written here."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Max, Q, Sum

from adesao.models import Adesao
from contas.models import Municipio
from contas.municipios import dobrar, em_letras
from enderecamento.estados import PREFIXO, REGRA_DO_PERFIL, TETO, Perfil
from enderecamento.models import Alocacao, LimiteConcedido, PoolCIDR, QuantidadeDeBlocos, SubBlocoCIDR
from nucleo import prazos
from nucleo.redes import Rede, ler_rede

from .planilha import Linha, frase_da_rede, frase_do_dia, ler_dia
from .quantidades import COM_BLOCOS, NO_ANEXO_II

#: Values in one ``IN`` of a query.
PEDACO = 500
#: Names not found for which a close one is looked for: each costs a comparison with the 645.
SUGESTOES = 60
SO_28_E_30 = "Um sub-bloco privado é /28 e um público é /30. Escreva uma linha para cada sub-bloco."
_REDE = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}\s*/\s*([0-9]{1,2})")
_UF = re.compile(r"\s*[-/(,]\s*sp\s*\)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problema:
    """One thing wrong in one line: what was read and what to do, in a sentence, with the rule when there is one."""

    linha: int
    lido: str
    frase: str
    regra: str = ""


@dataclass(frozen=True, slots=True)
class Entrada:
    """A line that can be written."""

    linha: int
    rede: Rede
    perfil: str
    adesao_id: int
    municipio: Municipio
    de: dt.datetime
    observacao: str


@dataclass(frozen=True, slots=True)
class DaPrefeitura:
    """What one prefeitura gets from the file. ``mais_*``: how much what it asks for has to grow (ADS-13)."""

    adesao_id: int
    municipio: Municipio
    privados: int
    publicos: int
    mais_privados: int
    mais_publicos: int


@dataclass(frozen=True, slots=True)
class Relatorio:
    """The dry run. ``lidos_como``: names that are not written as the municipality's and were taken for it, each once. ``usados`` and
    ``concedidos`` are what the writing needs: (adesao, perfil) → places taken; adesao → granted limit.
    """

    linhas: int
    entradas: list[Entrada]
    problemas: list[Problema]
    prefeituras: list[DaPrefeitura]
    lidos_como: list[tuple[str, Municipio]]
    usados: dict[tuple[int, str], set[int]] = field(repr=False)
    concedidos: dict[int, LimiteConcedido] = field(repr=False)

    @property
    def pode_gravar(self) -> bool:
        """Whether the whole file may be written."""
        return not self.problemas and bool(self.entradas)

    @property
    def linhas_erradas(self) -> int:
        """How many lines have something wrong."""
        return len({p.linha for p in self.problemas})


@dataclass(slots=True)
class _Lida:
    """A line as far as it could be read by itself."""

    linha: Linha
    rede: Rede | None = None
    perfil: str = ""
    municipio: Municipio | None = None
    de: dt.datetime | None = None
    certa: bool = True


def conferir(linhas: Sequence[Linha], *, agora: dt.datetime) -> Relatorio:
    """Look at every line and say all that is wrong. A fixed number of queries, plus a few for each ``PEDACO`` lines."""
    return _Conferencia(linhas, agora).relatorio()


def municipios_de(linhas: Iterable[Linha]) -> set[int]:
    """IBGE codes of the municipalities these lines name, as far as they can be read (one query)."""
    nomes = _Nomes()
    return {m.pk for linha in linhas if (m := nomes.achar(linha)[0]) is not None}


def inicios_de(linhas: Iterable[Linha]) -> list[int]:
    """First addresses of the networks these lines name, in order, each once."""
    achados = set()
    for linha in linhas:
        try:
            achados.add(ler_rede(linha.rede)[0])
        except ValueError:
            continue
    return sorted(achados)


def em_pedacos(valores: Iterable[int], tamanho: int = PEDACO) -> Iterator[list[int]]:
    """The values in lists of at most ``tamanho``."""
    resto = iter(valores)
    while pedaco := list(islice(resto, tamanho)):
        yield pedaco


class _Nomes:
    """The 645 municipalities by code and by how their names sound (one query)."""

    def __init__(self) -> None:
        self.por_codigo: dict[str, Municipio] = {}
        self.por_som: dict[str, list[Municipio]] = defaultdict(list)
        for m in Municipio.objects.order_by("pk"):
            self.por_codigo[str(m.pk)] = m
            self.por_codigo[str(m.pk)[:6]] = m  # many State systems drop the check digit
            self.por_som[m.busca.replace(" ", "")].append(m)
        self.sugestoes: dict[str, str] = {}
        self.lidos: dict[tuple[str, str], tuple[Municipio | None, str]] = {}

    def lidos_como(self) -> list[tuple[str, Municipio]]:
        """The names that only sound like the municipality they were taken for, without a code that says so, as written, each once."""
        return [
            (nome, municipio)
            for (codigo, nome), (municipio, _) in self.lidos.items()
            if municipio is not None and not codigo and _mesmas_letras(nome) != _mesmas_letras(municipio.nome)
        ]

    def achar(self, linha: Linha) -> tuple[Municipio | None, str]:
        """The municipality of the line, or None and what is wrong. A pair of code and name is looked for once."""
        chave = (linha.codigo_ibge, linha.municipio)
        if chave not in self.lidos:
            self.lidos[chave] = self._achar(linha)
        return self.lidos[chave]

    def _achar(self, linha: Linha) -> tuple[Municipio | None, str]:
        codigo = linha.codigo_ibge.replace(".", "").replace(" ", "")
        pelo_codigo = self.por_codigo.get(codigo)
        nome = _UF.sub("", linha.municipio)
        pelo_nome = self.por_som.get(dobrar(nome).replace(" ", ""), []) if nome else []
        if codigo and pelo_codigo is None:
            return None, "Não há município de São Paulo com este código do IBGE. Confira os 7 números."
        if pelo_codigo is not None and nome and pelo_codigo not in pelo_nome:
            return None, f"O código {linha.codigo_ibge} é de {pelo_codigo.nome}. Corrija o código ou o nome."
        if pelo_codigo is not None or len(pelo_nome) == 1:
            return pelo_codigo or pelo_nome[0], ""
        if not nome:
            return None, "Informe o município ou o código do IBGE."
        nomes = ", ".join(f"{m.nome} ({m.pk})" for m in pelo_nome)
        return None, f"Há mais de um município assim: {nomes}. Use o código do IBGE." if nomes else self._sugestao(nome)

    def _sugestao(self, nome: str) -> str:
        falta = "Não há município de São Paulo com este nome."
        if nome not in self.sugestoes:
            if len(self.sugestoes) >= SUGESTOES:
                return f"{falta} Confira o nome, ou use o código do IBGE."
            perto = difflib.get_close_matches(dobrar(nome).replace(" ", ""), self.por_som, n=1, cutoff=0.75)
            self.sugestoes[nome] = f"Seria {self.por_som[perto[0]][0].nome}?" if perto else "Confira o nome, ou use o código do IBGE."
        return f"{falta} {self.sugestoes[nome]}"


def _mesmas_letras(nome: str) -> str:
    return em_letras(_UF.sub("", nome)).replace(" ", "")


class _Conferencia:
    """One dry run: each step reads what it needs at once, then looks at every line."""

    def __init__(self, linhas: Sequence[Linha], agora: dt.datetime) -> None:
        self.agora, self.hoje = agora, prazos.dia_local(agora)
        self.problemas: list[Problema] = []
        self.pools = list(PoolCIDR.objects.order_by("inicio"))
        self.nomes = _Nomes()
        self.lidas = [self._ler(linha, self.nomes) for linha in linhas]
        self.adesoes = self._adesoes()
        self.usados: dict[tuple[int, str], set[int]] = defaultdict(set)
        self.concedidos: dict[int, LimiteConcedido] = {}
        self.limites: dict[int, LimiteConcedido] = {}

    def relatorio(self) -> Relatorio:
        self._repetidas()
        self._ocupadas()
        entradas = [e for lida in self.lidas if lida.certa and (e := self._entrada(lida)) is not None]
        prefeituras = self._somar(entradas)
        self.problemas.sort(key=lambda p: p.linha)
        return Relatorio(len(self.lidas), entradas, self.problemas, prefeituras, self.nomes.lidos_como(), self.usados, self.concedidos)

    def _errada(self, lida: _Lida, lido: str, frase: str, regra: str = "") -> None:
        lida.certa = False
        self.problemas.append(Problema(lida.linha.numero, lido[:120], frase, regra))

    # --- Each line by itself ---
    def _ler(self, linha: Linha, nomes: _Nomes) -> _Lida:
        lida = _Lida(linha)
        if linha.sobra:
            self._errada(lida, "", "A linha tem mais colunas que o cabeçalho. Veja se há um separador a mais.")
        self._ler_rede(lida)
        lida.municipio, erro = nomes.achar(linha)
        if erro:
            self._errada(lida, " ".join(filter(None, (linha.codigo_ibge, linha.municipio))), erro)
        self._lerler_dia(lida)
        return lida

    def _ler_rede(self, lida: _Lida) -> None:
        texto = lida.linha.rede
        try:
            inicio, prefixo = ler_rede(texto)
        except ValueError:
            if (escrita := _REDE.fullmatch(texto)) and int(escrita[1]) <= 32 and int(escrita[1]) not in PREFIXO.values():
                self._errada(lida, texto, SO_28_E_30, "IP-02")
            else:
                self._errada(lida, texto, frase_da_rede(texto), "IP-04")
            return
        rede = Rede(inicio, prefixo)
        pool = next((p for p in self.pools if p.inicio <= inicio and rede.fim <= p.fim), None)
        if pool is None:
            if prefixo not in PREFIXO.values():
                self._errada(lida, texto, SO_28_E_30, "IP-02")
            self._errada(lida, texto, "Está fora de todos os blocos registrados. Registre antes o bloco que o contém.", "IP-01")
            return
        if prefixo != PREFIXO[pool.perfil]:
            tipo = "privado" if pool.perfil == Perfil.PRIVADO else "público"
            self._errada(
                lida,
                texto,
                f"No bloco {pool}, {tipo}, cada sub-bloco é /{PREFIXO[pool.perfil]}. Escreva uma linha para cada sub-bloco.",
                REGRA_DO_PERFIL[pool.perfil],
            )
            return
        lida.rede, lida.perfil = rede, pool.perfil

    def _lerler_dia(self, lida: _Lida) -> None:
        texto = lida.linha.desde
        dia = ler_dia(texto)
        if dia is None:
            self._errada(lida, texto, frase_do_dia(texto))
        elif dia > self.hoje:
            self._errada(lida, texto, "A data está no futuro. Só se importa o que já está em uso.")
        elif dia.year < 1990:
            self._errada(lida, texto, "O ano precisa ser de 1990 em diante. Confira a data.")
        else:
            lida.de = min(prazos.meia_noite(dia), self.agora)

    # --- Against the file itself and what the portal has ---
    def _adesoes(self) -> dict[int, Adesao]:
        """Adhesions that may hold blocks, by municipality; lines of others are wrong (ADS-01)."""
        pks = {lida.municipio.pk for lida in self.lidas if lida.municipio}
        achadas: dict[int, Adesao] = {}
        for pedaco in em_pedacos(sorted(pks)):
            achadas |= {a.municipio_id: a for a in Adesao.objects.filter(municipio__in=pedaco, estado__in=COM_BLOCOS)}
        for lida in self.lidas:
            if lida.municipio and lida.municipio.pk not in achadas:
                frase = f"A adesão de {lida.municipio.nome} não está em vigor no portal. Importe depois que ela for aprovada."
                self._errada(lida, lida.municipio.nome, frase, "ADS-01")
        return achadas

    def _repetidas(self) -> None:
        primeira: dict[int, int] = {}
        for lida in self.lidas:
            if lida.rede is None:
                continue
            antes = primeira.setdefault(lida.rede.inicio, lida.linha.numero)
            if antes != lida.linha.numero:
                self._errada(lida, lida.rede.cidr, f"Esta rede já está na linha {antes}. Deixe uma só.", "IP-04")

    def _ocupadas(self) -> None:
        """The slot of each line: there, free, out of quarantine, and not held by somebody else after ``desde``."""
        inicios = sorted({lida.rede.inicio for lida in self.lidas if lida.rede})
        vagas: dict[int, SubBlocoCIDR] = {}
        soltas: dict[int, dt.datetime] = {}
        for pedaco in em_pedacos(inicios):
            vagas |= {v.inicio: v for v in SubBlocoCIDR.objects.filter(inicio__in=pedaco).select_related("adesao__municipio", "pool")}
            fins = Alocacao.objects.filter(sub_bloco__inicio__in=pedaco, ate__isnull=False).values("sub_bloco__inicio")
            soltas |= {f["sub_bloco__inicio"]: f["fim"] for f in fins.order_by().annotate(fim=Max("ate"))}
        for lida in self.lidas:
            if lida.rede is None:
                continue
            vaga = vagas.get(lida.rede.inicio)
            if vaga is None:
                self._errada(
                    lida, lida.rede.cidr, "O bloco que o contém ainda está sendo preparado. Espere um minuto e envie de novo.", "IP-01"
                )
            elif vaga.adesao is not None:
                self._errada(lida, lida.rede.cidr, self._frase_do_ocupado(vaga, lida), "IP-04")
            elif vaga.livre_desde > self.hoje:
                ate = vaga.livre_desde - dt.timedelta(days=1)
                self._errada(lida, lida.rede.cidr, f"Está em quarentena até {ate:%d/%m/%Y}: foi devolvido há pouco.", "IP-08")
            elif lida.de and lida.rede.inicio in soltas and soltas[lida.rede.inicio] > lida.de:
                fim = prazos.dia_local(soltas[lida.rede.inicio])
                frase = (
                    f"O histórico diz que este sub-bloco esteve com uma prefeitura até {fim:%d/%m/%Y}. Corrija a data para depois disso."
                )
                self._errada(lida, lida.linha.desde, frase, "IP-06")

    def _frase_do_ocupado(self, vaga: SubBlocoCIDR, lida: _Lida) -> str:
        assert vaga.adesao is not None
        if lida.municipio and lida.municipio.pk == vaga.adesao.municipio_id:
            return "O portal já tem este sub-bloco com esta prefeitura. Retire a linha."
        return f"Já está em uso por {vaga.adesao.municipio.nome}. Retire a linha ou corrija a rede."

    def _entrada(self, lida: _Lida) -> Entrada | None:
        if lida.rede is None or lida.municipio is None or lida.de is None:
            return None
        adesao = self.adesoes[lida.municipio.pk]
        return Entrada(lida.linha.numero, lida.rede, lida.perfil, adesao.pk, lida.municipio, lida.de, lida.linha.observacao)

    # --- By prefeitura: ceilings (IP-02, IP-03) and what it asked for (ADS-13) ---
    def _somar(self, entradas: list[Entrada]) -> list[DaPrefeitura]:
        chegam: Counter[tuple[int, str]] = Counter((e.adesao_id, e.perfil) for e in entradas)
        adesoes = {a.pk: a for a in self.adesoes.values() if (a.pk, "PRIVADO") in chegam or (a.pk, "PUBLICO") in chegam}
        pedidos = self._ler_o_que_ha(adesoes)
        self._acima_do_teto(entradas, adesoes)
        municipios = {e.adesao_id: e.municipio for e in entradas}
        feitas = []
        for pk, municipio in sorted(municipios.items(), key=lambda par: par[1].nome):
            mais = {
                perfil: max(0, len(self.usados[pk, perfil]) + chegam[pk, perfil] - pedidos[pk, perfil]) if chegam[pk, perfil] else 0
                for perfil in Perfil.values
            }
            feitas.append(
                DaPrefeitura(pk, municipio, chegam[pk, "PRIVADO"], chegam[pk, "PUBLICO"], mais["PRIVADO"], mais["PUBLICO"]),
            )
        return feitas

    def _ler_o_que_ha(self, adesoes: dict[int, Adesao]) -> Counter[tuple[int, str]]:
        """Places taken, granted limits, and how many each asks for."""
        pedidos: Counter[tuple[int, str]] = Counter(
            {(pk, perfil): getattr(a, coluna) or 0 for pk, a in adesoes.items() for perfil, coluna in NO_ANEXO_II.items()}
        )
        for pedaco in em_pedacos(sorted(adesoes)):
            usadas = SubBlocoCIDR.objects.filter(adesao__in=pedaco, ordinal__isnull=False)
            for adesao_id, perfil, ordinal in usadas.order_by().values_list("adesao_id", "perfil", "ordinal"):
                if adesao_id is not None and ordinal is not None:
                    self.usados[adesao_id, perfil].add(ordinal)
            somas = (
                QuantidadeDeBlocos.objects.filter(adesao__in=pedaco).order_by().values("adesao_id", "perfil").annotate(n=Sum("quantidade"))
            )
            for soma in somas:
                pedidos[soma["adesao_id"], soma["perfil"]] += soma["n"]
        por_municipio = {a.municipio_id: a.pk for a in adesoes.values()}
        for pedaco in em_pedacos(sorted(por_municipio)):
            vigentes = LimiteConcedido.objects.filter(
                Q(vale_ate__isnull=True) | Q(vale_ate__gte=self.hoje),
                municipio__in=pedaco,
                vale_de__lte=self.hoje,
                retirado_em__isnull=True,
            )
            self.concedidos |= {por_municipio[limite.municipio_id]: limite for limite in vigentes}
        return pedidos

    def _acima_do_teto(self, entradas: list[Entrada], adesoes: dict[int, Adesao]) -> None:
        """The lines past the ceiling, in the order of the file."""
        conta: Counter[tuple[int, str]] = Counter()
        lidas = {lida.linha.numero: lida for lida in self.lidas}
        for e in entradas:
            chave = (e.adesao_id, e.perfil)
            conta[chave] += 1
            concedido = self.concedidos.get(e.adesao_id) if e.perfil == Perfil.PRIVADO else None
            teto = concedido.links if concedido else TETO[e.perfil]
            if len(self.usados[chave]) + conta[chave] > teto:
                tem = len(self.usados[chave])
                nomes = "sub-bloco público" if e.perfil == Perfil.PUBLICO else "sub-blocos privados"
                ja = f", já tem {tem} no portal" if tem else ""
                frase = f"{e.municipio.nome} pode ter {teto} {nomes}{ja}, e este seria o {tem + conta[chave]}º."
                if e.perfil == Perfil.PRIVADO:
                    frase += " Conceda antes um limite maior, ou retire a linha."
                self._errada(lidas[e.linha], e.rede.cidr, frase, REGRA_DO_PERFIL[e.perfil])

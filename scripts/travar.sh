#!/bin/sh
# Recompile both lock files with uv. No registry host, no pip option may reach them (tests/infra/test_dependencias.py looks).
set -eu
cd "$(dirname "$0")/.."
compilar() {
    # UV_NO_CONFIG and the emptied variables keep this machine's own settings out of the file.
    UV_NO_CONFIG=1 .venv/bin/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --python .venv/bin/python \
        --generate-hashes --no-header --no-emit-index-url --no-emit-find-links "$@"
}
compilar -o requirements.txt
compilar --group dev -c requirements.txt -o requirements-dev.txt
if grep -nE '://|--index|--extra-index|--find-links|--trusted-host' requirements.txt requirements-dev.txt; then
    echo "Uma linha acima diz de onde vêm os pacotes: retire-a antes de gravar." >&2
    exit 1
fi

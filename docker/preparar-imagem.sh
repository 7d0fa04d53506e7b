#!/bin/sh
# The image's steps, in one script that also runs in a plain Debian 12 chroot (debootstrap), so that they can be tried without Docker.
# usage, as root, with the portal's files in PORTAL (default /portal): docker/preparar-imagem.sh
# Leaves: /opt/venv with the pinned packages, the portal's user "portal" (uid 10001), collected static files, no compiler, no pip cache.
set -eu
PORTAL=${PORTAL:-/portal}
export DEBIAN_FRONTEND=noninteractive PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1

apt-get update -qq
# WeasyPrint's libraries (dependencias.md, 8); qpdf and poppler are for tests only and stay out.
apt-get install -y -qq --no-install-recommends \
    ca-certificates python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core

python3 -m venv /opt/venv
/opt/venv/bin/python -m pip install -qq --no-input --only-binary :all: --require-hashes --no-deps -r "$PORTAL/requirements.txt"

getent group portal >/dev/null || groupadd --gid 10001 portal
getent passwd portal >/dev/null || useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal
install -d -o portal -g portal -m 0750 /dados /dados/arquivos /dados/var
install -d -m 0755 /portal-estatico

# Fonts and static files are made here, once: the containers run with a read-only root.
cd "$PORTAL"
gerir() {
    MODO=producao VAR_DIR=/portal-estatico/var STATIC_ROOT=/portal-estatico/static SECRET_KEY=so-para-montar-a-imagem-0123456789-0123456789-0123456789 \
        ALLOWED_HOSTS=localhost ANTIVIRUS=nenhum PYTHONDONTWRITEBYTECODE=1 /opt/venv/bin/python manage.py "$@"
}
gerir preparar_fontes
gerir collectstatic --noinput --verbosity 0
rm -rf /portal-estatico/var/fila /portal-estatico/var/*.sqlite3*
chmod -R a+rX,go-w /portal-estatico "$PORTAL"

# What only serves to build: pip inside the venv, Debian's own pip wheels, lists and caches.
/opt/venv/bin/python -m pip uninstall --quiet --yes pip setuptools
apt-get purge -y -qq --auto-remove python3-venv python3-pip-whl python3-setuptools-whl >/dev/null
apt-get clean
rm -rf /var/lib/apt/lists/* /root/.cache /tmp/* /var/tmp/*
if command -v gcc cc make >/dev/null 2>&1; then
    echo "Há um compilador na imagem." >&2
    exit 1
fi

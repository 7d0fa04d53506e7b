# The portal's image. Every step is in docker/preparar-imagem.sh, which also runs in a debootstrap chroot (settled question 18).
FROM debian:12-slim

COPY . /portal
RUN sh /portal/docker/preparar-imagem.sh

ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=intragov_portal.settings \
    MODO=producao \
    HOST=0.0.0.0 \
    PORT=8000 \
    VAR_DIR=/dados/var \
    ARQUIVOS_DIR=/dados/arquivos \
    STATIC_ROOT=/portal-estatico/static

WORKDIR /portal
USER 10001:10001
EXPOSE 8000
VOLUME ["/dados/arquivos", "/dados/var"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "docker/saudavel.py", "web"]
CMD ["python", "-m", "gunicorn", "-c", "python:intragov_portal.gunicorn"]

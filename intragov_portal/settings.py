"""Settings of the portal: one file, read from the environment, refusing bad values.

``MODO`` decides the house rules: ``producao`` (default, the strict one), ``demonstracao`` (`make demo`) and ``teste``.
What the demonstration relaxes is named once, in ``RELAXAMENTOS`` (settled question 13 of the architecture).
Secrets may come from files: ``SECRET_KEY_FILE`` is read when ``SECRET_KEY`` is not given.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

MODO = env.str("MODO", default="producao")
if MODO not in {"producao", "demonstracao", "teste"}:
    raise ImproperlyConfigured(f"MODO={MODO!r}: use producao, demonstracao ou teste.")
PRODUCAO = MODO == "producao"
DEMONSTRACAO = MODO == "demonstracao"

#: The only differences between the demonstration and production, all in one place.
RELAXAMENTOS = {
    "cookies_so_https": PRODUCAO,
    "hsts_segundos": 63_072_000 if PRODUCAO else 0,
    "redirecionar_https": PRODUCAO,
    "segundo_fator_obrigatorio": PRODUCAO,
    "avisos_so_a_enderecos_publicos": PRODUCAO,
}

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
ARQUIVOS_DIR = Path(env.str("ARQUIVOS_DIR", default=str(VAR_DIR / "arquivos")))

DEBUG = False
if PRODUCAO:
    SECRET_KEY = env.str("SECRET_KEY")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY: use 50 caracteres ou mais.")
else:
    SECRET_KEY = env.str("SECRET_KEY", default="somente-para-demonstracao-e-testes-" + "0" * 30)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCAO else ["*"])
ENDERECO_PUBLICO = env.str("ENDERECO_PUBLICO", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[ENDERECO_PUBLICO])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_fsm",
    "django_htmx",
    "django_include_bootstrap",
    "django_structlog",
    "simple_history",
    "nucleo",
    "contas",
    "documentos",
    "comunicacao",
    "adesao",
    "enderecamento",
    "saog",
    "institucional",
    "intragov_portal",
]
if MODO != "producao":
    INSTALLED_APPS.append("demonstracao")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "contas.middleware.SemCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "contas.middleware.AtorMiddleware",
    "contas.middleware.SessaoMiddleware",
    "contas.middleware.SegundoFatorMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "nucleo.middleware.RespostaMiddleware",
    "contas.middleware.LimiteMiddleware",
]

ROOT_URLCONF = "intragov_portal.urls"
WSGI_APPLICATION = "intragov_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "intragov_portal.contexto.portal",
            ],
            "builtins": ["nucleo.templatetags.portal"],
        },
    }
]

# --- Data ---------------------------------------------------------------------------------------------------------
VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        server_side_binding=True,  # a plan is kept from the third time on: planning cost more than running (ADR 0009)
        prepare_threshold=2,
        options="-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s",
    )
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 1},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_do_portal",
            "OPTIONS": {"MAX_ENTRIES": 20_000},  # Django's 300 would throw away a lock-out (B1.7) as soon as a flood fills the table
        }
    }

# --- Queue --------------------------------------------------------------------------------------------------------
FILA_DIR = VAR_DIR / "fila"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "padrao"
CELERY_TIMEZONE = "America/Sao_Paulo"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 900,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
    }
else:
    for pasta in ("mensagens", "controle"):
        (FILA_DIR / pasta).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT = "nucleo.fila:TransportePorPasta"  # kombu's own folder loses and breaks on half-written messages
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(FILA_DIR / "mensagens"),
        "data_folder_out": str(FILA_DIR / "mensagens"),
        "control_folder": str(FILA_DIR / "controle"),
        "store_processed": False,
        "polling_interval": 0.2,
    }

# --- Language, time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "pt-br"
LANGUAGES = [("pt-br", "Português do Brasil")]
TIME_ZONE = "America/Sao_Paulo"
USE_I18N = True
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
FONTES_DIR = VAR_DIR / "fontes"
FONTES_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS.append(("fontes", FONTES_DIR))  # type: ignore[arg-type]
WHITENOISE_USE_FINDERS = not PRODUCAO
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": ARQUIVOS_DIR}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCAO
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Security -------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = RELAXAMENTOS["redirecionar_https"]
SECURE_HSTS_SECONDS = RELAXAMENTOS["hsts_segundos"]
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCAO
SECURE_HSTS_PRELOAD = PRODUCAO
if PRODUCAO:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^saude$", r"^pronto$"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = RELAXAMENTOS["cookies_so_https"]
SESSION_COOKIE_NAME = "__Host-sessao" if PRODUCAO else "sessao"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCAO else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"  # Strict would drop the cookie on arrival from an e-mail and void forms open in other tabs
CSRF_FAILURE_VIEW = "intragov_portal.erros.csrf"
SESSION_ENGINE = "contas.sessao"
SESSAO_PARADA = dt.timedelta(minutes=env.int("SESSAO_PARADA_MINUTOS", default=30))
SESSAO_MAXIMA = dt.timedelta(hours=env.int("SESSAO_MAXIMA_HORAS", default=10))
SESSION_COOKIE_AGE = int(SESSAO_MAXIMA.total_seconds())
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 << 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
#: Requests in one minute (B1.7), 0 is no limit: of somebody who entered, and of an address without a session. Tests turn it on themselves.
PEDIDOS_POR_MINUTO_SESSAO = env.int("PEDIDOS_POR_MINUTO_SESSAO", default=0 if MODO == "teste" else 300)
PEDIDOS_POR_MINUTO_IP = env.int("PEDIDOS_POR_MINUTO_IP", default=0 if MODO == "teste" else 600)
#: The Operadora's API: requests in one minute of one token. Webhooks go to https and global addresses only (not so in the demonstration).
PEDIDOS_POR_MINUTO_TOKEN = env.int("PEDIDOS_POR_MINUTO_TOKEN", default=0 if MODO == "teste" else 300)
AVISOS_SO_A_ENDERECOS_PUBLICOS = RELAXAMENTOS["avisos_so_a_enderecos_publicos"]
PROXIES_DE_CONFIANCA = env.int("PROXIES_DE_CONFIANCA", default=1 if PRODUCAO else 0)

# --- People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "contas.Usuario"
AUTHENTICATION_BACKENDS = ["contas.sessao.Autenticacao"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "contas.senhas.Curta", "OPTIONS": {"min_length": 12}},
    {"NAME": "contas.senhas.ParecidaComOsDados"},
    {"NAME": "contas.senhas.Comum"},
    {"NAME": "contas.senhas.PalavrasDoContexto"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "entrada"
LOGOUT_REDIRECT_URL = "inicio"
ACCOUNT_ADAPTER = "contas.adaptador.AdaptadorDeContas"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/15m/ip,5/15m/key",
    "signup": "20/h/ip",
    "reset_password": "20/h/ip,3/h/key",
    "confirm_email": "3/h/key",
}
MFA_ADAPTER = "contas.adaptador.AdaptadorDoSegundoFator"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Portal INTRAGOV"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCAO
USERSESSIONS_TRACK_ACTIVITY = False
SEGUNDO_FATOR_OBRIGATORIO = env.bool("SEGUNDO_FATOR_OBRIGATORIO", default=RELAXAMENTOS["segundo_fator_obrigatorio"])

# --- E-mail (only comunicacao sends, through its outbox) ---------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if PRODUCAO else "django.core.mail.backends.locmem.EmailBackend"
if DEMONSTRACAO:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", default="127.0.0.1")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=PRODUCAO)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Portal INTRAGOV <naoresponda@intragov.sp.gov.br>")

# --- Files ----------------------------------------------------------------------------------------------------
ANTIVIRUS = env.str("ANTIVIRUS", default="" if PRODUCAO else "nenhum")  # "nenhum", "unix:/caminho" ou "tcp:host:porta"
if PRODUCAO and not ANTIVIRUS:
    raise ImproperlyConfigured("ANTIVIRUS: informe o endereço do clamd ou, de propósito, ANTIVIRUS=nenhum.")

# --- What the sources leave open (regras.md, last section) -------------------------------------------------------
ORGAO_APROVADOR = env.str("ORGAO_APROVADOR", default="Secretaria de Governo")
TERMO_FIM = dt.date.fromisoformat(env.str("TERMO_FIM")) if env.str("TERMO_FIM", default="") else None
PRAZO_EM_DIAS_UTEIS = env.bool("PRAZO_EM_DIAS_UTEIS", default=False)
LEMBRETES_DIAS = [int(d) for d in env.list("LEMBRETES_DIAS", default=["5", "2", "0"])]
if any(d < 0 for d in LEMBRETES_DIAS):
    raise ImproperlyConfigured("LEMBRETES_DIAS: use dias antes do fim do prazo, de 0 em diante.")
#: How many days a sub-block that was given back rests before it may be handed out again (IP-08).
QUARENTENA_DIAS = env.int("QUARENTENA_DIAS", default=30)
if QUARENTENA_DIAS < 0:
    raise ImproperlyConfigured("QUARENTENA_DIAS: use um número de dias, de 0 em diante.")
#: Whether a prefeitura whose links are all blocked may still emit a request to the Operadora (IP-07).
BLOQUEADA_PODE_EMITIR = env.bool("BLOQUEADA_PODE_EMITIR", default=True)
#: How many days a notice that reached the Operadora's system is kept; those given up stay until they are sent again.
GUARDA_DOS_AVISOS_DIAS = env.int("GUARDA_DOS_AVISOS_DIAS", default=90)
if GUARDA_DOS_AVISOS_DIAS < 1:
    raise ImproperlyConfigured("GUARDA_DOS_AVISOS_DIAS: use um número de dias, de 1 em diante.")
#: How many days after it went (or, without delivery, after it was written) a message keeps its words and its recipient (LGPD, art. 15); the
#: row stays, with its key, so that the message never goes twice.
GUARDA_DAS_MENSAGENS_DIAS = env.int("GUARDA_DAS_MENSAGENS_DIAS", default=365)
if GUARDA_DAS_MENSAGENS_DIAS < 7:  # the tries of a message take days
    raise ImproperlyConfigured("GUARDA_DAS_MENSAGENS_DIAS: use um número de dias, de 7 em diante.")
#: How many days a text of the adhesion's draft that a later save overtook is kept, once the process has been sent.
GUARDA_DOS_RASCUNHOS_DIAS = env.int("GUARDA_DOS_RASCUNHOS_DIAS", default=90)
if GUARDA_DOS_RASCUNHOS_DIAS < 1:
    raise ImproperlyConfigured("GUARDA_DOS_RASCUNHOS_DIAS: use um número de dias, de 1 em diante.")
#: What ten days without an answer to a delivery do (PRZ-02): escalar, aceite_tacito or pendente.
EFEITO_DO_SILENCIO = env.str("EFEITO_DO_SILENCIO", default="escalar")
if EFEITO_DO_SILENCIO not in {"escalar", "aceite_tacito", "pendente"}:
    raise ImproperlyConfigured(f"EFEITO_DO_SILENCIO={EFEITO_DO_SILENCIO!r}: use escalar, aceite_tacito ou pendente.")
#: Whether one site may have one intranet and one Internet link (LNK-04).
UM_LINK_DE_CADA_TIPO_POR_LOCAL = env.bool("UM_LINK_DE_CADA_TIPO_POR_LOCAL", default=True)
PRAZO_AMARELO_DIAS = 5
PRAZO_LARANJA_DIAS = 3
ENCARREGADO_NOME = env.str("ENCARREGADO_NOME", default="Encarregado de dados da PRODESP")
ENCARREGADO_CONTATO = env.str("ENCARREGADO_CONTATO", default="suporte.gestao@intragov.sp.gov.br")

# --- Log: JSON lines, no personal data -------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "nucleo.registro.formatador"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"portal": {"level": "INFO"}, "django_structlog": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
SIMPLE_HISTORY_REVERT_DISABLED = True

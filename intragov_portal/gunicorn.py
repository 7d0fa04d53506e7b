"""gunicorn's settings, the same in the demonstration and in the containers (``gunicorn -c python:intragov_portal.gunicorn``).

HTTP/1 only, threads for the slow uploads of small towns, recycled workers. The environment changes what a host may want to change.
"""

from __future__ import annotations

import os

wsgi_app = "intragov_portal.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_PROCESSOS", "2"))
threads = int(os.environ.get("WEB_FIOS", "4"))
max_requests = 2000
max_requests_jitter = 200
timeout = 60
graceful_timeout = 8
keepalive = 5
limit_request_line = 4094
limit_request_fields = 60
#: Who may set X-Forwarded-*: nobody here; Django reads the proxy's own header (settings.SECURE_PROXY_SSL_HEADER).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 # gunicorn's heartbeat, no data
loglevel = "warning"
proc_name = "portal-intragov"
control_socket_disable = True

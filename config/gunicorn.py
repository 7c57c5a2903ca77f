"""How gunicorn serves the application; bin/run and production start it with this file."""

from __future__ import annotations

import os
from pathlib import Path

from config.environment import database_url

_on_sqlite = database_url().startswith("sqlite")

wsgi_app = "wsgi:app"

# Environment: HOST (0.0.0.0 to be reached from other machines) and PORT.
bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8022}"

# SQLite has one writer: threads of one process queue for it in memory, which keeps the tail short.
# On PostgreSQL one process per core. Environment: WEB_PROCESSES, WEB_THREADS.
workers = 1 if _on_sqlite else int(os.environ.get("WEB_PROCESSES") or os.cpu_count() or 1)
# Threads that slow clients cannot hold, behind a gate that refuses what would wait too long
# (docs/decisions 17 and 20).
worker_class = "reports_service.core.web_worker.AdmittingWorker"
threads = int(os.environ.get("WEB_THREADS") or 8)

# Seconds: a request that takes longer than `timeout` is ended. On stopping, open ones get
# `graceful_timeout`: photos come slowly over a bad line, and a restart is to lose none.
# Environment: WEB_GRACE_S.
timeout = 60
graceful_timeout = int(os.environ.get("WEB_GRACE_S") or 30)
keepalive = 5

# Memory-backed, so that a slow disk never looks like a hung worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None

# Bound the line and the fields of a request before the application sees them.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190

# The application writes one structured line per request by itself.
accesslog = None
errorlog = "-"
loglevel = "warning"

# Nothing steers a running server but signals.
control_socket_disable = True

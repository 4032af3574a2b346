"""The web server: two processes of threads, since requests mostly wait for the database."""

import os

from config.web_worker import on_reload, post_worker_init  # noqa: F401 - gunicorn calls them.

bind = os.environ.get("BIND", "127.0.0.1:8600")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "config.web_worker.Worker"
threads = 8
timeout = 30
graceful_timeout = 10
max_requests = 20_000
max_requests_jitter = 2_000

"""The parts of a stack, each with the command that starts it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


class CannotRunError(RuntimeError):
    """This machine does not allow it; the message says why."""


SERVER_CONNECTIONS = 6  # for two processes with a pool of ten each

_CONFIGURATION = """\
[databases]
jigap = host=127.0.0.1 port={to} dbname=jigap user=jigap_app \
connect_query='SET lock_timeout = 2000; SET statement_timeout = 5000; \
SET idle_in_transaction_session_timeout = 5000'

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = jigap_app
pool_mode = transaction
max_client_conn = 400
default_pool_size = {most}
ignore_startup_parameters = extra_float_digits
query_wait_timeout = 5
server_login_retry = 0.2
server_check_delay = 0
"""


def command_of(name: str, ports: dict[str, int], folder: Path) -> list[str]:
    """Return how a part is started.

    Raises:
        CannotRunError: its program is not installed.

    """
    if name == "pooler":
        return _pooler(folder, ports["pooler"], ports["database"])
    if name == "redis":
        program = shutil.which("redis-server")
        if program is None:
            raise CannotRunError("redis-server is not installed")
        return [program, "--port", str(ports["redis"]), "--bind", "127.0.0.1", "--save", ""]
    return [sys.executable, *_OWN[name], *(["--port", str(ports[name])] if name == "bank" else [])]


_OWN = {
    "bank": ("manage.py", "bank_simulator"),
    "web": ("-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"),
    "worker": ("-m", "celery", "-A", "config", "worker", "--beat", "-c", "1", "-l", "INFO"),
}


def _pooler(folder: Path, port: int, to: int) -> list[str]:
    """Write PgBouncer's configuration, and return how it is started with it.

    Raises:
        CannotRunError: it is not installed.

    """
    program = shutil.which("pgbouncer", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise CannotRunError("pgbouncer is not installed")
    file = folder / "pgbouncer.ini"
    file.write_text(_CONFIGURATION.format(to=to, port=port, most=SERVER_CONNECTIONS))
    file.chmod(0o644)
    other = ["-u", "nobody"] if os.geteuid() == 0 else []  # it refuses to be root
    return [program, *other, str(file)]

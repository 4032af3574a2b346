"""``python -m config.checks``: the checks that need a start of their own, run by ``make check``.

Production's settings pass Django's deployment check, and the ledger's migrations go down and up.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

PRODUCTION = {
    "JIGAP_ENV": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "BANK_SECRET": secrets.token_urlsafe(64),
    "PIN_PEPPER": secrets.token_urlsafe(64),
    "SEALING_SECRET": secrets.token_urlsafe(64),
    "CODE_SECRETS": secrets.token_urlsafe(64),
    "ANCHOR_SECRET": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "wallet.example",
    "DATABASE_URL": "postgresql://jigap_app@127.0.0.1/jigap",
}
DOWN_AND_UP = """
import django
django.setup()
from django.core.management import call_command
from django.test.utils import get_runner, setup_databases, teardown_databases
made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
try:
    call_command("migrate", "merchants", "zero", verbosity=0)
    call_command("migrate", "wallet", "zero", verbosity=0)
    call_command("migrate", "ledger", "zero", verbosity=0)
    call_command("migrate", verbosity=0)
finally:
    teardown_databases(made, verbosity=0)
"""


def _run(*command: str, **extra: str) -> None:
    subprocess.run([sys.executable, *command], check=True, env={**os.environ, **extra})


if __name__ == "__main__":
    _run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    _run("-c", DOWN_AND_UP, DJANGO_SETTINGS_MODULE="tests.settings")

"""Stop the embedded PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import embedded_postgres


class Command(BaseCommand):
    help = "Stop the embedded PostgreSQL of this checkout."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        stopped = embedded_postgres.stop(settings.VAR_DIR / "postgres")
        self.stdout.write("stopped" if stopped else "was not running")

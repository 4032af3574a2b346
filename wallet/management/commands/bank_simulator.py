"""Run the simulated bank."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from wallet.bank_simulator.server import serve


class Command(BaseCommand):
    help = "Run a bank to develop against, on a port of this machine."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8601)

    def handle(self, *_args: Any, **options: Any) -> None:
        server = serve(options["port"], settings.BANK_SECRET)
        self.stdout.write(f"the bank answers on 127.0.0.1:{server.server_address[1]}")
        self.stdout.flush()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            server.server_close()

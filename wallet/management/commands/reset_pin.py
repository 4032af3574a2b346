"""Remove the PIN of a wallet's holder, by order of staff."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wallet.errors import WalletError
from wallet.management.staff import add_arguments, read_arguments
from wallet.proof.pins import forget_pin


class Command(BaseCommand):
    help = "Remove the PIN of a wallet's holder, who then sets another; it is written down."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            forget_pin(**read_arguments(options), at=timezone.now())
        except WalletError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write("the PIN is removed; its holder sets another with the password")

"""Lift the freeze of staff from a wallet."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wallet.errors import WalletError
from wallet.management.staff import add_arguments, read_arguments
from wallet.wallets.freezing import unfreeze_by_staff


class Command(BaseCommand):
    help = "Lift the freeze of staff from a wallet; who and why is written down."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            wallet = unfreeze_by_staff(**read_arguments(options), at=timezone.now())
        except WalletError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{wallet} is {wallet.status}")

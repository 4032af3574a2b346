"""Freeze a wallet and its accounts, by order of staff."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wallet.errors import WalletError
from wallet.management.staff import add_arguments, read_arguments
from wallet.wallets.freezing import freeze_by_staff


class Command(BaseCommand):
    help = "Freeze a wallet and its accounts, by order of staff; who and why is written down."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            wallet = freeze_by_staff(**read_arguments(options), at=timezone.now())
        except WalletError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{wallet} is {wallet.status}")

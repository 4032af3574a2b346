"""Move a wallet to another tier, once its holder's identity is known or is in doubt."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from wallet.errors import WalletError
from wallet.management.staff import add_arguments, read_arguments
from wallet.models import Wallet
from wallet.wallets.tiers import set_tier


class Command(BaseCommand):
    help = "Move a wallet to another tier; who and why is written down."

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)
        parser.add_argument("--tier", required=True, choices=Wallet.Tier.values)

    def handle(self, *_args: Any, **options: Any) -> None:
        tier = Wallet.Tier(options["tier"])
        try:
            wallet = set_tier(**read_arguments(options), tier=tier, at=timezone.now())
        except WalletError as exc:
            raise CommandError(str(exc)) from exc
        self.stdout.write(f"{wallet} is {wallet.tier}")

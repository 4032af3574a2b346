"""What is under way on a wallet and has to end before it can be closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from ledger.balances import balance
from ledger.money import Money
from wallet.models import (
    Claim,
    Hold,
    MoneyRequest,
    ScheduledTransfer,
    TopUp,
    Wallet,
    Withdrawal,
)
from wallet.wallets.debts import owed


@dataclass(frozen=True, slots=True)
class Obligation:
    """A kind of thing under way: how many of it, and how much money in all."""

    kind: str
    count: int
    amount: Money


def obligations(wallet: Wallet) -> list[Obligation]:
    """Return what stands against closing a locked wallet.

    Each of these begins while the wallet is locked and open, so that for whoever holds the lock
    the list cannot grow.
    """
    found = []
    for kind, rows in _under_way(wallet).items():
        sums = rows.aggregate(count=Count("pk"), minor=Sum("amount_minor"))
        if sums["count"]:
            amount = Money(int(sums["minor"]), wallet.currency)
            found.append(Obligation(kind, sums["count"], amount))
    if wallet.offline_account_id is not None:
        aside = balance(wallet.offline_account_id)
        if aside.minor:
            found.append(Obligation("OFFLINE_ALLOWANCE", 1, aside))
    debt = owed(wallet)
    if debt.minor:
        found.append(Obligation("DEBT", 1, debt))
    return found


def _under_way(wallet: Wallet) -> Mapping[str, QuerySet[Any]]:
    """Return the rows of each kind; whoever adds a kind of thing under way adds it here."""
    return {
        "HOLD": Hold.objects.filter(wallet=wallet, state=Hold.State.HELD),
        "CLAIM": Claim.objects.filter(sender=wallet, status=Claim.Status.OPEN),
        "SCHEDULED_TRANSFER": ScheduledTransfer.objects.filter(
            sender=wallet, status=ScheduledTransfer.Status.SCHEDULED
        ),
        "MONEY_REQUEST": MoneyRequest.objects.filter(
            asker=wallet, status=MoneyRequest.Status.OPEN
        ),
        "TOP_UP": TopUp.objects.filter(wallet=wallet, status=TopUp.Status.PENDING),
        "WITHDRAWAL": Withdrawal.objects.filter(
            wallet=wallet, status__in=[Withdrawal.Status.ASKED, Withdrawal.Status.SENT]
        ),
    }

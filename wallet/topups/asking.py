"""Asking for a top-up."""

from __future__ import annotations

from datetime import datetime

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from wallet.errors import WalletNotOpen
from wallet.idempotency import use_case
from wallet.limits.spending import admit
from wallet.models import AutoTopUp, Provider, TopUp, Wallet
from wallet.providers.funding import PROVIDERS
from wallet.wallets import lock
from wallet.wallets.debts import owed


@use_case
def ask(
    *,
    wallet: Wallet,
    amount: Money,
    at: datetime,
    provider: str = Provider.CARD.value,
    with_approval: bool = False,
) -> TopUp:
    """Write down that a top-up is wanted; no money moves yet.

    With approval, the bank asks the holder on a page of its own before it collects.

    Raises:
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: it is closed, or frozen for another reason than its debt.
        LimitExceeded: the wallet may not hold that much.

    """
    (wallet,) = lock(wallet)
    top_up = write(wallet, amount, provider, at)
    if with_approval and provider == Provider.CARD:
        top_up.with_approval = True
        top_up.save(update_fields=["with_approval"])
    return top_up


def write(
    wallet: Wallet, amount: Money, provider: str, at: datetime, rule: AutoTopUp | None = None
) -> TopUp:
    """Write a top-up of a locked wallet, inside the caller's database transaction.

    Raises:
        CurrencyMismatch: the wallet is in another currency.
        WalletNotOpen: it is closed, or frozen for another reason than its debt.
        LimitExceeded: the wallet may not hold that much.

    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency)
    if not may_ask(wallet):
        raise WalletNotOpen
    admit(wallet=wallet, amount=amount, at=at)
    return TopUp.objects.create(
        wallet=wallet,
        auto_top_up=rule,
        amount_minor=amount.minor,
        currency=amount.currency,
        provider=provider,
        asked_at=at,
        poll_at=at + PROVIDERS[provider].patience,
    )


def may_ask(wallet: Wallet) -> bool:
    """Tell whether a locked wallet takes top-ups: open, or frozen with a debt to repay."""
    if wallet.status == Wallet.Status.FROZEN:
        return owed(wallet).minor > 0
    return wallet.status == Wallet.Status.OPEN

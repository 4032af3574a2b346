"""What a holder owes: booked when spent money is taken back, repaid first by what comes in.

Every posting on a debt account is made while its wallet is locked, so the balance that is read
here stays true until the posting.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ledger.accounts import open_account
from ledger.balances import balance
from ledger.errors import NothingToSweep
from ledger.models import Category
from ledger.money import Money
from ledger.posting import Leg, credit, debit, post, sweep
from wallet.models import Debt, Freeze, Wallet
from wallet.wallets.freezing import impose, lift


def owed(wallet: Wallet) -> Money:
    """Return what the holder owes on a wallet."""
    debt = Debt.objects.filter(wallet=wallet).first()
    return balance(debt.account_id) if debt else Money(0, wallet.currency)


def debt_of(wallet: Wallet) -> Debt:
    """Return the debt of a locked wallet, with its account opened."""
    found = Debt.objects.filter(wallet=wallet).first()
    if found is not None:
        return found
    account = open_account(
        code=f"wallet:{wallet.public_id.hex}:debt",
        currency=wallet.currency,
        category=Category.ASSET,
        floor_minor=0,
    )
    return Debt.objects.create(wallet=wallet, account=account)


def incoming(wallet: Wallet, amount: Money) -> list[Leg]:
    """Return the legs that credit a locked wallet: its debt first, the rest to its holder."""
    debt = Debt.objects.filter(wallet=wallet).first()
    due = balance(debt.account_id) if debt else Money(0, amount.currency)
    repaid = min(due, amount)
    legs = []
    if debt is not None and repaid.minor > 0:
        legs.append(credit(debt.account_id, repaid))
    if amount > repaid:
        legs.append(credit(wallet.available_account_id, amount - repaid))
    return legs


def owe(
    wallet: Wallet,
    amount: Money,
    *,
    credits: Sequence[Leg],  # noqa: A002 - the bookkeeper's word.
    kind: str,
    reference: str,
    at: datetime,
) -> None:
    """Book what the holder of a locked wallet owes, and repay it at once with what is there."""
    debt = debt_of(wallet)
    legs = [debit(debt.account_id, amount), *credits]
    repaid = sweep(debited=wallet.available_account_id, credited=debt.account_id, up_to=amount)
    if wallet.status != Wallet.Status.CLOSED:
        try:
            with transaction.atomic():
                post(kind=kind, reference=reference, legs=[*legs, *repaid], effective_at=at)
        except NothingToSweep:
            pass  # All of it was spent: all of it is owed.
        else:
            return
    post(kind=kind, reference=reference, legs=legs, effective_at=at)


def freeze(wallet: Wallet, *, at: datetime) -> None:
    """Freeze a locked wallet that owes; a closed one stays closed."""
    if wallet.status != Wallet.Status.CLOSED:
        impose(wallet, Freeze.Cause.DEBT, at=at)


def thaw(wallet: Wallet, *, at: datetime) -> None:
    """Lift a locked wallet's freeze for its debt once nothing is owed."""
    if wallet.status == Wallet.Status.FROZEN and owed(wallet).minor == 0:
        lift(wallet, Freeze.Cause.DEBT, at=at)

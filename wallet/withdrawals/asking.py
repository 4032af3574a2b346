"""Asking for a withdrawal."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from ledger.accounts import account_id
from ledger.errors import CurrencyMismatch
from ledger.money import Money
from ledger.posting import credit, debit, post
from wallet.activity.notes import note
from wallet.chart import WITHDRAWAL_FEES, WITHDRAWALS_IN_TRANSIT
from wallet.errors import BankAccountNotVerified, WalletNotOpen
from wallet.idempotency import use_case
from wallet.limits.spending import spend
from wallet.models import BankAccount, Wallet, Withdrawal
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.wallets import lock

POLL_AFTER = timedelta(seconds=30)

# What a withdrawal costs, in minor units; nothing in other currencies.
FEES_MINOR = {"KRW": 500}


@use_case
def ask(
    *, wallet: Wallet, bank_account: BankAccount, amount: Money, proof: Proof, at: datetime
) -> Withdrawal:
    """Set money aside for the bank; it is told after this is committed.

    Raises:
        CurrencyMismatch: the amount or the bank account is in another currency.
        WalletNotOpen: the wallet is frozen or closed.
        LimitExceeded: it is more than may leave the wallet.
        BankAccountNotVerified: nobody has shown that the account is the holder's.
        InsufficientFunds: the wallet does not hold the amount and the fee.

    """
    if amount.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, amount.currency)
    (wallet,) = lock(wallet)
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    account = _verified(bank_account, wallet)
    purpose, payee = "WITHDRAWAL", account.number
    authorize(proof=proof, wallet=wallet, purpose=purpose, amount=amount, payee=payee, at=at)
    public_id = uuid.uuid4()
    spend(
        wallet=wallet,
        purpose=purpose,
        amount=amount,
        proof=proof,
        at=at,
        reference=f"withdrawal:{public_id}",
    )
    asked = Withdrawal.objects.create(
        public_id=public_id,
        wallet=wallet,
        bank_account=account,
        amount_minor=amount.minor,
        fee_minor=FEES_MINOR.get(amount.currency, 0),
        currency=amount.currency,
        asked_at=at,
        poll_at=at + POLL_AFTER,
    )
    _set_aside(asked, at)
    note(
        wallet=wallet,
        reference=f"withdrawal:{public_id}",
        kind="WITHDRAWAL",
        counterparty=account.masked,
        memo="",
        at=at,
    )
    return asked


def _verified(bank_account: BankAccount, wallet: Wallet) -> BankAccount:
    # Locked, so that a removal and a withdrawal do not pass each other unseen.
    found = BankAccount.objects.select_for_update(no_key=True).get(pk=bank_account.pk)
    if found.holder_id != wallet.holder_id or found.status != BankAccount.Status.VERIFIED:
        raise BankAccountNotVerified
    if found.currency != wallet.currency:
        raise CurrencyMismatch(wallet.currency, found.currency)
    return found


def _set_aside(asked: Withdrawal, at: datetime) -> None:
    amount, fee = asked.amount, asked.fee
    legs = [
        debit(asked.wallet.available_account_id, amount + fee),
        credit(account_id(WITHDRAWALS_IN_TRANSIT, asked.currency), amount),
    ]
    if fee.minor > 0:
        legs.append(credit(account_id(WITHDRAWAL_FEES, asked.currency), fee))
    reference = f"withdrawal:{asked.public_id}"
    post(kind="WITHDRAWAL", reference=reference, legs=legs, effective_at=at)

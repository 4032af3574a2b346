"""Paying a store's printed code: the payer types the amount, and it is paid at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from ledger.errors import CurrencyMismatch
from ledger.money import Money
from merchants.models import Payment, Store
from merchants.payments.moving import mark_paid, move, payee_of, post_payment, tell_paid
from merchants.payments.numbers import payment_number
from merchants.risk.measuring import Position
from merchants.risk.screening import screen
from merchants.states import PaymentState
from wallet.errors import WalletNotOpen
from wallet.idempotency import use_case
from wallet.limits.spending import spend
from wallet.models import Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.wallets import lock

PURPOSE = "PAYMENT"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a payment is about: the amount with the tip in it, the merchant's numbers, a memo.

    Only a merchant gives an order number: a payer could use up the numbers of others' orders.
    """

    amount: Money
    tip_minor: int = 0
    merchant_order_no: str | None = None
    bill_number: str = ""
    memo: str = ""
    # What a printed code asked the payer for, by the names of the labels.
    answers: Mapping[str, str] = field(default_factory=dict)
    # Whether the payer may add a tip to what a till asks for.
    asks_tip: bool = False
    # Where the payer is, if the telephone says so.
    position: Position | None = None


@use_case
def pay(*, wallet: Wallet, store: Store, bill: Bill, proof: Proof, at: datetime) -> Payment:
    """Move money from a wallet to what the store's merchant is owed, less the fee.

    Raises:
        CurrencyMismatch: wallet, store and amount are not all in one currency.
        WalletNotOpen: the wallet is frozen or closed.
        PinRequired, StepUpRequired: the holder has to prove more.
        RiskRefused: it looks wrong.
        LimitExceeded: it is more than may leave the wallet by a printed code.
        InsufficientFunds: the wallet does not hold enough.

    """
    wallet = admit_payer(wallet=wallet, store=store, amount=bill.amount)
    charge_limits(wallet=wallet, store=store, bill=bill, proof=proof, code="STATIC", at=at)
    payment = asked(store=store, bill=bill, presented=Payment.Presented.STATIC, at=at)
    move(payment, "pay")
    mark_paid(payment, wallet=wallet, captured=bill.amount, at=at)
    payment.save(force_insert=True)
    post_payment(payment, wallet=wallet, at=at)
    tell_paid(payment, wallet=wallet, store=store, at=at)
    return payment


def admit_payer(*, wallet: Wallet, store: Store, amount: Money) -> Wallet:
    """Lock the payer's wallet, and return it as it is now.

    Raises:
        CurrencyMismatch: wallet, store and amount are not all in one currency.
        WalletNotOpen: the wallet is frozen or closed.

    """
    for currency in (wallet.currency, store.merchant.currency):
        if currency != amount.currency:
            raise CurrencyMismatch(currency, amount.currency)
    (locked,) = lock(wallet)
    if locked.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    return locked


def charge_limits(
    *, wallet: Wallet, store: Store, bill: Bill, proof: Proof, code: str, at: datetime
) -> None:
    """Refuse what the payer did not prove or may not spend, and count what is spent.

    Raises:
        PinRequired, StepUpRequired: the holder has to prove more.
        RiskRefused: it looks wrong.
        LimitExceeded: it is more than may leave the wallet, by this kind of code.

    """
    payee, amount = payee_of(store.merchant), bill.amount
    authorize(proof=proof, wallet=wallet, purpose=PURPOSE, amount=amount, payee=payee, at=at)
    screen(wallet=wallet, store=store, amount=amount, proof=proof, position=bill.position, at=at)
    spend(wallet=wallet, purpose=PURPOSE, amount=amount, proof=proof, at=at, code=code)


def asked(*, store: Store, bill: Bill, presented: str, at: datetime) -> Payment:
    """Return a payment as it is first asked for, in memory."""
    return Payment(
        number=payment_number(at),
        store=store,
        merchant=store.merchant,
        merchant_order_no=bill.merchant_order_no,
        presented=presented,
        currency=bill.amount.currency,
        amount_minor=bill.amount.minor,
        tip_minor=bill.tip_minor,
        asks_tip=bill.asks_tip,
        bill_number=bill.bill_number or bill.answers.get("bill_number", ""),
        memo=bill.memo,
        answers=dict(bill.answers),
        state=PaymentState.CREATED,
        created_at=at,
    )


def insert_or_find(payment: Payment) -> Payment:
    """Write a new payment, or return the one that has its order number already."""
    if payment.merchant_order_no is None:
        payment.save(force_insert=True)
        return payment
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError:
        return Payment.objects.select_related("store", "merchant").get(
            merchant_id=payment.merchant_id, merchant_order_no=payment.merchant_order_no
        )
    return payment

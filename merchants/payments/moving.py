"""The money of a payment: from the payer's wallet to what the merchant is owed, less the fee.

Every way to pay ends here, inside its use-case's database transaction and with the wallet locked.
"""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import Leg, credit, debit, post
from merchants.errors import PaymentEnded
from merchants.events.recording import wake
from merchants.fees import payment_fee
from merchants.fees.agreements import price_for
from merchants.models import Merchant, Payment, Price, Store
from merchants.states import following
from wallet.activity.notes import note
from wallet.chart import MERCHANT_FEES
from wallet.events import record
from wallet.models import Wallet


def move(payment: Payment, event: str) -> None:
    """Take one edge of the table of states, in memory; whoever calls saves the row.

    Raises:
        PaymentEnded: there is no such edge from where the payment is.

    """
    reached = following(payment.state, event)
    if reached is None:
        raise PaymentEnded(payment.number, payment.state)
    payment.state = reached


def mark_paid(
    payment: Payment,
    *,
    wallet: Wallet,
    captured: Money,
    at: datetime,
    price: Price | None = None,
) -> None:
    """Write on the payment, in memory, who paid how much and what it costs the merchant.

    ``price`` is looked up where the caller does not know it.
    """
    payment.wallet = wallet
    payment.captured_minor = captured.minor
    if price is None:
        price = price_for(merchant=payment.merchant, kind=payment.presented, at=at)
    payment.fee_minor = payment_fee(plan=price, amount_minor=captured.minor)
    payment.paid_at = at


def credits_of(payment: Payment) -> list[Leg]:
    """Return who gets what the payer paid: the merchant, and we our fee."""
    fee = Money(payment.fee_minor, payment.currency)
    net = payment.captured - fee
    legs = []
    if net.minor:
        legs.append(credit(payment.merchant.payable_account_id, net))
    if fee.minor:
        legs.append(credit(account_id(MERCHANT_FEES, payment.currency), fee))
    return legs


def post_payment(payment: Payment, *, wallet: Wallet, at: datetime) -> None:
    """Post a payment that was marked paid, from what is available in the wallet.

    Raises:
        InsufficientFunds: the wallet does not hold enough.

    """
    post(
        kind="PAYMENT",
        reference=reference_of(payment),
        legs=[debit(wallet.available_account_id, payment.captured), *credits_of(payment)],
        effective_at=at,
    )


def tell_paid(payment: Payment, *, wallet: Wallet, store: Store, at: datetime) -> None:
    """Note the payment in the payer's activity, and tell of it."""
    note(
        wallet=wallet,
        reference=reference_of(payment),
        kind="PAYMENT",
        counterparty=store.name,
        memo=payment.memo,
        at=at,
    )
    tell(payment, "payment.succeeded", wallet=wallet, amount=payment.captured, at=at)


def tell(payment: Payment, kind: str, *, wallet: Wallet, amount: Money, at: datetime) -> None:
    """Tell the payer what happened to a payment; the merchant's event is written with the row."""
    wake(payment.merchant)
    record(wallet=wallet, kind=kind, facts=facts_of(payment, amount), at=at)


def facts_of(payment: Payment, amount: Money) -> dict[str, object]:
    """Return what the payer is told of a payment."""
    name = "" if payment.store is None else payment.store.name
    money = {"amount": amount.to_major(), "currency": amount.currency}
    return {"number": payment.number, "amount": money, "counterparty": name}


def reference_of(payment: Payment) -> str:
    """Return the reference of the ledger transaction that pays."""
    return f"payment:{payment.number}"


def payee_of(merchant: Merchant) -> str:
    """Return how a merchant is named as a payee, in rules about new payees."""
    return f"merchant:{merchant.pk}"

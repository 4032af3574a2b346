"""Paying a store from a wallet."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from ledger.accounts import account_id
from ledger.errors import CurrencyMismatch
from ledger.money import Money
from ledger.posting import Leg, credit, debit, post
from merchants.errors import OrderPaid
from merchants.fees import payment_fee
from merchants.fees.agreements import price_for
from merchants.models import Payment, Store
from merchants.states import PaymentState
from wallet.activity.notes import note
from wallet.chart import MERCHANT_FEES
from wallet.errors import WalletNotOpen
from wallet.events import record
from wallet.idempotency import use_case
from wallet.limits.spending import spend
from wallet.models import Wallet
from wallet.proof.proofs import Proof
from wallet.proof.rules import authorize
from wallet.wallets import lock


def payment_number(at: datetime) -> str:
    """Return a number for a payment: the day, and twelve digits that cannot be guessed."""
    return f"{at:%y%m%d}{secrets.randbelow(10**12):012d}"


@use_case
def pay(
    *,
    wallet: Wallet,
    store: Store,
    amount: Money,
    merchant_order_no: str | None,
    proof: Proof,
    at: datetime,
) -> Payment:
    """Move money from a wallet to what the store's merchant is owed, less the fee.

    Raises:
        CurrencyMismatch: wallet, store and amount are not all in one currency.
        WalletNotOpen: the wallet is frozen or closed.
        LimitExceeded: it is more than may leave the wallet by a printed code.
        OrderPaid: the merchant's order was paid before.
        InsufficientFunds: the wallet does not hold enough.

    """
    for currency in (wallet.currency, store.merchant.currency):
        if currency != amount.currency:
            raise CurrencyMismatch(currency, amount.currency)
    (wallet,) = lock(wallet)
    if wallet.status != Wallet.Status.OPEN:
        raise WalletNotOpen
    payee = f"store:{store.pk}"
    authorize(proof=proof, wallet=wallet, purpose="PAYMENT", amount=amount, payee=payee, at=at)
    spend(wallet=wallet, purpose="PAYMENT", amount=amount, proof=proof, at=at, code="STATIC")
    price = price_for(merchant=store.merchant, kind="STATIC", at=at)
    fee = payment_fee(plan=price, amount_minor=amount.minor)
    payment = _record(wallet, store, amount, fee, merchant_order_no, at)
    post(
        kind="PAYMENT",
        reference=f"payment:{payment.number}",
        legs=_legs(wallet, store, amount, fee),
        effective_at=at,
    )
    note(
        wallet=wallet,
        reference=f"payment:{payment.number}",
        kind="PAYMENT",
        counterparty=store.name,
        memo="",
        at=at,
    )
    record(wallet=wallet, kind="payment.succeeded", facts=payment_facts(payment, amount), at=at)
    return payment


def _record(
    wallet: Wallet, store: Store, amount: Money, fee: int, order_no: str | None, at: datetime
) -> Payment:
    payment = Payment(
        number=payment_number(at),
        store=store,
        merchant=store.merchant,
        wallet=wallet,
        merchant_order_no=order_no,
        currency=amount.currency,
        amount_minor=amount.minor,
        fee_minor=fee,
        state=PaymentState.SUCCEEDED,
        paid_at=at,
    )
    if order_no is None:
        payment.save(force_insert=True)
        return payment
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as exc:
        raise OrderPaid from exc
    return payment


def _legs(wallet: Wallet, store: Store, amount: Money, fee: int) -> list[Leg]:
    charged = Money(fee, amount.currency)
    net = amount - charged
    legs = [debit(wallet.available_account_id, amount)]
    if net.minor:
        legs.append(credit(store.merchant.payable_account_id, net))
    if fee:
        legs.append(credit(account_id(MERCHANT_FEES, amount.currency), charged))
    return legs


def payment_facts(payment: Payment, amount: Money) -> dict[str, object]:
    """Return what a payer is told of a payment, or of money that comes back from it."""
    money = {"amount": amount.to_major(), "currency": amount.currency}
    return {"number": payment.number, "amount": money, "counterparty": payment.store.name}

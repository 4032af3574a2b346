"""Vouchers that came after their deadline: a colleague decides who pays, or that nobody does."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from ledger.accounts import account_id
from ledger.posting import debit, post
from merchants.access.audits import note
from merchants.errors import VoucherNotLate
from merchants.fees import payment_fee
from merchants.fees.agreements import price_for
from merchants.models import Payment, Voucher
from merchants.offline.cases import open_cases
from merchants.payments.moving import credits_of, move, reference_of, tell_paid
from merchants.payments.numbers import payment_number
from merchants.states import PaymentState
from wallet.chart import OFFLINE_LOSS
from wallet.idempotency import use_case
from wallet.models import Wallet
from wallet.wallets import lock
from wallet.wallets.debts import freeze, owe, owed


class PaidBy(StrEnum):
    """Who pays a late voucher."""

    PAYER = "PAYER"
    LOSS = "LOSS"
    NOBODY = "NOBODY"


@use_case
def decide(*, voucher: Voucher, by: PaidBy, actor: str, reason: str, at: datetime) -> Voucher:
    """Decide about a late voucher, once.

    The payer's money is taken as far as it goes, the rest is a debt.

    Raises:
        VoucherNotLate: it does not wait for a decision.

    """
    (wallet,) = lock(voucher.allowance.wallet)
    rows = Voucher.objects.select_for_update(no_key=True, of=("allowance", "self"))
    found = rows.select_related("allowance__wallet", "till__terminal__store__merchant").get(
        pk=voucher.pk
    )
    if found.state != Voucher.State.LATE:
        raise VoucherNotLate
    found.state = Voucher.State.UNPAID
    if by is not PaidBy.NOBODY:
        _pay(found, wallet, by, at)
    found.save(update_fields=["state", "loss_minor", "debt_minor", "payment"])
    facts = {"voucher": bytes(found.digest).hex(), "paid_by": by.value}
    merchant = found.till.terminal.store.merchant
    note(merchant=merchant, action="offline.late", actor=actor, reason=reason, facts=facts, at=at)
    open_cases([found.allowance], at=at)
    return found


def _pay(voucher: Voucher, wallet: Wallet, by: PaidBy, at: datetime) -> None:
    """Pay a voucher that no reserve is left for."""
    payment = _payment(voucher, wallet, at)
    amount = payment.captured
    legs, reference = credits_of(payment), reference_of(payment)
    voucher.state = Voucher.State.PAID
    if by is PaidBy.PAYER:
        voucher.debt_minor = amount.minor
        owe(wallet, amount, credits=legs, kind="PAYMENT", reference=reference, at=at)
        if owed(wallet).minor > 0:
            freeze(wallet, at=at)
    else:
        voucher.loss_minor = amount.minor
        loss = debit(account_id(OFFLINE_LOSS, amount.currency), amount)
        post(kind="PAYMENT", reference=reference, legs=[loss, *legs], effective_at=at)
    voucher.payment = payment
    store = voucher.till.terminal.store
    tell_paid(payment, wallet=wallet, store=store, at=at)


def _payment(voucher: Voucher, wallet: Wallet, at: datetime) -> Payment:
    store = voucher.till.terminal.store
    payment = Payment(
        number=payment_number(at),
        store=store,
        merchant=store.merchant,
        wallet=wallet,
        presented=Payment.Presented.OFFLINE,
        currency=wallet.currency,
        amount_minor=voucher.amount_minor,
        captured_minor=voucher.amount_minor,
        state=PaymentState.CREATED,
        created_at=min(voucher.asked_at, at),
        paid_at=at,
    )
    price = price_for(merchant=store.merchant, kind=payment.presented, at=at)
    payment.fee_minor = payment_fee(plan=price, amount_minor=payment.captured_minor)
    move(payment, "pay")
    payment.save(force_insert=True)
    return payment

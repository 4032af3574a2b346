"""What tills and payers do, in a line each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ledger.balances import balance, trial_balance
from ledger.money import Money
from merchants.models import Payment, Store
from merchants.payments import authorizing, cancelling, orders, refunds
from merchants.payments.charging.charge import charge as take_charge
from merchants.payments.paying import Bill
from tests.wallet.people import held, proven
from wallet.models import Wallet

NOON = datetime.fromisoformat("2026-03-02T12:00:00+09:00")
MINUTE = timedelta(minutes=1)


def bill(minor: int = 12_000, order_no: str | None = "A1", tip: int = 0) -> Bill:
    """A bill of so many won."""
    return Bill(amount=Money(minor, "KRW"), tip_minor=tip, merchant_order_no=order_no)


def ask(store: Store, *, at: datetime = NOON, manual: bool = False, **of: Any) -> Payment:
    """The till shows a code."""
    return orders.ask(store=store, bill=bill(**of), at=at, is_manual_capture=manual)


def charge(store: Store, wallet: Wallet, *, at: datetime = NOON, **of: Any) -> Payment:
    """The till took the payer's code."""
    return take_charge(store=store, bill=bill(**of), wallet=wallet, at=at)


def confirm(payment: Payment, wallet: Wallet, *, at: datetime = NOON + MINUTE) -> Payment:
    """The payer gives the PIN."""
    return orders.confirm(number=payment.number, wallet=wallet, proof=proven(wallet), at=at)


def capture(payment: Payment, minor: int, *, at: datetime = NOON + 2 * MINUTE) -> Payment:
    """The store takes what was set aside."""
    amount = Money(minor, "KRW")
    return authorizing.capture(
        number=payment.number, merchant=payment.merchant, amount=amount, at=at
    )


def void(payment: Payment, *, at: datetime = NOON + 2 * MINUTE) -> Payment:
    """The store gives back what was set aside."""
    return authorizing.void(number=payment.number, merchant=payment.merchant, at=at)


def cancel(store: Store, order_no: str = "A1", *, at: datetime = NOON + 2 * MINUTE) -> str:
    """The till makes it not have happened; what that meant."""
    done = cancelling.cancel(merchant=store.merchant, order_no=order_no, at=at)
    return done.action.value


def refund(
    payment: Payment, minor: int, number: str = "R1", *, at: datetime = NOON + 2 * MINUTE
) -> None:
    """The store gives money back."""
    refunds.refund(
        merchant=payment.merchant,
        number=payment.number,
        refund_no=number,
        amount=Money(minor, "KRW"),
        reason="",
        at=at,
    )


def state(payment: Payment) -> str:
    """What stands in the database."""
    return Payment.objects.get(pk=payment.pk).state


def books(wallet: Wallet, store: Store) -> tuple[int, int]:
    """What the payer holds and the merchant is owed; the book is whole."""
    assert trial_balance() == {"KRW": 0}
    return held(wallet), balance(store.merchant.payable_account_id).minor

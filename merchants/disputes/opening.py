"""A payer contests a payment, and may take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.money import Money
from merchants.errors import (
    DisputeEnded,
    DisputeExists,
    DisputeTooLarge,
    DisputeWindowOver,
    PaymentEnded,
)
from merchants.models import Dispute, Payment
from merchants.payments.contested import end_dispute, hold_back
from merchants.payments.finding import lock_payment
from merchants.states import DisputeState
from wallet.idempotency import use_case
from wallet.models import Wallet

WINDOW = timedelta(days=120)
ANSWER_WITHIN = timedelta(days=4)
DECIDE_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a payer says: how much (None: all that is left), why, and in own words."""

    amount: Money | None
    reason: str
    statement: str


@use_case
def open_dispute(*, number: str, wallet: Wallet, claim: Claim, at: datetime) -> Dispute:
    """Contest a payment of this wallet; what is claimed is held back from the merchant at once.

    The same claim again returns the first; there is one to a payment, ever.

    Raises:
        UnknownPayment: the wallet paid no such payment.
        PaymentEnded: it is not paid.
        DisputeExists: it was contested before, in another way.
        DisputeWindowOver: it is too old.
        DisputeTooLarge: more than what is left, nothing, or in another currency.

    """
    payment = lock_payment(number, wallet=wallet)
    earlier = Dispute.objects.filter(payment=payment).first()
    if earlier is not None:
        return _same(earlier, claim)
    if payment.paid_at is None:
        raise PaymentEnded(payment.number, payment.state)
    if at > payment.paid_at + WINDOW:
        raise DisputeWindowOver
    amount = claim.amount or payment.left
    if amount.currency != payment.currency or not 0 < amount.minor <= payment.left.minor:
        raise DisputeTooLarge
    dispute = Dispute.objects.create(
        payment=payment,
        merchant=payment.merchant,
        opened_by=wallet.holder,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=claim.reason,
        statement=claim.statement,
        opened_at=at,
        answer_by=at + ANSWER_WITHIN,
        decide_by=at + DECIDE_WITHIN,
    )
    hold_back(payment, dispute, at=at)
    return dispute


@use_case
def withdraw(*, number: str, wallet: Wallet, at: datetime) -> Dispute:
    """Take a dispute back: the merchant is owed the money again; again, it is taken back already.

    Raises:
        UnknownPayment: the wallet paid no such payment.
        DisputeEnded: there is no dispute, or it was decided.

    """
    payment = lock_payment(number, wallet=wallet)
    dispute = of_payment(payment)
    if dispute.state == DisputeState.WITHDRAWN:
        return dispute
    end_dispute(payment, dispute, "withdraw", by=Dispute.EndedBy.PAYER, at=at)
    return dispute


def of_payment(payment: Payment) -> Dispute:
    """Return the dispute of a locked payment, locked.

    Raises:
        DisputeEnded: there is none.

    """
    found = Dispute.objects.select_for_update(no_key=True).filter(payment=payment).first()
    if found is None:
        raise DisputeEnded("NONE")
    return found


def _same(earlier: Dispute, claim: Claim) -> Dispute:
    said = (claim.reason, claim.statement)
    is_same = said == (earlier.reason, earlier.statement)
    if not is_same or claim.amount not in {None, earlier.amount}:
        raise DisputeExists
    return earlier

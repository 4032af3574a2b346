"""The states of payments, and every edge between them; all others are refused.

The database refuses the other edges too: ``merchants/sql/0001_payment_edges`` says the same.
"""

from __future__ import annotations

from django.db import models


class PaymentState(models.TextChoices):
    """What became of a payment."""

    CREATED = "CREATED", "Asked for"
    AWAITING_PAYER = "AWAITING_PAYER", "Waiting for the payer"
    AUTHORIZED = "AUTHORIZED", "Set aside"
    SUCCEEDED = "SUCCEEDED", "Paid"
    CAPTURED = "CAPTURED", "Captured"
    CLOSED = "CLOSED", "Closed unpaid"
    VOIDED = "VOIDED", "Voided"
    EXPIRED = "EXPIRED", "Expired"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED", "Partially refunded"
    REFUNDED = "REFUNDED", "Refunded"


_S = PaymentState
PAYMENT_EDGES = {
    # The payer looks at it, or has to confirm it.
    (_S.CREATED, "await"): _S.AWAITING_PAYER,
    (_S.AWAITING_PAYER, "await"): _S.AWAITING_PAYER,
    (_S.CREATED, "pay"): _S.SUCCEEDED,
    (_S.AWAITING_PAYER, "pay"): _S.SUCCEEDED,
    (_S.CREATED, "authorize"): _S.AUTHORIZED,
    (_S.AWAITING_PAYER, "authorize"): _S.AUTHORIZED,
    # Nobody pays it any more: cancelled, declined, or out of time.
    (_S.CREATED, "close"): _S.CLOSED,
    (_S.AWAITING_PAYER, "close"): _S.CLOSED,
    (_S.AUTHORIZED, "capture"): _S.CAPTURED,
    (_S.AUTHORIZED, "void"): _S.VOIDED,
    (_S.AUTHORIZED, "expire"): _S.EXPIRED,
    (_S.SUCCEEDED, "refund_part"): _S.PARTIALLY_REFUNDED,
    (_S.SUCCEEDED, "refund_rest"): _S.REFUNDED,
    (_S.CAPTURED, "refund_part"): _S.PARTIALLY_REFUNDED,
    (_S.CAPTURED, "refund_rest"): _S.REFUNDED,
    (_S.PARTIALLY_REFUNDED, "refund_part"): _S.PARTIALLY_REFUNDED,
    (_S.PARTIALLY_REFUNDED, "refund_rest"): _S.REFUNDED,
}
OPEN = (_S.CREATED, _S.AWAITING_PAYER)
PAID = (_S.SUCCEEDED, _S.CAPTURED, _S.PARTIALLY_REFUNDED, _S.REFUNDED)


def following(state: str, event: str) -> PaymentState | None:
    """Return the state an event leads to; None where there is no such edge."""
    return PAYMENT_EDGES.get((PaymentState(state), event))

"""The states of payments and settlements, and every edge between them; all others are refused."""

from __future__ import annotations

from django.db import models


class PaymentState(models.TextChoices):
    """What became of a payment."""

    SUCCEEDED = "SUCCEEDED", "Succeeded"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED", "Partially refunded"
    REFUNDED = "REFUNDED", "Refunded"


class RunState(models.TextChoices):
    """Whether a closing of a day was carried out."""

    PENDING = "PENDING", "Pending"
    SETTLED = "SETTLED", "Settled"


class SettlementState(models.TextChoices):
    """Whether a settlement is paid out or its net waits for a later day."""

    PAYABLE = "PAYABLE", "Payable"
    CARRIED = "CARRIED", "Carried forward"


PAYMENT_EDGES = {
    (PaymentState.SUCCEEDED, "refund_part"): PaymentState.PARTIALLY_REFUNDED,
    (PaymentState.SUCCEEDED, "refund_rest"): PaymentState.REFUNDED,
    (PaymentState.PARTIALLY_REFUNDED, "refund_part"): PaymentState.PARTIALLY_REFUNDED,
    (PaymentState.PARTIALLY_REFUNDED, "refund_rest"): PaymentState.REFUNDED,
}

"""Refusals about payments and refunds."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class PaymentRefused(MerchantError):
    """Base of everything that keeps a payment or refund from happening."""

    code = "payment_refused"
    message = "the payment was refused"

    def __str__(self) -> str:
        return self.message


class UnknownStore(PaymentRefused):
    """The code names a store that does not exist or does not accept payments."""

    code = "unknown_store"
    status = 404
    message = "no store accepts payments under this code"


class OrderPaid(PaymentRefused):
    """The merchant's order was paid before."""

    code = "order_paid"
    message = "this order was already paid"


class RefundTooLarge(PaymentRefused):
    """The refunds would be more than what was paid."""

    code = "refund_too_large"
    message = "the refund is more than what is left of the payment"


class RefundConflict(PaymentRefused):
    """The refund number was used before, for another payment or amount."""

    code = "refund_conflict"
    message = "this refund number was used for another refund"

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


class CodeOutdated(PaymentRefused):
    """A till's code was altered: it names a payment and says something else of it."""

    code = "code_outdated"
    message = "this code does not fit the payment it names; ask the store for a new one"


class RefundAboveLimit(PaymentRefused):
    """More than this member of staff may refund at once."""

    code = "refund_above_limit"
    status = 403
    message = "this is more than you may refund; ask a manager"


class OrderConflict(PaymentRefused):
    """The order number was used before, for another amount or store."""

    code = "order_conflict"
    message = "this order number was used for another payment"


class PaymentEnded(PaymentRefused):
    """The payment is in a state in which this cannot be done with it."""

    code = "payment_ended"

    def __init__(self, number: str, state: str) -> None:
        super().__init__(number, state)
        self.number = number
        self.state = state

    def __str__(self) -> str:
        return f"this cannot be done with a payment that is {self.state}"


class UnknownPayment(PaymentRefused):
    """There is no such payment, or it is another's."""

    code = "unknown_payment"
    status = 404
    message = "there is no such payment"


class RefundWindowOver(PaymentRefused):
    """Too long after the payment."""

    code = "refund_window_over"
    message = "a payment can be refunded for 365 days"


class RefundTooLarge(PaymentRefused):
    """The refunds would be more than what was paid."""

    code = "refund_too_large"
    message = "the refund is more than what is left of the payment"


class RefundConflict(PaymentRefused):
    """The refund number was used before, for another payment or amount."""

    code = "refund_conflict"
    message = "this refund number was used for another refund"

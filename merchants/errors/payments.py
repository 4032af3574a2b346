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


class TipNotAsked(PaymentRefused):
    """The payer gives a tip, and the code asks for none."""

    code = "tip_not_asked"
    status = 400
    message = "this code asks for no tip"


class TipWrong(PaymentRefused):
    """The code says how much the tip is, and the payer gives another, or none.

    ``tip_minor`` is what it comes to, in minor units, of the amount without it.
    """

    code = "tip_wrong"
    status = 400

    def __init__(self, tip_minor: int) -> None:
        super().__init__(tip_minor)
        self.tip_minor = tip_minor

    def __str__(self) -> str:
        return f"the code adds {self.tip_minor} minor units to the amount, as a tip or fee"


class AnswersWrong(PaymentRefused):
    """What the payer was asked for is missing, or more was given."""

    code = "answers_wrong"
    status = 400

    def __init__(self, asked: list[str]) -> None:
        super().__init__(asked)
        self.asked = asked

    def __str__(self) -> str:
        return "this code asks the payer for: " + (", ".join(self.asked) or "nothing")

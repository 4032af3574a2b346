"""Refusals about payments that are contested."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class DisputeRefused(MerchantError):
    """Base of everything that keeps a dispute from going on."""

    code = "dispute_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class DisputeExists(DisputeRefused):
    """The payment was contested before, in another way."""

    code = "dispute_exists"
    message = "this payment was contested before"


class DisputeTooLarge(DisputeRefused):
    """More than what is left of the payment, nothing, or in another currency."""

    code = "dispute_too_large"
    message = "no more can be contested than what is left of the payment"


class DisputeWindowOver(DisputeRefused):
    """Too long after the payment."""

    code = "dispute_window_over"
    message = "a payment can be contested for 120 days"


class DisputeEnded(DisputeRefused):
    """The table of edges does not lead on from the dispute's state by this."""

    code = "dispute_ended"

    def __init__(self, current: str) -> None:
        super().__init__(current)
        self.current = current

    def __str__(self) -> str:
        return f"this cannot be done with a dispute that is {self.current}"


class EvidenceTooLate(DisputeRefused):
    """The time for evidence is over."""

    code = "evidence_too_late"
    message = "the time for evidence is over"


class EvidenceInvalid(DisputeRefused):
    """Neither a text nor a file that is taken."""

    code = "evidence_invalid"
    status = 400
    message = "give a text, or a JPEG, PNG or PDF of at most 256 KiB"


class TooMuchEvidence(DisputeRefused):
    """This side has given as much as is taken."""

    code = "too_much_evidence"
    message = "no more than five pieces of evidence are taken from each side"


class AnswerAwaited(DisputeRefused):
    """The merchant has not answered, and has time left."""

    code = "answer_awaited"
    message = "the merchant still has time to answer"

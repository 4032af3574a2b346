"""Refusals of codes that payers show."""

from __future__ import annotations

from merchants.errors.codes import CodeRefused


class NotConsumerPresented(CodeRefused):
    """The text is not an EMVCo consumer-presented code at all."""

    code = "code_not_consumer_presented"

    def __str__(self) -> str:
        return "this is not an EMVCo consumer-presented code"


class CodeEncodingBroken(CodeRefused):
    """A consumer-presented code that is not base64, or not spelled as it should be."""

    code = "code_encoding_broken"

    def __str__(self) -> str:
        return "this consumer-presented code is not whole base64"


class PayerCodeUnknown(CodeRefused):
    """Digits, as payers show them, of a wallet that is not known."""

    code = "payer_code_unknown"

    def __str__(self) -> str:
        return "these digits are no payer's code that is known"

"""What every refusal of acceptance is: a stable ``code``, and the facts as attributes."""

from __future__ import annotations


class MerchantError(Exception):
    """Base of every refusal of the merchants app."""

    code = "merchant_error"

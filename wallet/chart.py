"""The system accounts of a currency: opened once, found by code."""

from __future__ import annotations

from django.db import transaction

from ledger.accounts import open_account
from ledger.models import Category
from wallet.limits.defaults import make_allowance_limits, make_limits

SAFEGUARDING = "bank:safeguarding"
OPERATING = "bank:operating"
PROVIDER_RECEIVABLE = "provider:bank:receivable"
MERCHANT_FEES = "income:merchant_fees"
VAT_PAYABLE = "tax:vat_payable"
WITHDRAWALS_IN_TRANSIT = "withdrawals:in_transit"
WITHDRAWAL_FEES = "income:withdrawal_fees"
PROVIDER_FEES = "expense:provider_fees"
ADJUSTMENTS = "expense:adjustments"
SUSPENSE = "suspense:unidentified"
UNCLAIMED = "claims:unclaimed"
OFFLINE_LOSS = "expense:offline_loss"

_STRIPES = 16  # each top-up and each payment touches these; see Note [Striped accounts]
_CHART = (
    (SAFEGUARDING, Category.ASSET, 1),
    (OPERATING, Category.ASSET, 1),
    (PROVIDER_RECEIVABLE, Category.ASSET, _STRIPES),
    (MERCHANT_FEES, Category.INCOME, _STRIPES),
    (VAT_PAYABLE, Category.LIABILITY, 1),
    (WITHDRAWALS_IN_TRANSIT, Category.LIABILITY, _STRIPES),
    (WITHDRAWAL_FEES, Category.INCOME, _STRIPES),
    (PROVIDER_FEES, Category.EXPENSE, 1),
    (ADJUSTMENTS, Category.EXPENSE, 1),
    (SUSPENSE, Category.LIABILITY, 1),
    (UNCLAIMED, Category.LIABILITY, _STRIPES),
    (OFFLINE_LOSS, Category.EXPENSE, 1),
)


def open_chart(currency: str) -> None:
    """Open the system accounts of a currency and make its limits; harmless when it was done."""
    with transaction.atomic():
        for code, category, stripes in _CHART:
            open_account(code=code, currency=currency, category=category, stripes=stripes)
        make_limits(currency)
        make_allowance_limits(currency)

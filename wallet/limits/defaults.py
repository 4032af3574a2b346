"""The limits that a currency begins with; afterwards the rows are the truth.

The won's follow what Korean issuers of prepaid value allow: little before the holder's identity
is verified, and at most 2,000,000 won held after it. Other currencies are of the same order.
"""

from __future__ import annotations

from wallet.models import AllowanceLimit, CodeKind, Limit, Period, Wallet
from wallet.models.limits import ANY
from wallet.proof.proofs import Means

_EACH, _DAY, _MONTH, _BALANCE = Period.EACH, Period.DAY, Period.MONTH, Period.BALANCE
_STATIC, _DEVICE, _CODE = CodeKind.STATIC.value, Means.DEVICE.value, Means.CODE.value

# Per tier: period, purpose, means, kind of code, amount, and how many movements.
_UNVERIFIED = (
    (_BALANCE, ANY, ANY, ANY, 500_000, None),
    (_EACH, ANY, ANY, ANY, 300_000, None),
    (_DAY, ANY, ANY, ANY, 300_000, 100),
    (_MONTH, ANY, ANY, ANY, 1_000_000, None),
    (_DAY, ANY, ANY, _STATIC, 200_000, None),
    (_DAY, ANY, _DEVICE, ANY, 100_000, None),
    (_EACH, ANY, _CODE, ANY, 30_000, None),
    (_DAY, ANY, _CODE, ANY, 100_000, 10),
)
_VERIFIED = (
    (_BALANCE, ANY, ANY, ANY, 2_000_000, None),
    (_EACH, ANY, ANY, ANY, 2_000_000, None),
    (_DAY, ANY, ANY, ANY, 5_000_000, 300),
    (_MONTH, ANY, ANY, ANY, 10_000_000, None),
    (_DAY, ANY, ANY, _STATIC, 500_000, None),
    # A device's signature stands in for the PIN on small amounts only.
    (_DAY, ANY, _DEVICE, ANY, 500_000, None),
    # So does a code shown at a till, which somebody might have read over the holder's shoulder.
    (_EACH, ANY, _CODE, ANY, 50_000, None),
    (_DAY, ANY, _CODE, ANY, 200_000, 10),
)
_TIERS = {Wallet.Tier.UNVERIFIED: _UNVERIFIED, Wallet.Tier.VERIFIED: _VERIFIED}

# About five small baskets, for who is known; nothing for anybody else.
_ALLOWANCE = {"cap_minor": 100_000, "each_minor": 30_000}
_ALLOWANCE_TIMES = {"count": 50, "hours": 72, "least_age_days": 7}

# Minor units of a currency for each thousand won of the table.
_PER_THOUSAND_WON = {"KRW": 1_000, "JPY": 100, "USD": 75}


def make_limits(currency: str) -> None:
    """Write a currency's first limits, inside the caller's database transaction.

    Where there are rows nothing is written, so that a limit that staff took away stays away. A
    currency that is not in the table begins without limits.
    """
    rate = _PER_THOUSAND_WON.get(currency)
    if rate is None or Limit.objects.filter(currency=currency).exists():
        return
    rows = [
        Limit(
            tier=tier,
            currency=currency,
            period=period,
            purpose=purpose,
            means=means,
            code_kind=code_kind,
            amount_minor=won * rate // 1_000,
            count=count,
        )
        for tier, table in _TIERS.items()
        for period, purpose, means, code_kind, won, count in table
    ]
    Limit.objects.bulk_create(rows, ignore_conflicts=True)


def make_allowance_limits(currency: str) -> None:
    """Write what may first be set aside for paying without a network; as for ``make_limits``."""
    rate = _PER_THOUSAND_WON.get(currency)
    if rate is None or AllowanceLimit.objects.filter(currency=currency).exists():
        return
    amounts = {name: won * rate // 1_000 for name, won in _ALLOWANCE.items()}
    row = AllowanceLimit(
        tier=Wallet.Tier.VERIFIED, currency=currency, **amounts, **_ALLOWANCE_TIMES
    )
    AllowanceLimit.objects.bulk_create([row], ignore_conflicts=True)

"""From gross to net: the lines of a settlement as bars, each of which begins where one ended."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as __

from merchants.admin.showing import amount
from merchants.models import Settlement

WIDE = 1000
# What adds and what takes away, in the order in which it is told; the sum is the net.
_LINES = (
    ("payment_gross_minor", 1, __("Payments")),
    ("refund_minor", -1, __("Refunds")),
    ("dispute_minor", -1, __("Disputes")),
    ("fee_minor", -1, __("Fees")),
    ("fee_refund_minor", 1, __("Fees given back")),
    ("vat_minor", -1, __("VAT on fees")),
    ("reserve_hold_minor", -1, __("Held back as a reserve")),
    ("reserve_release_minor", 1, __("Reserve released")),
    ("adjustment_minor", 1, __("Adjustments")),
    ("payout_return_minor", 1, __("Returned payouts")),
    ("carry_in_minor", 1, __("Carried from before")),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its name, its amount, and where its bar lies between 0 and ``WIDE``."""

    name: object
    minor: int
    amount: str
    kind: str
    x: int
    width: int


def steps_of(settlement: Settlement) -> list[tuple[object, int]]:
    """Return the lines that are not zero, signed; their sum is the net."""
    lines = [(name, sign * getattr(settlement, field)) for field, sign, name in _LINES]
    return [lines[0], *[line for line in lines[1:] if line[1]]]


def waterfall(settlement: Settlement) -> list[Bar]:
    """Return the bars from gross to net, and what becomes of the net."""
    steps = steps_of(settlement)
    ends = [0]
    for _, minor in steps:
        ends.append(ends[-1] + minor)
    low, high = min(ends), max(ends)
    scale = max(high - low, 1)

    def bar(name: object, minor: int, kind: str, start: int) -> Bar:
        left, right = sorted((start, start + minor))
        x = (left - low) * WIDE // scale
        width = max((right - left) * WIDE // scale, 4 if minor else 0)
        return Bar(name, minor, amount(minor, settlement.currency), kind, x, width)

    bars = [
        bar(name, minor, "plus" if minor >= 0 else "minus", start)
        for (name, minor), start in zip(steps, ends, strict=False)
    ]
    bars.append(bar(__("Net"), settlement.net_minor, "total", 0))
    if settlement.payout_minor:
        bars.append(bar(__("Paid out"), settlement.payout_minor, "plus", 0))
    if settlement.carry_out_minor:
        bars.append(bar(__("Carried forward"), settlement.carry_out_minor, "minus", 0))
    return bars

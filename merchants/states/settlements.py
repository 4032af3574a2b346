"""The states of closings and settlements, the kinds of line, and every edge.

The database refuses the other edges too: ``merchants/sql/0004_settlement_guards`` says the same.
"""

from __future__ import annotations

from django.db import models


class RunState(models.TextChoices):
    """Whether all shards of a closing were settled."""

    CLOSING = "CLOSING", "Closing: the input is frozen"
    CLOSED = "CLOSED", "Closed"


class ShardState(models.TextChoices):
    """What became of one part of a closing."""

    PENDING = "PENDING", "Pending"
    CLAIMED = "CLAIMED", "Claimed"
    DONE = "DONE", "Done"
    DEAD = "DEAD", "Dead: it failed too often"


class SettlementState(models.TextChoices):
    """What became of what a merchant is owed for a business day.

    A day is OPEN while it goes on (only a preview shows that), its run is CLOSING, and all of a
    settlement is CALCULATED and written by one statement. It appears as PAYABLE or CARRIED where a
    rule approves it, and else in REVIEW, where a person does. It is never cancelled: its entries
    are settled once, and what is wrong is put right by an adjustment in a later one.
    """

    OPEN = "OPEN", "Open"
    CLOSING = "CLOSING", "Closing"
    CALCULATED = "CALCULATED", "Calculated"
    REVIEW = "REVIEW", "In review"
    APPROVED = "APPROVED", "Approved"
    PAYABLE = "PAYABLE", "Payable"
    CARRIED = "CARRIED", "Carried forward"
    HELD = "HELD", "Held"
    PAID_OUT = "PAID_OUT", "Paid out"
    RECONCILED = "RECONCILED", "Reconciled"


class LineType(models.TextChoices):
    """What a line of a settlement is; the items are those that link a ledger entry."""

    PAYMENT = "PAYMENT", "Payment"
    REFUND = "REFUND", "Refund"
    REFUND_REVERSAL = "REFUND_REVERSAL", "Refund reversed"
    DISPUTE = "DISPUTE", "Dispute"
    DISPUTE_REVERSAL = "DISPUTE_REVERSAL", "Dispute reversed"
    FEE = "FEE", "Fee"
    FEE_REFUND = "FEE_REFUND", "Fee given back"
    VAT = "VAT", "VAT on fees"
    RESERVE_HOLD = "RESERVE_HOLD", "Held back as a reserve"
    RESERVE_RELEASE = "RESERVE_RELEASE", "Reserve released"
    ADJUSTMENT = "ADJUSTMENT", "Adjustment"
    PAYOUT_RETURN = "PAYOUT_RETURN", "Returned payout"
    CARRY_IN = "CARRY_IN", "Carried from before"
    CARRY_OUT = "CARRY_OUT", "Carried forward"
    MIN_HOLD = "MIN_HOLD", "Below the minimum payout"
    MIN_RELEASE = "MIN_RELEASE", "Was below the minimum payout"


class ReserveState(models.TextChoices):
    """What became of an amount held back."""

    HELD = "HELD", "Held"
    PARTLY_RELEASED = "PARTLY_RELEASED", "Partly released"
    RELEASED = "RELEASED", "Released"
    CONSUMED = "CONSUMED", "Consumed"


_S = SettlementState
SETTLEMENT_EDGES = {
    (_S.REVIEW, "approve"): _S.APPROVED,
    (_S.APPROVED, "pay"): _S.PAYABLE,
    (_S.APPROVED, "carry"): _S.CARRIED,
    (_S.APPROVED, "hold"): _S.HELD,
    (_S.PAYABLE, "hold"): _S.HELD,
    (_S.HELD, "release"): _S.PAYABLE,
    # A returned payout that is not tried again is a line of a later settlement.
    (_S.HELD, "carry"): _S.CARRIED,
    (_S.PAYABLE, "pay_out"): _S.PAID_OUT,
    (_S.PAID_OUT, "reconcile"): _S.RECONCILED,
    # The bank sent the money back, be it long afterwards.
    (_S.PAID_OUT, "return"): _S.HELD,
    (_S.RECONCILED, "return"): _S.HELD,
}

_R = ReserveState
RESERVE_EDGES = {
    (_R.HELD, "release_part"): _R.PARTLY_RELEASED,
    (_R.HELD, "release"): _R.RELEASED,
    (_R.HELD, "consume"): _R.CONSUMED,
    (_R.PARTLY_RELEASED, "release"): _R.RELEASED,
    (_R.PARTLY_RELEASED, "consume"): _R.CONSUMED,
}

"""Every state and every edge between them, one table for each; PostgreSQL says the same."""

from merchants.states.disputes import DISPUTE_EDGES, UNDECIDED, DisputeState
from merchants.states.payments import OPEN, PAID, PAYMENT_EDGES, PaymentState, following
from merchants.states.payouts import (
    BEFORE_FILE,
    FILE_EDGES,
    LIVE,
    PAYOUT_EDGES,
    FileState,
    PayoutState,
)
from merchants.states.settlements import (
    RESERVE_EDGES,
    SETTLEMENT_EDGES,
    LineType,
    ReserveState,
    RunState,
    SettlementState,
    ShardState,
)

__all__ = [
    "BEFORE_FILE",
    "DISPUTE_EDGES",
    "FILE_EDGES",
    "LIVE",
    "OPEN",
    "PAID",
    "PAYMENT_EDGES",
    "PAYOUT_EDGES",
    "RESERVE_EDGES",
    "SETTLEMENT_EDGES",
    "UNDECIDED",
    "DisputeState",
    "FileState",
    "LineType",
    "PaymentState",
    "PayoutState",
    "ReserveState",
    "RunState",
    "SettlementState",
    "ShardState",
    "following",
]

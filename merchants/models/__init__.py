"""The tables of acceptance."""

from merchants.models.fees import FeePlan
from merchants.models.merchants import Merchant, Store
from merchants.models.payments import Payment, Refund
from merchants.models.settlement import Payout, Settlement, SettlementItem, SettlementRun

__all__ = [
    "FeePlan",
    "Merchant",
    "Payment",
    "Payout",
    "Refund",
    "Settlement",
    "SettlementItem",
    "SettlementRun",
    "Store",
]

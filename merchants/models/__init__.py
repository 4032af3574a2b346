"""The tables of acceptance."""

from merchants.models.api_keys import ApiKey, ApiKeySecret
from merchants.models.fees import FeeAgreement, FeePlan, FeeRate, MonthlyTurnover, Price
from merchants.models.merchants import Merchant, MerchantKind, Store, StorePicture, Terminal
from merchants.models.onboarding import Application, MerchantAudit, MerchantBankAccount
from merchants.models.payments import Payment, Refund
from merchants.models.settlement import Payout, Settlement, SettlementItem, SettlementRun
from merchants.models.staff import Role, StaffInvitation, StaffRole

__all__ = [
    "ApiKey",
    "ApiKeySecret",
    "Application",
    "FeeAgreement",
    "FeePlan",
    "FeeRate",
    "Merchant",
    "MerchantAudit",
    "MerchantBankAccount",
    "MerchantKind",
    "MonthlyTurnover",
    "Payment",
    "Payout",
    "Price",
    "Refund",
    "Role",
    "Settlement",
    "SettlementItem",
    "SettlementRun",
    "StaffInvitation",
    "StaffRole",
    "Store",
    "StorePicture",
    "Terminal",
]

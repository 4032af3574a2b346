"""The tables of acceptance."""

from merchants.models.api_keys import ApiKey, ApiKeySecret
from merchants.models.fees import FeeAgreement, FeePlan, FeeRate, MonthlyTurnover, Price
from merchants.models.merchants import Merchant, MerchantKind, Store, StorePicture, Terminal
from merchants.models.onboarding import Application, MerchantAudit, MerchantBankAccount
from merchants.models.payments import Payment, Refund
from merchants.models.settlement import Payout, Settlement, SettlementItem, SettlementRun
from merchants.models.staff import Role, StaffInvitation, StaffRole
from merchants.models.statements import BankLine, HouseAccount, Statement, StatementFile

__all__ = [
    "ApiKey",
    "ApiKeySecret",
    "Application",
    "BankLine",
    "FeeAgreement",
    "FeePlan",
    "FeeRate",
    "HouseAccount",
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
    "Statement",
    "StatementFile",
    "Store",
    "StorePicture",
    "Terminal",
]

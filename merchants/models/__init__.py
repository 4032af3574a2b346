"""The tables of acceptance."""

from merchants.models.api_keys import ApiKey, ApiKeySecret
from merchants.models.bank import (
    BankLine,
    Break,
    BreakResolution,
    BreakStep,
    HouseAccount,
    MatchClaim,
    MatchGroup,
    MatchStep,
    Movement,
    ReconciliationDay,
    ReconciliationRun,
    SafeguardingDay,
    Statement,
    StatementFile,
)
from merchants.models.calendars import SettlementCalendar, SettlementTerms
from merchants.models.deeds import Deed
from merchants.models.disputes import Dispute, DisputeEvidence
from merchants.models.events import (
    MerchantEvent,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
)
from merchants.models.exports import Export
from merchants.models.fees import FeeAgreement, FeePlan, FeeRate, MonthlyTurnover, Price
from merchants.models.merchants import Merchant, MerchantKind, Store, StorePicture, Terminal
from merchants.models.offline_tills import OfflineTerms, TillCertificate, TillNonce
from merchants.models.offline_vouchers import Allowance, OfflineCase, Voucher
from merchants.models.onboarding import Application, MerchantAudit, MerchantBankAccount
from merchants.models.payments import Payment, Refund
from merchants.models.payouts import Adjustment, Payout, PayoutRun
from merchants.models.periods import PeriodRequest
from merchants.models.risk import RiskHit, RiskReview, RiskRule, RiskRuleChange
from merchants.models.runs import LateEntry, SettlementRun, SettlementShard
from merchants.models.settlement import Reserve, Settlement, SettlementItem
from merchants.models.shifts import TillShift
from merchants.models.staff import Role, StaffInvitation, StaffRole

__all__ = [
    "Adjustment",
    "Allowance",
    "ApiKey",
    "ApiKeySecret",
    "Application",
    "BankLine",
    "Break",
    "BreakResolution",
    "BreakStep",
    "Deed",
    "Dispute",
    "DisputeEvidence",
    "Export",
    "FeeAgreement",
    "FeePlan",
    "FeeRate",
    "HouseAccount",
    "LateEntry",
    "MatchClaim",
    "MatchGroup",
    "MatchStep",
    "Merchant",
    "MerchantAudit",
    "MerchantBankAccount",
    "MerchantEvent",
    "MerchantKind",
    "MonthlyTurnover",
    "Movement",
    "OfflineCase",
    "OfflineTerms",
    "Payment",
    "Payout",
    "PayoutRun",
    "PeriodRequest",
    "Price",
    "ReconciliationDay",
    "ReconciliationRun",
    "Refund",
    "Reserve",
    "RiskHit",
    "RiskReview",
    "RiskRule",
    "RiskRuleChange",
    "Role",
    "SafeguardingDay",
    "Settlement",
    "SettlementCalendar",
    "SettlementItem",
    "SettlementRun",
    "SettlementShard",
    "SettlementTerms",
    "StaffInvitation",
    "StaffRole",
    "Statement",
    "StatementFile",
    "Store",
    "StorePicture",
    "Terminal",
    "TillCertificate",
    "TillNonce",
    "TillShift",
    "Voucher",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookSecret",
]

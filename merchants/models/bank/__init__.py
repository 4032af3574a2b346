"""What the bank says, what is expected of it, how the two fit, and what is left over."""

from merchants.models.bank.breaks import Break, BreakResolution, BreakStep
from merchants.models.bank.days import ReconciliationDay, ReconciliationRun, SafeguardingDay
from merchants.models.bank.matches import MatchClaim, MatchGroup, MatchStep, Movement
from merchants.models.bank.statements import BankLine, HouseAccount, Statement, StatementFile

__all__ = [
    "BankLine",
    "Break",
    "BreakResolution",
    "BreakStep",
    "HouseAccount",
    "MatchClaim",
    "MatchGroup",
    "MatchStep",
    "Movement",
    "ReconciliationDay",
    "ReconciliationRun",
    "SafeguardingDay",
    "Statement",
    "StatementFile",
]

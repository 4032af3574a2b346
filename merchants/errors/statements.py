"""Refusals about bank statements and reconciliation."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class StatementRefused(MerchantError):
    """Base of everything that keeps a statement from being loaded."""

    code = "statement_refused"


class StatementUnreadable(StatementRefused):
    """The file is broken, cut off, hostile, or of no known format."""

    code = "statement_unreadable"
    status = 400

    def __init__(self, line: int, why: str) -> None:
        super().__init__(line, why)
        self.line = line
        self.why = why

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


class ProfileUnsound(StatementRefused):
    """A mapping profile for CSV files that cannot be followed."""

    code = "statement_profile_unsound"
    status = 400

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"the profile cannot be followed: {self.why}"


class StatementUnderWay(StatementRefused):
    """The same file is being imported by somebody else just now."""

    code = "statement_under_way"
    status = 409

    def __str__(self) -> str:
        return "this file is being imported just now"

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


class MatchState(StatementRefused):
    """The match is in a state in which this cannot be done with it."""

    code = "match_state"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state

    def __str__(self) -> str:
        return f"this cannot be done with a match that is {self.state}"


class MatchUnsound(StatementRefused):
    """Lines and movements that do not belong together."""

    code = "match_unsound"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"these cannot be matched: {self.why}"


class BreakState(StatementRefused):
    """The break is in a state in which this cannot be done with it."""

    code = "break_state"

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state

    def __str__(self) -> str:
        return f"this cannot be done with a break that is {self.state}"


class BreakAboveLimit(StatementRefused):
    """A break of an amount that this person may not decide about."""

    code = "break_above_limit"
    status = 403

    def __str__(self) -> str:
        return "this is more than you may decide about"

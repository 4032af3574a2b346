"""Refusals about closing months."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class PeriodRefused(MerchantError):
    """Base of what keeps a month from being closed, locked or opened again."""

    code = "period_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class PeriodMonthInvalid(PeriodRefused):
    """There is no such month."""

    code = "period_month_invalid"
    status = 400
    message = "write a month as 2026-02"


class PeriodRightMissing(PeriodRefused):
    """Closing months and permitting postings are rights of their own."""

    code = "period_right_missing"
    status = 403
    message = "this needs a permission that not all of our people have"


class PeriodRequestOpen(PeriodRefused):
    """The same was asked for and is not decided yet."""

    code = "period_request_open"
    message = "the same was asked for before and waits to be decided"


class PeriodRequestDecided(PeriodRefused):
    """It was decided before."""

    code = "period_request_decided"
    message = "this was decided before"


class PeriodUnfinished(PeriodRefused):
    """A month is locked once its days are settled and reconciled without a residual."""

    code = "period_unfinished"

    def __init__(self, closing_runs: int, unexplained_days: int) -> None:
        super().__init__(closing_runs, unexplained_days)
        self.closing_runs = closing_runs
        self.unexplained_days = unexplained_days

    def __str__(self) -> str:
        return (
            f"{self.closing_runs} settlement runs are under way, and"
            f" {self.unexplained_days} days have a residual or no statement"
        )

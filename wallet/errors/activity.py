"""Refusals about statements."""

from __future__ import annotations

from wallet.errors.base import WalletError


class InvalidMonth(WalletError):
    """The address does not name a month."""

    code = "invalid_month"
    status = 400
    message = "write the month as year and month, such as 2026-03"


class StatementNotYet(WalletError):
    """The month has not begun."""

    code = "statement_not_yet"
    status = 404
    message = "this month has not begun"


class NoStatement(WalletError):
    """The month ended before the wallet was opened."""

    code = "no_statement"
    status = 404
    message = "the wallet was not open in this month"


class StatementTooLong(WalletError):
    """More lines than fit a document for reading."""

    code = "statement_too_long"
    message = "this month has too many lines to be read as a document; take the CSV file"

"""Everything the ledger refuses, each with a stable ``code`` and the facts as attributes."""

from __future__ import annotations


class LedgerError(Exception):
    """The book refused; nothing was written."""

    code = "ledger_error"


class InvalidAmount(LedgerError):
    """The text or number is not an amount of that currency."""

    code = "invalid_amount"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class InvalidText(LedgerError):
    """A kind, reference, description or metadata is too long or holds what cannot be stored."""

    code = "invalid_text"

    def __str__(self) -> str:
        return "a text is too long, or holds characters that cannot be stored"


class UnknownCurrency(LedgerError):
    """The currency code is not one the ledger keeps."""

    code = "unknown_currency"

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency

    def __str__(self) -> str:
        return f"{self.currency!r} is not a currency this ledger keeps"


class CurrencyMismatch(LedgerError):
    """Two currencies met where one was needed: in a sum, or between a leg and its account."""

    code = "currency_mismatch"

    def __init__(self, expected: str, given: str) -> None:
        super().__init__(expected, given)
        self.expected = expected
        self.given = given

    def __str__(self) -> str:
        return f"expected {self.expected}, was given {self.given}"


class UnbalancedTransaction(LedgerError):
    """Debits and credits differ in some currency."""

    code = "unbalanced_transaction"

    def __str__(self) -> str:
        return "debits and credits of the transaction are not equal in every currency"


class EmptyTransaction(LedgerError):
    """A transaction needs a kind, a reference and at least two legs."""

    code = "empty_transaction"

    def __str__(self) -> str:
        return "a transaction needs a kind, a reference and at least two legs"


class UnknownAccount(LedgerError):
    """No account has that code or id."""

    code = "unknown_account"

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account

    def __str__(self) -> str:
        return f"there is no account {self.account}"


class AccountError(LedgerError):
    """One account refuses the posting; ``account_id`` says which."""

    code = "account_refuses"
    reason = "refuses the posting"

    def __init__(self, account_id: int) -> None:
        super().__init__(account_id)
        self.account_id = account_id

    def __str__(self) -> str:
        return f"account {self.account_id} {self.reason}"


class InsufficientFunds(AccountError):
    """The account would fall below its floor."""

    code = "insufficient_funds"
    reason = "does not hold enough"


class CapExceeded(AccountError):
    """The account would rise above its cap."""

    code = "cap_exceeded"
    reason = "would hold more than it may"


class AccountFrozen(AccountError):
    """The account is frozen: it accepts reversals only."""

    code = "account_frozen"
    reason = "is frozen"


class AccountClosed(AccountError):
    """The account is closed for good."""

    code = "account_closed"
    reason = "is closed"


class AccountNotEmpty(AccountError):
    """An account is closed only at a balance of zero."""

    code = "account_not_empty"
    reason = "still holds a balance"


class AccountDiffers(AccountError):
    """An account with this code exists, opened with other properties."""

    code = "account_differs"
    reason = "was opened with other properties"


class InvalidAccount(LedgerError):
    """The account asked for cannot exist: a bad code, or stripes together with a floor or cap."""

    code = "invalid_account"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class NothingToSweep(LedgerError):
    """A sweep found no money it may move."""

    code = "nothing_to_sweep"

    def __str__(self) -> str:
        return "there is nothing to sweep"


class ReferenceConflict(LedgerError):
    """The reference was posted before, with another kind or other legs."""

    code = "reference_conflict"

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference

    def __str__(self) -> str:
        return f"reference {self.reference!r} was already posted with other legs"


class UnknownTransaction(LedgerError):
    """No transaction has that id."""

    code = "unknown_transaction"

    def __init__(self, transaction_id: int) -> None:
        super().__init__(transaction_id)
        self.transaction_id = transaction_id

    def __str__(self) -> str:
        return f"there is no transaction {self.transaction_id}"


class AlreadyReversed(LedgerError):
    """The transaction was reversed before, under another reference."""

    code = "already_reversed"

    def __str__(self) -> str:
        return "the transaction was already reversed"


class NotReversible(LedgerError):
    """A reversal is final: it cannot itself be reversed."""

    code = "not_reversible"

    def __str__(self) -> str:
        return "a reversal cannot be reversed"


class GroupRefused(LedgerError):
    """A linked posting was refused because another one of its group was."""

    code = "group_refused"

    def __init__(self, group: str) -> None:
        super().__init__(group)
        self.group = group

    def __str__(self) -> str:
        return f"another posting of group {self.group!r} was refused"


class AnchorDiffers(LedgerError):
    """The book's seals do not go on from those that were signed and kept outside it."""

    code = "anchor_differs"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the book does not follow its anchor: {self.reason}"


class HistoryIsFinal(LedgerError):
    """Posted history cannot be changed, and only posting writes it."""

    code = "history_is_final"

    def __str__(self) -> str:
        return "posted history cannot be changed; post a correction instead"


class PeriodError(LedgerError):
    """A closed month refuses, or does not go to the state asked for."""

    code = "period_refuses"
    message = "the period refuses"

    def __str__(self) -> str:
        return self.message


class PeriodLocked(PeriodError):
    """The posting is dated into a locked month."""

    code = "period_locked"
    message = "the month is locked: post into an open one, with the reason"


class PeriodSoftClosed(PeriodError):
    """The posting is dated into a soft-closed month, and its reference is not permitted."""

    code = "period_soft_closed"
    message = "the month is soft-closed: it takes permitted references only"


class PeriodStateRefused(PeriodError):
    """A month goes from open to soft-closed to locked, and from soft-closed back to open."""

    code = "period_state"
    message = "the month does not go from its state to that one"


class PeriodNotOver(PeriodError):
    code = "period_not_over"
    message = "the month ended less than two hours ago, or has not ended"


class PeriodOutOfOrder(PeriodError):
    code = "period_out_of_order"
    message = "another month goes first"


class PeriodBusy(PeriodError):
    code = "period_busy"
    message = "a database transaction from before the closing is under way; try again later"


class PeriodInvalid(PeriodError):
    """The month is not one, or one person stands for two, or there is no reason."""

    code = "period_invalid"
    message = "name a month such as 2026-02, two persons and a reason"

"""Refusals about settlements, payouts and adjustments."""

from __future__ import annotations

from merchants.errors.base import MerchantError


class SettlementRefused(MerchantError):
    """Base of everything that keeps a settlement or a payout from going on."""

    code = "settlement_refused"
    message = "this was refused"

    def __str__(self) -> str:
        return self.message


class TermsBackdated(SettlementRefused):
    """What is closed is not settled anew by other terms."""

    code = "settlement_terms_backdated"
    message = "the closing of that day has begun; other terms begin later"


class TermsTaken(SettlementRefused):
    """Other terms of the merchant begin on the same day."""

    code = "settlement_terms_taken"
    message = "other terms begin on this very day"


class DayNotOver(SettlementRefused):
    """A day is closed once it has ended, unless it is closed early on purpose."""

    code = "day_not_over"
    message = "this day has not ended yet"


class LeaseLost(SettlementRefused):
    """Somebody else works on the shard by now, or it is done."""

    code = "shard_lease_lost"
    message = "another worker has this shard by now"


class _WrongState(SettlementRefused):
    """The table of edges does not lead on from the current state by this."""

    code = "settlement_wrong_state"
    thing = "settlement"

    def __init__(self, current: str, event: str) -> None:
        super().__init__(current, event)
        self.current = current
        self.event = event

    def __str__(self) -> str:
        return f"{self.event} is not possible for a {self.thing} that is {self.current}"


class SettlementState(_WrongState):
    """No such edge for the settlement."""

    code = "settlement_state"


class PayoutState(_WrongState):
    """No such edge for the payout."""

    code = "payout_state"
    thing = "payout"


class PayoutRunState(_WrongState):
    """No such edge for the payout run."""

    code = "payout_run_state"
    thing = "payout run"


class AdjustmentDecided(SettlementRefused):
    """It was decided before."""

    code = "adjustment_decided"
    message = "this adjustment was decided before"


class ShardNotDead(SettlementRefused):
    """Only a shard that failed too often is given another chance."""

    code = "shard_not_dead"
    message = "this shard has not failed too often"


class PayoutNotFoldable(SettlementRefused):
    """Only money that is payable again, and waits for nothing, becomes a line of a settlement."""

    code = "payout_not_foldable"
    message = "the money of this payout is not payable again, or was paid out anew"


class BankAnswerUnreadable(SettlementRefused):
    """What the bank sent is no answer to a payout file; ``why`` says what is wrong with it."""

    code = "bank_answer_unreadable"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"the bank's answer cannot be read: {self.why}"


class NoHouseAccount(SettlementRefused):
    """There is no account of ours to pay from; ``currency`` says in which currency."""

    code = "no_house_account"

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency

    def __str__(self) -> str:
        return f"there is no safeguarding account in {self.currency} to pay from"

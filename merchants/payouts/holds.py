"""Why what a merchant is owed is not paid now: reasons of a rule, and those that people give."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from merchants.access.audits import name_of, note
from merchants.errors import SettlementState
from merchants.models import Merchant, MerchantBankAccount, Settlement
from merchants.onboarding.staff import require_staff
from merchants.states import SETTLEMENT_EDGES
from merchants.states import SettlementState as State
from wallet.idempotency import use_case
from wallet.models import User

NO_ACCOUNT = "NO_BANK_ACCOUNT"
COOLING_OFF = "BANK_ACCOUNT_COOLING_OFF"
SUSPENDED = "MERCHANT_SUSPENDED"
FAILED = "PAYOUT_FAILED"  # followed by the bank's code
_MANUAL = "MANUAL"  # followed by what the person wrote

Accounts = dict[int, MerchantBankAccount]


def move(settlement: Settlement, event: str, *, reason: str = "") -> None:
    """Take one edge of the table of states, in memory; whoever calls saves the row.

    Raises:
        SettlementState: there is no such edge.

    """
    reached = SETTLEMENT_EDGES.get((State(settlement.state), event))
    if reached is None:
        raise SettlementState(settlement.state, event)
    settlement.state, settlement.hold_reason = reached, reason


def accounts_of(merchant_ids: Iterable[int], at: datetime) -> Accounts:
    """Return where each of the merchants is paid to at an instant, by one query."""
    usable = MerchantBankAccount.objects.filter(
        merchant__in=set(merchant_ids),
        state=MerchantBankAccount.State.APPROVED,
        usable_from__lte=at,
    )
    latest = usable.order_by("merchant_id", "-usable_from", "-pk").distinct("merchant_id")
    return {account.merchant_id: account for account in latest}


def cooling(merchant_ids: Iterable[int], at: datetime) -> set[int]:
    """Return which of the merchants have an account that may not be paid to yet."""
    waiting = MerchantBankAccount.objects.filter(
        merchant__in=set(merchant_ids),
        state=MerchantBankAccount.State.APPROVED,
        usable_from__gt=at,
    )
    return set(waiting.values_list("merchant_id", flat=True))


def reason_to_hold(settlement: Settlement, *, accounts: Accounts, cooling_off: set[int]) -> str:
    """Return why a settlement cannot be paid now; empty: it can.

    One whose payout failed waits for another account than the one it failed on, or for a person
    to release it because the bank had erred.
    """
    if settlement.merchant.status == Merchant.Status.SUSPENDED:
        return SUSPENDED
    account = accounts.get(settlement.merchant_id)
    if account is None:
        return COOLING_OFF if settlement.merchant_id in cooling_off else NO_ACCOUNT
    failed = settlement.payout
    if failed is None or failed.bank_account_id != account.pk or settlement.state == State.PAYABLE:
        return ""
    return f"{FAILED} {failed.reason_code}".strip()


def is_manual(settlement: Settlement) -> bool:
    """Tell whether a person holds it: no rule releases it then."""
    return settlement.hold_reason.startswith(_MANUAL)


@use_case
def hold(*, settlement: Settlement, reason: str, by: User, at: datetime) -> Settlement:
    """Keep a payable settlement from being paid, until a person releases it.

    Raises:
        NotStaff: not one of our people.
        SettlementState: it is not payable, or is being paid.

    """
    require_staff(by)
    found = locked(settlement)
    if found.payout_id is not None:
        raise SettlementState(found.state, "hold")
    move(found, "hold", reason=f"{_MANUAL} {reason}"[:500])
    return _saved(found, "held", reason, by, at)


@use_case
def release(*, settlement: Settlement, reason: str, by: User, at: datetime) -> Settlement:
    """Let a held settlement be paid by the next run, be it to the account that failed before.

    Raises:
        NotStaff: not one of our people.
        SettlementState: it is not held.

    """
    require_staff(by)
    found = locked(settlement)
    move(found, "release")
    return _saved(found, "released", reason, by, at)


@use_case
def approve(*, settlement: Settlement, reason: str, by: User, at: datetime) -> Settlement:
    """Approve a settlement whose payout is above what the merchant's terms let pass.

    Raises:
        NotStaff: not one of our people.
        SettlementState: it is not in review.

    """
    require_staff(by)
    found = locked(settlement)
    move(found, "approve")
    found.approved_by, found.approved_at = name_of(by), at
    found.save(update_fields=["state", "approved_by", "approved_at"])
    move(found, "pay")
    return _saved(found, "approved", reason, by, at)


def locked(settlement: Settlement) -> Settlement:
    """Return a settlement as it is now, locked until the database transaction ends."""
    rows = Settlement.objects.select_related("merchant")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=settlement.pk)


def _saved(settlement: Settlement, what: str, reason: str, by: User, at: datetime) -> Settlement:
    settlement.save(update_fields=["state", "hold_reason"])
    note(
        merchant=settlement.merchant,
        action=f"settlement.{what}",
        actor=name_of(by),
        reason=reason,
        facts={"settlement": str(settlement.pk), "payout_minor": settlement.payout_minor},
        at=at,
    )
    return settlement

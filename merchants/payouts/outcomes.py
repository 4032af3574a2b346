"""What the bank did with a payout, and what of it is posted.

Each step is taken once: hearing the same again changes nothing. Money moves from payable to in
transit when a payout is made, from there to the bank when it is paid, and back the same way by
reversals when it is rejected or returned.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ledger.accounts import account_id
from ledger.posting import credit, debit, post, reverse
from merchants.access.audits import name_of, note
from merchants.errors import PayoutNotFoldable, PayoutState
from merchants.models import LateEntry, Payout, Settlement
from merchants.onboarding.staff import require_staff
from merchants.payouts.holds import FAILED
from merchants.payouts.holds import move as move_settlement
from merchants.states import PAYOUT_EDGES, SettlementState
from merchants.states import PayoutState as State
from wallet.chart import SAFEGUARDING
from wallet.idempotency import use_case
from wallet.models import User

_AHEAD = {
    "accept": (State.ACCEPTED, State.PAID, State.RECONCILED, State.RETURNED),
    "pay": (State.PAID, State.RECONCILED, State.RETURNED),
    "reconcile": (State.RECONCILED, State.RETURNED),
    "reject": (State.REJECTED,),
    "return": (State.RETURNED,),
}


def move(payout: Payout, event: str) -> None:
    """Take one edge of the table of states, in memory; whoever calls saves the row.

    Raises:
        PayoutState: there is no such edge.

    """
    reached = PAYOUT_EDGES.get((State(payout.state), event))
    if reached is None:
        raise PayoutState(payout.state, event)
    payout.state = reached


@use_case
def accept(*, number: str, at: datetime, reference: str = "") -> Payout:
    """The bank takes a payout up (ACTC, ACCP, ACSP).

    Raises:
        PayoutState: it was rejected, or never sent.

    """

    def take(payout: Payout) -> None:
        payout.accepted_at = at
        payout.bank_reference = reference or payout.bank_reference

    return _once(number, "accept", take)


@use_case
def confirm_paid(*, number: str, at: datetime, reference: str = "") -> Payout:
    """The bank paid it (ACSC, or the debit on the account): it leaves what is in transit.

    Raises:
        PayoutState: it was rejected, or never sent.

    """

    def take(payout: Payout) -> None:
        posted = post(
            kind="PAYOUT_PAID",
            reference=f"payout:{number}:paid",
            legs=[
                debit(payout.merchant.in_transit_account_id, payout.amount),
                credit(account_id(SAFEGUARDING, payout.currency), payout.amount),
            ],
            effective_at=at,
            metadata={"payout": number},
        )
        payout.paid_transaction_id, payout.paid_at = posted.transaction_id, at
        payout.bank_reference = reference or payout.bank_reference
        _move_settlements(payout, "pay_out")

    return _once(number, "pay", take)


@use_case
def reconcile(*, number: str) -> Payout:
    """The debit on the bank's statement was matched with it.

    Raises:
        PayoutState: it is not paid.

    """
    return _once(number, "reconcile", lambda payout: _move_settlements(payout, "reconcile"))


@use_case
def reject(*, number: str, code: str, reason: str, at: datetime) -> Payout:
    """The bank does not pay it (RJCT): its money is payable again, and waits for another account.

    Raises:
        PayoutState: it was paid, or never sent.

    """

    def take(payout: Payout) -> None:
        payout.reason_code, payout.reason = code[:4], reason[:500]
        _restore(payout, at)

    return _once(number, "reject", take)


@use_case
def send_back(*, number: str, code: str, reason: str, at: datetime) -> Payout:
    """The money of a payout came back, be it long after it was paid; it is payable again.

    Raises:
        PayoutState: it was not paid.

    """

    def take(payout: Payout) -> None:
        if payout.paid_transaction_id is None:
            raise PayoutState(payout.state, "return")
        reverse(
            transaction_id=payout.paid_transaction_id,
            reference=f"payout:{number}:returned",
            effective_at=at,
            metadata={"payout": number},
        )
        payout.returned_at = at
        payout.reason_code, payout.reason = code[:4], reason[:500]
        payout.save()
        _restore(payout, at)

    return _once(number, "return", take)


@use_case
def fold(*, payout: Payout, reason: str, by: User, at: datetime) -> Payout:
    """Let the money of a failed payout be a line of the next settlement, not a payout of its own.

    Raises:
        NotStaff: not one of our people.
        PayoutNotFoldable: its money is not payable again, or was paid out anew.

    """
    require_staff(by)
    found = locked(payout.number)
    settlements = _settlements(found)
    held = all(s.state == SettlementState.HELD for s in settlements)
    is_free = found.state == State.FUNDS_RESTORED and found.folded_at is None
    if not (is_free and settlements and held):
        raise PayoutNotFoldable
    found.folded_at = at
    found.save()
    for settlement in settlements:
        move_settlement(settlement, "carry")
        settlement.save(update_fields=["state", "hold_reason"])
    entry = found.merchant.payable_account.entries.get(
        transaction__pk=found.restored_transaction_id or 0
    )
    LateEntry.objects.create(entry=entry, merchant=found.merchant, found_at=at)
    facts = {"payout": found.number, "amount_minor": found.amount_minor}
    actor = name_of(by)
    note(
        merchant=found.merchant,
        action="payout.folded",
        actor=actor,
        reason=reason,
        facts=facts,
        at=at,
    )
    return found


def locked(number: str) -> Payout:
    """Return a payout as it is now, locked until the database transaction ends."""
    rows = Payout.objects.select_related("merchant__payable_account")
    return rows.select_for_update(no_key=True, of=("self",)).get(number=number)


def _once(number: str, event: str, take: Callable[[Payout], None]) -> Payout:
    payout = locked(number)
    restored = payout.state == State.FUNDS_RESTORED
    if payout.state in _AHEAD[event] or (restored and _heard_before(payout, event)):
        return payout
    move(payout, event)
    take(payout)
    payout.save()
    return payout


def _heard_before(payout: Payout, event: str) -> bool:
    """Tell whether a payout whose money is payable again came there by, or after, this event."""
    was_paid = payout.paid_transaction_id is not None
    return event != "reject" if was_paid else event == "reject"


def _restore(payout: Payout, at: datetime) -> None:
    if payout.transaction_id is None:
        raise PayoutState(payout.state, "restore")
    # The row goes through each of its states: rejected or returned, then restored.
    payout.save()
    undone = reverse(
        transaction_id=payout.transaction_id,
        reference=f"payout:{payout.number}:restored",
        effective_at=at,
        metadata={"payout": payout.number},
    )
    move(payout, "restore")
    payout.restored_transaction_id = undone.transaction_id
    event = "hold" if payout.paid_transaction_id is None else "return"
    _move_settlements(payout, event, reason=f"{FAILED} {payout.reason_code}".strip())


def _move_settlements(payout: Payout, event: str, *, reason: str = "") -> None:
    for settlement in _settlements(payout):
        move_settlement(settlement, event, reason=reason)
        settlement.save(update_fields=["state", "hold_reason"])


def _settlements(payout: Payout) -> list[Settlement]:
    rows = Settlement.objects.filter(payout=payout).order_by("pk")
    return list(rows.select_for_update(no_key=True))

"""Money of a payment that its payer contests: held back, let go, or given back.

What is held back is on an account of its own and not owed to the merchant meanwhile; what is owed
may go below zero by it. A dispute that is lost lets it go and refunds it like any refund, so that
the sum of all refunds is checked in one place, and the fee comes back by the plan.
"""

from __future__ import annotations

from datetime import datetime

from ledger.accounts import open_account
from ledger.models import Category
from ledger.posting import Leg, credit, debit, post
from merchants.errors import DisputeEnded
from merchants.events.recording import record as tell_merchant
from merchants.models import Dispute, Payment
from merchants.payments.moving import tell
from merchants.payments.refunds import refund_disputed
from merchants.states import DISPUTE_EDGES, UNDECIDED, DisputeState

HELD, LET_GO = "DISPUTE", "DISPUTE_REVERSAL"
_TO_PAYER = {
    DisputeState.WON: "dispute.rejected",
    DisputeState.LOST: "dispute.upheld",
    DisputeState.CONCEDED: "dispute.upheld",
    DisputeState.WITHDRAWN: "dispute.withdrawn",
}


def move_dispute(dispute: Dispute, event: str) -> None:
    """Take one edge of the table of states, in memory; whoever calls saves the row.

    Raises:
        DisputeEnded: there is no such edge from where the dispute is.

    """
    reached = DISPUTE_EDGES.get((DisputeState(dispute.state), event))
    if reached is None:
        raise DisputeEnded(dispute.state)
    dispute.state = reached


def hold_back(payment: Payment, dispute: Dispute, *, at: datetime) -> None:
    """Take what is contested of a locked payment off what its merchant is owed."""
    payment.disputed_minor = dispute.amount_minor
    payment.save(update_fields=["disputed_minor"])
    payable, held = payment.merchant.payable_account_id, _held_account_id(payment)
    legs = [debit(payable, dispute.amount), credit(held, dispute.amount)]
    _post(payment, HELD, "held", legs, at)
    tell_both(payment, dispute, "dispute.opened", "dispute.opened", at=at)


def end_dispute(
    payment: Payment, dispute: Dispute, event: str, *, by: Dispute.EndedBy, at: datetime
) -> None:
    """End a dispute of a locked payment, and send the money where it belongs then.

    Raises:
        DisputeEnded: it cannot end so from where it is.

    """
    move_dispute(dispute, event)
    dispute.ended_by, dispute.ended_at = by, at
    dispute.save()
    payment.disputed_minor = 0
    payment.save(update_fields=["disputed_minor"])
    payable, held = payment.merchant.payable_account_id, _held_account_id(payment)
    legs = [debit(held, dispute.amount), credit(payable, dispute.amount)]
    _post(payment, LET_GO, "let_go", legs, at)
    state = DisputeState(dispute.state)
    if state in {DisputeState.LOST, DisputeState.CONCEDED}:
        refund_disputed(payment, amount=dispute.amount, reason="disputed", at=at)
    tell_both(payment, dispute, f"dispute.{state.lower()}", _TO_PAYER[state], at=at)


def concede_undecided(payment: Payment, *, at: datetime) -> bool:
    """Concede the dispute of a locked payment, if one is undecided; tell whether there was."""
    if not payment.disputed_minor:
        return False
    dispute = Dispute.objects.select_for_update(no_key=True).get(
        payment=payment, state__in=UNDECIDED
    )
    end_dispute(payment, dispute, "concede", by=Dispute.EndedBy.MERCHANT, at=at)
    return True


def tell_both(
    payment: Payment, dispute: Dispute, to_merchant: str, to_payer: str, *, at: datetime
) -> None:
    """Tell the merchant's programs and the payer what became of a dispute."""
    facts: dict[str, object] = {
        "id": str(dispute.public_id),
        "number": payment.number,
        "order_no": payment.merchant_order_no,
        "state": dispute.state,
        "reason": dispute.reason,
        "currency": dispute.currency,
        "amount_minor": dispute.amount_minor,
        "answer_by": dispute.answer_by.isoformat(),
        "decide_by": dispute.decide_by.isoformat(),
        "ended_by": dispute.ended_by,
    }
    tell_merchant(
        merchant=payment.merchant, store=payment.store, kind=to_merchant, facts=facts, at=at
    )
    if payment.wallet is not None:
        tell(payment, to_payer, wallet=payment.wallet, amount=dispute.amount, at=at)


def _held_account_id(payment: Payment) -> int:
    """Return the account of a merchant's contested money, opened with the first dispute."""
    account = open_account(
        code=f"merchant:{payment.merchant.public_id}:disputed",
        currency=payment.currency,
        category=Category.LIABILITY,
        floor_minor=0,
    )
    return account.pk


def _post(payment: Payment, kind: str, what: str, legs: list[Leg], at: datetime) -> None:
    post(
        kind=kind,
        reference=f"dispute:{payment.number}:{what}",
        legs=legs,
        effective_at=at,
        metadata={"payment": payment.number},
    )

"""Deciding: one of our people proposes, another one agrees, and time decides where nobody did.

Whoever agrees gives the digest of what they were shown, see Note [What was seen]. Nothing can be
added to a dispute that is proposed, so that what the first saw is what the second sees.

Note [When nobody decides]: a merchant that said nothing loses, one that answered keeps the money.
That we are late is nobody's proof, and who claims has to prove it.
"""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from merchants.access.audits import name_of, note
from merchants.disputes.opening import of_payment
from merchants.errors import AnswerAwaited, SecondPersonNeeded, SeenOther
from merchants.models import Dispute, DisputeEvidence, Payment
from merchants.onboarding.digests import digest_of
from merchants.onboarding.staff import require_staff
from merchants.payments.contested import end_dispute, move_dispute
from merchants.payments.finding import lock_by_id, payments
from merchants.states import UNDECIDED, DisputeState
from wallet.idempotency import use_case
from wallet.models import User

BATCH = 200
_PEOPLE, _TIME = Dispute.EndedBy.PEOPLE, Dispute.EndedBy.TIME


@use_case
def propose(
    *, dispute: Dispute, outcome: DisputeState, reason: str, by: User, at: datetime
) -> Dispute:
    """Say how a dispute should end, WON or LOST for the merchant; another person agrees or not.

    Raises:
        NotStaff: not one of our people.
        SecondPersonNeeded: it is the payer.
        AnswerAwaited: the merchant has not answered, and has time left.
        DisputeEnded: it is proposed or decided.

    """
    payment, found = _opened(dispute, by)
    move_dispute(found, "propose")
    if found.answered_at is None and at < found.answer_by:
        raise AnswerAwaited
    found.proposal, found.proposal_reason = outcome.value, reason
    found.proposed_by, found.proposed_at = by, at
    found.save()
    _note(payment, found, "proposed", by, at, reason)
    return found


@use_case
def send_back(*, dispute: Dispute, reason: str, by: User, at: datetime) -> Dispute:
    """Disagree with a proposal: the dispute is open again.

    Raises:
        NotStaff: not one of our people.
        DisputeEnded: nothing is proposed.

    """
    payment, found = _opened(dispute, by)
    move_dispute(found, "send_back")
    found.save(update_fields=["state"])
    _note(payment, found, "sent back", by, at, reason)
    return found


@use_case
def approve(*, dispute: Dispute, seen: str, by: User, at: datetime) -> Dispute:
    """Agree with a proposal; ``seen`` is the digest of what was shown. The money moves.

    Raises:
        NotStaff: not one of our people.
        SecondPersonNeeded: it is the payer, or who proposed it.
        DisputeEnded: nothing is proposed.
        SeenOther: it is not what was shown.

    """
    payment, found = _opened(dispute, by)
    if found.state == DisputeState.PROPOSED and by.pk == found.proposed_by_id:
        raise SecondPersonNeeded
    digest = digest_of(dispute_facts(found))
    event = f"approve_{found.proposal.lower()}"
    if found.state == DisputeState.PROPOSED and not compare_digest(
        digest.encode(), seen.encode("utf-8", "replace")
    ):
        raise SeenOther
    found.decided_by, found.decided_digest = by, digest
    end_dispute(payment, found, event, by=_PEOPLE, at=at)
    _note(payment, found, "decided", by, at)
    return found


def close_due(*, at: datetime) -> int:
    """End what nobody decided in time, each by itself; return how many there were."""
    for closed in range(BATCH):
        if not _close_one(at=at):
            return closed
    return BATCH


@use_case
def _close_one(*, at: datetime) -> bool:
    due = payments().filter(dispute__state__in=UNDECIDED, dispute__decide_by__lte=at)
    rows = due.select_for_update(no_key=True, of=("self",), skip_locked=True)
    payment = rows.order_by("dispute__decide_by").first()
    if payment is None:
        return False
    dispute = of_payment(payment)
    # See Note [When nobody decides].
    event = "default_lost" if dispute.answered_at is None else "default_won"
    end_dispute(payment, dispute, event, by=_TIME, at=at)
    note(
        merchant=payment.merchant,
        action="dispute.decided by time",
        actor="job",
        facts=_facts(payment, dispute),
        at=at,
    )
    return True


def dispute_facts(dispute: Dispute) -> dict[str, object]:
    """Return all that is decided upon: the claim, what both sides showed, and the proposal."""
    shown = DisputeEvidence.objects.filter(dispute=dispute).order_by("pk").defer("file")
    return {
        "dispute": str(dispute.public_id),
        "payment": dispute.payment.number,
        "amount_minor": dispute.amount_minor,
        "currency": dispute.currency,
        "reason": dispute.reason,
        "statement": dispute.statement,
        "evidence": [
            {
                "id": str(one.public_id),
                "side": one.side,
                "text": one.text,
                "file_type": one.file_type,
                "file_sha256": one.file_sha256,
            }
            for one in shown
        ],
        "proposal": dispute.proposal,
        "proposal_reason": dispute.proposal_reason,
        "proposed_by": dispute.proposed_by_id,
    }


def _opened(dispute: Dispute, by: User) -> tuple[Payment, Dispute]:
    require_staff(by)
    payment = lock_by_id(dispute.payment_id)
    found = of_payment(payment)
    if by.pk == found.opened_by_id:
        raise SecondPersonNeeded
    return payment, found


def _facts(payment: Payment, dispute: Dispute) -> dict[str, object]:
    return {
        "dispute": str(dispute.public_id),
        "payment": payment.number,
        "state": dispute.state,
        "proposal": dispute.proposal,
        "digest": dispute.decided_digest,
    }


def _note(
    payment: Payment, dispute: Dispute, what: str, by: User, at: datetime, reason: str = ""
) -> None:
    note(
        merchant=payment.merchant,
        action=f"dispute.{what}",
        actor=name_of(by),
        reason=reason,
        facts=_facts(payment, dispute),
        at=at,
    )

"""Corrections of what a merchant is owed: one person asks, another one decides, it is posted."""

from __future__ import annotations

from datetime import datetime
from hmac import compare_digest

from ledger.accounts import account_id
from ledger.money import Money
from ledger.posting import credit, debit, post
from merchants.access.audits import name_of, note
from merchants.errors import AdjustmentDecided, SecondPersonNeeded, SeenOther
from merchants.models import Adjustment, Merchant
from merchants.onboarding.digests import digest_of
from merchants.onboarding.staff import require_staff
from wallet.chart import ADJUSTMENTS
from wallet.idempotency import use_case
from wallet.models import User

_State = Adjustment.State


def seen_of(adjustment: Adjustment) -> str:
    """Return the digest of all that is decided upon."""
    return digest_of(
        {
            "adjustment": adjustment.pk,
            "merchant": adjustment.merchant.public_id,
            "amount_minor": adjustment.amount_minor,
            "currency": adjustment.currency,
            "reason": adjustment.reason,
            "requested_by": adjustment.requested_by_id,
        }
    )


@use_case
def request(
    *, merchant: Merchant, amount: Money, reason: str, by: User, at: datetime
) -> Adjustment:
    """Ask for a merchant to be owed more, or less where the amount is negative.

    Raises:
        NotStaff: not one of our people.

    """
    require_staff(by)
    made = Adjustment.objects.create(
        merchant=merchant,
        amount_minor=amount.minor,
        currency=amount.currency,
        reason=reason,
        requested_by=by,
        requested_at=at,
    )
    _note(made, "requested", by, at)
    return made


@use_case
def approve(*, adjustment: Adjustment, seen: str, by: User, at: datetime) -> Adjustment:
    """Approve and post a correction; it is a line of the settlement of that day.

    Raises:
        NotStaff: not one of our people.
        AdjustmentDecided: it was decided before.
        SecondPersonNeeded: whoever asked for it does not decide it.
        SeenOther: it is not what was shown; see Note [What was seen].

    """
    found = _open_for(by, adjustment)
    digest = seen_of(found)
    if not compare_digest(digest.encode(), seen.encode()):
        raise SeenOther
    amount = Money(abs(found.amount_minor), found.currency)
    ours = account_id(ADJUSTMENTS, found.currency)
    theirs = found.merchant.payable_account_id
    payer, payee = (ours, theirs) if found.amount_minor > 0 else (theirs, ours)
    posted = post(
        kind="ADJUSTMENT",
        reference=f"adjustment:{found.pk}",
        legs=[debit(payer, amount), credit(payee, amount)],
        effective_at=at,
        description=found.reason,
    )
    found.state, found.approved_digest = _State.APPROVED, digest
    found.transaction_id = posted.transaction_id
    return _decided(found, "approved", by, at)


@use_case
def reject(*, adjustment: Adjustment, by: User, at: datetime) -> Adjustment:
    """Turn a correction down.

    Raises:
        NotStaff: not one of our people.
        AdjustmentDecided: it was decided before.
        SecondPersonNeeded: whoever asked for it does not decide it.

    """
    found = _open_for(by, adjustment)
    found.state = _State.REJECTED
    return _decided(found, "rejected", by, at)


def _open_for(by: User, adjustment: Adjustment) -> Adjustment:
    require_staff(by)
    rows = Adjustment.objects.select_related("merchant")
    found = rows.select_for_update(no_key=True, of=("self",)).get(pk=adjustment.pk)
    if found.state != _State.REQUESTED:
        raise AdjustmentDecided
    if by.pk == found.requested_by_id:
        raise SecondPersonNeeded
    return found


def _decided(adjustment: Adjustment, what: str, by: User, at: datetime) -> Adjustment:
    adjustment.decided_by, adjustment.decided_at = by, at
    adjustment.save()
    _note(adjustment, what, by, at)
    return adjustment


def _note(adjustment: Adjustment, what: str, by: User, at: datetime) -> None:
    facts = {"adjustment": adjustment.pk, "amount_minor": adjustment.amount_minor}
    note(
        merchant=adjustment.merchant,
        action=f"adjustment.{what}",
        actor=name_of(by),
        reason=adjustment.reason,
        facts=facts,
        at=at,
    )

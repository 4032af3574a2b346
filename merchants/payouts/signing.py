"""Two persons sign a run, each for what they saw; it can be cancelled until its file exists."""

from __future__ import annotations

import hashlib
from datetime import datetime
from hmac import compare_digest

from ledger.posting import reverse
from merchants.access.audits import name_of, note
from merchants.errors import PayoutRunState, SecondPersonNeeded, SeenOther
from merchants.models import Payout, PayoutRun, Settlement
from merchants.onboarding.digests import digest_of
from merchants.onboarding.staff import require_staff
from merchants.states import BEFORE_FILE, FILE_EDGES, FileState, PayoutState
from wallet.idempotency import use_case
from wallet.models import User


def seen_of(run: PayoutRun) -> str:
    """Return the digest of all that is decided upon: to whom, where and how much."""
    lines = hashlib.sha256()
    fields = (
        "number",
        "merchant__public_id",
        "amount_minor",
        "bank_account__bank_code",
        "bank_account__number",
        "bank_account__holder_name",
    )
    rows = Payout.objects.filter(run=run).order_by("pk").values_list(*fields)
    for row in rows.iterator(chunk_size=2_000):
        lines.update(repr(row).encode())
    return digest_of(
        {
            "run": run.number,
            "currency": run.currency,
            "due_on": run.due_on.isoformat(),
            "version": run.version,
            "payout_count": run.payout_count,
            "total_minor": run.total_minor,
            "lines": lines.hexdigest(),
        }
    )


def move(run: PayoutRun, event: str) -> None:
    """Take one edge of the table of states, in memory; whoever calls saves the row.

    Raises:
        PayoutRunState: there is no such edge.

    """
    reached = FILE_EDGES.get((FileState(run.state), event))
    if reached is None:
        raise PayoutRunState(run.state, event)
    run.state = reached


@use_case
def sign(*, run: PayoutRun, seen: str, by: User, at: datetime) -> PayoutRun:
    """Sign a run: the first signature is its maker's, the second lets it go to the bank.

    Raises:
        NotStaff: not one of our people.
        PayoutRunState: it was signed twice or cancelled.
        SecondPersonNeeded: whoever made it does not check it.
        SeenOther: it is not what was shown; see Note [What was seen].

    """
    require_staff(by)
    found = locked(run)
    if found.state != FileState.DRAFT:
        raise PayoutRunState(found.state, "sign")
    if by.pk == found.maker_id:
        raise SecondPersonNeeded
    digest = seen_of(found)
    if not compare_digest(digest.encode(), seen.encode()):
        raise SeenOther
    if found.maker is None:
        found.maker, found.made_at = by, at
    else:
        move(found, "sign")
        found.checker, found.checked_at, found.approved_digest = by, at, digest
        found.poll_at = at
        Payout.objects.filter(run=found).update(state=PayoutState.APPROVED)
    found.save()
    return found


@use_case
def cancel(*, run: PayoutRun, reason: str, by: User, at: datetime) -> PayoutRun:
    """Give up a run whose file is not written yet: its money is payable again.

    Raises:
        NotStaff: not one of our people.
        PayoutRunState: its file was written.

    """
    require_staff(by)
    found = locked(run)
    move(found, "cancel")
    rows = Payout.objects.select_related("merchant").filter(run=found, state__in=BEFORE_FILE)
    for payout in rows.select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if payout.transaction_id is None:
            raise PayoutRunState(found.state, "cancel")
        undone = reverse(
            transaction_id=payout.transaction_id,
            reference=f"payout:{payout.number}:cancelled",
            effective_at=at,
            metadata={"payout": payout.number},
        )
        payout.state, payout.reason = PayoutState.CANCELLED, reason
        payout.restored_transaction_id = undone.transaction_id
        payout.save()
        note(
            merchant=payout.merchant,
            action="payout.cancelled",
            actor=name_of(by),
            reason=reason,
            facts={"payout": payout.number, "run": found.number},
            at=at,
        )
    Settlement.objects.filter(payout__run=found).update(payout=None)
    found.closed_at = at
    found.save()
    return found


def locked(run: PayoutRun) -> PayoutRun:
    """Return a run as it is now, locked until the database transaction ends."""
    return PayoutRun.objects.select_for_update(no_key=True).get(pk=run.pk)

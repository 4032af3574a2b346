"""The upload: every voucher of a batch is paid, recognized or refused, in any order of arrival.

Killed at any line it leaves nothing, and is sent again: what was paid is answered as it was then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from merchants.errors import (
    MerchantSuspended,
    OrderConflict,
    TooManyVouchers,
    VoucherPastDeadline,
    VoucherUnguaranteed,
)
from merchants.models import Allowance, Merchant, TillCertificate, Voucher
from merchants.offline.cases import open_cases
from merchants.offline.uploading import checking, funding, writing
from merchants.offline.uploading.claims import (
    REFUSED,
    Batch,
    Claim,
    Outcome,
    Presented,
    allowances_of,
)
from merchants.refusals import refused_as
from wallet.idempotency import use_case

MOST = 10_000
_ATTEMPTS = 3


def upload(
    *,
    merchant: Merchant,
    store_ids: Collection[int],
    presented: Sequence[Presented],
    at: datetime,
) -> list[Outcome]:
    """Take vouchers that tills of a merchant accepted, and say of each what became of it.

    Args:
        merchant: whose tills they are.
        store_ids: keys of the stores that the caller may speak for.
        presented: the vouchers, at most MOST, in any order, with gaps, again or for the first
            time.
        at: now.

    Raises:
        TooManyVouchers: send them in parts.
        MerchantSuspended: send them again when that is lifted.
        OrderConflict: an order was paid otherwise while we wrote, again and again.

    """
    if len(presented) > MOST:
        raise TooManyVouchers
    if merchant.status != Merchant.Status.ACTIVE:
        raise MerchantSuspended
    for _ in range(_ATTEMPTS - 1):
        try:
            return _upload(merchant=merchant, store_ids=store_ids, presented=presented, at=at)
        except OrderConflict:
            # A till asked online for one of the orders meanwhile; now it is seen.
            continue
    return _upload(merchant=merchant, store_ids=store_ids, presented=presented, at=at)


@use_case
def _upload(
    *,
    merchant: Merchant,
    store_ids: Collection[int],
    presented: Sequence[Presented],
    at: datetime,
) -> list[Outcome]:
    batch = checking.read(presented)
    checking.match(batch, merchant=merchant, store_ids=store_ids)
    checking.verify(batch)
    _lock(batch)
    funding.recognize(batch)
    new = funding.first_of_each(batch)
    funding.refuse_taken(new, merchant=merchant)
    late = [claim for claim in new if claim.refusal is None and _is_late(claim, at)]
    paid = [claim for claim in new if claim.refusal is None and not _is_late(claim, at)]
    funding.fund(paid, merchant=merchant)
    with refused_as(OrderConflict, "merchants_payment_order_once"):
        writing.write_payments(paid, merchant=merchant, at=at)
    writing.write_vouchers(paid, late=late, at=at)
    writing.post_claims(paid, at=at)
    allowances = allowances_of(paid)
    Allowance.objects.bulk_update(allowances, ["claimed_minor"], batch_size=1_000)
    open_cases(allowances, at=at)
    writing.tell(paid, merchant=merchant, at=at)
    return _outcomes(batch)


def _lock(batch: Batch) -> None:
    """Lock tills, then allowances, in the order of their keys, and take them as they are."""
    going = batch.going
    tills = TillCertificate.objects.filter(pk__in={claim.matched[1].pk for claim in going})
    list(tills.select_for_update(no_key=True).order_by("pk"))
    rows = Allowance.objects.filter(pk__in={claim.matched[0].pk for claim in going})
    rows = rows.select_for_update(no_key=True, of=("self",)).select_related("wallet")
    fresh = {row.pk: row for row in rows.order_by("pk")}
    for claim in going:
        claim.allowance = fresh[claim.matched[0].pk]


def _is_late(claim: Claim, at: datetime) -> bool:
    """Tell whether the reserve is its holder's again, or about to be."""
    allowance, _ = claim.matched
    return allowance.state == Allowance.State.RELEASED or allowance.deadline_at < at


def _outcomes(batch: Batch) -> list[Outcome]:
    """Return what became of each claim; one that was sent twice is answered like its twin."""
    first: dict[bytes, Claim] = {}
    for claim in batch.claims:
        first.setdefault(claim.digest, claim)
    return [
        _outcome(claim, first[claim.digest] if claim.digest else claim) for claim in batch.claims
    ]


def _outcome(claim: Claim, decided: Claim) -> Outcome:
    row = decided.row
    if row is None:
        code = None if decided.refusal is None else decided.refusal.code
        return Outcome(claim.digest.hex(), REFUSED, code, is_repeat=claim.is_repeat)
    code = {
        Voucher.State.LATE.value: VoucherPastDeadline.code,
        Voucher.State.UNPAID.value: VoucherUnguaranteed.code,
        Voucher.State.PARTLY_PAID.value: VoucherUnguaranteed.code,
    }.get(row.state)
    return Outcome(
        digest=claim.digest.hex(),
        state=str(row.state),
        code=code,
        paid_minor=row.paid_minor,
        number=None if row.payment is None else row.payment.number,
        is_repeat=claim.is_repeat,
    )

"""Who pays a voucher: the reserve as long as there is one, then we, up to what is guaranteed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Sum

from merchants.errors import OrderConflict, VoucherNonceUsed
from merchants.models import Merchant, OfflineTerms, Payment, TillNonce, Voucher
from merchants.offline.uploading.claims import Batch, Claim

Slot = tuple[int, bytes]  # a till's key and a nonce


def recognize(batch: Batch) -> None:
    """Answer vouchers that were uploaded before as they were then; one sent twice, once."""
    going = batch.going
    rows = Voucher.objects.filter(digest__in=[claim.digest for claim in going])
    known = {bytes(row.digest): row for row in rows.select_related("payment")}
    first: dict[bytes, Claim] = {}
    for claim in going:
        claim.row = known.get(claim.digest)
        claim.is_repeat = claim.row is not None or claim.digest in first
        first.setdefault(claim.digest, claim)


def first_of_each(batch: Batch) -> list[Claim]:
    """Return the claims that are new, each voucher once."""
    return [claim for claim in batch.going if not claim.is_repeat]


def refuse_taken(claims: Sequence[Claim], *, merchant: Merchant) -> None:
    """Refuse what answers a nonce, or pays an order, that something else has."""
    slots = {(claim.matched[1].pk, claim.voucher.nonce) for claim in claims}
    rows = TillNonce.objects.filter(
        till_id__in={till for till, _ in slots}, nonce__in=[nonce for _, nonce in slots]
    )
    used = {(till, bytes(nonce)) for till, nonce in rows.values_list("till_id", "nonce")}
    numbers = {claim.presented.order_no for claim in claims} - {None}
    orders = Payment.objects.filter(merchant=merchant, merchant_order_no__in=numbers)
    taken: set[str | None] = set(orders.values_list("merchant_order_no", flat=True))
    for claim in sorted(claims, key=_rank):
        slot, number = (claim.matched[1].pk, claim.voucher.nonce), claim.presented.order_no
        if slot in used:
            claim.refusal = VoucherNonceUsed()
        elif number in taken:
            claim.refusal = OrderConflict()
        else:
            used.add(slot)
            if number is not None:
                taken.add(number)


def fund(claims: Sequence[Claim], *, merchant: Merchant) -> None:
    """Decide who pays how much of each claim; the allowances are locked."""
    left: dict[int, int] = {}
    guaranteed: dict[Slot, int] | None = None
    for claim in sorted(claims, key=_rank):
        allowance, till = claim.matched
        rest = left.setdefault(allowance.pk, allowance.reserve_minor)
        claim.reserve_minor = min(claim.voucher.amount, rest)
        left[allowance.pk] = rest - claim.reserve_minor
        missing = claim.voucher.amount - claim.reserve_minor
        if missing:
            guaranteed = guaranteed if guaranteed is not None else _guarantees(claims, merchant)
            slot = (till.pk, bytes(allowance.short_id))
            claim.loss_minor = min(missing, guaranteed[slot])
            guaranteed[slot] -= claim.loss_minor


def _guarantees(claims: Sequence[Claim], merchant: Merchant) -> dict[Slot, int]:
    """Return what is still guaranteed to each till of each allowance."""
    terms = OfflineTerms.objects.get(merchant=merchant)
    allowances = {claim.matched[0].pk: bytes(claim.matched[0].short_id) for claim in claims}
    rows = Voucher.objects.filter(allowance_id__in=allowances, loss_minor__gt=0)
    paid = rows.values_list("till_id", "allowance_id").annotate(minor=Sum("loss_minor"))
    found: dict[Slot, int] = defaultdict(lambda: terms.allowance_minor)
    for till, allowance, minor in paid:
        found[till, allowances[allowance]] = max(terms.allowance_minor - minor, 0)
    return found


def _rank(claim: Claim) -> tuple[bytes, int, bytes]:
    """Order claims by what they say, so that it does not matter how a batch is ordered."""
    return claim.voucher.allowance_id, claim.voucher.counter, claim.digest

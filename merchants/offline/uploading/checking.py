"""What is wrong with a voucher whatever came before it: read, matched, verified."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from merchants.errors import (
    OfflineCodeBroken,
    OfflineRefused,
    OfflineSignatureWrong,
    VoucherExpired,
    VoucherOtherTill,
    VoucherRevoked,
    VoucherUnknown,
)
from merchants.models import Allowance, Merchant, TillCertificate
from merchants.offline.reference.checks import check_within
from merchants.offline.revoking import revoked_since
from merchants.offline.terms import LIST_AGE
from merchants.offline.uploading.claims import Batch, Claim, Presented
from merchants.offline.wire.certificates import AllowanceCertificate
from merchants.offline.wire.vouchers import VoucherCode
from wallet.proof.keys import verifies


def read(presented: Iterable[Presented]) -> Batch:
    """Return the claims, those that are no vouchers refused."""
    return Batch([_read(each) for each in presented])


def match(batch: Batch, *, merchant: Merchant, store_ids: Collection[int]) -> None:
    """Find the allowance and the till of each claim, by two queries; refuse what has none."""
    going = batch.going
    short_ids = {claim.voucher.allowance_id for claim in going}
    rows = Allowance.objects.filter(short_id__in=short_ids).select_related("wallet", "device")
    allowances = {bytes(row.short_id): row for row in rows}
    till_ids = {claim.voucher.till_id for claim in going}
    tills = TillCertificate.objects.filter(till_id__in=till_ids, terminal__store__in=store_ids)
    own = tills.filter(terminal__store__merchant=merchant).select_related("terminal__store")
    by_id = {bytes(row.till_id): row for row in own}
    for claim in going:
        claim.allowance = allowances.get(claim.voucher.allowance_id)
        claim.till = by_id.get(claim.voucher.till_id)
        if claim.allowance is None:
            claim.refusal = VoucherUnknown()
        elif claim.till is None:
            claim.refusal = VoucherOtherTill()


def verify(batch: Batch) -> None:
    """Refuse what was altered, is above its certificate, or was made too late under it."""
    going = batch.going
    certificates = {
        pk: AllowanceCertificate.read(body)
        for pk, body in {c.matched[0].pk: bytes(c.matched[0].body) for c in going}.items()
    }
    allowances = {c.matched[0].pk: c.matched[0] for c in going}
    revoked = revoked_since(allowances.values())
    for claim in going:
        allowance, _ = claim.matched
        try:
            _verify(claim, allowance, certificates[allowance.pk])
            _check_time(claim, allowance, revoked.get(allowance.pk))
        except OfflineRefused as exc:
            claim.refusal = exc


def _read(presented: Presented) -> Claim:
    try:
        return Claim(presented, VoucherCode.read(presented.text))
    except OfflineCodeBroken as exc:
        return Claim(presented, refusal=exc)


def _verify(claim: Claim, allowance: Allowance, certificate: AllowanceCertificate) -> None:
    body, code = bytes(allowance.body), claim.code
    if code is None:
        raise OfflineCodeBroken
    sent = (code.certificate, code.issued)
    if sent not in {(b"", b""), (body, bytes(allowance.signature))}:
        raise OfflineSignatureWrong
    signed = code.voucher.signed(under=body)
    if not verifies(public_key=certificate.device_key, signature=code.signature, message=signed):
        raise OfflineSignatureWrong
    check_within(code.voucher, certificate)
    claim.digest = code.voucher.digest(under=body)


def _check_time(claim: Claim, allowance: Allowance, revoked_at: datetime | None) -> None:
    """Go by the till's clock, which the till saw signed.

    A till that took a voucher before it could hear of a revocation is paid.
    """
    asked_at = asked(claim)
    if asked_at >= allowance.expires_at:
        raise VoucherExpired
    if revoked_at is not None and asked_at > revoked_at + LIST_AGE:
        raise VoucherRevoked


def asked(claim: Claim) -> datetime:
    """Return when the till asked."""
    return datetime.fromtimestamp(claim.voucher.asked_at, UTC)

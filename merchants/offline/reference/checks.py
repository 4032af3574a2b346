"""All that a till checks of a voucher without a network, in this order."""

from __future__ import annotations

from dataclasses import dataclass

from merchants.errors import (
    TillLimitReached,
    TillMustSynchronize,
    VoucherAboveCap,
    VoucherExpired,
    VoucherOtherPayment,
    VoucherOtherTill,
    VoucherOutOfOrder,
    VoucherReplayed,
    VoucherRevoked,
)
from merchants.offline.reference.book import Asked, Book
from merchants.offline.wire import records
from merchants.offline.wire.certificates import (
    ALLOWANCE_TAG,
    AllowanceCertificate,
    Keys,
    TillCertificate,
    require_issued,
)
from merchants.offline.wire.vouchers import Voucher, VoucherCode

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a merchant lets a till accept without a network, in minor units, and how long.

    ``each`` is of one voucher, ``allowance`` of all vouchers of one telephone, ``day`` of a day
    (UTC), ``stored`` of what was not uploaded yet.
    """

    each: int
    allowance: int
    day: int
    stored: int
    list_hours: int
    upload_hours: int


def check_voucher(
    code: VoucherCode,
    *,
    till: TillCertificate,
    book: Book,
    limits: Limits,
    keys: Keys,
    at: int,
) -> Asked:
    """Return what a voucher is the answer to, if there is nothing wrong with it.

    Raises:
        TillMustSynchronize: the list of the revoked, or the last upload, is too old.
        OfflineIssuerUnknown, OfflineSignatureWrong: certificate or voucher are not genuine.
        VoucherExpired, VoucherRevoked: of the certificate.
        VoucherReplayed, VoucherOtherTill, VoucherOtherPayment: it is no answer to what was asked.
        VoucherAboveCap, VoucherOutOfOrder: it does not fit the certificate, or those before it.
        TillLimitReached: the merchant lets the till accept no more.

    """
    _require_fresh(book, limits, at)
    certificate = require_genuine(code, keys)
    if at >= certificate.expires_at:
        raise VoucherExpired
    if certificate.allowance_id.hex() in book.revoked:
        raise VoucherRevoked
    asked = _check_answer(code, till, book)
    check_within(code.voucher, certificate)
    _check_order(code.voucher, book)
    _check_limits(code.voucher, book, limits)
    return asked


def check_within(voucher: Voucher, certificate: AllowanceCertificate) -> None:
    """Refuse a voucher that is more than its certificate allows.

    Raises:
        VoucherAboveCap: of an amount, of the sum, or of vouchers.
        VoucherOtherPayment: it is under another certificate, or in another currency.

    """
    same = (certificate.allowance_id, certificate.currency)
    if (voucher.allowance_id, voucher.currency) != same:
        raise VoucherOtherPayment
    fits = 0 < voucher.amount <= certificate.each and voucher.amount <= voucher.cumulative
    if not fits or voucher.cumulative > certificate.cap:
        raise VoucherAboveCap
    if not 0 < voucher.counter <= certificate.count:
        raise VoucherAboveCap


def _require_fresh(book: Book, limits: Limits, at: int) -> None:
    if at - book.listed_at > limits.list_hours * _HOUR:
        raise TillMustSynchronize("its list of revoked telephones is too old")
    if at - book.uploaded_at > limits.upload_hours * _HOUR:
        raise TillMustSynchronize("its last upload is too long ago")


def require_genuine(code: VoucherCode, keys: Keys) -> AllowanceCertificate:
    """Return the certificate that a voucher came with, once both are known to be genuine.

    Raises:
        OfflineCodeBroken: it came without.
        OfflineIssuerUnknown, OfflineSignatureWrong: certificate or voucher are not genuine.

    """
    certificate = AllowanceCertificate.read(code.certificate)
    require_issued(
        tag=ALLOWANCE_TAG,
        key_id=certificate.key_id,
        body=code.certificate,
        signature=code.issued,
        keys=keys,
    )
    records.require_signature(
        public_key=certificate.device_key,
        signature=code.signature,
        signed=code.voucher.signed(under=code.certificate),
    )
    return certificate


def _check_answer(code: VoucherCode, till: TillCertificate, book: Book) -> Asked:
    voucher = code.voucher
    if voucher.digest(under=code.certificate).hex() in book.digests:
        raise VoucherReplayed
    if voucher.till_id != till.till_id:
        raise VoucherOtherTill
    asked = book.asked.get(voucher.nonce.hex())
    said = (voucher.amount, voucher.currency, voucher.asked_at)
    if asked is None or said != (asked.amount, asked.currency, asked.asked_at):
        raise VoucherOtherPayment
    return asked


def _check_order(voucher: Voucher, book: Book) -> None:
    seen = book.seen_of(voucher.allowance_id)
    if voucher.counter <= seen.counter:
        raise VoucherOutOfOrder
    before = voucher.cumulative - voucher.amount
    follows = before == seen.cumulative if voucher.counter == seen.counter + 1 else (
        before >= seen.cumulative
    )  # fmt: skip
    if not follows:
        raise VoucherOutOfOrder


def _check_limits(voucher: Voucher, book: Book, limits: Limits) -> None:
    amount, seen = voucher.amount, book.seen_of(voucher.allowance_id)
    for name, sum_, most in (
        ("of one payment", amount, limits.each),
        ("of one telephone", seen.total + amount, limits.allowance),
        ("of one day", book.day_total + amount, limits.day),
        ("of what is not uploaded", book.stored + amount, limits.stored),
    ):
        if sum_ > most:
            raise TillLimitReached(name)

"""The payer's telephone: answers a till's code with a voucher of its allowance."""

from __future__ import annotations

from dataclasses import dataclass

from merchants.errors import (
    AllowanceSpent,
    CertificateExpired,
    VoucherAboveCap,
    VoucherOtherPayment,
)
from merchants.offline.reference.keys import SigningKey
from merchants.offline.wire.asks import TillCode
from merchants.offline.wire.certificates import (
    ALLOWANCE_PREFIX,
    ALLOWANCE_TAG,
    AllowanceCertificate,
    Keys,
    require_issued,
)
from merchants.offline.wire.records import unseal
from merchants.offline.wire.vouchers import Voucher, VoucherCode

_LONGEST = 300


@dataclass(slots=True)
class Telephone:
    """A key that never leaves the telephone, a certificate, and what was spent of it.

    The counters go up, and are stored, before a voucher is shown: a telephone that dies between
    loses what was not shown, and never signs one counter twice.
    """

    key: SigningKey
    issuers: Keys
    certificate: AllowanceCertificate
    issued: bytes
    counter: int = 0
    spent: int = 0

    @classmethod
    def load(cls, *, key: SigningKey, issuers: Keys, text: str) -> Telephone:
        """Begin an allowance from the certificate that the issuer sent.

        Raises:
            OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong: it is no certificate.
            VoucherOtherPayment: it is for another telephone.

        """
        body, issued = unseal(ALLOWANCE_PREFIX, text, 1, longest=_LONGEST)
        certificate = AllowanceCertificate.read(body)
        require_issued(
            tag=ALLOWANCE_TAG,
            key_id=certificate.key_id,
            body=body,
            signature=issued,
            keys=issuers,
        )
        if certificate.device_key != key.public:
            raise VoucherOtherPayment
        return cls(key, issuers, certificate, issued)

    @property
    def left(self) -> int:
        """What can be spent, in minor units."""
        return self.certificate.cap - self.spent

    def look(self, text: str, *, at: int) -> TillCode:
        """Return what a till asks for, to be shown before the PIN is asked for.

        Raises:
            OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.
            CertificateExpired: the till's certificate, or this telephone's, is past its time.

        """
        code = TillCode.read(text)
        code.check(self.issuers)
        if at >= min(code.certificate.expires_at, self.certificate.expires_at):
            raise CertificateExpired
        return code

    def pay(self, text: str, *, at: int) -> str:
        """Return the voucher to show, once the holder gave the PIN.

        Raises:
            OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong, CertificateExpired: as
                for ``look``.
            VoucherOtherPayment: the till takes another currency.
            VoucherAboveCap: more than one payment may be, or one payment too many.
            AllowanceSpent: more than is left.

        """
        code = self.look(text, at=at)
        ask, own = code.ask, self.certificate
        if not ask.currency == own.currency == code.certificate.currency:
            raise VoucherOtherPayment
        if not 0 < ask.amount <= own.each or self.counter >= own.count:
            raise VoucherAboveCap
        if ask.amount > self.left:
            raise AllowanceSpent(self.left)
        self.counter += 1
        self.spent += ask.amount
        voucher = Voucher(
            allowance_id=own.allowance_id,
            counter=self.counter,
            amount=ask.amount,
            cumulative=self.spent,
            currency=own.currency,
            till_id=code.certificate.till_id,
            nonce=ask.nonce,
            asked_at=ask.asked_at,
        )
        return self.sign(voucher)

    def sign(self, voucher: Voucher) -> str:
        """Return a voucher as text, whatever it says."""
        body = self.certificate.body
        signature = self.key.sign(voucher.signed(under=body))
        return VoucherCode(voucher, signature, body, self.issued).text

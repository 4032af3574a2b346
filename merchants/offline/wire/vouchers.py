"""Vouchers: the answer of a telephone to a till, with or without the certificate it is under."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from merchants.offline.wire import records
from merchants.offline.wire.certificates import AllowanceCertificate
from merchants.offline.wire.records import ID_BYTES, NONCE_BYTES, blob, number

PREFIX, PREFIX_ALONE = "JGV1:", "JGS1:"
LONGEST = 450
VOUCHER_TAG = "jigap.voucher.v1"


@dataclass(frozen=True, slots=True)
class Voucher:
    """An amount that a telephone paid to a till, in answer to its nonce.

    ``counter`` goes up by one with each voucher of an allowance, ``cumulative`` is what they sum
    to, this one included. ``asked_at`` is the time of the till's clock.
    """

    allowance_id: bytes
    counter: int
    amount: int
    cumulative: int
    currency: str
    till_id: bytes
    nonce: bytes
    asked_at: int

    SHAPE = (
        records.version,
        blob(ID_BYTES),
        number,
        number,
        number,
        records.currency,
        blob(ID_BYTES),
        blob(NONCE_BYTES),
        number,
    )

    @property
    def body(self) -> bytes:
        """The bytes of the record."""
        return records.write(
            (
                records.VERSION,
                self.allowance_id,
                self.counter,
                self.amount,
                self.cumulative,
                self.currency,
                self.till_id,
                self.nonce,
                self.asked_at,
            )
        )

    def signed(self, *, under: bytes) -> bytes:
        """Return what the telephone signs; ``under`` is the body of its certificate."""
        return records.message(VOUCHER_TAG, self.body, under)

    def digest(self, *, under: bytes) -> bytes:
        """Return what a voucher is known by, which its signature is no part of.

        A key of P-256 may sign the same thing in many ways; it stays one voucher.
        """
        return hashlib.sha256(self.signed(under=under)).digest()


@dataclass(frozen=True, slots=True)
class VoucherCode:
    """A voucher as it was scanned or uploaded; nothing of it is checked yet.

    ``certificate`` and ``issued`` are empty where the reader has them already.
    """

    voucher: Voucher
    signature: bytes
    certificate: bytes = b""
    issued: bytes = b""

    @property
    def text(self) -> str:
        """The text of the code, with the certificate where it is known."""
        alone = (self.voucher.body, self.signature)
        if not self.certificate:
            return records.seal(PREFIX_ALONE, alone)
        return records.seal(PREFIX, (self.certificate, self.issued, *alone))

    @property
    def alone(self) -> VoucherCode:
        """The same without its certificate."""
        return VoucherCode(self.voucher, self.signature)

    @classmethod
    def read(cls, text: str) -> VoucherCode:
        """Return what a code says, genuine or not.

        Raises:
            OfflineCodeBroken: it is no voucher.

        """
        if text.startswith(PREFIX_ALONE):
            body, signature = records.unseal(PREFIX_ALONE, text, 1, longest=LONGEST)
            return cls(_read(body), signature)
        parts = records.unseal(PREFIX, text, 2, longest=LONGEST)
        certificate, issued, body, signature = parts
        AllowanceCertificate.read(certificate)
        return cls(_read(body), signature, certificate, issued)


def _read(body: bytes) -> Voucher:
    return Voucher(*records.read(body, Voucher.SHAPE)[1:])

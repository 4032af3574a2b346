"""Certificates: what the issuer says of a telephone's allowance, and of a till."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from merchants.errors import OfflineIssuerUnknown
from merchants.offline.wire import records
from merchants.offline.wire.records import ID_BYTES, KEY_ID_BYTES, blob, number, words

ALLOWANCE_TAG, TILL_TAG = "jigap.allowance-certificate.v1", "jigap.till-certificate.v1"
ALLOWANCE_PREFIX, TILL_PREFIX = "JGA1:", "JGC1:"
_PUBLIC_ID, _NAME = 25, 25
_SECONDS = number

Keys = Mapping[bytes, bytes]  # an issuer's public keys by their ids


@dataclass(frozen=True, slots=True)
class AllowanceCertificate:
    """How much a telephone may spend without a network, how often, and until when.

    Amounts are minor units of ``currency``; times are seconds since 1970.
    """

    key_id: bytes
    allowance_id: bytes
    device_key: bytes
    currency: str
    cap: int
    each: int
    count: int
    issued_at: int
    expires_at: int

    SHAPE = (
        records.version,
        blob(KEY_ID_BYTES),
        blob(ID_BYTES),
        records.public_key,
        records.currency,
        *(number,) * 5,
    )

    @property
    def body(self) -> bytes:
        """The bytes that the issuer signs."""
        return records.write(
            (
                records.VERSION,
                self.key_id,
                self.allowance_id,
                self.device_key,
                self.currency,
                self.cap,
                self.each,
                self.count,
                self.issued_at,
                self.expires_at,
            )
        )

    @classmethod
    def read(cls, body: bytes) -> AllowanceCertificate:
        """Return what a certificate says; who says so is not known here.

        Raises:
            OfflineCodeBroken: not such a record.

        """
        return cls(*records.read(body, cls.SHAPE)[1:])


@dataclass(frozen=True, slots=True)
class TillCertificate:
    """Whose a till is, and what the payer's telephone calls the store."""

    key_id: bytes
    till_id: bytes
    till_key: bytes
    merchant_id: str
    terminal_id: str
    store_name: str
    currency: str
    issued_at: int
    expires_at: int

    SHAPE = (
        records.version,
        blob(KEY_ID_BYTES),
        blob(ID_BYTES),
        records.public_key,
        words(_PUBLIC_ID),
        words(_PUBLIC_ID),
        words(_NAME),
        records.currency,
        _SECONDS,
        _SECONDS,
    )

    @property
    def body(self) -> bytes:
        """The bytes that the issuer signs."""
        return records.write(
            (
                records.VERSION,
                self.key_id,
                self.till_id,
                self.till_key,
                self.merchant_id,
                self.terminal_id,
                self.store_name,
                self.currency,
                self.issued_at,
                self.expires_at,
            )
        )

    @classmethod
    def read(cls, body: bytes) -> TillCertificate:
        """Return what a certificate says; who says so is not known here.

        Raises:
            OfflineCodeBroken: not such a record.

        """
        return cls(*records.read(body, cls.SHAPE)[1:])


def require_issued(*, tag: str, key_id: bytes, body: bytes, signature: bytes, keys: Keys) -> None:
    """Refuse what none of the issuer's keys signed.

    Raises:
        OfflineIssuerUnknown: the key is none of those.
        OfflineSignatureWrong: the key did not sign this.

    """
    public = keys.get(key_id)
    if public is None:
        raise OfflineIssuerUnknown
    records.require_signature(
        public_key=public, signature=signature, signed=records.message(tag, body)
    )

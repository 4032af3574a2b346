"""What a payer with a network shows a till without one: a signed receipt, or six digits."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from merchants.offline.wire import records
from merchants.offline.wire.certificates import Keys, require_issued
from merchants.offline.wire.records import (
    ID_BYTES,
    KEY_ID_BYTES,
    NONCE_BYTES,
    blob,
    words,
)

PREFIX = "JGR1:"
LONGEST = 300
RECEIPT_TAG = "jigap.till-receipt.v1"
DIGITS = 6
_NUMBER_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a till's nonce was paid: how much, when, and by which payment."""

    key_id: bytes
    till_id: bytes
    nonce: bytes
    amount: int
    currency: str
    paid_at: int
    number: str

    SHAPE = (
        records.version,
        blob(KEY_ID_BYTES),
        blob(ID_BYTES),
        blob(NONCE_BYTES),
        records.number,
        records.currency,
        records.number,
        words(_NUMBER_LENGTH),
    )

    @property
    def body(self) -> bytes:
        """The bytes that the issuer signs."""
        return records.write(
            (
                records.VERSION,
                self.key_id,
                self.till_id,
                self.nonce,
                self.amount,
                self.currency,
                self.paid_at,
                self.number,
            )
        )

    @property
    def signed(self) -> bytes:
        """What the issuer signs."""
        return records.message(RECEIPT_TAG, self.body)

    def text(self, signature: bytes) -> str:
        """Return the text of the code that the payer shows."""
        return records.seal(PREFIX, (self.body, signature))

    @classmethod
    def read(cls, body: bytes) -> Receipt:
        """Return what a receipt says; who says so is not known here.

        Raises:
            OfflineCodeBroken: not such a record.

        """
        return cls(*records.read(body, cls.SHAPE)[1:])


def read_receipt(text: str, keys: Keys) -> Receipt:
    """Return what a genuine receipt says.

    Raises:
        OfflineCodeBroken: it is no receipt.
        OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.

    """
    body, signature = records.unseal(PREFIX, text, 1, longest=LONGEST)
    receipt = Receipt.read(body)
    require_issued(
        tag=RECEIPT_TAG, key_id=receipt.key_id, body=body, signature=signature, keys=keys
    )
    return receipt


def six_digits(*, code_key: bytes, nonce: bytes, amount: int, currency: str) -> str:
    """Return the digits that say the same to a cashier: RFC 4226's truncation, of SHA-256."""
    said = nonce + amount.to_bytes(8, "big") + currency.encode()
    digest = hmac.digest(code_key, said, hashlib.sha256)
    offset = digest[-1] & 0xF
    part = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{part % 10**DIGITS:0{DIGITS}d}"

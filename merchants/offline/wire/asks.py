"""The code a till shows: what it asks for, signed by the till under its certificate."""

from __future__ import annotations

from dataclasses import dataclass

from merchants.offline.wire import records
from merchants.offline.wire.certificates import TILL_TAG, Keys, TillCertificate, require_issued
from merchants.offline.wire.records import NONCE_BYTES, blob, number, words

PREFIX = "JGT1:"
LONGEST = 700
ASK_TAG = "jigap.till-ask.v1"
_ORDER_NO = words(64)


@dataclass(frozen=True, slots=True)
class Ask:
    """An amount that a till asks for; the nonce is good for one payment."""

    nonce: bytes
    amount: int
    currency: str
    asked_at: int
    order_no: str | None = None

    SHAPE = (
        records.version,
        blob(NONCE_BYTES),
        number,
        records.currency,
        number,
        lambda value: value is None or _ORDER_NO(value),
    )

    @property
    def body(self) -> bytes:
        """The bytes that the till signs."""
        return records.write(
            (
                records.VERSION,
                self.nonce,
                self.amount,
                self.currency,
                self.asked_at,
                self.order_no,
            )
        )


@dataclass(frozen=True, slots=True)
class TillCode:
    """A till's code as it was scanned; ``check`` says whether it is genuine."""

    certificate: TillCertificate
    issued: bytes
    ask: Ask
    signature: bytes

    @property
    def text(self) -> str:
        """The text of the code."""
        parts = (self.certificate.body, self.issued, self.ask.body, self.signature)
        return records.seal(PREFIX, parts)

    @classmethod
    def read(cls, text: str) -> TillCode:
        """Return what a till's code says, genuine or not.

        Raises:
            OfflineCodeBroken: it is no till's code.

        """
        above, issued, body, signature = records.unseal(PREFIX, text, 2, longest=LONGEST)
        ask = Ask(*records.read(body, Ask.SHAPE)[1:])
        return cls(TillCertificate.read(above), issued, ask, signature)

    def check(self, keys: Keys) -> None:
        """Refuse a code that was altered, or is of a till that the issuer does not know.

        Raises:
            OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.

        """
        body = self.certificate.body
        require_issued(
            tag=TILL_TAG,
            key_id=self.certificate.key_id,
            body=body,
            signature=self.issued,
            keys=keys,
        )
        records.require_signature(
            public_key=self.certificate.till_key,
            signature=self.signature,
            signed=signed_ask(self.ask, under=body),
        )


def signed_ask(ask: Ask, *, under: bytes) -> bytes:
    """Return what a till signs; ``under`` is the body of its certificate."""
    return records.message(ASK_TAG, ask.body, under)

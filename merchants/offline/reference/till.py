"""The till: asks, and checks without a network what the payer shows."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from merchants.errors import (
    CertificateExpired,
    ReceiptCodeWrong,
    ReceiptOther,
    TillMustSynchronize,
    TillNonceUnknown,
)
from merchants.offline.reference.book import Asked, Book, Kept
from merchants.offline.reference.checks import Limits, check_voucher
from merchants.offline.reference.keys import SigningKey
from merchants.offline.wire.asks import Ask, TillCode, signed_ask
from merchants.offline.wire.certificates import Keys, TillCertificate
from merchants.offline.wire.receipts import Receipt, read_receipt, six_digits
from merchants.offline.wire.records import NONCE_BYTES
from merchants.offline.wire.revocations import read_revocations
from merchants.offline.wire.vouchers import VoucherCode

MOST_TRIES = 3


@dataclass(slots=True)
class Till:
    """A till with its key, what the issuer gave it, and its book, kept in a file if there is one.

    ``code_key`` is what it checks six digits with. Times are seconds since 1970.
    """

    key: SigningKey
    certificate: TillCertificate
    issued: bytes
    code_key: bytes
    issuers: Keys
    limits: Limits
    book: Book
    path: Path | None = None

    def ask(self, amount: int, *, at: int, order_no: str | None = None) -> str:
        """Return the text of the code to show for an amount.

        Raises:
            CertificateExpired: the till has to get another certificate.
            TillMustSynchronize: its clock went back.

        """
        self._look_at_clock(at)
        if at >= self.certificate.expires_at:
            raise CertificateExpired
        nonce = secrets.token_bytes(NONCE_BYTES)
        ask = Ask(nonce, amount, self.certificate.currency, at, order_no)
        self.book.asked[nonce.hex()] = Asked(amount, ask.currency, at, order_no)
        self._save()
        signature = self.key.sign(signed_ask(ask, under=self.certificate.body))
        return TillCode(self.certificate, self.issued, ask, signature).text

    def accept(self, text: str, *, at: int) -> VoucherCode:
        """Take a voucher, and keep it for the next upload.

        Raises:
            OfflineRefused: what is wrong; see ``check_voucher``.

        """
        self._look_at_clock(at)
        code = VoucherCode.read(text)
        today = self._today(at)
        asked = check_voucher(code, till=self.certificate, book=self.book, limits=self.limits,
                              keys=self.issuers, at=at)  # fmt: skip
        voucher = code.voucher
        digest = voucher.digest(under=code.certificate).hex()
        seen = self.book.seen_of(voucher.allowance_id)
        seen.counter, seen.cumulative = voucher.counter, voucher.cumulative
        seen.total += voucher.amount
        self.book.digests.append(digest)
        self.book.kept[digest] = Kept(code.alone.text, voucher.amount, asked.order_no)
        self.book.day, self.book.day_total = today, self.book.day_total + voucher.amount
        del self.book.asked[voucher.nonce.hex()]
        self._save()
        return code

    def accept_receipt(self, text: str, *, at: int) -> Receipt:
        """Take a payer's receipt for what was asked; it is good once.

        Raises:
            OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.
            TillNonceUnknown: the till asked for nothing under its nonce, or was paid already.
            ReceiptOther: it is for another till, amount or currency.

        """
        self._look_at_clock(at)
        receipt = read_receipt(text, self.issuers)
        asked = self._asked(receipt.nonce)
        said = (receipt.till_id, receipt.amount, receipt.currency)
        if said != (self.certificate.till_id, asked.amount, asked.currency):
            raise ReceiptOther
        self._paid(receipt.nonce)
        return receipt

    def accept_digits(self, nonce: bytes, digits: str) -> None:
        """Take the six digits that the payer reads out; after three wrong ones ask anew.

        Raises:
            TillNonceUnknown: the till asked for nothing under this nonce, or was paid already.
            ReceiptCodeWrong: they are others.

        """
        asked = self._asked(nonce)
        right = six_digits(
            code_key=self.code_key, nonce=nonce, amount=asked.amount, currency=asked.currency
        )
        if not hmac.compare_digest(right.encode(), digits.encode()):
            asked.tries += 1
            if asked.tries >= MOST_TRIES:
                del self.book.asked[nonce.hex()]
            self._save()
            raise ReceiptCodeWrong
        self._paid(nonce)

    def batch(self) -> list[Kept]:
        """Return what is to be uploaded; it stays until ``uploaded`` says that it arrived."""
        return list(self.book.kept.values())

    def uploaded(self, digests: Iterable[str], *, at: int) -> None:
        """Forget vouchers that the server answered about, whatever it said."""
        for digest in digests:
            self.book.kept.pop(digest, None)
        if not self.book.kept:
            self.book.uploaded_at = at
        self._save()

    def synchronize(self, text: str, *, at: int) -> None:
        """Take the list of revoked allowances, and the server's time with it.

        Raises:
            OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.

        """
        found = read_revocations(text, self.issuers)
        if found.listed_at < self.book.listed_at:
            return  # an older list sent again
        self.book.listed_at = found.listed_at
        self.book.revoked = [each.hex() for each in found.allowances]
        self.book.clock = max(self.book.clock, found.listed_at)
        if not self.book.kept:
            self.book.uploaded_at = max(self.book.uploaded_at, at)
        self._save()

    def _asked(self, nonce: bytes) -> Asked:
        asked = self.book.asked.get(nonce.hex())
        if asked is None:
            raise TillNonceUnknown
        return asked

    def _paid(self, nonce: bytes) -> None:
        del self.book.asked[nonce.hex()]
        self._save()

    def _look_at_clock(self, at: int) -> None:
        """Refuse a clock below the server's last time: certificates would never expire."""
        if at < self.book.clock:
            raise TillMustSynchronize("its clock went back")
        self.book.clock = at

    def _today(self, at: int) -> str:
        today = datetime.fromtimestamp(at, UTC).date().isoformat()
        if today != self.book.day:
            self.book.day, self.book.day_total = today, 0
        return today

    def _save(self) -> None:
        if self.path is not None:
            self.book.write(self.path)

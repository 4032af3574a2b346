"""A payer with a network pays a till without one, and shows it a receipt that it can check.

The payment is like any other: the till's code says how much, and its nonce is good for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ledger.money import Money
from merchants.errors import (
    CertificateExpired,
    OrderConflict,
    PaymentEnded,
    TillCodeStale,
    TillCodeUsed,
    TillUnknown,
    UnknownStore,
)
from merchants.models import Merchant, Payment, Store, TillCertificate, TillNonce
from merchants.offline.issuing import issuer, public_keys
from merchants.offline.tills import code_key_of
from merchants.offline.wire.asks import Ask, TillCode
from merchants.offline.wire.receipts import RECEIPT_TAG, Receipt, six_digits
from merchants.payments.finding import lock_order
from merchants.payments.moving import mark_paid, move, post_payment, tell_paid
from merchants.payments.paying import Bill, admit_payer, asked, charge_limits, insert_or_find
from merchants.states import OPEN, PAID
from wallet.idempotency import use_case
from wallet.models import Wallet
from wallet.proof.proofs import Proof

FRESH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a genuine till's code asks for, and by which till."""

    ask: Ask
    till: TillCertificate
    store: Store

    @property
    def amount(self) -> Money:
        """How much."""
        return Money(self.ask.amount, self.ask.currency)


@dataclass(frozen=True, slots=True)
class Receipted:
    """A payment with what the payer shows the till."""

    payment: Payment
    receipt: str
    digits: str


def read_till_code(payload: str, *, at: datetime) -> Asked:
    """Return what a scanned till's code asks for.

    Raises:
        OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong: it is not genuine.
        TillUnknown, CertificateExpired: the till's certificate is not valid any more.
        TillCodeStale: it was made too long ago, or by a clock that runs ahead.
        UnknownStore: the store accepts no payments.

    """
    code = TillCode.read(payload)
    code.check(public_keys())
    tills = TillCertificate.objects.select_related("terminal__store__merchant")
    found = tills.filter(
        till_id=code.certificate.till_id, revoked_at=None, terminal__revoked_at=None
    ).first()
    if found is None or bytes(found.body) != code.certificate.body:
        raise TillUnknown
    if at >= found.expires_at:
        raise CertificateExpired
    if abs(at - datetime.fromtimestamp(code.ask.asked_at, UTC)) > FRESH:
        raise TillCodeStale
    store = found.terminal.store
    if not store.accepts or store.merchant.status != Merchant.Status.ACTIVE:
        raise UnknownStore
    return Asked(code.ask, found, store)


@use_case
def pay_till(*, wallet: Wallet, payload: str, proof: Proof, at: datetime) -> Receipted:
    """Pay what a till asked for; the same payer's repeat returns the same payment.

    Raises:
        OfflineCodeBroken, OfflineIssuerUnknown, OfflineSignatureWrong, TillUnknown,
        CertificateExpired, TillCodeStale, UnknownStore: as for ``read_till_code``.
        TillCodeUsed: somebody else paid it, or a voucher did.
        OrderConflict: its order number is another payment's.
        PaymentEnded: its order was cancelled, or is out of time.
        CurrencyMismatch, WalletNotOpen, PinRequired, StepUpRequired, LimitExceeded,
        InsufficientFunds: as for ``payments.paying.pay``.

    """
    asked_for = read_till_code(payload, at=at)
    store, ask, amount = asked_for.store, asked_for.ask, asked_for.amount
    wallet = admit_payer(wallet=wallet, store=store, amount=amount)
    till = TillCertificate.objects.select_for_update(no_key=True).get(pk=asked_for.till.pk)
    earlier = (
        TillNonce.objects.select_related("payment").filter(till=till, nonce=ask.nonce).first()
    )
    if earlier is not None:
        if earlier.payment is None or earlier.payment.wallet_id != wallet.pk:
            raise TillCodeUsed
        return receipted(earlier.payment, till=till, ask=ask)
    payment, is_new = _order(asked_for, wallet, at)
    if payment.state in OPEN:
        bill = Bill(amount=amount)
        charge_limits(
            wallet=wallet, store=store, bill=bill, proof=proof, code=payment.presented, at=at
        )
        _pay(payment, wallet, store, at, is_new=is_new)
    TillNonce.objects.create(till=till, nonce=ask.nonce, payment=payment)
    return receipted(payment, till=till, ask=ask)


def receipted(payment: Payment, *, till: TillCertificate, ask: Ask) -> Receipted:
    """Return a payment with what proves it to the till.

    Raises:
        OfflineNotOffered: there is no key to sign it with any more.

    """
    key = issuer()
    receipt = Receipt(
        key_id=key.key_id,
        till_id=bytes(till.till_id),
        nonce=ask.nonce,
        amount=ask.amount,
        currency=ask.currency,
        paid_at=int((payment.paid_at or payment.created_at).timestamp()),
        number=payment.number,
    )
    digits = six_digits(
        code_key=code_key_of(till), nonce=ask.nonce, amount=ask.amount, currency=ask.currency
    )
    return Receipted(payment, receipt.text(key.sign(RECEIPT_TAG, receipt.body)), digits)


def _order(asked_for: Asked, wallet: Wallet, at: datetime) -> tuple[Payment, bool]:
    """Return the payment to pay, and whether it is new: the order may have been asked for before.

    It may be paid already, by the same payer.
    """
    store, ask = asked_for.store, asked_for.ask
    if ask.order_no is not None:
        found = lock_order(merchant=store.merchant, order_no=ask.order_no)
        if found is not None:
            return _require_same(found, asked_for, wallet, at), False
    bill = Bill(amount=asked_for.amount, merchant_order_no=ask.order_no)
    return asked(store=store, bill=bill, presented=Payment.Presented.DYNAMIC, at=at), True


def _require_same(found: Payment, asked_for: Asked, wallet: Wallet, at: datetime) -> Payment:
    facts = (found.store_id, found.amount_minor, found.currency, found.presented)
    ask = asked_for.ask
    same = (asked_for.store.pk, ask.amount, ask.currency, Payment.Presented.DYNAMIC.value)
    if found.store_id is not None and (facts != same or found.is_manual_capture):
        raise OrderConflict
    if found.state in PAID and found.wallet_id == wallet.pk and found.refunded_minor == 0:
        return found
    is_over = found.expires_at is not None and at >= found.expires_at
    if found.state not in OPEN or is_over:
        raise PaymentEnded(found.number, found.state)
    return found


def _pay(payment: Payment, wallet: Wallet, store: Store, at: datetime, *, is_new: bool) -> None:
    move(payment, "pay")
    mark_paid(payment, wallet=wallet, captured=payment.amount, at=at)
    if not is_new:
        payment.save()
    elif insert_or_find(payment) is not payment:
        raise OrderConflict  # somebody wrote the order meanwhile; the same again finds it
    post_payment(payment, wallet=wallet, at=at)
    tell_paid(payment, wallet=wallet, store=store, at=at)

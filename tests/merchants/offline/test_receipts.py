"""A payer with a network pays a till without one; the till believes a receipt, or six digits."""

from __future__ import annotations

from datetime import datetime

import pytest

from ledger.money import Money
from merchants.errors import (
    CertificateExpired,
    MerchantError,
    OfflineSignatureWrong,
    OrderConflict,
    PaymentEnded,
    ReceiptCodeWrong,
    ReceiptOther,
    TillCodeStale,
    TillCodeUsed,
    TillNonceUnknown,
    TillUnknown,
    UnknownStore,
)
from merchants.models import Merchant, Payment, Store, TillNonce
from merchants.offline.paying import Receipted, pay_till
from merchants.offline.reference.keys import Ed25519Key
from merchants.offline.reference.till import Till
from merchants.offline.wire.asks import TillCode
from merchants.payments import cancelling, orders
from merchants.payments.paying import Bill
from merchants.premises.terminals import revoke_terminal
from tests.ledger.threads import all_at_once
from tests.merchants.cast import newcomer, refused_by
from tests.merchants.offline.stories import (
    DAY,
    MINUTE,
    NOON,
    certificate_of,
    load,
    open_till,
    owed_to,
    reserve,
    seconds,
    send,
    states,
)
from tests.wallet.people import BOB, fund, held, proven
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
AT = seconds(NOON)


def scan(wallet: Wallet, code: str, *, at: datetime = NOON) -> Receipted:
    """The payer scans the till's code, and confirms."""
    return pay_till(wallet=wallet, payload=code, proof=proven(wallet), at=at)


def nonce_of(code: str) -> bytes:
    return TillCode.read(code).ask.nonce


def test_a_receipt_is_good_once(alice: Wallet, corner_shop: Store, till: Till) -> None:
    paid = scan(alice, till.ask(12_000, at=AT, order_no="A1"))
    assert (held(alice), owed_to(corner_shop)) == (38_000, 11_790)
    payment = paid.payment
    assert (payment.presented, payment.merchant_order_no) == ("DYNAMIC", "A1")
    receipt = till.accept_receipt(paid.receipt, at=AT)
    assert (receipt.number, receipt.amount) == (payment.number, 12_000)
    with pytest.raises(TillNonceUnknown):
        till.accept_receipt(paid.receipt, at=AT)
    assert len(paid.receipt) < 200


def test_six_digits_say_the_same_and_after_three_wrong_ones_nothing(
    alice: Wallet, till: Till
) -> None:
    first, second = till.ask(1_000, at=AT), till.ask(1_000, at=AT)
    paid = scan(alice, first)
    assert len(paid.digits) == 6
    wrong = f"{(int(paid.digits) + 1) % 10**6:06d}"
    with pytest.raises(ReceiptCodeWrong):
        till.accept_digits(nonce_of(first), wrong)
    till.accept_digits(nonce_of(first), paid.digits)
    with pytest.raises(TillNonceUnknown):
        till.accept_digits(nonce_of(first), paid.digits)
    for _ in range(3):
        with pytest.raises(ReceiptCodeWrong):
            till.accept_digits(nonce_of(second), wrong)
    with pytest.raises(TillNonceUnknown):
        till.accept_digits(nonce_of(second), scan(alice, second).digits)


def test_a_receipt_of_something_else_is_refused(
    alice: Wallet, corner_shop: Store, till: Till
) -> None:
    other = open_till(corner_shop, "2")
    code = till.ask(1_000, at=AT)
    paid = scan(alice, code)
    with pytest.raises(TillNonceUnknown):
        other.accept_receipt(paid.receipt, at=AT)
    other.book.asked[nonce_of(code).hex()] = till.book.asked[nonce_of(code).hex()]
    with pytest.raises(ReceiptOther):
        other.accept_receipt(paid.receipt, at=AT)
    till.book.asked[nonce_of(code).hex()].amount = 1_001
    with pytest.raises(ReceiptOther):
        till.accept_receipt(paid.receipt, at=AT)


def test_the_payer_who_scans_again_gets_the_same_and_nobody_else_anything(
    alice: Wallet, corner_shop: Store, till: Till
) -> None:
    bob = newcomer(BOB)
    fund(bob, Money(20_000, "KRW"))
    code = till.ask(12_000, at=AT)
    first, again = scan(alice, code), scan(alice, code, at=NOON + MINUTE)
    assert (first.payment, first.receipt) == (again.payment, again.receipt)
    with pytest.raises(TillCodeUsed):
        scan(bob, code)
    assert (held(alice), held(bob)) == (38_000, 20_000)


def test_an_order_pays_once_whichever_way(alice: Wallet, corner_shop: Store, till: Till) -> None:
    bob = newcomer(BOB)
    fund(bob, Money(20_000, "KRW"))
    bill = Bill(amount=Money(5_000, "KRW"), merchant_order_no="A1")
    online = orders.ask(store=corner_shop, bill=bill, at=NOON)
    # The network breaks, the till shows its own code for the same order.
    paid = scan(alice, till.ask(5_000, at=AT, order_no="A1"))
    assert paid.payment.number == online.number
    again = scan(alice, till.ask(5_000, at=AT, order_no="A1"))
    assert again.payment.number == online.number
    till.accept_receipt(again.receipt, at=AT)
    for code, error in (
        (till.ask(5_001, at=AT, order_no="A1"), OrderConflict),
        (till.ask(5_000, at=AT, order_no="A1"), PaymentEnded),
    ):
        with pytest.raises(error):
            scan(bob, code)
    assert (held(alice), held(bob), Payment.objects.count()) == (45_000, 20_000, 1)


def test_a_cancelled_order_is_not_paid(alice: Wallet, corner_shop: Store, till: Till) -> None:
    cancelling.cancel(merchant=corner_shop.merchant, order_no="A1", at=NOON)
    with pytest.raises(PaymentEnded):
        scan(alice, till.ask(5_000, at=AT, order_no="A1"))
    assert held(alice) == 50_000


def test_an_altered_old_or_unknown_code_pays_nobody(
    alice: Wallet, corner_shop: Store, till: Till
) -> None:
    code = till.ask(5_000, at=AT)
    for shift in (-16 * MINUTE, 16 * MINUTE):
        with pytest.raises(TillCodeStale):
            scan(alice, code, at=NOON + shift)
    with pytest.raises(CertificateExpired):
        scan(alice, code, at=NOON + 8 * DAY)
    forger = open_till(corner_shop, "2")
    forger.key = Ed25519Key()
    with pytest.raises(OfflineSignatureWrong):
        scan(alice, forger.ask(1, at=AT))
    for place in (6, 90, 200, len(code) - 1):
        forged = code[:place] + ("0" if code[place] != "0" else "1") + code[place + 1 :]
        with pytest.raises(MerchantError):
            scan(alice, forged)
    Merchant.objects.update(status=Merchant.Status.SUSPENDED)
    with pytest.raises(UnknownStore):
        scan(alice, code)
    revoke_terminal(terminal=certificate_of(till).terminal, actor="test", at=NOON)
    with pytest.raises(TillUnknown):
        scan(alice, code)
    assert held(alice) == 50_000


def test_a_question_is_answered_by_a_payment_or_by_a_voucher(
    payer: Wallet, corner_shop: Store, till: Till
) -> None:
    bob = newcomer(BOB)
    fund(bob, Money(20_000, "KRW"))
    phone = load(payer, 20_000)
    code = till.ask(3_000, at=seconds(NOON))
    scan(bob, code)
    voucher = phone.pay(code, at=seconds(NOON))
    assert states(send(corner_shop, [voucher])) == ["voucher_nonce_used"]
    other = till.ask(4_000, at=seconds(NOON))
    second = phone.pay(other, at=seconds(NOON))
    assert states(send(corner_shop, [second])) == ["PAID"]
    with pytest.raises(TillCodeUsed):
        scan(bob, other)
    assert (held(bob), reserve(payer)) == (17_000, 16_000)


def test_a_nonce_stays_used(alice: Wallet, till: Till) -> None:
    paid = scan(alice, till.ask(1_000, at=AT))
    used = TillNonce.objects.get()
    with refused_by("merchants_till_nonce_once"):
        TillNonce.objects.create(till=used.till, nonce=used.nonce, payment=paid.payment)


@pytest.mark.django_db(transaction=True)
def test_sixteen_payers_at_once_pay_a_code_once(corner_shop: Store, till: Till) -> None:
    payers = [newcomer(f"+8210222200{number:02d}") for number in range(16)]
    for wallet in payers:
        fund(wallet, Money(5_000, "KRW"))
    code = till.ask(5_000, at=AT)

    def try_it(number: int) -> bool:
        try:
            scan(payers[number], code)
        except TillCodeUsed:
            return False
        return True

    assert all_at_once(try_it).count(True) == 1
    assert sum(held(wallet) for wallet in payers) == 15 * 5_000
    assert Payment.objects.count() == 1

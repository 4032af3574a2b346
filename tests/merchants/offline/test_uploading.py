"""Vouchers arrive: once, again, in any order, from any till; what is paid and what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.balances import balance
from ledger.money import Money
from merchants.errors import MerchantSuspended, TooManyVouchers
from merchants.models import Merchant, Payment, Store, Voucher
from merchants.offline.reference.book import Book
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from merchants.offline.uploading import MOST, Presented, upload
from merchants.offline.wire.vouchers import VoucherCode
from merchants.payments import cancelling, orders, refunds
from merchants.payments.paying import Bill
from tests.merchants.offline.stories import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    load,
    open_till,
    owed_to,
    pay,
    reserve,
    row,
    send,
    states,
)
from tests.wallet.people import held
from wallet.models import ActivityNote, Device, Event, Wallet
from wallet.wallets.freezing import freeze_by_staff, freeze_own

pytestmark = pytest.mark.django_db


def test_vouchers_are_paid_from_the_reserve_less_the_fee(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    assert (held(payer), reserve(payer)) == (0, 50_000)
    sent = [pay(phone, till, 12_000), pay(phone, till, 8_000)]
    outcomes = send(corner_shop, sent)
    assert states(outcomes) == ["PAID", "PAID"]
    assert [each.paid_minor for each in outcomes] == [12_000, 8_000]
    # 1.75 %: 210 and 140.
    assert (reserve(payer), owed_to(corner_shop)) == (30_000, 19_650)
    payment = Payment.objects.get(number=outcomes[0].number)
    assert (payment.presented, payment.state, payment.fee_minor) == ("OFFLINE", "SUCCEEDED", 210)
    assert (payment.wallet, payment.created_at) == (payer, NOON + HOUR)
    assert ActivityNote.objects.get(reference=f"payment:{payment.number}").counterparty
    told = Event.objects.get(kind="payment.succeeded", facts__number=payment.number)
    assert told.facts["amount"] == {"amount": "12000", "currency": "KRW"}


def test_what_is_sent_again_is_answered_as_the_first_time(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    sent = [pay(phone, till, 12_000), pay(phone, till, 8_000)]
    first = send(corner_shop, sent[:1])
    again = send(corner_shop, [*sent, sent[1]], at=NOON + DAY)
    assert states(again) == ["PAID"] * 3
    assert [each.is_repeat for each in again] == [True, False, True]
    assert again[0].number == first[0].number
    assert again[1].number == again[2].number
    assert (reserve(payer), Payment.objects.count()) == (30_000, 2)


def test_arrival_in_any_order_and_with_gaps(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    sent = [pay(phone, till, minor) for minor in (1_000, 2_000, 3_000, 4_000)]
    assert states(send(corner_shop, [sent[3]])) == ["PAID"]
    assert states(send(corner_shop, [sent[2], sent[0]])) == ["PAID", "PAID"]
    assert reserve(payer) == 42_000
    assert row(phone).state == "ACTIVE"


def test_a_till_uploads_without_the_certificates(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    pay(phone, till, 12_000)
    (kept,) = till.batch()
    assert kept.text.startswith("JGS1:")
    outcomes = send(corner_shop, [kept.text])
    assert states(outcomes) == ["PAID"]
    till.uploaded([each.digest for each in outcomes], at=int((NOON + DAY).timestamp()))
    assert till.batch() == []


def test_every_voucher_has_its_own_refusal_and_the_others_are_paid(
    payer: Wallet, corner_shop: Store, rival: Store, phone: Telephone, till: Till
) -> None:
    good, theirs = pay(phone, till, 1_000), pay(phone, open_till(rival), 2_000)
    altered = good[:60] + ("A" if good[60] != "A" else "B") + good[61:]
    sent = ["nonsense", altered, theirs, good]
    outcomes = states(send(corner_shop, sent))
    assert outcomes[0] == "offline_code_broken"
    assert outcomes[1] in {"offline_code_broken", "offline_signature_wrong"}
    assert outcomes[2:] == ["voucher_other_till", "PAID"]
    assert (reserve(payer), owed_to(rival)) == (49_000, 0)


def test_a_voucher_above_its_certificate_moves_nothing(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    honest = pay(phone, till, 1_000)
    said = VoucherCode.read(honest).voucher
    for changes in (
        {"amount": 30_001, "cumulative": 30_001},
        {"amount": 20_000, "cumulative": 50_001},
        {"counter": 51},
        {"amount": 0},
    ):
        forged = phone.sign(replace(said, **changes))  # type: ignore[arg-type]
        assert states(send(corner_shop, [forged])) == ["voucher_above_cap"]
    assert (reserve(payer), Voucher.objects.count()) == (50_000, 0)


def test_a_voucher_of_an_allowance_that_nobody_was_given(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    good, said = pay(phone, till, 1_000), VoucherCode.read(pay(phone, till, 2_000)).voucher
    nobodys = phone.sign(replace(said, allowance_id=bytes(len(said.allowance_id))))
    assert states(send(corner_shop, [nobodys, good])) == ["voucher_unknown", "PAID"]
    assert (reserve(payer), Voucher.objects.count()) == (49_000, 1)


def test_a_voucher_made_after_the_certificate_ended(
    payer: Wallet, corner_shop: Store, phone: Telephone
) -> None:
    till = open_till(corner_shop, at=NOON)
    said = VoucherCode.read(pay(phone, till, 1_000)).voucher
    late = replace(said, asked_at=phone.certificate.expires_at)
    assert states(send(corner_shop, [phone.sign(late)])) == ["voucher_expired"]
    assert reserve(payer) == 50_000


def test_a_till_that_could_not_know_of_the_revocation_is_paid_and_another_is_not(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    before = pay(phone, till, 1_000)
    Device.objects.update(revoked_at=NOON + 2 * HOUR)
    meanwhile = pay(phone, till, 2_000, at=NOON + 3 * HOUR)
    # A till whose list is a day old accepts no more; one that does breaks the rules.
    till.book.listed_at = int((NOON + 30 * HOUR).timestamp())
    after = pay(phone, till, 4_000, at=NOON + 27 * HOUR)
    outcomes = states(send(corner_shop, [before, meanwhile, after], at=NOON + 28 * HOUR))
    assert outcomes == ["PAID", "PAID", "voucher_revoked"]
    assert reserve(payer) == 47_000


@pytest.mark.parametrize("by_staff", [True, False])
def test_a_frozen_wallet_still_pays_who_could_not_know(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till, *, by_staff: bool
) -> None:
    sent = pay(phone, till, 12_000)
    if by_staff:
        freeze_by_staff(wallet=payer, actor="court", reason="order", at=NOON + 2 * HOUR)
    else:
        freeze_own(wallet=payer, at=NOON + 2 * HOUR)
    assert states(send(corner_shop, [sent], at=NOON + 3 * HOUR)) == ["PAID"]
    assert reserve(payer) == 38_000


def test_two_vouchers_for_one_question_pay_it_once(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    at = int((NOON + HOUR).timestamp())
    code = till.ask(5_000, at=at)
    both = [phone.pay(code, at=at), phone.pay(code, at=at)]
    assert states(send(corner_shop, both)) == ["PAID", "voucher_nonce_used"]
    assert reserve(payer) == 45_000


def test_an_order_that_was_cancelled_is_not_paid_by_a_voucher(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    first, second, third = (pay(phone, till, minor) for minor in (1_000, 2_000, 3_000))
    cancelling.cancel(merchant=corner_shop.merchant, order_no="A1", at=NOON)
    orders.ask(
        store=corner_shop,
        bill=Bill(amount=Money(2_000, "KRW"), merchant_order_no="A2"),
        at=NOON,
    )
    sent = [Presented(first, "A1"), Presented(second, "A2"), Presented(third, "A3")]
    outcomes = upload(
        merchant=corner_shop.merchant, store_ids=[corner_shop.pk], presented=sent, at=NOON + HOUR
    )
    assert states(outcomes) == ["order_conflict", "order_conflict", "PAID"]
    assert Payment.objects.get(merchant_order_no="A3").captured_minor == 3_000
    assert reserve(payer) == 47_000


def test_a_payment_by_voucher_is_refunded_to_the_wallet(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    (outcome,) = send(corner_shop, [pay(phone, till, 12_000)])
    refunds.refund(
        merchant=corner_shop.merchant,
        number=outcome.number or "",
        refund_no="R1",
        amount=Money(5_000, "KRW"),
        reason="",
        at=NOON + DAY,
    )
    assert (held(payer), reserve(payer)) == (5_000, 38_000)


def test_too_many_or_of_a_suspended_merchant(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    sent = pay(phone, till, 1_000)
    with pytest.raises(TooManyVouchers):
        send(corner_shop, [sent] * (MOST + 1))
    corner_shop.merchant.status = Merchant.Status.SUSPENDED
    with pytest.raises(MerchantSuspended):
        send(corner_shop, [sent])
    assert reserve(payer) == 50_000


def test_two_telephones_of_one_wallet(payer: Wallet, corner_shop: Store, till: Till) -> None:
    one, other = load(payer, 20_000), load(payer, 30_000)
    sent = [pay(one, till, 5_000), pay(other, till, 7_000)]
    assert states(send(corner_shop, sent)) == ["PAID", "PAID"]
    assert reserve(payer) == 38_000
    assert (row(one).claimed_minor, row(other).claimed_minor) == (5_000, 7_000)


def test_a_till_goes_on_after_a_restart_in_the_middle_of_an_upload(
    payer: Wallet, corner_shop: Store, phone: Telephone, tmp_path: Path
) -> None:
    path = tmp_path / "till.json"
    till = open_till(corner_shop, path=path)
    for minor in (1_000, 2_000, 3_000):
        pay(phone, till, minor)
    answered = send(corner_shop, [kept.text for kept in till.batch()[:2]])
    # The answer is lost, the till is switched on again and sends all of it.
    till.book = Book.read(path)
    outcomes = send(corner_shop, [kept.text for kept in till.batch()], at=NOON + DAY)
    assert [each.is_repeat for each in outcomes] == [True, True, False]
    assert [each.number for each in outcomes[:2]] == [each.number for each in answered]
    till.uploaded([each.digest for each in outcomes], at=int((NOON + DAY).timestamp()))
    assert Book.read(path).kept == {}
    assert reserve(payer) == 44_000
    assert balance(corner_shop.merchant.payable_account_id).minor == 6_000 - 18 - 35 - 53


def test_an_upload_takes_as_many_queries_for_many_as_for_few(
    payer: Wallet, corner_shop: Store, phone: Telephone, till: Till
) -> None:
    few = [pay(phone, till, 100, at=NOON + n * MINUTE) for n in range(3)]
    many = [pay(phone, till, 100, at=NOON + (10 + n) * MINUTE) for n in range(30)]
    counts = []
    send(corner_shop, [pay(phone, till, 100, at=NOON + HOUR)])  # what is remembered for good
    for sent in (few, many):
        with CaptureQueriesContext(connection) as queries:
            assert set(states(send(corner_shop, sent))) == {"PAID"}
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 30

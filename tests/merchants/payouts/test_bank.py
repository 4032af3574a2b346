"""A payout at the bank: paid, rejected, returned long afterwards, or nobody knows."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import etree

from merchants.errors import PayoutState
from merchants.models import MerchantBankAccount, Payout, PayoutRun, Settlement, Store
from merchants.payouts import hearing, outcomes, pain002, sending
from merchants.payouts.holds import release
from merchants.settlement.verification import verify
from merchants.statements.importing import import_file
from tests.merchants.payouts.desk import (
    HOUSE,
    account_for,
    books,
    close_now,
    hear,
    proposed,
    sent,
    signed,
)
from tests.merchants.settlement.days import SEOUL, close, sell
from tests.wallet.bank import Counter
from wallet.models import User, Wallet
from wallet.providers import payout_files

pytestmark = pytest.mark.django_db(transaction=True)


def sold(alice: Wallet, shop: Store, minor: int) -> None:
    sell(alice, shop, minor, timezone.now())
    close_now(shop)


def states(payout: Payout) -> tuple[str, str, str]:
    """Return where a payout, its file and its settlement are."""
    payout.refresh_from_db()
    run = PayoutRun.objects.get(pk=payout.run_id)
    return payout.state, run.state, Settlement.objects.get(payout=payout).state


def test_a_payout_is_paid_and_the_money_leaves_the_bank_once(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_000)
    payout = sent(sena, doyun)
    assert states(payout) == ("SUBMITTED", "SENT", "PAYABLE")
    assert books(shop) == (0, 12_000, 0)
    for _ in range(2):
        hear()
    assert states(payout) == ("PAID", "CLOSED", "PAID_OUT")
    assert books(shop) == (0, 0, 12_000)
    assert bank.holds() == -12_000
    outcomes.reconcile(number=payout.number)
    assert states(payout) == ("RECONCILED", "CLOSED", "RECONCILED")
    assert proposed(sena) is None
    assert sending.send_due(at=timezone.now()) == 0


def test_a_rejected_payout_is_made_anew_once_there_is_another_account(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_090)
    first = sent(sena, doyun)
    hear()
    assert states(first) == ("FUNDS_RESTORED", "CLOSED", "HELD")
    assert (first.reason_code, Settlement.objects.get().hold_reason) == (
        "AC04",
        "PAYOUT_FAILED AC04",
    )
    assert books(shop) == (12_090, 0, 0)
    assert proposed(sena) is None
    account_for(shop.merchant, sena, doyun, "3333017654321")
    second = sent(sena, doyun)
    assert (second.retry_of, second.amount_minor) == (first, 12_090)
    assert Settlement.objects.get().payout == second
    assert first.bank_account != second.bank_account
    assert books(shop) == (0, 12_090, 0)


def test_a_returned_payout_is_payable_again_on_whatever_day_it_comes_back(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_096)
    payout = sent(sena, doyun)
    hear()
    outcomes.reconcile(number=payout.number)
    later = timezone.now() + timedelta(days=40)
    for _ in range(2):
        outcomes.send_back(number=payout.number, code="AC04", reason="closed", at=later)
    assert states(payout) == ("FUNDS_RESTORED", "CLOSED", "HELD")
    assert books(shop) == (12_096, 0, 0)
    assert bank.holds() == 0
    # The bank had erred: the same account is tried again because a person says so.
    release(settlement=Settlement.objects.get(), reason="bank erred", by=doyun, at=later)
    again = proposed(sena)
    assert again is not None
    assert again.payouts.get().retry_of == payout


def test_money_that_is_not_paid_anew_becomes_a_line_of_the_next_settlement(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_090)
    payout = sent(sena, doyun)
    hear()
    payout.refresh_from_db()
    outcomes.fold(payout=payout, reason="closing down", by=doyun, at=timezone.now())
    sell(alice, shop, 5_000, timezone.now())
    close_now(shop, after=timedelta(minutes=20))
    first, second = Settlement.objects.order_by("pk")
    assert first.state == "CARRIED"
    assert (second.payout_return_minor, second.payout_minor) == (12_090, 17_090)
    kinds = second.items.order_by("line_no").values_list("line_type", flat=True)
    assert list(kinds) == ["PAYOUT_RETURN", "PAYMENT"]
    assert list(verify()) == []
    assert books(shop) == (17_090, 0, 0)


def test_no_answer_is_asked_about_and_never_sent_again(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_097)
    payout = sent(sena, doyun)
    assert states(payout) == ("UNKNOWN", "UNKNOWN", "PAYABLE")
    assert sending.send_due(at=timezone.now()) == 0
    hear()
    assert states(payout) == ("PAID", "CLOSED", "PAID_OUT")
    assert bank.holds() == -12_097


def test_a_file_the_bank_never_heard_of_is_given_up_after_an_hour(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_099)
    payout = sent(sena, doyun)
    hear()
    assert states(payout) == ("UNKNOWN", "UNKNOWN", "PAYABLE")
    assert books(shop) == (0, 12_099, 0)
    hear(timedelta(minutes=61))
    assert states(payout) == ("FUNDS_RESTORED", "CLOSED", "HELD")
    assert books(shop) == (12_099, 0, 0)
    assert bank.holds() == 0


def test_a_worker_killed_before_the_file_went_out_sends_nothing_twice(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_000)
    run = signed(sena, doyun)
    sending.build(run_id=run.pk, at=timezone.now())
    assert sending.mark_sent(run_id=run.pk, at=timezone.now()) is not None
    assert sending.mark_sent(run_id=run.pk, at=timezone.now()) is None
    assert sending.send_due(at=timezone.now()) == 0
    hear(timedelta(minutes=61))
    assert Payout.objects.get().state == "FUNDS_RESTORED"
    assert bank.holds() == 0


def test_a_payout_that_waits_is_asked_about_until_the_bank_decides(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_098)
    payout = sent(sena, doyun)
    hear()
    assert states(payout) == ("SUBMITTED", "ACKED", "PAYABLE")
    bank.do(f"/payments/{payout.number}/decide", status="REJECTED", reason="AM04")
    hear(timedelta(minutes=20))
    assert states(payout) == ("FUNDS_RESTORED", "CLOSED", "HELD")
    assert payout.reason_code == "AM04"


def test_the_bank_takes_a_file_once_and_none_whose_sums_do_not_fit(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_000)
    payout = sent(sena, doyun)
    run = PayoutRun.objects.get()
    assert run.file is not None
    payout_files.submit(number=run.number, file=bytes(run.file))
    assert bank.holds() == -12_000
    broken = bytes(run.file).replace(b"12000</CtrlSum>", b"12001</CtrlSum>")
    broken = broken.replace(run.number.encode(), b"PF0000000000")
    payout_files.submit(number="PF0000000000", file=broken)
    raw = payout_files.answer_to_file("PF0000000000")
    assert raw is not None
    answer = pain002.read(raw)
    assert (answer.status, answer.reason) == ("RJCT", "the control sums do not fit")
    assert bank.holds() == -12_000
    assert payout.number not in raw.decode()


def test_what_the_bank_says_out_of_turn_changes_nothing(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_000)
    payout = sent(sena, doyun)
    hear()
    with pytest.raises(PayoutState):
        outcomes.reject(number=payout.number, code="AC04", reason="", at=timezone.now())
    outcomes.accept(number=payout.number, at=timezone.now())
    stranger = pain002.Status("PO0000000000", "ACSC", "", "", "")
    late = pain002.Status(payout.number, "RJCT", "AC04", "", "")
    answer = pain002.Answer("PF0000000000", "RJCT", "", "", [stranger, late])
    hearing.hear(answer, at=timezone.now())
    assert states(payout) == ("PAID", "CLOSED", "PAID_OUT")


def test_the_banks_statement_is_one_that_is_imported_and_names_each_payout(
    alice: Wallet, shop: Store, sena: User, doyun: User, bank: Counter
) -> None:
    sold(alice, shop, 12_096)
    payout = sent(sena, doyun)
    hear()
    today = timezone.now().astimezone(SEOUL).date()
    raw = payout_files.statement(account=HOUSE, currency="KRW", day=today)
    assert raw is not None
    root = etree.fromstring(raw)
    entries = root.findall(".//{*}Ntry")
    ids = [entry.findtext(".//{*}EndToEndId") for entry in entries]
    assert ids == [payout.number, payout.number]
    assert entries[1].findtext(".//{*}RtrInf/{*}Rsn/{*}Cd") == "AC04"
    verdict = import_file(
        file=io.BytesIO(raw), name=hashlib.sha256(raw).hexdigest(), at=timezone.now()
    )
    assert verdict.state == "LOADED", verdict


def test_nothing_is_paid_to_an_account_that_cools_off_or_to_a_suspended_merchant(
    alice: Wallet, shop: Store, sena: User, doyun: User
) -> None:
    sold(alice, shop, 12_000)
    account = MerchantBankAccount.objects.get()
    coming = timezone.now() + timedelta(hours=1)
    MerchantBankAccount.objects.filter(pk=account.pk).update(usable_from=coming)
    assert proposed(sena) is None
    assert Settlement.objects.get().hold_reason == "BANK_ACCOUNT_COOLING_OFF"
    MerchantBankAccount.objects.all().update(state="CANCELLED", usable_from=None)
    assert proposed(sena) is None
    assert Settlement.objects.get().hold_reason == "NO_BANK_ACCOUNT"
    account_for(shop.merchant, sena, doyun, "3333017654321")
    shop.merchant.status = "SUSPENDED"
    shop.merchant.save()
    assert proposed(sena) is None
    assert Settlement.objects.get().hold_reason == "MERCHANT_SUSPENDED"
    shop.merchant.status = "ACTIVE"
    shop.merchant.save()
    run = proposed(sena)
    assert run is not None
    assert run.total_minor == 12_000


def test_several_days_are_paid_by_one_payout_with_all_of_them_on_it(
    alice: Wallet, shop: Store, sena: User, doyun: User
) -> None:
    sell(alice, shop, 4_000)
    close(shop)
    sold(alice, shop, 8_000)
    run = proposed(sena)
    assert run is not None
    payout = run.payouts.get()
    assert payout.amount_minor == sum(s.payout_minor for s in payout.settlements.all()) == 12_000
    assert payout.settlements.count() == 2

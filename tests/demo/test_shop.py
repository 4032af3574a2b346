"""A shop's first day, as documented: taken on, paid in modes A to D, given back, told of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.demo.processes import free_port
from ledger.balances import balance, trial_balance
from merchants.models import Payment, Store
from tests.demo.walks import walk


@pytest.mark.demo
@pytest.mark.django_db(transaction=True)
def test_a_shop_lives_through_its_first_day(tmp_path: Path) -> None:
    printed = walk("shop.md", tmp_path, WEBHOOK_ALLOWS_PRIVATE="true", PORT=str(free_port(8700)))

    assert printed.strip().splitlines()[-1] == "the day is over", printed[-2000:]
    paid = {each.merchant_order_no: each for each in Payment.objects.filter(wallet__isnull=False)}
    assert {number: each.presented for number, each in paid.items() if number} == {
        "A-1": "DYNAMIC",
        "B-1": "CONSUMER",
        "C-1": "DYNAMIC",
        "D-1": "OFFLINE",
    }
    assert (paid["A-1"].refunded_minor, paid["B-1"].state) == (4_000, "REFUNDED")
    tombstone = Payment.objects.get(merchant_order_no="LOST-1")
    assert (tombstone.state, tombstone.store) == ("CLOSED", None)
    store = Store.objects.get()
    net = sum(each.captured_minor - each.fee_minor for each in Payment.objects.all())
    assert balance(store.merchant.payable_account_id).minor == net - 4_000 - 7_000
    assert trial_balance() == {"KRW": 0}

"""Numbers without a gap, one merchant's apart from another's, and nothing missed by a reader."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from merchants.events.numbering import number_due
from merchants.events.recording import record
from merchants.models import Merchant, MerchantEvent, Store
from tests.merchants.payments.stories import NOON


def happen(merchant: Merchant, what: str = "webhook.test") -> None:
    with transaction.atomic():
        record(merchant=merchant, kind=what, facts={}, at=NOON)


def numbers(merchant: Merchant) -> list[int | None]:
    return list(
        MerchantEvent.objects.filter(merchant=merchant)
        .order_by("sequence")
        .values_list("sequence", flat=True)
    )


@pytest.mark.django_db
def test_each_merchant_counts_from_one(corner_shop: Store, rival: Store) -> None:
    for store in (corner_shop, rival, corner_shop):
        happen(store.merchant)
    assert number_due(at=NOON, merchant=rival.merchant) == 1
    assert (numbers(rival.merchant), numbers(corner_shop.merchant)) == ([1], [None, None])
    happen(corner_shop.merchant)
    assert number_due(at=NOON) == 3
    assert numbers(corner_shop.merchant) == [1, 2, 3]
    assert number_due(at=NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_slow_to_commit_comes_later_and_is_not_missed(corner_shop: Store) -> None:
    merchant = corner_shop.merchant
    written, may_commit = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with transaction.atomic():
                record(merchant=merchant, kind="payout.sent", facts={}, at=NOON)
                written.set()
                assert may_commit.wait(30)
        finally:
            connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert written.wait(30)
    happen(merchant)
    number_due(at=NOON)
    seen = MerchantEvent.objects.filter(sequence__gt=0).values_list("kind", "sequence")
    assert list(seen) == [("webhook.test", 1)]
    may_commit.set()
    slow.join()
    number_due(at=NOON)
    assert list(seen.filter(sequence__gt=1)) == [("payout.sent", 2)]


@pytest.mark.django_db(transaction=True)
def test_many_who_number_at_once_number_each_event_once(corner_shop: Store) -> None:
    merchant = corner_shop.merchant
    for _ in range(40):
        happen(merchant)

    def number(_: int) -> int:
        try:
            return number_due(at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbered = sum(pool.map(number, range(8)))
    assert numbered == 40
    assert numbers(merchant) == list(range(1, 41))

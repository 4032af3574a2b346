"""Asking for events over the API, again and again."""

from __future__ import annotations

from typing import Any

import pytest

from merchants.events.recording import record
from merchants.models import Role, Store
from tests.merchants.cast import SENA, Member, Program, employ, keyed, newcomer
from tests.merchants.payments.stories import NOON, ask, confirm
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(corner_shop: Store) -> Program:
    return Program(keyed(corner_shop.merchant, "events:read")[1])


def sequences(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [event["sequence"] for event in answer.json()["items"]]


def test_a_reader_goes_on_where_it_was(alice: Wallet, corner_shop: Store, till: Program) -> None:
    payment = ask(corner_shop)
    first = till.get("/merchant/events").json()
    assert [e["type"] for e in first["items"]] == ["payment.created"]
    assert first["next"] is None
    confirm(payment, alice)
    ask(corner_shop, order_no="B1")
    assert sequences(till.get("/merchant/events?after=1")) == [2, 3]
    page = till.get("/merchant/events?after=0&limit=2")
    assert (sequences(page), page.json()["next"]) == ([1, 2], 2)
    assert sequences(till.get("/merchant/events?after=3")) == []


def test_kinds_are_asked_for_by_name(alice: Wallet, corner_shop: Store, till: Program) -> None:
    confirm(ask(corner_shop), alice)
    assert sequences(till.get("/merchant/events?type=payment.succeeded")) == [2]
    both = till.get("/merchant/events?type=payment.succeeded&type=payment.created")
    assert sequences(both) == [1, 2]


def test_asking_again_for_nothing_new_costs_no_body(corner_shop: Store, till: Program) -> None:
    ask(corner_shop)
    tag = till.get("/merchant/events")["ETag"]
    again = till.client.get("/api/v1/merchant/events", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    ask(corner_shop, order_no="B1")
    new = till.client.get("/api/v1/merchant/events", headers={"If-None-Match": tag})
    assert sequences(new) == [1, 2]


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=%D9%A1",
        "after=9999999999999999999",
        "limit=0",
        "limit=501",
        "type=payment.paid",
        "type=%00",
    ],
)
def test_what_cannot_be_asked_is_400(till: Program, query: str) -> None:
    assert till.get(f"/merchant/events?{query}").status_code == 400


def test_who_works_at_one_store_reads_of_that_store(corner_shop: Store) -> None:
    merchant = corner_shop.merchant
    other = Store.objects.create(
        public_id="S2", merchant=merchant, name="b", latin_name="b", city="Seoul"
    )
    cashier = newcomer(SENA)
    employ(merchant, cashier, Role.CASHIER, store=other)
    ask(corner_shop)
    ask(other, order_no="B1")
    record(merchant=merchant, kind="settlement.closed", facts={}, at=NOON)
    member = Member(cashier, merchant)
    seen = member.get("/merchant/events").json()["items"]
    assert [(e["store_id"], e["sequence"]) for e in seen] == [("S2", 2)]
    (hidden,) = MerchantEvents.of(merchant, sequence=1)
    assert member.get(f"/merchant/events/{hidden}").status_code == 404


class MerchantEvents:
    """Ids of events by their number."""

    @staticmethod
    def of(merchant: Any, sequence: int) -> list[str]:
        found = merchant.events.filter(sequence=sequence)
        return [str(event.public_id) for event in found]


def test_a_page_costs_the_same_however_long_it_is(
    corner_shop: Store, till: Program, django_assert_num_queries: Any
) -> None:
    for number in range(20):
        ask(corner_shop, order_no=f"A{number}")
    till.get("/merchant/events")
    # The key, the lock and the numbering (with their savepoints), and the page.
    with django_assert_num_queries(6):
        assert len(sequences(till.get("/merchant/events"))) == 20

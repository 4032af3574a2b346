"""Each thing that happens to a payment is told once, in the database transaction it happens in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from ledger.errors import InsufficientFunds
from merchants.events.documents import document_of
from merchants.events.numbering import number_due
from merchants.models import MerchantEvent, Store
from merchants.payments import cancelling, orders
from merchants.payments.paying import pay
from tests.merchants.cast import refused_by
from tests.merchants.payments.stories import (
    NOON,
    ask,
    bill,
    cancel,
    capture,
    charge,
    confirm,
    refund,
    void,
)
from tests.wallet.people import proven
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    """The kinds of events, in the order they were written."""
    return [kind.removeprefix("payment.") for kind in kinds()]


def kinds() -> list[str]:
    return list(MerchantEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_a_payment_by_a_tills_code_tells_each_step(alice: Wallet, corner_shop: Store) -> None:
    payment = ask(corner_shop)
    orders.look(number=payment.number, at=NOON)
    orders.look(number=payment.number, at=NOON)
    confirm(payment, alice)
    confirm(payment, alice)
    refund(payment, 2_000)
    refund(payment, 2_000)
    refund(payment, 10_000, "R2")
    assert told() == ["created", "awaiting_payer", "succeeded", "refunded", "refunded"]


def test_a_printed_code_is_paid_at_once(alice: Wallet, corner_shop: Store) -> None:
    pay(wallet=alice, store=corner_shop, bill=bill(), proof=proven(alice), at=NOON)
    (event,) = MerchantEvent.objects.all()
    assert (event.kind, event.happened_at) == ("payment.succeeded", NOON)


def test_a_payers_code_that_waits_is_told_as_waiting(alice: Wallet, corner_shop: Store) -> None:
    charge(corner_shop, alice, minor=1_000)
    payment = charge(corner_shop, alice, minor=45_000, order_no="B1")
    cancelling.decline(number=payment.number, wallet=alice, at=NOON)
    assert told()[-2:] == ["awaiting_payer", "closed"]


def test_money_set_aside_tells_how_it_ended(alice: Wallet, corner_shop: Store) -> None:
    first = ask(corner_shop, manual=True)
    capture(confirm(first, alice), 9_000)
    void(confirm(ask(corner_shop, manual=True, order_no="B1"), alice))
    confirm(ask(corner_shop, manual=True, order_no="C1"), alice)
    cancelling.close_due(at=NOON + timedelta(days=8))
    ended = ["captured", "voided", "expired"]
    assert told() == [step for end in ended for step in ("created", "authorized", end)]


def test_what_a_job_closes_by_one_statement_is_told_one_by_one(corner_shop: Store) -> None:
    for number in ("A1", "A2", "A3"):
        ask(corner_shop, order_no=number)
    late = NOON + timedelta(hours=1)
    assert cancelling.close_due(at=late) == 3
    assert told() == ["created"] * 3 + ["closed"] * 3
    event = MerchantEvent.objects.latest("pk")
    assert (event.happened_at, event.facts["closed_because"]) == (late, "TIMED_OUT")


def test_a_cancellation_tells_what_it_did(alice: Wallet, corner_shop: Store) -> None:
    cancel(corner_shop, "NEVER-HEARD-OF")
    confirm(ask(corner_shop), alice)
    cancel(corner_shop)
    cancel(corner_shop)
    assert told() == ["closed", "created", "succeeded", "refunded"]


def test_what_did_not_happen_is_not_told(alice: Wallet, corner_shop: Store) -> None:
    with pytest.raises(InsufficientFunds):
        pay(wallet=alice, store=corner_shop, bill=bill(60_000), proof=proven(alice), at=NOON)
    assert kinds() == []


def test_an_event_says_what_the_payment_was_then(alice: Wallet, corner_shop: Store) -> None:
    payment = confirm(ask(corner_shop, tip=2_000), alice)
    refund(payment, 3_000)
    number_due(at=NOON)
    created, succeeded, refunded = (
        document_of(event) for event in MerchantEvent.objects.order_by("sequence")
    )
    assert [e["sequence"] for e in (created, succeeded, refunded)] == [1, 2, 3]
    assert succeeded["type"] == "payment.succeeded"
    assert succeeded["timestamp"] == "2026-03-02T03:01:00.000Z"
    assert succeeded["store_id"] == corner_shop.public_id
    assert succeeded["data"] == {
        "number": payment.number,
        "order_no": "A1",
        "state": "SUCCEEDED",
        "presented": "DYNAMIC",
        "currency": "KRW",
        "amount": {"amount": "12000", "currency": "KRW"},
        "tip": {"amount": "2000", "currency": "KRW"},
        "captured": {"amount": "12000", "currency": "KRW"},
        "fee": {"amount": "210", "currency": "KRW"},
        "refunded": {"amount": "0", "currency": "KRW"},
        "bill_number": "",
        "answers": {},
        "closed_because": "",
    }
    assert created["data"]["captured"]["amount"] == "0"
    assert refunded["data"]["state"] == "PARTIALLY_REFUNDED"
    assert refunded["data"]["refund"] == {
        "number": payment.refunds.get().number,
        "refund_no": "R1",
        "reason": "",
        "currency": "KRW",
        "amount": {"amount": "3000", "currency": "KRW"},
        "fee": {"amount": "0", "currency": "KRW"},
    }


def test_what_was_told_is_final(alice: Wallet, corner_shop: Store) -> None:
    ask(corner_shop)
    row = MerchantEvent.objects.all()
    with refused_by("merchants_event_final"):
        row.update(kind="payment.succeeded")
    with refused_by("merchants_event_final"):
        row.update(facts={})
    with refused_by("merchants_event_numbered_from_one"):
        row.update(sequence=0)
    number_due(at=NOON)
    with refused_by("merchants_event_final"):
        row.update(sequence=2)
    with refused_by("ledger_append_only"):
        row.delete()
    with refused_by("merchants_event_numbered_once"):
        MerchantEvent.objects.create(
            merchant=corner_shop.merchant, kind="x", facts={}, happened_at=NOON, sequence=1
        )


def test_the_applications_role_can_number_and_nothing_else(corner_shop: Store) -> None:
    ask(corner_shop)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE jigap_app")
        cursor.execute("UPDATE merchants_merchantevent SET sequence = 1")
        for forbidden in (
            "UPDATE merchants_merchantevent SET kind = 'x'",
            "DELETE FROM merchants_merchantevent",
            "TRUNCATE merchants_merchantevent CASCADE",
        ):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                cursor.execute(forbidden)

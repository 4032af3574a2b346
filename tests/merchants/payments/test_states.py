"""A payment goes along the edges of the table and no others, whoever writes."""

from __future__ import annotations

from itertools import product

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from merchants.errors import PaymentEnded
from merchants.models import Payment, Store
from merchants.payments.moving import move
from merchants.states import PAYMENT_EDGES, PaymentState
from tests.merchants.payments.stories import ask, confirm
from wallet.models import Wallet

EVENTS = sorted({event for _, event in PAYMENT_EDGES})
STEPS = {(state, reached) for (state, _), reached in PAYMENT_EDGES.items()}


@pytest.mark.parametrize(("state", "event"), list(product(PaymentState, EVENTS)))
def test_an_event_leads_where_the_table_says_or_is_refused(
    state: PaymentState, event: str
) -> None:
    payment = Payment(number="1", state=state)
    reached = PAYMENT_EDGES.get((state, event))
    if reached is None:
        with pytest.raises(PaymentEnded):
            move(payment, event)
        assert payment.state == state
    else:
        move(payment, event)
        assert payment.state == reached


@pytest.mark.django_db
def test_the_database_knows_the_same_edges(corner_shop: Store) -> None:
    payment = ask(corner_shop)
    allowed = set()
    for before, after in product(PaymentState, PaymentState):
        if before != after and _passes(payment, before, after):
            allowed.add((before, after))
    assert allowed == {step for step in STEPS if step[0] != step[1]}


def _passes(payment: Payment, before: str, after: str) -> bool:
    """Tell whether the guard lets a row through; the table's own checks are another matter."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE merchants_payment DISABLE TRIGGER USER")
            cursor.execute(
                "ALTER TABLE merchants_payment DROP CONSTRAINT merchants_payment_paid_by_somebody"
            )
            cursor.execute("UPDATE merchants_payment SET state = %s", [before])
            cursor.execute("ALTER TABLE merchants_payment ENABLE TRIGGER USER")
        try:
            with transaction.atomic():
                Payment.objects.filter(pk=payment.pk).update(state=after)
        except IntegrityError as exc:
            return not is_refused_by(exc, "merchants_payment_edge")
        finally:
            transaction.set_rollback(True)
    return True


def is_refused_by(exc: IntegrityError, constraint: str) -> bool:
    assert isinstance(exc.__cause__, psycopg.Error)
    return exc.__cause__.diag.constraint_name == constraint


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 1},
        {"number": "2"},
        {"merchant_order_no": "B2"},
        {"presented": "STATIC"},
        {"captured_minor": 1},
        {"wallet": None},
    ],
)
def test_what_was_asked_and_paid_does_not_change(
    alice: Wallet, corner_shop: Store, change: dict[str, object]
) -> None:
    payment = confirm(ask(corner_shop), alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"fee_minor": 12_001},
        {"refunded_minor": 12_001},
        {"captured_minor": 12_001},
        {"tip_minor": 12_000},
        {"paid_at": None},
    ],
)
def test_amounts_that_cannot_be_are_refused_by_the_database(
    alice: Wallet, corner_shop: Store, change: dict[str, object]
) -> None:
    payment = confirm(ask(corner_shop), alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**change)

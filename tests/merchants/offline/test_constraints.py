"""PostgreSQL refuses what must never be, whoever writes; Python is passed by here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from merchants.models import Allowance, OfflineCase, Store, TillNonce, Voucher
from merchants.offline.reference.telephone import Telephone
from merchants.offline.reference.till import Till
from tests.merchants.cast import refused_by
from tests.merchants.offline.stories import NOON, pay, row, send
from wallet.models import AllowanceLimit, Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def voucher(payer: Wallet, corner_shop: Store, phone: Telephone, till: Till) -> Voucher:
    """A paid one."""
    send(corner_shop, [pay(phone, till, 12_000)])
    return Voucher.objects.get()


def copied(voucher: Voucher, **changes: object) -> Voucher:
    again = Voucher.objects.get(pk=voucher.pk)
    again.pk = None
    again.digest = b"x" * 32
    again.payment = None
    again.state, again.reserve_minor = Voucher.State.LATE, 0
    for name, value in changes.items():
        setattr(again, name, value)
    return again


def test_a_voucher_is_one_and_its_counter_once(voucher: Voucher) -> None:
    with refused_by("merchants_voucher_counter_once"):
        copied(voucher).save()
    copied(voucher, is_conflict=True).save()
    with refused_by("merchants_voucher_digest_key"):
        copied(voucher, digest=voucher.digest, counter=9).save()


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"amount_minor": 0}, "merchants_voucher_paid_within"),
        ({"loss_minor": 12_001, "state": "PARTLY_PAID"}, "merchants_voucher_paid_within"),
        ({"reserve_minor": 1}, "merchants_voucher_state_fits"),
        ({"state": "PAID"}, "merchants_voucher_state_fits"),
    ],
)
def test_nobody_is_paid_more_than_the_voucher(
    voucher: Voucher, changes: dict[str, object], constraint: str
) -> None:
    with refused_by(constraint):
        copied(voucher, counter=9, **changes).save()


def test_what_was_signed_and_decided_is_final(voucher: Voucher) -> None:
    for changes in ({"amount_minor": 1}, {"state": "LATE"}, {"body": b""}):
        with refused_by("merchants_voucher_final"):
            Voucher.objects.update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"claimed_minor": F("loaded_minor") + 1}, "merchants_allowance_reserve_holds"),
        ({"claimed_minor": 11_999}, "merchants_allowance_facts_final"),
        ({"loaded_minor": 60_000}, "merchants_allowance_facts_final"),
        ({"deadline_at": F("deadline_at") + timedelta(days=1)}, "merchants_allowance_facts_final"),
        ({"released_minor": 1}, "merchants_allowance_released_whole"),
        ({"state": "RELEASED", "released_at": NOON}, "merchants_allowance_released_whole"),
        ({"state": "FROZEN"}, "merchants_allowance_ended_once"),
    ],
)
def test_a_reserve_is_spent_once(
    voucher: Voucher, changes: dict[str, object], constraint: str
) -> None:
    with refused_by(constraint):
        Allowance.objects.update(**changes)


def test_an_allowance_goes_one_way(voucher: Voucher, phone: Telephone) -> None:
    found = row(phone)
    Allowance.objects.update(state="FROZEN", ended_at=NOON)
    for state in ("ACTIVE", "ENDED"):
        with refused_by("merchants_allowance_edge"):
            Allowance.objects.update(state=state)
    Allowance.objects.update(
        state="RELEASED", released_minor=found.reserve_minor, released_at=NOON
    )
    with refused_by("merchants_allowance_edge"):
        Allowance.objects.update(state="FROZEN")


def test_a_telephone_has_one_active_allowance(voucher: Voucher, phone: Telephone) -> None:
    again = row(phone)
    again.pk, again.short_id = None, b"another1"
    again.public_id = again.wallet.public_id
    with refused_by("merchants_allowance_one_active"):
        again.save()


def test_a_case_books_no_more_than_its_loss(voucher: Voucher, phone: Telephone) -> None:
    case = OfflineCase(allowance=row(phone), kinds=["OVERSPENT"], opened_at=NOON)
    case.loss_minor, case.booked_minor = 1, 2
    with refused_by("merchants_offline_case_books_its_loss"):
        case.save()


def test_an_allowance_limit_is_small(voucher: Voucher) -> None:
    for changes in ({"cap_minor": 2**32}, {"hours": 73}, {"each_minor": 100_001}, {"count": 0}):
        with refused_by("wallet_allowance_limit_small"):
            AllowanceLimit.objects.update(**changes)
    (limit,) = AllowanceLimit.objects.all()
    limit.pk = None
    with refused_by("wallet_allowance_limit_one_each"):
        limit.save()


@pytest.mark.parametrize("model", [TillNonce, Voucher, Allowance])
def test_nothing_is_deleted(voucher: Voucher, model: type[Voucher]) -> None:
    with (
        pytest.raises(DatabaseError, match="history is final"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")  # noqa: SLF001

"""Bills that are split lose nothing; and what is open stands in the way of closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.wallet.people import ALICE, BOB, Caller, fund, held, proven, won
from tests.wallet.transfers.cast import CAROL, act_on, krw, told
from wallet.errors import InvalidSplit
from wallet.models import BillSplit, Claim, MoneyRequest, Wallet
from wallet.transfers import claims, money_requests, schedules
from wallet.transfers.splits import MAX_PEOPLE, shares
from wallet.wallets.obligations import obligations

Joins = Callable[[], Wallet]


@given(
    total=st.integers(1, 10**15),
    others=st.integers(1, MAX_PEOPLE),
    with_asker=st.booleans(),
)
def test_shares_lose_nothing_and_differ_by_one_at_most(
    *, total: int, others: int, with_asker: bool
) -> None:
    if total < others + with_asker:
        with pytest.raises(InvalidSplit):
            shares(total=krw(total), others=others, with_asker=with_asker)
        return
    own, rest = shares(total=krw(total), others=others, with_asker=with_asker)
    minors = [share.minor for share in rest]
    assert own.minor + sum(minors) == total
    borne = minors + [own.minor] * with_asker
    assert max(borne) - min(borne) <= 1
    assert min(borne) >= 1
    assert (own.minor == max(borne)) if with_asker else (own.minor == 0)


def split(wallet: Wallet, *phones: str, **changes: Any) -> Any:
    body = {"total": won("10000"), "payees": [{"phone": phone} for phone in phones], **changes}
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/splits", body)


@pytest.mark.django_db
def test_a_bill_is_split_and_its_asker_sees_who_has_paid(
    alice: Wallet, bob: Wallet, carol_joins: Joins, django_assert_max_num_queries: Any
) -> None:
    carol = carol_joins()
    fund(carol, krw(9_000))
    made = split(bob, ALICE, CAROL, memo="저녁")
    assert made.status_code == 201, made.json()
    body = made.json()
    assert body["own_share"] == won("3334")
    assert [row["amount"] for row in body["requests"]] == [won("3333"), won("3333")]
    assert act_on(carol, body["requests"][1]["id"], "pay").status_code == 200
    caller = Caller(bob)
    with django_assert_max_num_queries(5):
        seen = caller.get(f"/splits/{body['id']}").json()
    assert [row["status"] for row in seen["requests"]] == ["OPEN", "PAID"]
    assert (seen["paid"], held(bob)) == (won("3333"), 3_333)
    assert Caller(alice).get(f"/splits/{body['id']}").status_code == 404


@pytest.mark.django_db
def test_an_asker_who_bears_nothing_asks_for_all_of_it(
    alice: Wallet, bob: Wallet, carol_joins: Joins
) -> None:
    carol_joins()
    body = split(bob, ALICE, CAROL, with_asker=False, total=won("9999")).json()
    assert body["own_share"] == won("0")
    assert [row["amount"] for row in body["requests"]] == [won("5000"), won("4999")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("phones", "changes", "code"),
    [
        ([ALICE, CAROL], {}, "unknown_recipient"),
        ([ALICE, ALICE], {}, "invalid_split"),
        ([ALICE, BOB], {}, "invalid_split"),
        ([], {}, "invalid_request"),
        ([ALICE] * 31, {}, "invalid_request"),
        ([ALICE], {"total": won("1")}, "invalid_split"),
        ([ALICE], {"total": won("1.00", "USD")}, "currency_mismatch"),
    ],
)
def test_a_bad_split_asks_nobody(
    alice: Wallet, bob: Wallet, phones: list[str], changes: dict[str, Any], code: str
) -> None:
    answer = split(bob, *phones, **changes)
    assert answer.json()["code"] == code
    assert not MoneyRequest.objects.exists()
    assert not BillSplit.objects.exists()
    assert told(alice) == []


@pytest.mark.django_db
def test_what_is_open_stands_in_the_way_of_closing(alice: Wallet, bob: Wallet) -> None:
    proof, now = proven(alice), timezone.now()
    assert obligations(alice) == []
    claim = claims.open_claim(
        sender=alice, phone=CAROL, amount=krw(1), memo="", proof=proof, at=now
    )
    later = schedules.schedule(
        sender=alice,
        payee=BOB,
        amount=krw(1),
        memo="",
        due_at=now + timedelta(hours=1),
        proof=proof,
        at=now,
    )
    request = money_requests.ask(asker=alice, payee=BOB, amount=krw(1), memo="", at=now)
    assert [one.kind for one in obligations(alice)] == [
        "CLAIM",
        "SCHEDULED_TRANSFER",
        "MONEY_REQUEST",
    ]
    assert obligations(bob) == []
    claims.cancel(claim=claim, at=now)
    schedules.cancel(scheduled=later, at=now)
    money_requests.decline(request=request, at=now)
    assert obligations(alice) == []
    assert Claim.objects.get().status == Claim.Status.CANCELLED

"""Money for Carol, who has no wallet yet: it reaches exactly one place."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.wallet.people import ALICE, BOB, PASSWORD, Caller, fund, held, won
from tests.wallet.transfers.cast import CAROL, NOON, krw, opened, told, unclaimed
from wallet.errors import ClaimNotOpen, PhoneNotConfirmed, TooManyClaims
from wallet.models import Claim, IdempotencyRecord, Limit, PayeeMisses, Period, User, Wallet
from wallet.people import sign_up
from wallet.transfers import claims
from wallet.unclaimed import EDGES, claim_all_for, give, take_back
from wallet.wallets import make_wallet

Joins = Callable[[], Wallet]
Status = Claim.Status


def post(wallet: Wallet, key: str | None = None, **changes: Any) -> Any:
    body = {"phone": CAROL, "amount": won("5000"), "memo": "저녁", **changes}
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/claims", body, key)


def take(wallet: Wallet, token: str) -> Any:
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/claims/take", {"token": token})


@pytest.mark.django_db
def test_money_waits_and_the_link_is_shown_to_the_sender_only(alice: Wallet) -> None:
    made = post(alice, "one")
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["status"], body["phone"]) == ("OPEN", "+82********00")
    assert len(bytes.fromhex(body["token"])) == 32
    assert (held(alice), unclaimed()) == (45_000, 5_000)
    assert told(alice) == ["claim.opened"]
    assert post(alice, "one").json() == body  # the answer that was lost, to the same request
    assert (held(alice), unclaimed()) == (45_000, 5_000)
    listed = Caller(alice).get(f"/wallets/{alice.public_id}/claims").json()["claims"]
    assert [set(body) - set(claim) for claim in listed] == [{"token"}]


@pytest.mark.django_db
def test_the_token_stands_nowhere_in_the_database(alice: Wallet) -> None:
    token = post(alice).json()["token"]
    claim, record = Claim.objects.get(), IdempotencyRecord.objects.get()
    assert record.body is not None
    assert record.body["id"] == str(claim.public_id)
    for kept in (repr(record.body), repr(vars(claim)), bytes(claim.token_hash).hex()):
        assert token not in kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": won("50001")}, 402, "insufficient_funds"),
        ({"amount": won("1.00", "USD")}, 400, "currency_mismatch"),
        ({"amount": won("0")}, 400, "invalid_request"),
        ({"phone": "carol"}, 400, "invalid_phone"),
        ({"phone": ALICE}, 400, "transfer_to_self"),
        ({"phone": BOB}, 409, "recipient_has_wallet"),
        ({"memo": "a\u200bb"}, 400, "invalid_request"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_and_moves_nothing(
    alice: Wallet, bob: Wallet, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = post(alice, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (held(alice), unclaimed(), Claim.objects.count()) == (50_000, 0, 0)


@pytest.mark.django_db
def test_opening_claims_is_a_way_of_guessing_and_counted(alice: Wallet, bob: Wallet) -> None:
    post(alice, "one")
    post(alice, "one")
    post(alice, phone=BOB)
    assert PayeeMisses.objects.get(user=alice.holder).misses == 2


@pytest.mark.django_db
def test_a_sender_has_a_bounded_number_of_open_claims(
    alice: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MAX_OPEN", 2)
    first = opened(alice)
    opened(alice)
    with pytest.raises(TooManyClaims):
        opened(alice)
    claims.cancel(claim=first, at=timezone.now())
    opened(alice)
    assert unclaimed() == 10_000


@pytest.mark.django_db
def test_the_link_works_for_the_addressed_phone_alone(
    alice: Wallet, bob: Wallet, carol_joins: Joins
) -> None:
    token = post(alice).json()["token"]
    User.objects.update(phone_confirmed_at=timezone.now())
    for wallet in (alice, bob):
        assert take(wallet, token).json()["code"] == "unknown_claim"
    carol = carol_joins()
    assert take(carol, "0" * 64).json()["code"] == "unknown_claim"
    answer = take(carol, token)
    assert (answer.status_code, answer.json()["status"]) == (200, "CLAIMED")
    assert "token" not in answer.json()
    assert (held(carol), unclaimed()) == (5_000, 0)
    assert told(carol) == ["claim.claimed"]
    assert told(alice) == ["claim.opened", "claim.claimed"]
    assert take(carol, token).json()["code"] == "claim_not_open"
    assert held(carol) == 5_000


@pytest.mark.django_db
def test_an_unconfirmed_phone_claims_nothing(alice: Wallet) -> None:
    token = post(alice).json()["token"]
    holder = User.objects.create_user(CAROL, PASSWORD)
    carol = make_wallet(holder=holder, currency="KRW", at=timezone.now())
    assert take(carol, token).json()["code"] == "phone_not_confirmed"
    with pytest.raises(PhoneNotConfirmed):
        claims.collect(wallet=carol, at=timezone.now())
    assert claim_all_for(wallet=carol, at=timezone.now()) == []
    assert (held(carol), unclaimed()) == (0, 5_000)


@pytest.mark.django_db
def test_signing_up_brings_everything_that_waits(alice: Wallet, bob: Wallet) -> None:
    fund(bob, krw(10_000))
    opened(alice)
    opened(bob, 700)
    opened(alice, 1, phone="+821055550001")
    carol = sign_up(phone=CAROL, password=PASSWORD, currency="KRW", at=timezone.now())
    assert (held(carol), unclaimed()) == (5_700, 1)


@pytest.mark.django_db
def test_who_could_not_have_it_before_collects_everything_that_waits(
    alice: Wallet, bob: Wallet, carol_joins: Joins
) -> None:
    fund(bob, krw(10_000))
    opened(alice)
    opened(bob, 700)
    opened(alice, 1, phone="+821055550001")
    carol = carol_joins()
    path = f"/wallets/{carol.public_id}/claims/collect"
    answer = Caller(carol).post(path, None)
    assert [claim["amount"]["amount"] for claim in answer.json()["claims"]] == ["5000", "700"]
    assert Caller(carol).post(path, None).json() == {"claims": []}
    assert (held(carol), unclaimed()) == (5_700, 1)


@pytest.mark.django_db
def test_a_wallet_that_is_opened_after_the_phone_was_confirmed_is_filled_at_once(
    alice: Wallet,
) -> None:
    opened(alice)
    holder = User.objects.create_user(CAROL, PASSWORD, phone_confirmed_at=timezone.now())
    wallet = make_wallet(holder=holder, currency="KRW", at=timezone.now())
    assert len(claim_all_for(wallet=wallet, at=timezone.now())) == 1
    assert (held(wallet), unclaimed()) == (5_000, 0)


@pytest.mark.django_db
def test_a_wallet_without_room_leaves_the_money_waiting(alice: Wallet, carol_joins: Joins) -> None:
    opened(alice, 5_000)
    opened(alice, 300)
    carol = carol_joins()
    Limit.objects.filter(period=Period.BALANCE).update(amount_minor=1_000)
    assert [claim.amount_minor for claim in claims.collect(wallet=carol, at=timezone.now())] == [
        300
    ]
    assert (held(carol), unclaimed()) == (300, 5_000)
    assert told(carol) == ["claim.claimed"]


@pytest.mark.django_db
def test_the_sender_takes_it_back_and_nobody_else(alice: Wallet, bob: Wallet) -> None:
    path = f"/claims/{post(alice).json()['id']}/cancel"
    assert Caller(bob).post(path, None).status_code == 404
    answer = Caller(alice).post(path, None)
    assert (answer.status_code, answer.json()["status"]) == (200, "CANCELLED")
    again = Caller(alice).post(path, None)
    assert (again.status_code, again.json()["state"]) == (409, "CANCELLED")
    assert (held(alice), unclaimed()) == (50_000, 0)
    assert told(alice) == ["claim.opened", "claim.cancelled"]


@pytest.mark.django_db
def test_after_three_days_it_returns_even_to_a_frozen_wallet(alice: Wallet) -> None:
    claim = opened(alice)
    Wallet.objects.update(status=Wallet.Status.FROZEN)
    assert claims.return_due(at=claim.return_at - timedelta(seconds=1)) == 0
    assert claims.return_due(at=claim.return_at) == 1
    assert claims.return_due(at=claim.return_at) == 0
    assert (held(alice), unclaimed()) == (50_000, 0)
    assert told(alice) == ["claim.opened", "claim.returned"]


def brought_to(claim: Claim, status: str, carol: Wallet) -> None:
    if status == Status.CLAIMED:
        give(claim=claim, to=carol, at=NOON)
    elif status != Status.OPEN:
        take_back(claim=claim, status=Status(status), at=NOON)
    else:
        raise ClaimNotOpen(claim.status)


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "after"), list(itertools.product(Status, Status)))
def test_every_edge_but_those_of_the_table_is_refused(
    alice: Wallet, carol_joins: Joins, before: Claim.Status, after: Claim.Status
) -> None:
    claim, carol = opened(alice), carol_joins()
    if before != Status.OPEN:
        brought_to(claim, before, carol)
    expected = (held(alice), held(carol), unclaimed())
    if (before, after) in EDGES:
        brought_to(claim, after, carol)
        assert Claim.objects.get().status == after
        assert unclaimed() == 0
    else:
        with pytest.raises(ClaimNotOpen):
            brought_to(claim, after, carol)
        assert Claim.objects.get().status == before
        assert (held(alice), held(carol), unclaimed()) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes", [{"status": "CLAIMED"}, {"decided_at": NOON}, {"status": "GONE"}]
)
def test_the_database_refuses_a_claim_in_two_places(
    alice: Wallet, changes: dict[str, Any]
) -> None:
    opened(alice)
    with (
        pytest.raises(IntegrityError, match="wallet_claim_goes_to_one_place"),
        transaction.atomic(),
    ):
        Claim.objects.update(**changes)


@pytest.mark.django_db
def test_opening_a_claim_costs_a_bounded_number_of_queries(
    alice: Wallet, django_assert_max_num_queries: Any
) -> None:
    post(alice)
    caller = Caller(alice)
    with django_assert_max_num_queries(25):
        answer = caller.post(
            f"/wallets/{alice.public_id}/claims", {"phone": CAROL, "amount": won("1")}
        )
    assert answer.status_code == 201

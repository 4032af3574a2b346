"""What both sides see of a transfer, and that opposite ones do not stand in each other's way."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from ledger.balances import trial_balance
from tests.ledger.threads import all_at_once
from tests.wallet.people import ALICE, BOB, Caller, fund, held, proven, won
from tests.wallet.transfers.cast import krw, told
from wallet.models import Wallet
from wallet.transfers import send
from wallet.wallets.freezing import freeze_by_staff, unfreeze_by_staff


def post(wallet: Wallet, **changes: Any) -> Any:
    body = {"handle": "mary", "amount": won("5000"), "memo": "점심", **changes}
    return Caller(wallet).post(f"/wallets/{wallet.public_id}/transfers", body)


@pytest.mark.django_db
def test_a_transfer_to_a_handle_is_seen_by_both_and_by_nobody_else(
    alice: Wallet, bob: Wallet, named: None, carol_joins: Any
) -> None:
    sent = post(alice, handle="@Mary").json()
    assert sent["direction"] == "SENT"
    assert sent["counterparty"] == {"name": "M*** K**", "phone": "+82********21"}
    seen = Caller(bob).get(f"/transfers/{sent['id']}").json()
    assert seen["direction"] == "RECEIVED"
    assert seen["counterparty"] == {"name": "김*지", "phone": "+82********78"}
    assert seen["amount"] == won("5000")
    assert Caller(alice).get(f"/transfers/{sent['id']}").json() == sent
    assert Caller(carol_joins()).get(f"/transfers/{sent['id']}").status_code == 404
    assert (held(alice), held(bob)) == (45_000, 5_000)
    assert (told(alice), told(bob)) == (["transfer.sent"], ["transfer.received"])


@pytest.mark.django_db
def test_neither_side_is_shown_the_others_phone(alice: Wallet, bob: Wallet) -> None:
    sent = post(alice, phone=BOB, handle=None)
    assert sent.status_code == 400  # null is not a handle
    sent = Caller(alice).post(
        f"/wallets/{alice.public_id}/transfers", {"phone": BOB, "amount": won("1")}
    )
    texts = [sent.content, Caller(bob).get(f"/wallets/{bob.public_id}/transfers").content]
    assert sent.json()["counterparty"]["name"] is None
    for text in texts:
        assert ALICE.encode() not in text
        assert BOB.encode() not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"handle": "nobody1"}, 404, "unknown_recipient"),
        ({"handle": "a b"}, 404, "unknown_recipient"),
        ({"handle": "minji_kim"}, 400, "transfer_to_self"),
        ({"phone": BOB}, 400, "invalid_request"),
        ({"memo": "a\u202eb"}, 400, "invalid_request"),
        ({"memo": "\u0958" * 51}, 400, "invalid_request"),
    ],
)
def test_a_bad_transfer_to_a_handle_moves_nothing(
    alice: Wallet, bob: Wallet, named: None, changes: dict[str, str], status: int, code: str
) -> None:
    answer = post(alice, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (held(alice), held(bob)) == (50_000, 0)


@pytest.mark.django_db
def test_a_wallet_that_staff_froze_neither_sends_nor_receives(
    alice: Wallet, bob: Wallet, named: None
) -> None:
    for wallet in (alice, bob):
        freeze_by_staff(wallet=wallet, actor="staff:1", reason="order 17", at=timezone.now())
        assert post(alice).json()["code"] == "wallet_not_open"
        unfreeze_by_staff(wallet=wallet, actor="staff:1", reason="lifted", at=timezone.now())
    assert held(alice) == 50_000


@pytest.mark.django_db
def test_the_list_is_paged_newest_first_and_holds_both_directions(
    alice: Wallet, bob: Wallet, named: None, django_assert_max_num_queries: Any
) -> None:
    memos = ["one", "two", "three", "four", "five"]
    for place, memo in enumerate(memos):
        sender, handle = ((alice, "mary"), (bob, "minji_kim"))[place % 2]
        assert post(sender, handle=handle, memo=memo, amount=won("100")).status_code == 201
    caller, path = Caller(alice), f"/wallets/{alice.public_id}/transfers"
    read, after = [], ""
    while True:
        with django_assert_max_num_queries(5):
            page = caller.get(f"{path}?limit=2{after}").json()
        read += page["transfers"]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert [line["memo"] for line in read] == memos[::-1]
    assert [line["direction"] for line in read] == ["SENT", "RECEIVED"] * 2 + ["SENT"]
    assert caller.get(f"{path}?after=made-up").status_code == 400
    assert caller.get(f"{path}?limit=101").status_code == 400
    assert Caller(bob).get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_opposite_transfers_do_not_deadlock_and_lose_nothing(alice: Wallet, bob: Wallet) -> None:
    fund(bob, krw(50_000))
    ways = ((alice, BOB), (bob, ALICE))

    def act(number: int) -> None:
        sender, payee = ways[number % 2]
        for _ in range(5):
            send(
                sender=sender,
                payee=payee,
                amount=krw(100 + number),
                memo="",
                proof=proven(sender),
                at=timezone.now(),
            )

    all_at_once(act)
    assert held(alice) + held(bob) == 100_000
    assert held(bob) - 50_000 == 5 * (sum(range(100, 116, 2)) - sum(range(101, 116, 2)))
    assert trial_balance() == {"KRW": 0}

"""Everybody wants a claim's money at once: it goes to exactly one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ledger.threads import all_at_once
from tests.wallet.people import held
from tests.wallet.transfers.cast import opened, unclaimed
from wallet.errors import ClaimNotOpen
from wallet.models import Claim, Wallet
from wallet.transfers import claims

Joins = Callable[[], Wallet]
Status = Claim.Status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_claim_cancel_and_return_at_once_pay_exactly_one_place(
    alice: Wallet, carol_joins: Joins, turn: int
) -> None:
    claim = opened(alice, 1_000)
    carol, at = carol_joins(), claim.return_at
    ways: list[Callable[[], object]] = [
        lambda: claims.take(wallet=carol, token=claims.link_token(claim.public_id), at=at),
        lambda: claims.cancel(claim=claim, at=at),
        lambda: claims.return_due(at=at),
        lambda: claims.collect(wallet=carol, at=at),
    ]

    def act(number: int) -> bool:
        try:
            return bool(ways[(number + turn) % 4]())
        except ClaimNotOpen:
            return False

    assert sum(all_at_once(act)) == 1
    claim.refresh_from_db()
    carols = 1_000 if claim.status == Status.CLAIMED else 0
    assert (held(alice), held(carol), unclaimed()) == (50_000 - carols, carols, 0)
    assert claim.status != Status.OPEN


@pytest.mark.django_db(transaction=True)
def test_many_claims_collected_while_they_return_do_not_deadlock(
    alice: Wallet, carol_joins: Joins
) -> None:
    made = [opened(alice, 1_000) for _ in range(12)]
    carol, at = carol_joins(), made[-1].return_at

    def act(number: int) -> int:
        if number % 2:
            return claims.return_due(at=at)
        return len(claims.collect(wallet=carol, at=at))

    assert sum(all_at_once(act)) == len(made)
    assert (held(alice) + held(carol), unclaimed()) == (50_000, 0)

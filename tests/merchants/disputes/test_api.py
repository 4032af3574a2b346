"""Both sides over the API: contested, answered, conceded; and what is not taken."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from merchants.models import Payment, Role, Store
from merchants.store_codes import printed_code
from tests.merchants.cast import SENA, Member, Program, employ, keyed, newcomer
from tests.merchants.disputes.stories import contest, paid
from tests.wallet.people import Caller, held, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db
CLAIM = {"reason": "NOT_RECEIVED", "statement": "It never came."}
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 100).decode()


@pytest.fixture
def payer(alice: Wallet) -> Caller:
    return Caller(alice)


@pytest.fixture
def number(alice: Wallet, payer: Caller, corner_shop: Store) -> str:
    """A payment of 10,000 won."""
    body = {"wallet_id": str(alice.public_id), "payload": printed_code(corner_shop)}
    paid = payer.post("/payments", body | {"amount": won("10000")})
    assert paid.status_code == 201, paid.json()
    return str(paid.json()["number"])


def test_contested_answered_and_conceded(
    alice: Wallet, payer: Caller, owner: Member, number: str
) -> None:
    opened = payer.post(f"/payments/{number}/dispute", CLAIM | {"amount": won("4000")}, "k1")
    assert opened.status_code == 201, opened.json()
    again = payer.post(f"/payments/{number}/dispute", CLAIM | {"amount": won("4000")}, "k2")
    assert again.json()["id"] == opened.json()["id"]
    shown = payer.post(f"/payments/{number}/dispute/evidence", {"text": "Look.", "file": PNG})
    assert (shown.status_code, shown.json()["file_type"]) == (201, "image/png")
    (found,) = owner.get("/merchant/disputes?state=OPEN").json()["items"]
    assert (found["amount"], found["payment_number"]) == (won("4000"), number)
    path = f"/merchant/disputes/{found['id']}"
    assert owner.post(f"{path}/evidence", {"text": "It was handed over."}).status_code == 201
    read = payer.get(f"/payments/{number}/dispute").json()
    assert [e["side"] for e in read["evidence"]] == ["PAYER", "MERCHANT"]
    done = owner.post(f"{path}/concede", {})
    assert (done.status_code, done.json()["state"]) == (200, "CONCEDED")
    assert owner.get(path).json()["ended_by"] == "MERCHANT"
    assert held(alice) == 44_000
    assert payer.post(f"/payments/{number}/dispute/withdraw", {}).status_code == 409


def test_the_payer_takes_it_back(
    alice: Wallet, payer: Caller, corner_shop: Store, number: str
) -> None:
    payer.post(f"/payments/{number}/dispute", CLAIM)
    done = payer.post(f"/payments/{number}/dispute/withdraw", {})
    assert (done.status_code, done.json()["state"]) == (200, "WITHDRAWN")
    assert held(alice) == 40_000


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"amount": won("10001")}, 409, "dispute_too_large"),
        ({"amount": won("0")}, 400, None),
        ({"amount": {"amount": "1", "currency": "USD"}}, 409, "dispute_too_large"),
        ({"reason": "BORED"}, 400, "invalid_request"),
        ({"statement": ""}, 400, "invalid_request"),
        ({"statement": "x" * 2001}, 400, "invalid_request"),
        ({"statement": "\x00"}, 400, "invalid_request"),
        ({"statement": None}, 400, "invalid_request"),
    ],
)
def test_a_claim_that_is_none_moves_nothing(
    payer: Caller, number: str, changes: dict[str, Any], status: int, code: str | None
) -> None:
    answer = payer.post(f"/payments/{number}/dispute", CLAIM | changes)
    assert answer.status_code in {status, 400 if code is None else status}, answer.json()
    assert code in {None, answer.json()["code"]}
    assert Payment.objects.get(number=number).disputed_minor == 0


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"file": "!"}, {"file": "AAAA"}, {"file": None}, {"file": "A" * 999_999}],
)
def test_evidence_that_is_none_is_400(payer: Caller, number: str, body: dict[str, Any]) -> None:
    payer.post(f"/payments/{number}/dispute", CLAIM)
    assert payer.post(f"/payments/{number}/dispute/evidence", body).status_code in {400, 413}


def test_who_works_elsewhere_or_may_not_does_not_answer(
    payer: Caller, corner_shop: Store, number: str
) -> None:
    merchant = corner_shop.merchant
    payer.post(f"/payments/{number}/dispute", CLAIM)
    other = Store.objects.create(
        public_id="S2", merchant=merchant, name="b", latin_name="b", city="Seoul"
    )
    wallet = newcomer(SENA)
    employ(merchant, wallet, Role.MANAGER, store=other)
    manager = Member(wallet, merchant)
    assert manager.get("/merchant/disputes").json()["items"] == []
    reader = Program(keyed(merchant, "payments:read")[1])
    (found,) = reader.get("/merchant/disputes").json()["items"]
    path = f"/merchant/disputes/{found['id']}"
    assert manager.post(f"{path}/concede", {}).status_code == 404
    assert reader.post(f"{path}/concede", {}).status_code == 403
    assert reader.get("/merchant/disputes?state=SOON").status_code == 400


def test_a_list_costs_the_same_however_long_it_is(
    alice: Wallet,
    payer: Caller,
    corner_shop: Store,
    owner: Member,
    number: str,
    django_assert_max_num_queries: Any,
) -> None:
    payer.post(f"/payments/{number}/dispute", CLAIM)
    for _ in range(4):
        contest(paid(corner_shop, alice, 1_000), alice)
    with django_assert_max_num_queries(7):
        assert len(owner.get("/merchant/disputes").json()["items"]) == 5

"""What a code asks for beside the amount: tips (EMVCo 55 to 57) and labels of ``***``."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.money import Money
from merchants import store_codes
from merchants.codes.description import describe
from merchants.models import Payment, Store
from merchants.payments.tips import share
from merchants.premises.stores import change_store
from tests.merchants.cast import Member, Program, keyed, refused_by
from tests.merchants.payments.stories import NOON, books
from tests.wallet.people import Caller, held, won
from wallet.models import Wallet

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(corner_shop: Store) -> Program:
    """A program with an API key."""
    return Program(keyed(corner_shop.merchant, "payments:read", "payments:write")[1])


def asks(store: Store, **facts: Any) -> str:
    """Let the store's poster ask for something; return its text."""
    return store_codes.printed_code(change_store(store=store, facts=facts, actor="test", at=NOON))


def pay(wallet: Wallet, payload: str, amount: str, **more: Any) -> Any:
    body = {"wallet_id": str(wallet.public_id), "payload": payload, "amount": won(amount)}
    return Caller(wallet).post("/payments", body | more)


PERCENT: dict[str, Any] = {"tip_rule": "PERCENT", "tip_bps": 1_250}
FIXED: dict[str, Any] = {"tip_rule": "FIXED", "tip_minor": 500}
PROMPT: dict[str, Any] = {"tip_rule": "PROMPT"}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (PERCENT, {"rule": "PERCENT", "fee": None, "percent": "12.50"}),
        (FIXED, {"rule": "FIXED", "fee": won("500"), "percent": None}),
        (PROMPT, {"rule": "PROMPT", "fee": None, "percent": None}),
        ({}, {"rule": "NONE", "fee": None, "percent": None}),
    ],
    ids=["percent", "fixed", "prompt", "none"],
)
def test_a_payer_is_told_what_the_poster_asks_for(
    alice: Wallet, corner_shop: Store, rule: dict[str, Any], told: dict[str, Any]
) -> None:
    payload = asks(corner_shop, **rule)

    seen = Caller(alice).post("/codes/look", {"payload": payload}).json()

    assert (seen["tip"], seen["prompts"]) == (told, [])
    said: Any = describe(payload)["tip"]
    assert (said or {"rule": "none"})["rule"] == told["rule"].lower()


@pytest.mark.parametrize(
    ("rule", "amount", "tip", "outcome"),
    [
        (PERCENT, "11250", "1250", "SUCCEEDED"),
        # 12.5 % of 10,004 is 1,250.5, half a won up.
        (PERCENT, "11255", "1251", "SUCCEEDED"),
        (PERCENT, "11254", "1250", "tip_wrong"),
        (PERCENT, "10000", None, "tip_wrong"),
        (FIXED, "10500", "500", "SUCCEEDED"),
        (FIXED, "10500", "499", "tip_wrong"),
        (FIXED, "10000", None, "tip_wrong"),
        (FIXED, "500", "500", "tip_wrong"),
        (PROMPT, "10300", "300", "SUCCEEDED"),
        (PROMPT, "10000", None, "SUCCEEDED"),
        (PROMPT, "300", "300", "tip_wrong"),
        ({}, "10300", "300", "tip_not_asked"),
        ({}, "10000", None, "SUCCEEDED"),
    ],
)
def test_the_server_checks_the_tip(
    alice: Wallet,
    corner_shop: Store,
    rule: dict[str, Any],
    amount: str,
    tip: str | None,
    outcome: str,
) -> None:
    payload = asks(corner_shop, **rule)

    answer = pay(alice, payload, amount, **({} if tip is None else {"tip": won(tip)})).json()

    if outcome != "SUCCEEDED":
        assert (answer["status"], answer["code"]) == (400, outcome)
        assert (books(alice, corner_shop), Payment.objects.count()) == ((50_000, 0), 0)
        return
    assert (answer["state"], answer["tip"]) == (outcome, won(tip or "0"))
    fee = share(int(amount), 175)
    assert books(alice, corner_shop) == (50_000 - int(amount), int(amount) - fee)


def test_a_tip_in_another_currency_is_refused(alice: Wallet, corner_shop: Store) -> None:
    answer = pay(alice, asks(corner_shop, **PROMPT), "10000", tip=won("1", "USD"))

    assert (answer.status_code, answer.json()["code"]) == (400, "currency_mismatch")
    assert books(alice, corner_shop) == (50_000, 0)


def test_a_poster_that_hangs_asks_what_it_says(alice: Wallet, corner_shop: Store) -> None:
    old = asks(corner_shop, **FIXED)
    new = asks(corner_shop, tip_rule="NONE", tip_minor=None)

    assert pay(alice, old, "10500", tip=won("500")).json()["state"] == "SUCCEEDED"
    assert pay(alice, new, "10500", tip=won("500")).json()["code"] == "tip_not_asked"
    # Who types the store's name sees no poster: what the store asks now counts.
    assert pay(alice, corner_shop.public_id, "10000").json()["state"] == "SUCCEEDED"


def test_a_payer_answers_what_the_poster_asks(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    payload = asks(corner_shop, prompts=["bill_number", "customer_label"])
    seen = Caller(alice).post("/codes/look", {"payload": payload}).json()
    assert seen["prompts"] == ["bill_number", "customer_label"]
    answers = {"bill_number": "7번", "customer_label": "C-9"}

    for wrong in ({}, {"bill_number": "7"}, answers | {"purpose": "lunch"}):
        refused = pay(alice, payload, "9000", answers=wrong)
        assert (refused.status_code, refused.json()["code"]) == (400, "answers_wrong")
        assert refused.json()["asked"] == seen["prompts"]
    assert held(alice) == 50_000
    paid = pay(alice, payload, "9000", answers=answers).json()

    shown = till.get(f"/merchant/payments/{paid['number']}").json()
    for side in (paid, shown):
        assert (side["answers"], side["bill_number"]) == (answers, "7번")


def test_a_store_says_what_its_posters_ask_for(owner: Member, corner_shop: Store) -> None:
    path = f"/merchant/stores/{corner_shop.public_id}"
    asked = {"tip": {"rule": "PERCENT", "percent": "7.5"}, "prompts": ["purpose", "bill_number"]}

    changed = owner.patch(path, asked).json()

    assert changed["tip"] == {"rule": "PERCENT", "fee": None, "percent": "07.50"}
    assert changed["prompts"] == ["bill_number", "purpose"]
    for wrong in (
        {"rule": "PERCENT"},
        {"rule": "PERCENT", "percent": "0.00"},
        {"rule": "PERCENT", "percent": "100"},
        {"rule": "PROMPT", "percent": "5"},
        {"rule": "FIXED"},
        {"rule": "SOME"},
        {},
        {"percent": "5"},
        {"rule": "NONE", "fee": {}},
        {"rule": "FIXED", "fee": {"amount": "500"}},
    ):
        assert owner.patch(path, {"tip": wrong}).status_code == 400
    other = owner.patch(path, {"tip": {"rule": "FIXED", "fee": won("1", "USD")}})
    assert (other.status_code, other.json()["code"]) == (400, "currency_mismatch")
    assert owner.get(path).json() == changed


def test_a_till_lets_the_payer_add_a_tip(alice: Wallet, corner_shop: Store, till: Program) -> None:
    order = {"store_id": corner_shop.public_id, "order_no": "A-1", "amount": won("12000")}
    asked = till.post("/merchant/orders", order | {"asks_tip": True}).json()
    payer, body = Caller(alice), {"wallet_id": str(alice.public_id), "payload": asked["payload"]}
    seen = payer.post("/codes/look", {"payload": asked["payload"]}).json()
    assert (seen["amount"], seen["tip"]["rule"]) == (won("12000"), "PROMPT")

    paid = payer.post("/payments", body | {"tip": won("1500")}).json()

    assert (paid["state"], paid["amount"], paid["tip"]) == (
        *("SUCCEEDED", won("13500"), won("1500")),
    )
    assert books(alice, corner_shop) == (36_500, 13_500 - 236)
    # Whoever asks or pays again finds the same payment; the code is still the same.
    assert (
        till.post("/merchant/orders", order | {"asks_tip": True}).json()["number"]
        == (paid["number"])
    )
    assert payer.post("/payments", body | {"tip": won("99")}).json()["amount"] == won("13500")
    assert held(alice) == 36_500
    conflict = till.post("/merchant/orders", order)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "order_conflict")


def test_a_till_that_did_not_ask_gets_no_tip(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    order = {"store_id": corner_shop.public_id, "order_no": "A-1", "amount": won("12000")}
    asked = till.post("/merchant/orders", order | {"tip": won("2000")}).json()
    code = describe(asked["payload"])
    assert (code["amount"], code["tip"]) == (
        *(won("10000"), {"rule": "fixed", "fee": won("2000"), "percent": None}),
    )
    body = {"wallet_id": str(alice.public_id), "payload": asked["payload"], "tip": won("1")}

    answer = Caller(alice).post("/payments", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "tip_not_asked")
    assert books(alice, corner_shop) == (50_000, 0)
    both = till.post(
        "/merchant/orders", order | {"order_no": "A-2", "tip": won("1"), "asks_tip": True}
    )
    assert both.status_code == 400


def test_a_tip_does_not_change_once_it_is_paid(
    alice: Wallet, corner_shop: Store, till: Program
) -> None:
    order = {"store_id": corner_shop.public_id, "order_no": "A-1", "amount": won("12000")}
    asked = till.post("/merchant/orders", order | {"asks_tip": True}).json()
    rows = Payment.objects.filter(number=asked["number"])
    with refused_by("merchants_payment_facts_final"):
        rows.update(amount_minor=13_000)
    with refused_by("merchants_payment_facts_final"):
        rows.update(amount_minor=13_000, tip_minor=1_000)
    body = {"wallet_id": str(alice.public_id), "payload": asked["payload"], "tip": won("500")}
    Caller(alice).post("/payments", body)
    for wrong in (
        {"amount_minor": 12_600, "tip_minor": 600},
        {"answers": {"purpose": "x"}},
        {"bill_number": "x"},
        {"asks_tip": False},
    ):
        with refused_by("merchants_payment_facts_final"):
            rows.update(**wrong)


def test_the_database_keeps_a_rule_whole(corner_shop: Store) -> None:
    for wrong in (
        {"tip_rule": "FIXED"},
        {"tip_rule": "FIXED", "tip_minor": 0},
        {"tip_rule": "PERCENT", "tip_bps": 10_000},
        {"tip_rule": "NONE", "tip_minor": 5},
        {"tip_rule": "OTHER"},
    ):
        with refused_by("merchants_store_tip_rule_whole"):
            Store.objects.filter(pk=corner_shop.pk).update(**wrong)


def test_a_share_is_exact_whatever_the_amount() -> None:
    for base in (0, 1, 39, 40, 10**15 + 1):
        whole = Money(base, "KRW").minor
        assert share(whole, 1_250) == (whole * 1_250 * 2 + 10_000) // 20_000

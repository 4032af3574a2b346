"""Rules as rows, and what becomes of payments by them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ledger.money import Money
from merchants.errors import RiskRefused, RiskRuleEnded, RiskRuleUnsound
from merchants.models import (
    Payment,
    RiskHit,
    RiskReview,
    RiskRule,
    RiskRuleChange,
    Store,
)
from merchants.payments.orders import confirm
from merchants.payments.paying import Bill, pay
from merchants.risk import rules
from merchants.risk.measuring import Position
from merchants.risk.screening import screen
from merchants.store_codes import printed_code
from tests.merchants.cast import refused_by
from tests.merchants.payments.stories import NOON, ask, charge
from tests.wallet.people import Caller, held, proven, won
from wallet.errors import StepUpRequired
from wallet.models import User, Wallet
from wallet.proof.proofs import Means, Proof

pytestmark = pytest.mark.django_db
Make = Callable[..., RiskRule]


@pytest.fixture
def make(sena: User) -> Make:
    """Make a rule that is in effect; or on a dry run."""

    def made(
        measure: str, threshold: int, outcome: str, *, is_dry_run: bool = False, **more: Any
    ) -> RiskRule:
        if measure in {"AMOUNT", "NEW_PAYEE", "HOUR"}:
            more.setdefault("currency", "KRW")
        if measure in {"AMOUNT", "COUNT"}:
            more.setdefault("window_minutes", 60)
        code = f"{measure.lower()}-{threshold}".replace("_", "-")
        rule = RiskRule(code=code, measure=measure, threshold=threshold, outcome=outcome, **more)
        rules.make(rule=rule, reason="to see", by=sena, at=NOON)
        return (
            rule if is_dry_run else rules.go_live(rule=rule, reason="it works", by=sena, at=NOON)
        )

    return made


def paying(
    wallet: Wallet,
    store: Store,
    minor: int = 1_000,
    *,
    at: datetime = NOON,
    means: Means = Means.PIN,
    position: Position | None = None,
) -> str:
    """Pay at the printed code; what came of it."""
    proof = Proof(wallet.holder_id, means, has_pin=True)
    bill = Bill(Money(minor, "KRW"), position=position)
    try:
        pay(wallet=wallet, store=store, bill=bill, proof=proof, at=at)
    except RiskRefused as exc:
        return f"refused by {exc.reason}"
    except StepUpRequired as exc:
        return f"asked by {exc.reason}"
    return "paid"


def test_the_third_payment_within_an_hour_is_refused(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("COUNT", 2, "REFUSE")
    outcomes = [paying(alice, corner_shop) for _ in range(3)]
    assert outcomes == ["paid", "paid", "refused by count-2"]
    assert paying(alice, corner_shop, at=NOON + timedelta(hours=1)) == "paid"
    assert held(alice) == 47_000


def test_above_an_amount_within_an_hour_more_is_asked_for(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("AMOUNT", 5_000, "STEP_UP")
    assert paying(alice, corner_shop, 4_000) == "paid"
    assert paying(alice, corner_shop, 1_001) == "asked by amount-5000"
    assert paying(alice, corner_shop, 1_001, means=Means.STEP_UP) == "paid"
    verdicts = RiskHit.objects.order_by("pk").values_list("verdict", "measured")
    assert list(verdicts) == [("STEP_UP", 5_001), ("ALLOW", 5_001)]


def test_a_first_payment_to_a_merchant(
    alice: Wallet, corner_shop: Store, rival: Store, make: Make
) -> None:
    make("NEW_PAYEE", 500, "REFUSE")
    assert paying(alice, corner_shop, 501) == "refused by new-payee-500"
    assert paying(alice, corner_shop, 500) == "paid"
    assert paying(alice, corner_shop, 501) == "paid"
    assert paying(alice, rival, 501) == "refused by new-payee-500"


@pytest.mark.parametrize(
    ("hours", "clock", "outcome"),
    [
        ((1, 5), "02:00", "refused by hour-0"),
        ((1, 5), "05:00", "paid"),
        ((22, 5), "23:30", "refused by hour-0"),
        ((22, 5), "04:59", "refused by hour-0"),
        ((22, 5), "12:00", "paid"),
    ],
)
def test_at_hours_of_the_stores_clock(
    alice: Wallet,
    corner_shop: Store,
    make: Make,
    hours: tuple[int, int],
    clock: str,
    outcome: str,
) -> None:
    make("HOUR", 0, "REFUSE", from_hour=hours[0], to_hour=hours[1])
    at = datetime.fromisoformat(f"2026-03-02T{clock}:00+09:00")
    assert paying(alice, corner_shop, at=at) == outcome


def test_far_from_the_store_where_both_places_are_known(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("DISTANCE", 5_000, "REFUSE")
    busan = Position(35_179_600, 129_075_600)
    assert paying(alice, corner_shop, position=busan) == "paid"
    corner_shop.latitude_e6, corner_shop.longitude_e6 = 37_566_500, 126_978_000
    corner_shop.save()
    assert paying(alice, corner_shop) == "paid"
    assert paying(alice, corner_shop, position=busan) == "refused by distance-5000"


def test_a_dry_run_is_written_down_and_changes_nothing(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("COUNT", 0, "REFUSE", is_dry_run=True)
    assert paying(alice, corner_shop) == "paid"
    (hit,) = RiskHit.objects.all()
    assert (hit.is_dry_run, hit.verdict, hit.measured) == (True, "ALLOW", 1)


def test_what_is_refused_leaves_the_hit_and_nothing_else(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("COUNT", 0, "REFUSE")
    for _ in range(2):
        assert paying(alice, corner_shop) == "refused by count-0"
    assert (RiskHit.objects.count(), Payment.objects.count()) == (2, 0)
    assert held(alice) == 50_000


def test_a_payers_code_alone_waits_for_the_payer(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("COUNT", 0, "STEP_UP")
    payment = charge(corner_shop, alice, minor=1_000)
    assert (payment.state, RiskHit.objects.get().verdict) == ("AWAITING_PAYER", "STEP_UP")
    pin = Proof(alice.holder_id, Means.PIN, has_pin=True)
    with pytest.raises(StepUpRequired):
        confirm(number=payment.number, wallet=alice, proof=pin, at=NOON)
    done = confirm(number=payment.number, wallet=alice, proof=proven(alice), at=NOON)
    assert done.state == "SUCCEEDED"


def test_money_set_aside_is_looked_at_as_well(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("COUNT", 0, "REFUSE")
    payment = ask(corner_shop, manual=True)
    with pytest.raises(RiskRefused):
        confirm(number=payment.number, wallet=alice, proof=proven(alice), at=NOON)
    payment.refresh_from_db()
    assert (payment.state, held(alice)) == ("CREATED", 50_000)


def test_over_the_api_the_reason_is_told_and_the_answer_stays(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    rule = make("DISTANCE", 5_000, "REFUSE")
    corner_shop.latitude_e6, corner_shop.longitude_e6 = 37_566_500, 126_978_000
    corner_shop.save()
    body = {
        "wallet_id": str(alice.public_id),
        "payload": printed_code(corner_shop),
        "amount": won("1000"),
        "position": {"latitude": "35.1796", "longitude": "129.0756"},
    }
    for _ in range(2):
        answer = Caller(alice).post("/payments", body, "k1")
        assert (answer.status_code, answer.json()["code"]) == (403, "risk_refused")
        assert answer.json()["reason"] == "distance-5000"
    assert RiskHit.objects.get().rule == rule
    wrong = body | {"position": {"latitude": "91", "longitude": "0"}}
    assert Caller(alice).post("/payments", wrong).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_pay_no_more_than_the_rule_lets_through(
    alice: Wallet, corner_shop: Store, make: Make
) -> None:
    make("COUNT", 3, "REFUSE")
    barrier = threading.Barrier(8)

    def act(_: int) -> str:
        try:
            barrier.wait()
            return paying(alice, corner_shop)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(act, range(8)))
    assert outcomes == ["paid"] * 3 + ["refused by count-3"] * 5
    assert held(alice) == 47_000
    assert RiskHit.objects.count() == 5


def test_one_query_measures_all_rules(
    alice: Wallet, corner_shop: Store, make: Make, django_assert_num_queries: Any
) -> None:
    for threshold in range(5):
        make("AMOUNT", 10_000 + threshold, "REFUSE")
    with django_assert_num_queries(1):
        screen(
            wallet=alice,
            store=corner_shop,
            amount=Money(1_000, "KRW"),
            proof=proven(alice),
            at=NOON,
        )


def test_a_rule_is_ended_and_never_changed(make: Make, sena: User) -> None:
    rule = make("COUNT", 3, "REFUSE")
    row = RiskRule.objects.filter(pk=rule.pk)
    for change in ({"threshold": 5}, {"outcome": "ALLOW"}, {"is_dry_run": True}):
        with refused_by("merchants_risk_rule_final"):
            row.update(**change)
    rules.end(rule=rule, reason="done", by=sena, at=NOON)
    with pytest.raises(RiskRuleEnded):
        rules.go_live(rule=rule, reason="again", by=sena, at=NOON)
    with refused_by("merchants_risk_rule_final"):
        row.update(ended_at=None)
    done = RiskRuleChange.objects.order_by("pk").values_list("action", flat=True)
    assert list(done) == ["made", "in effect", "ended"]
    with refused_by("ledger_append_only"):
        RiskRuleChange.objects.update(reason="x")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("merchants_risk_rule_has_what_it_measures", {"measure": "COUNT"}),
        ("merchants_risk_rule_amounts_have_currency", {"measure": "MOOD"}),
        (
            "merchants_risk_rule_has_what_it_measures",
            {"measure": "HOUR", "currency": "KRW", "from_hour": 1},
        ),
        ("merchants_risk_rule_amounts_have_currency", {"measure": "NEW_PAYEE"}),
        ("merchants_risk_rule_sensible", {"measure": "DISTANCE", "threshold": -1}),
        ("merchants_risk_rule_sensible", {"measure": "DISTANCE", "outcome": "JAIL"}),
    ],
)
def test_a_rule_that_measures_nothing_is_refused(
    sena: User, name: str, fields: dict[str, Any]
) -> None:
    def rule() -> RiskRule:
        return RiskRule(
            **{"code": "x", "threshold": 1, "outcome": "REFUSE", "made_at": NOON, **fields}
        )

    with refused_by(name):
        rule().save()
    with pytest.raises(RiskRuleUnsound):
        rules.make(rule=rule(), reason="x", by=sena, at=NOON)


def test_staff_keep_rules_and_review_by_the_command(
    alice: Wallet, corner_shop: Store, sena: User
) -> None:
    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("risk", *arguments, stdout=out)
        return out.getvalue()

    why = ("--reason", "to see", "--by", sena.phone)
    said("make", "night", "HOUR", "0", "ALLOW", "--currency", "KRW", "--hours", "0", "24", *why)
    assert said("rules") == "night HOUR > 0 ALLOW dry run\n"
    said("go-live", "night", *why)
    assert paying(alice, corner_shop) == "paid"
    (line,) = said("queue").splitlines()
    said("review", line.split(" ")[0], "FINE", *why)
    assert said("queue") == ""
    with pytest.raises(CommandError, match="risk_reviewed"):
        said("review", line.split(" ")[0], "FRAUD", *why)
    said("end", "night", *why)
    assert said("rules") == ""
    with refused_by("ledger_append_only"):
        RiskReview.objects.update(note="other")

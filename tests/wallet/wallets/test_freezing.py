"""Freezing wallets: by the holder, by staff, and what still moves then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from ledger.errors import AccountFrozen
from ledger.money import Money
from ledger.posting import credit, debit, post
from tests.ledger.sql import APP, refused
from tests.ledger.threads import all_at_once
from tests.wallet.people import ALICE, BOB, Caller, fund, held, won
from wallet import holds, topups
from wallet.errors import (
    FrozenByOthers,
    StepUpRequired,
    WalletNotOpen,
)
from wallet.models import Event, Freeze, Hold, TopUp, Wallet, WalletAudit
from wallet.proof.proofs import Means, Proof
from wallet.wallets.closing import close
from wallet.wallets.freezing import (
    freeze_by_staff,
    freeze_own,
    impose,
    lift,
    unfreeze_by_staff,
    unfreeze_own,
)

pytestmark = pytest.mark.django_db


def send(sender: Wallet, phone: str) -> Any:
    body = {"phone": phone, "amount": won("5000")}
    return Caller(sender).post(f"/wallets/{sender.public_id}/transfers", body)


def seize(wallet: Wallet) -> None:
    freeze_by_staff(wallet=wallet, actor="staff:1", reason="court order", at=timezone.now())


def let_go(wallet: Wallet) -> None:
    unfreeze_by_staff(wallet=wallet, actor="staff:1", reason="order lifted", at=timezone.now())


def unfreeze(wallet: Wallet, means: Means = Means.STEP_UP) -> Wallet:
    proof = Proof(wallet.holder_id, means)
    return unfreeze_own(wallet=wallet, proof=proof, at=timezone.now())


def place(wallet: Wallet) -> Hold:
    now = timezone.now()
    return holds.place(
        wallet=wallet,
        amount=Money(1_000, "KRW"),
        payee="store",
        proof=Proof(wallet.holder_id, Means.PIN),
        expires_at=now + timedelta(days=1),
        at=now,
    )


def status(wallet: Wallet) -> str:
    return Wallet.objects.get(pk=wallet.pk).status


def test_a_holder_freezes_a_wallet_at_once_and_nothing_leaves_it(
    alice: Wallet, bob: Wallet
) -> None:
    path = f"/wallets/{alice.public_id}/freeze"
    answer = Caller(alice).post(path, {})
    assert (answer.status_code, answer.json()["status"]) == (200, "FROZEN")
    assert Caller(alice).post(path, {}).json()["status"] == "FROZEN"
    refused = send(alice, BOB)
    assert (refused.status_code, refused.json()["code"]) == (409, "wallet_not_open")
    with pytest.raises(WalletNotOpen):
        topups.ask(wallet=alice, amount=Money(1, "KRW"), at=timezone.now())
    with pytest.raises(WalletNotOpen):
        place(alice)
    with pytest.raises(WalletNotOpen):
        close(wallet=alice, at=timezone.now())
    assert held(alice) == 50_000
    assert [e.kind for e in Event.objects.filter(wallet=alice, kind__startswith="wallet.")] == [
        "wallet.frozen"
    ]
    assert WalletAudit.objects.get().actor == f"holder:{alice.holder_id}"


def test_only_the_holder_freezes_a_wallet(alice: Wallet, bob: Wallet) -> None:
    for what in ("freeze", "unfreeze", "close"):
        assert Caller(bob).post(f"/wallets/{alice.public_id}/{what}", {}).status_code == 404
    assert status(alice) == "OPEN"


def test_money_still_comes_into_a_wallet_that_its_holder_froze(alice: Wallet, bob: Wallet) -> None:
    top_up = topups.ask(wallet=bob, amount=Money(7_000, "KRW"), at=timezone.now())
    freeze_own(wallet=bob, at=timezone.now())
    topups.settle(public_id=top_up.public_id, amount=top_up.amount, at=timezone.now())
    assert send(alice, BOB).status_code == 201
    assert held(bob) == 12_000


def test_only_a_second_proof_opens_a_frozen_wallet_again(alice: Wallet, bob: Wallet) -> None:
    freeze_own(wallet=alice, at=timezone.now())
    path = f"/wallets/{alice.public_id}/unfreeze"
    answer = Caller(alice, steps_up=False).post(path, {})
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    for means in (Means.SESSION, Means.PIN):
        with pytest.raises(StepUpRequired):
            unfreeze(alice, means)
    assert status(alice) == "FROZEN"
    assert unfreeze(alice).status == "OPEN"
    assert unfreeze(alice).status == "OPEN"
    assert send(alice, BOB).status_code == 201
    audits = WalletAudit.objects.order_by("pk")
    assert [audit.action for audit in audits] == ["FREEZE", "UNFREEZE"]


def test_no_posting_passes_a_wallet_that_staff_froze(alice: Wallet, bob: Wallet) -> None:
    fund(bob, Money(1_000, "KRW"))
    place(alice)
    alice.refresh_from_db()
    seize(alice)
    assert send(bob, ALICE).json()["code"] == "wallet_not_open"
    assert send(alice, BOB).json()["code"] == "wallet_not_open"
    for account in alice.account_ids:
        for legs in (
            [debit(account, Money(1, "KRW")), credit(bob.available_account_id, Money(1, "KRW"))],
            [debit(bob.available_account_id, Money(1, "KRW")), credit(account, Money(1, "KRW"))],
        ):
            with pytest.raises(AccountFrozen), transaction.atomic():
                post(kind="TRANSFER", reference="any", legs=legs)


def test_a_top_up_under_way_waits_for_a_wallet_that_staff_froze(alice: Wallet) -> None:
    now = timezone.now()
    waiting = topups.ask(wallet=alice, amount=Money(7_000, "KRW"), at=now)
    seize(alice)
    with pytest.raises(AccountFrozen):
        topups.settle(public_id=waiting.public_id, amount=waiting.amount, at=now)
    assert TopUp.objects.get(pk=waiting.pk).status == "PENDING"
    let_go(alice)
    topups.settle(public_id=waiting.public_id, amount=waiting.amount, at=now)
    assert held(alice) == 57_000


def test_money_goes_back_to_where_it_was_although_staff_froze_the_wallet(alice: Wallet) -> None:
    first, second = place(alice), place(alice)
    seize(alice)
    with pytest.raises(AccountFrozen):
        holds.capture(
            public_id=first.public_id,
            amount=first.amount,
            credits=[credit(alice.available_account_id, first.amount)],
            at=timezone.now(),
        )
    holds.release(public_id=first.public_id, at=timezone.now())
    assert holds.expire_due(at=second.expires_at) == 1
    assert held(alice) == 50_000


def test_a_holder_cannot_lift_what_staff_froze(alice: Wallet) -> None:
    seize(alice)
    with pytest.raises(FrozenByOthers):
        unfreeze(alice)
    freeze_own(wallet=alice, at=timezone.now())
    assert unfreeze(alice).status == "FROZEN"
    with pytest.raises(FrozenByOthers):
        unfreeze(alice)


def test_a_wallet_is_open_again_when_the_last_cause_is_lifted(alice: Wallet, bob: Wallet) -> None:
    freeze_own(wallet=alice, at=timezone.now())
    seize(alice)
    let_go(alice)
    assert status(alice) == "FROZEN"
    assert send(bob, ALICE).json()["code"] != "wallet_not_open"
    assert unfreeze(alice).status == "OPEN"
    told = Event.objects.filter(wallet=alice, kind__startswith="wallet.").order_by("pk")
    kinds = told.values_list("kind", "facts__cause")
    assert list(kinds) == [
        ("wallet.frozen", "HOLDER"),
        ("wallet.frozen", "STAFF"),
        ("wallet.unfrozen", "HOLDER"),
    ]


def test_a_debt_freezes_beside_the_other_causes(alice: Wallet) -> None:
    freeze_own(wallet=alice, at=timezone.now())
    alice.refresh_from_db()
    assert impose(alice, Freeze.Cause.DEBT, at=timezone.now())
    assert not impose(alice, Freeze.Cause.DEBT, at=timezone.now())
    assert lift(alice, Freeze.Cause.DEBT, at=timezone.now())
    assert not lift(alice, Freeze.Cause.DEBT, at=timezone.now())
    assert status(alice) == "FROZEN"


def test_staff_freeze_and_unfreeze_with_a_reason_that_is_kept(alice: Wallet) -> None:
    target = str(alice.public_id)
    call_command("freeze_wallet", target, "--reason", "court order 7", "--by", "kim")
    assert status(alice) == "FROZEN"
    call_command("unfreeze_wallet", target, "--reason", "order lifted", "--by", "kim")
    assert status(alice) == "OPEN"
    rows = WalletAudit.objects.order_by("pk").values_list("action", "actor", "reason")
    assert list(rows) == [
        ("FREEZE", "command:kim", "court order 7"),
        ("UNFREEZE", "command:kim", "order lifted"),
    ]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_staff_freeze_nothing_without_a_reason(alice: Wallet, reason: str) -> None:
    with pytest.raises(CommandError):
        call_command("freeze_wallet", str(alice.public_id), "--reason", reason)
    assert status(alice) == "OPEN"


def test_staff_move_a_wallet_to_another_tier_with_a_reason(alice: Wallet) -> None:
    target = str(alice.public_id)
    for _ in range(2):
        call_command("set_wallet_tier", target, "--tier", "VERIFIED", "--reason", "passport seen")
    assert Wallet.objects.get(pk=alice.pk).tier == "VERIFIED"
    assert [audit.action for audit in WalletAudit.objects.all()] == ["TIER"]
    with pytest.raises(CommandError):
        call_command("set_wallet_tier", target, "--tier", "GOLD", "--reason", "rich")


def test_the_audit_cannot_be_changed(alice: Wallet) -> None:
    seize(alice)
    for change in ("UPDATE wallet_walletaudit SET reason = 'x'", "DELETE FROM wallet_walletaudit"):
        assert refused(change) == "ledger_append_only"
        assert refused(change, role=APP) == "InsufficientPrivilege"
    nameless = (
        "INSERT INTO wallet_walletaudit (wallet_id, action, actor, reason, happened_at)"
        " VALUES (%s, %s, '', 'x', now())"
    )
    assert refused(nameless, [alice.pk, "FREEZE"]) == "wallet_audit_says_who_and_why"
    named = nameless.replace("''", "'kim'")
    assert refused(named, [alice.pk, "BURN"]) == "wallet_audit_action_known"


def test_a_cause_is_known_and_stands_once(alice: Wallet) -> None:
    freeze_own(wallet=alice, at=timezone.now())
    row = "INSERT INTO wallet_freeze (wallet_id, cause, frozen_at) VALUES (%s, %s, now())"
    assert refused(row, [alice.pk, "HOLDER"]) == "wallet_freeze_once_each"
    assert refused(row, [alice.pk, "MOOD"]) == "wallet_freeze_cause_known"


@pytest.mark.django_db(transaction=True)
def test_no_transfer_begins_after_the_freeze_was_answered(alice: Wallet, bob: Wallet) -> None:
    """Transfers race with a freeze: each is whole or refused, and the next one is refused."""

    def act(number: int) -> int:
        if number == 8:
            freeze_own(wallet=alice, at=timezone.now())
            return int(send(alice, BOB).status_code)
        return 0 if send(alice, BOB).status_code == 201 else 1

    outcomes = all_at_once(act)
    assert outcomes[8] == 409
    assert held(bob) == 5_000 * outcomes.count(0)
    assert held(alice) + held(bob) == 50_000

"""The PIN confirms what moves money; wrong ones are counted, whatever happens after."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.wallet.people import BOB, PASSWORD, PIN, Caller, held, proven, won
from wallet.errors import PinLocked, PinRequired, WrongPin
from wallet.models import Pin, Wallet, WalletAudit
from wallet.proof.pins import MAX_FAILURES, check, forget_pin, is_weak, set_pin
from wallet.proof.proofs import Means, Proof
from wallet.proof.rules import require_pin

WRONG = "482957"


def send(caller: Caller, wallet: Wallet, key: str | None = None) -> Any:
    body = {"phone": BOB, "amount": won("5000")}
    return caller.post(f"/wallets/{wallet.public_id}/transfers", body, key)


@pytest.mark.parametrize(
    "pin",
    [
        *("123456", "654321", "000000", "111111", "121212", "123123", "112112", "135791"),
        *("246802", "123321", "900417", "170490", "041790", "000229", "12345", "1234567", ""),
        *("198704", "041987", "200212", "122002"),
        *(" 12345", "12 456", "١٢٣٤٥٦", "739\uff1164", "73916a", "-39164", "7_9164"),
    ],
)
def test_a_pin_that_is_tried_first_is_weak(pin: str) -> None:
    assert is_weak(pin)


@pytest.mark.parametrize("pin", [PIN, WRONG, "805273", "319508", "198713", "187604", "002087"])
def test_other_pins_are_not(pin: str) -> None:
    assert not is_weak(pin)


@pytest.mark.django_db
def test_a_pin_is_set_with_the_password_once(alice: Wallet) -> None:
    Pin.objects.all().delete()
    caller = Caller(alice, pin=None)
    weak = caller.post("/pin", {"pin": "123456", "password": PASSWORD})
    assert (weak.status_code, weak.json()["code"]) == (400, "weak_pin")
    stolen = caller.post("/pin", {"pin": PIN, "password": "not hers"})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "wrong_credentials")
    assert not Pin.objects.exists()
    assert caller.post("/pin", {"pin": PIN, "password": PASSWORD}).status_code == 204
    again = caller.post("/pin", {"pin": WRONG, "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (409, "pin_set")
    assert PIN not in Pin.objects.get().hashed


@pytest.mark.django_db
def test_a_pin_known_or_locked_is_changed_under_a_step_up(alice: Wallet) -> None:
    caller = Caller(alice)
    for _ in range(MAX_FAILURES):
        with pytest.raises(WrongPin):
            check(user=alice.holder, pin=WRONG)
    changed = {"pin": WRONG, "password": PASSWORD}
    forgot = Caller(alice, pin=None, steps_up=False)
    assert forgot.put("/pin", changed).json()["code"] == "step_up_required"
    assert Caller(alice, pin=None).put("/pin", changed).status_code == 204
    check(user=alice.holder, pin=WRONG)
    stolen = Caller(alice, pin=None).put("/pin", {"pin": PIN, "password": "not hers"})
    assert stolen.json()["code"] == "wrong_credentials"
    check(user=alice.holder, pin=WRONG)
    assert send(caller, alice).json()["code"] == "wrong_pin"


@pytest.mark.django_db
def test_nothing_moves_without_the_pin_and_a_wrong_one_says_what_is_left(
    alice: Wallet, bob: Wallet
) -> None:
    Caller(alice)
    refused = send(Caller(alice, pin=None), alice)
    assert (refused.status_code, refused.json()["code"]) == (403, "pin_required")
    wrong = send(Caller(alice, pin=WRONG), alice)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_pin")
    assert wrong.json()["attempts_left"] == 4
    nobody = send(Caller(bob, pin=WRONG), bob)
    assert (nobody.status_code, nobody.json()["code"]) == (403, "pin_not_set")
    assert (held(alice), held(bob)) == (50_000, 0)


@pytest.mark.django_db
def test_a_request_refused_for_its_pin_is_made_again_under_its_key(
    alice: Wallet, bob: Wallet
) -> None:
    Caller(alice)
    assert send(Caller(alice, pin=WRONG), alice, "one").status_code == 403
    assert send(Caller(alice), alice, "one").status_code == 201
    assert send(Caller(alice), alice, "one")["Idempotency-Replayed"] == "true"
    assert held(bob) == 5_000


@pytest.mark.django_db
def test_five_wrong_ones_lock_it_and_the_right_one_in_between_forgives(alice: Wallet) -> None:
    caller = Caller(alice)
    for _ in range(MAX_FAILURES - 1):
        with pytest.raises(WrongPin):
            check(user=alice.holder, pin=WRONG)
    check(user=alice.holder, pin=PIN)
    assert Pin.objects.get().failures == 0
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPin) as caught:
            check(user=alice.holder, pin=WRONG)
        assert caught.value.attempts_left == left
    locked = send(caller, alice)
    assert (locked.status_code, locked.json()["code"]) == (403, "pin_locked")
    forget_pin(wallet=alice, actor="staff:1", reason="identity checked", at=timezone.now())
    assert WalletAudit.objects.get().action == "PIN"
    set_pin(user=alice.holder, pin=WRONG, password=PASSWORD, at=timezone.now())
    check(user=alice.holder, pin=WRONG)


@pytest.mark.django_db
def test_the_proof_of_one_person_moves_nothing_of_another(alice: Wallet, bob: Wallet) -> None:
    require_pin(proof=proven(alice), wallet=alice)
    for proof in (proven(bob), Proof(alice.holder_id, Means.SESSION)):
        with pytest.raises(PinRequired):
            require_pin(proof=proof, wallet=alice)


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_looked_at(alice: Wallet) -> None:
    Caller(alice)
    user = alice.holder

    def guess(number: int) -> str:
        try:
            check(user=user, pin=f"48{number:04d}")
        except (WrongPin, PinLocked) as exc:
            return exc.code
        finally:
            connection.close()
        return "right"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(guess, range(64)))
    assert sorted(set(answers)) == ["pin_locked", "wrong_pin"]
    assert answers.count("wrong_pin") == MAX_FAILURES
    with pytest.raises(PinLocked):
        check(user=user, pin=PIN)


@pytest.mark.django_db(transaction=True)
def test_a_pin_is_not_checked_inside_a_database_transaction(alice: Wallet) -> None:
    Caller(alice)
    with pytest.raises(RuntimeError), transaction.atomic():
        check(user=alice.holder, pin=WRONG)

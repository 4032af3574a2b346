"""Top-ups against a real bank simulator process, and its callbacks in every disorder."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from ledger.balances import trial_balance
from ledger.money import Money
from tests.wallet.people import Caller, held, won
from wallet import callbacks, topups
from wallet.models import TopUp, Wallet
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bank(settings: LazySettings, live_server: Any) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "bank_simulator", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    settings.BANK_URL = "http://" + process.stdout.readline().split()[-1]
    settings.PUBLIC_URL = live_server.url
    yield
    process.terminate()
    process.wait(10)
    process.stdout.close()


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def ask(wallet: Wallet, amount: str) -> TopUp:
    answer = Caller(wallet).post(f"/wallets/{wallet.public_id}/top-ups", {"amount": won(amount)})
    assert answer.status_code == 201, answer.json()
    return TopUp.objects.get(public_id=answer.json()["id"])


def status(top_up: TopUp) -> str:
    return TopUp.objects.get(pk=top_up.pk).status


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("amount", "ends", "credited"),
    [("10000", "SETTLED", 10_000), ("10091", "FAILED", 0), ("10092", "SETTLED", 10_092)],
    ids=["settled", "failed", "callback twice"],
)
def test_the_banks_callback_decides_a_top_up_once(
    alice: Wallet, bank: None, amount: str, ends: str, credited: int
) -> None:
    top_up = ask(alice, amount)
    assert until(lambda: status(top_up) == ends)
    time.sleep(0.3)
    assert held(alice) == 50_000 + credited
    assert trial_balance() == {"KRW": 0}


@pytest.mark.django_db(transaction=True)
def test_a_lost_callback_is_found_out_by_the_poll(alice: Wallet, bank: None) -> None:
    top_up = ask(alice, "10093")
    later = timezone.now() + topups.POLL_AFTER + timedelta(seconds=1)
    time.sleep(0.3)
    assert status(top_up) == "PENDING"
    assert callbacks.poll(at=later) == 1
    assert callbacks.poll(at=later) == 0
    assert held(alice) == 60_093


@pytest.mark.django_db(transaction=True)
def test_a_bank_that_is_down_leaves_the_top_up_pending(
    alice: Wallet, settings: LazySettings
) -> None:
    settings.BANK_URL = "http://127.0.0.1:1"
    top_up = ask(alice, "10000")
    assert status(top_up) == "PENDING"
    assert held(alice) == 50_000


def call_back(settings: LazySettings, body: dict[str, Any], **changes: str) -> Any:
    raw = json.dumps(body).encode()
    stamp = changes.get("timestamp", str(int(time.time())))
    secret = changes.get("secret", settings.BANK_SECRET)
    signature = changes.get("signature", sign(secret=secret, timestamp=stamp, body=raw))
    return Client().post(
        "/api/v1/callbacks/bank",
        raw,
        content_type="application/json",
        headers={TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature},
    )


@pytest.fixture
def pending(alice: Wallet) -> dict[str, Any]:
    top_up = topups.ask(wallet=alice, amount=Money(7_000, "KRW"), at=timezone.now())
    return {"id": str(top_up.public_id), "status": "SETTLED", **won("7000")}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "another"},
        {"signature": ""},
        {"signature": "é"},
        {"timestamp": "1000000000"},
        {"timestamp": "9999999999"},
        {"timestamp": "soon"},
        {"timestamp": ""},
    ],
)
def test_a_callback_that_is_not_signed_now_by_the_bank_is_refused(
    alice: Wallet, pending: dict[str, Any], settings: LazySettings, changes: dict[str, str]
) -> None:
    answer = call_back(settings, pending, **changes)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert held(alice) == 50_000


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"id": "0" * 32},
        {"id": "none"},
        {"amount": "7001"},
        {"amount": 7000},
        {"currency": "USD"},
        {"status": "MAYBE"},
    ],
)
def test_a_callback_about_something_else_is_refused(
    alice: Wallet, pending: dict[str, Any], settings: LazySettings, changes: dict[str, Any]
) -> None:
    answer = call_back(settings, {**pending, **changes})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_top_up")
    assert held(alice) == 50_000


@pytest.mark.django_db
def test_the_bank_cannot_take_back_its_word(
    alice: Wallet, pending: dict[str, Any], settings: LazySettings
) -> None:
    assert call_back(settings, pending).status_code == 204
    assert call_back(settings, pending).status_code == 204
    answer = call_back(settings, {**pending, "status": "FAILED"})
    assert (answer.status_code, answer.json()["code"]) == (409, "top_up_not_pending")
    assert held(alice) == 57_000

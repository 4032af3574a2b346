"""The database goes away in the middle of a request: 503, nothing moved, and a retry finds out."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from tests.wallet.people import BOB, Caller, held, won
from wallet.models import IdempotencyRecord, Transfer, Wallet

WAITING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND query LIKE '%wallet_write_transfer%'
"""


def end_the_waiting_connection() -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            row = cursor.fetchone()
            if row:
                cursor.execute("SELECT pg_terminate_backend(%s)", row)
                return
        time.sleep(0.02)
    pytest.fail("the request never waited for the balance")


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_in_mid_payment_is_503_and_the_retry_pays_once(
    alice: Wallet, bob: Wallet
) -> None:
    caller, started = Caller(alice), threading.Event()

    def send() -> Any:
        started.set()
        try:
            return caller.post(
                f"/wallets/{alice.public_id}/transfers",
                {"phone": BOB, "amount": won("5000")},
                "one",
            )
        finally:
            connection.close()

    holder = connections.create_connection("default")
    try:
        with holder.cursor() as cursor, ThreadPoolExecutor(1) as pool:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM ledger_account WHERE id = %s FOR UPDATE",
                [alice.available_account_id],
            )
            request = pool.submit(send)
            started.wait()
            end_the_waiting_connection()
            answer = request.result(timeout=20)
    finally:
        holder.close()
    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
    assert answer["Retry-After"] == "1"
    assert (held(alice), held(bob)) == (50_000, 0)
    assert not Transfer.objects.exists()
    assert not IdempotencyRecord.objects.exists()

    assert send().status_code == 201
    assert send().headers["Idempotency-Replayed"] == "true"
    assert (held(alice), held(bob)) == (45_000, 5_000)

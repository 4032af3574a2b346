"""A real bank simulator process, and how a test plays the world outside at its counter."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import LazySettings
from django.test import Client

from ledger.accounts import account_id
from ledger.balances import balance, trial_balance
from tests.wallet.bank_process import BANKS, run_bank
from wallet.models import Event, Wallet
from wallet.providers import channel
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign


class Counter:
    """The bank as its customers meet it, and as an auditor reads its books."""

    def do(self, path: str, **body: str) -> dict[str, Any]:
        return channel.tell(path, body)

    def see(self, path: str) -> dict[str, Any]:
        found = channel.ask(path)
        assert found is not None, path
        return found

    def holds(self, account: str = "safeguarding") -> int:
        return int(self.see("/books/KRW")["minor"][account])


@contextmanager
def open_bank(settings: LazySettings, public_url: str) -> Iterator[Counter]:
    here, there = BANKS.Pipe(duplex=False)
    process = BANKS.Process(target=run_bank, args=(settings.BANK_SECRET, there), daemon=True)
    process.start()
    there.close()
    settings.BANK_URL = here.recv()
    settings.PUBLIC_URL = public_url
    try:
        yield Counter()
    finally:
        process.terminate()
        process.join(10)


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait for a condition, for a while; return whether it came true."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def stays(condition: Callable[[], bool], seconds: float = 0.5) -> bool:
    """Return whether a condition holds all through a moment in which callbacks may come."""
    deadline = time.monotonic() + seconds
    while condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def call_back(settings: LazySettings, body: Any, **changes: str) -> Any:
    """Call back as the bank would, with whatever is changed about it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    stamp = changes.get("timestamp", str(int(time.time())))
    secret = changes.get("secret", settings.BANK_SECRET)
    signature = changes.get("signature", sign(secret=secret, timestamp=stamp, body=raw))
    return Client().post(
        "/api/v1/callbacks/bank",
        raw,
        content_type="application/json",
        headers={TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: signature},
    )


def stands(code: str) -> int:
    """Return the balance of a system account in won; the book balances at the same time."""
    assert set(trial_balance().values()) <= {0}
    return balance(account_id(code, "KRW")).minor


def told(wallet: Wallet) -> list[str]:
    """Return the kinds of event of a wallet, in order."""
    return list(Event.objects.filter(wallet=wallet).order_by("pk").values_list("kind", flat=True))

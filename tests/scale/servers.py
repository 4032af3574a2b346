"""A stack with what one machine alone does not have, and how a test speaks to it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import requests

from tests.faults.clients import money, signed
from tests.faults.scenario import Person
from tests.faults.stack import Stack


def ask(stack: Stack, person: Person, path: str) -> Any:
    """Read something as somebody; return the document."""
    path = f"/api/v1/wallets/{person.wallet}{path}"
    answer = requests.get(
        stack.address + path, headers=signed(person, "GET", path, b"", ""), timeout=30
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(stack: Stack, sender: Person, to: Person, minor: int, key: str) -> requests.Response:
    """Send money."""
    path = f"/api/v1/wallets/{sender.wallet}/transfers"
    body = json.dumps({"phone": to.phone, "amount": money(minor), "memo": key}).encode()
    headers = signed(sender, "POST", path, body, key)
    headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
    return requests.post(stack.address + path, body, headers=headers, timeout=30)


def available(stack: Stack, person: Person) -> int:
    """Return what somebody may spend."""
    return int(ask(stack, person, "")["available"]["amount"])


def amounts(stack: Stack, person: Person) -> list[int]:
    """Return what the list says came and went, the newest first."""
    return [int(line["amount"]["amount"]) for line in ask(stack, person, "/activity")["lines"]]


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it does not come true.

    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)

"""More at once than the web server bears: it sheds with 503, recovers by itself, loses nothing."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from ledger.balances import trial_balance
from ledger.verification import verify_ledger
from tests.attacks.live import newcomer, victim
from tests.attacks.server import Server, serving
from tests.wallet.people import held
from wallet.chart import open_chart
from wallet.models import Transfer

AT_ONCE, WON = 80, 100

pytestmark = pytest.mark.django_db(transaction=True)


def answers(server: Server, requests: list[bytes]) -> list[tuple[int, dict[str, str], Any]]:
    """Send all at once; return status, headers and document of each answer."""
    lines = [server.connect() for _ in requests]
    for line, request in zip(lines, requests, strict=True):
        line.sendall(request)
    return [read(line) for line in lines]


def read(line: socket.socket) -> tuple[int, dict[str, str], Any]:
    with line, line.makefile("rb") as got:
        status = int(got.readline().split()[1])
        headers = {}
        while header := got.readline().strip().decode():
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        return status, headers, json.loads(got.read())


def test_it_sheds_recovers_and_loses_nothing(tmp_path: Path) -> None:
    open_chart("KRW")
    alice, bob = victim(), newcomer()
    left = {f"k{n}": alice.sends(bob, str(WON), f"k{n}") for n in range(AT_ONCE)}
    shed: set[str] = set()
    with serving(tmp_path, WEB_WORKERS="1", WEB_QUEUE_SECONDS="0.2") as server:
        at_once = AT_ONCE
        while left:
            keys = list(left)[:at_once]
            for key, (status, headers, body) in zip(
                keys, answers(server, [left[key] for key in keys]), strict=True
            ):
                if status == 201:
                    del left[key]
                    continue
                assert (status, headers["retry-after"]) == (503, "1"), body
                shed.add(body["code"])
            at_once = 2  # whoever was turned away comes again, one after the other
    assert "overloaded" in shed
    assert held(bob) == AT_ONCE * WON
    assert held(alice.wallet) == 50_000 - AT_ONCE * WON
    assert Transfer.objects.filter(recipient=bob, sent_at__lt=timezone.now()).count() == AT_ONCE
    assert trial_balance() == {"KRW": 0}
    assert list(verify_ledger()) == []

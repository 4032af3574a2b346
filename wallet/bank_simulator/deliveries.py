"""Callbacks of the simulated bank: signed, and delivered as the fate of an amount says."""

from __future__ import annotations

import json
import logging
import time

import requests

from wallet.bank_simulator.books import Record
from wallet.bank_simulator.fates import SLOW, SLOW_SECONDS
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

log = logging.getLogger("bank")

_MOMENT_SECONDS = 0.05


def deliver_later(secret: str, url: str, messages: list[Record], fate: str) -> None:
    """Deliver messages in order, a moment after the answer or some seconds."""
    time.sleep(SLOW_SECONDS if fate == SLOW else _MOMENT_SECONDS)
    deliver(secret, url, messages)


def deliver(secret: str, url: str, messages: list[Record]) -> None:
    """Deliver messages in order, each once; one that does not arrive is lost."""
    for message in messages:
        body = json.dumps(message).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: sign(secret=secret, timestamp=timestamp, body=body),
        }
        try:
            answer = requests.post(
                url, data=body, headers=headers, timeout=5, allow_redirects=False
            )
            log.info("callback answered %s", answer.status_code)
        except requests.RequestException as exc:
            log.warning("callback not delivered: %s", type(exc).__name__)

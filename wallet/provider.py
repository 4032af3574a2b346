"""The funding provider: what the wallet needs of it, and the bank that is one over HTTP."""

from __future__ import annotations

import time
import uuid
from typing import Protocol

import requests
from django.conf import settings

from ledger.money import Money
from wallet.models import TopUp
from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

TIMEOUT_SECONDS = (2, 5)  # to connect, to answer


class ProviderUnavailable(Exception):  # noqa: N818 - an answer that may still come.
    """Nothing is known of what the provider did; ask again later."""


class FundingProvider(Protocol):
    """Whoever collects money for a top-up."""

    def request(self, *, public_id: uuid.UUID, amount: Money) -> None:
        """Ask for the money; asking again with the same id changes nothing.

        Raises:
            ProviderUnavailable: no answer; it may or may not have been taken.

        """

    def status(self, *, public_id: uuid.UUID) -> str | None:
        """Return what became of a request, a status of ``TopUp``; None when it is not known there.

        Raises:
            ProviderUnavailable: no answer.

        """


class Bank:
    """The bank's HTTP interface; the simulator speaks it too."""

    def request(self, *, public_id: uuid.UUID, amount: Money) -> None:
        body = {
            "id": str(public_id),
            "amount": amount.to_major(),
            "currency": amount.currency,
            "callback_url": f"{settings.PUBLIC_URL}/api/v1/callbacks/bank",
        }
        answer = _call("POST", "/top-ups", json=body)
        if answer.status_code not in {200, 202}:
            raise ProviderUnavailable(answer.status_code)

    def status(self, *, public_id: uuid.UUID) -> str | None:
        answer = _call("GET", f"/top-ups/{public_id}")
        if answer.status_code == requests.codes.not_found:
            return None
        if answer.status_code != requests.codes.ok:
            raise ProviderUnavailable(answer.status_code)
        return TopUp.Status(answer.json()["status"]).value


def _call(method: str, path: str, json: dict[str, str] | None = None) -> requests.Response:
    timestamp = str(int(time.time()))
    prepared = requests.Request(method, settings.BANK_URL + path, json=json).prepare()
    body = prepared.body if isinstance(prepared.body, bytes) else b""
    prepared.headers[TIMESTAMP_HEADER] = timestamp
    prepared.headers[SIGNATURE_HEADER] = sign(
        secret=settings.BANK_SECRET, timestamp=timestamp, body=body
    )
    try:
        with requests.Session() as session:
            return session.send(prepared, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    except requests.RequestException as exc:
        raise ProviderUnavailable from exc


BANK: FundingProvider = Bank()

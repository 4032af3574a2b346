"""One signed call to the bank over HTTP."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings

from wallet.signatures import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

TIMEOUT_SECONDS = (2, 5)  # to connect, to answer
_TAKEN = {200, 202}


class ProviderUnavailable(Exception):  # noqa: N818 - an answer that may still come.
    """Nothing is known of what the provider did; ask again later."""


def callback_url() -> str:
    """Return where the bank tells us what happened."""
    return f"{settings.PUBLIC_URL}/api/v1/callbacks/bank"


def tell(path: str, body: Mapping[str, str]) -> dict[str, Any]:
    """Tell the bank something that it does once per ``id``; return its answer.

    Raises:
        ProviderUnavailable: no answer; it may or may not have been taken.

    """
    answer = _call("POST", path, body)
    if answer.status_code not in _TAKEN:
        raise ProviderUnavailable(answer.status_code)
    return _document(answer)


def ask(path: str) -> dict[str, Any] | None:
    """Ask the bank about something; None when it does not know it.

    Raises:
        ProviderUnavailable: no answer.

    """
    answer = _call("GET", path)
    if answer.status_code == requests.codes.not_found:
        return None
    if answer.status_code != requests.codes.ok:
        raise ProviderUnavailable(answer.status_code)
    return _document(answer)


def hand_over(path: str, file: bytes) -> None:
    """Give the bank a file.

    Raises:
        ProviderUnavailable: no answer; it may or may not have been taken.

    """
    answer = _send(requests.Request("POST", settings.BANK_URL + path, data=file))
    if answer.status_code not in _TAKEN:
        raise ProviderUnavailable(answer.status_code)


def fetch(path: str) -> bytes | None:
    """Return a file of the bank's; None when it has none.

    Raises:
        ProviderUnavailable: no answer.

    """
    answer = _call("GET", path)
    if answer.status_code == requests.codes.not_found:
        return None
    if answer.status_code != requests.codes.ok:
        raise ProviderUnavailable(answer.status_code)
    return answer.content


def _document(answer: requests.Response) -> dict[str, Any]:
    try:
        read = answer.json()
    except ValueError as exc:
        raise ProviderUnavailable from exc
    if not isinstance(read, dict):
        raise ProviderUnavailable
    return read


def _call(method: str, path: str, json: Mapping[str, str] | None = None) -> requests.Response:
    return _send(requests.Request(method, settings.BANK_URL + path, json=json))


def _send(request: requests.Request) -> requests.Response:
    timestamp = str(int(time.time()))
    prepared = request.prepare()
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

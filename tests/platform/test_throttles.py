"""Too many requests are told so, and when to come back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from wallet.api.wallets import WalletList


@pytest.mark.django_db
@pytest.mark.parametrize("throttle", [AnonRateThrottle, UserRateThrottle])
def test_the_fourth_request_of_three_a_minute_is_refused(
    throttle: type[AnonRateThrottle], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(throttle, "THROTTLE_RATES", {"anon": "3/min", "user": "3/min"})
    monkeypatch.setattr(WalletList, "throttle_classes", [throttle])
    monkeypatch.setattr(WalletList, "permission_classes", [])
    answers = [ask(forwarded=f"192.0.2.{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert answers[3].json()["code"] == "throttled"
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    cache.clear()


def ask(forwarded: str) -> Any:
    """A client may claim to be somebody else: that changes nothing."""
    return Client().get("/api/v1/wallets", headers={"X-Forwarded-For": forwarded})

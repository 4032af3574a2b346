"""A receiver, and endpoints that are verified."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from merchants.models import Store, WebhookEndpoint
from merchants.webhooks import sending
from tests.merchants.webhooks.receiver import Receiver, receiver
from tests.merchants.webhooks.stories import registered
from wallet.outgoing.posting import Bounds


@pytest.fixture
def inside(settings: LazySettings) -> None:
    """Webhooks may go to this machine."""
    settings.WEBHOOK_ALLOWS_PRIVATE = True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer is waited for a moment, not 15 seconds."""
    monkeypatch.setattr(sending, "BOUNDS", Bounds(seconds=0.5, most_bytes=1024))


@pytest.fixture
def hook(inside: None) -> Iterator[Receiver]:
    """A receiver."""
    with receiver() as made:
        yield made


@pytest.fixture
def endpoint(corner_shop: Store, hook: Receiver) -> WebhookEndpoint:
    """The corner shop's endpoint at the receiver, verified."""
    return registered(corner_shop, hook)

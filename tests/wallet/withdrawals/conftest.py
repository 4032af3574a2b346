"""The bank's process, open for one test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings

from tests.wallet.bank import Counter, open_bank


@pytest.fixture
def bank(settings: LazySettings, live_server: Any) -> Iterator[Counter]:
    with open_bank(settings, live_server.url) as counter:
        yield counter

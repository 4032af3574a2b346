"""The cast of the merchants' tests, and the web server as an attacker finds it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.server import Server, serving
from tests.merchants.conftest import alice, corner_shop

__all__ = ["alice", "corner_shop"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """The web server on the test database, with nothing throttled."""
    with serving(tmp_path) as running:
        yield running

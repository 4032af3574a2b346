"""The book that the ledger's tests write in."""

from __future__ import annotations

import pytest

from tests.ledger.stories import Book, open_book


@pytest.fixture
def book(db: None) -> Book:
    """The cast's accounts, all empty."""
    return open_book()

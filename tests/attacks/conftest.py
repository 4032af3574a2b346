"""The cast of the merchants' tests."""

from tests.merchants.conftest import alice, corner_shop

__all__ = ["alice", "corner_shop"]

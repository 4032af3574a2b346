"""What an event tells of money that moved, or may move."""

from __future__ import annotations

import uuid

from ledger.money import Money


def facts_of(
    name: str, public_id: uuid.UUID, amount: Money, memo: str, **more: object
) -> dict[str, object]:
    """Return the facts of an event: which thing under which name, how much, and what for."""
    money = {"amount": amount.to_major(), "currency": amount.currency}
    return {name: str(public_id), "amount": money, "memo": memo, **more}

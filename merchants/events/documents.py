"""How an event is shown, over the API and in a webhook alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ledger.money import Money
from merchants.models import MerchantEvent

_MINOR = "_minor"


def document_of(event: MerchantEvent) -> dict[str, Any]:
    """Return a numbered event as JSON values; ``event.store`` is at hand.

    What is shown of an event never changes, so that a message sent again is the same message.
    """
    return {
        "id": str(event.public_id),
        "type": event.kind,
        "timestamp": instant(event.happened_at),
        "sequence": event.sequence,
        "store_id": None if event.store is None else event.store.public_id,
        "data": shown(event.facts),
    }


def shown(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with their minor units as amounts of money."""
    currency = facts.get("currency", "")
    told: dict[str, Any] = {}
    for name, value in facts.items():
        if name.endswith(_MINOR) and value is not None:
            money = Money(value, currency)
            amount = {"amount": money.to_major(), "currency": currency}
            told[name.removesuffix(_MINOR)] = amount
        elif isinstance(value, dict):
            told[name] = shown(value)
        else:
            told[name] = value
    return told


def instant(moment: datetime) -> str:
    """Return a moment in UTC, to the millisecond."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(timespec="milliseconds") + "Z"

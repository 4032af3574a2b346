"""What a notice says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.activity.amounts import spoken
from wallet.activity.masking import mask
from wallet.notices.table import OTHER, TEXTS


@dataclass(frozen=True, slots=True)
class Text:
    """A notice in words."""

    title: str
    body: str


def text_of(kind: str, facts: Mapping[str, Any], language: str) -> Text:
    """Return what to say about an event; one of an unknown kind is told of in general words."""
    korean, english = TEXTS.get(kind, OTHER)
    title, *bodies = korean if language == "ko" else english
    words = {name: _word(value, language) for name, value in facts.items() if value}
    for body in bodies:
        try:
            return Text(title, body.format_map(words))
        except KeyError:
            continue
    return Text(title, "")


def _word(value: object, language: str) -> str:
    if not isinstance(value, dict) or value.keys() != {"amount", "currency"}:
        return mask(str(value))
    amount, currency = str(value["amount"]), str(value["currency"])
    try:
        return spoken(Money.from_major(amount, currency), language)
    except LedgerError:
        return f"{amount} {currency}"

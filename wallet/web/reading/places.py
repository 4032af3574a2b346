"""Where a list goes on, as opaque text in a link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from django.http import Http404

from ledger.money import Money
from ledger.statements import Place
from wallet.activity.listing import Mark

_SALT = "pages"


def write_place(place: Place | None) -> str:
    """Return a place as text; nothing where the list ends."""
    if place is None:
        return ""
    return _write(place.effective_at.isoformat(), place.entry_id, place.balance.minor)


def read_place(text: str, currency: str) -> Place | None:
    """Return the place; None for the first page. What is not ours is not found."""
    if not text:
        return None
    at, entry_id, minor = _read(text, 3)
    return Place(datetime.fromisoformat(at), entry_id, Money(minor, currency))


def write_mark(mark: Mark | None) -> str:
    """Return a mark as text; nothing where the list ends."""
    return "" if mark is None else _write(mark.at.isoformat(), mark.id)


def read_mark(text: str) -> Mark | None:
    """Return the mark; None for the first page. What is not ours is not found."""
    if not text:
        return None
    at, number = _read(text, 2)
    return Mark(datetime.fromisoformat(at), number)


def write_number(number: int | None) -> str:
    """Return a row's number as text; nothing where the list ends."""
    return "" if number is None else _write(number)


def read_number(text: str) -> int | None:
    """Return the number; None for the first page. What is not ours is not found."""
    return int(_read(text, 1)[0]) if text else None


def _write(*fields: object) -> str:
    return signing.dumps(fields, salt=_SALT)


def _read(text: str, count: int) -> list[Any]:
    try:
        fields = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError) as exc:
        raise Http404 from exc
    if not isinstance(fields, list) or len(fields) != count:
        raise Http404
    return fields

"""Where a page of activity ended, as opaque text that cannot be made up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ledger.money import Money
from ledger.statements import MAX_PAGE, Place

_SALT = "activity"
_DEFAULT_LIMIT = 50


def write_place(place: Place | None) -> str | None:
    """Return the place as text for the client to give back."""
    if place is None:
        return None
    return signing.dumps(
        [place.effective_at.isoformat(), place.entry_id, place.balance.minor], salt=_SALT
    )


def read_place(request: Request, currency: str) -> tuple[Place | None, int]:
    """Return the place and the limit that the query string asks for.

    Raises:
        ValidationError: the limit is not a number from 1 to MAX_PAGE, or the place was not ours.

    """
    limit = request.query_params.get("limit", str(_DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= MAX_PAGE):
        raise ValidationError({"limit": f"A number from 1 to {MAX_PAGE}."})
    text = request.query_params.get("after")
    if text is None:
        return None, int(limit)
    try:
        fields: list[Any] = signing.loads(text, salt=_SALT)
    except signing.BadSignature as exc:
        raise ValidationError({"after": "Give back what the page before returned."}) from exc
    at, entry_id, minor = fields
    return Place(datetime.fromisoformat(at), entry_id, Money(minor, currency)), int(limit)

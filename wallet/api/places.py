"""Where a page ended, as opaque text that cannot be made up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from ledger.money import Money
from ledger.statements import MAX_PAGE, Place
from wallet.activity.listing import Mark

_SALT = "activity"
_DEFAULT_LIMIT = 50


def write_text(what: str, *fields: object) -> str:
    """Return the fields as text that only a list of the same kind takes back."""
    return signing.dumps([what, *fields], salt=_SALT)


def read_text(request: Request, what: str) -> list[Any] | None:
    """Return the fields of ``after``, None on the first page.

    Raises:
        ValidationError: it was not given out by us, or by another list.

    """
    text = request.query_params.get("after")
    if text is None:
        return None
    try:
        given, *fields = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as exc:
        raise ValidationError({"after": "Give back what the page before returned."}) from exc
    if given != what:
        raise ValidationError({"after": "Give it back with the filters of the page before."})
    return list(fields)


def read_limit(request: Request) -> int:
    """Return how many lines are asked for.

    Raises:
        ValidationError: it is not a number from 1 to MAX_PAGE.

    """
    limit = request.query_params.get("limit", str(_DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= MAX_PAGE):
        raise ValidationError({"limit": f"A number from 1 to {MAX_PAGE}."})
    return int(limit[:6])


def write_place(place: Place | None, what: str) -> str | None:
    """Return the place as text for the client to give back."""
    if place is None:
        return None
    return write_text(what, place.effective_at.isoformat(), place.entry_id, place.balance.minor)


def read_place(request: Request, what: str, currency: str) -> Place | None:
    """Return the place that the query string asks for.

    Raises:
        ValidationError: the place was not ours.

    """
    fields = read_text(request, what)
    if fields is None:
        return None
    at, entry_id, minor = fields
    return Place(datetime.fromisoformat(at), entry_id, Money(minor, currency))


def write_mark(mark: Mark | None, what: str) -> str | None:
    """Return the mark as text for the client to give back."""
    return None if mark is None else write_text(what, mark.at.isoformat(), mark.id)


def read_mark(request: Request, what: str) -> Mark | None:
    """Return the mark that the query string asks for.

    Raises:
        ValidationError: the mark was not ours.

    """
    fields = read_text(request, what)
    return None if fields is None else Mark(datetime.fromisoformat(fields[0]), fields[1])

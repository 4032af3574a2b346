"""What a query string looks for in a wallet's activity."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from ledger.errors import InvalidAmount
from ledger.models import KIND_LENGTH
from ledger.money import Money
from wallet.activity.accounts import AVAILABLE, HELD, OFFLINE
from wallet.activity.filters import Filters
from wallet.activity.months import day_after, midnight, read_day
from wallet.activity.words import has_words

Value = TypeVar("Value")

PARAMETERS = [
    OpenApiParameter("account", str, enum=[AVAILABLE, HELD, OFFLINE]),
    OpenApiParameter("kind", str, description="One kind or several, parted by commas"),
    OpenApiParameter("from", date, description="First day, in Asia/Seoul"),
    OpenApiParameter("to", date, description="Last day, in Asia/Seoul"),
    OpenApiParameter("min", str, description="Least amount, whichever way it moved"),
    OpenApiParameter("max", str, description="Most, whichever way it moved"),
    OpenApiParameter("counterparty", str, description="Words of the other side"),
    OpenApiParameter("q", str, description="Words of the other side or of the memo"),
]

_KIND = re.compile(rf"[A-Z][A-Z_]{{0,{KIND_LENGTH - 1}}}", re.ASCII)
_MOST_KINDS = 20
_MOST_TEXT = 100


def read_account(query: QueryDict) -> str:
    """Return which of the wallet's accounts is looked at.

    Raises:
        ValidationError: it is none that a holder may look at.

    """
    which = query.get("account", AVAILABLE)
    if which not in {AVAILABLE, HELD, OFFLINE}:
        raise ValidationError({"account": f"{AVAILABLE}, {HELD} or {OFFLINE}."})
    return which


def read_filters(query: QueryDict, currency: str) -> Filters:
    """Return what is looked for.

    Raises:
        ValidationError: a filter is not of its form, or from is after to, or min above max.

    """
    start, end = _day(query, "from"), _day(query, "to")
    if start and end and start > end:
        raise ValidationError({"to": "It is before from."})
    least, most = _amount(query, "min", currency), _amount(query, "max", currency)
    if least is not None and most is not None and least > most:
        raise ValidationError({"max": "It is below min."})
    return Filters(
        kinds=_kinds(query),
        start=midnight(start) if start else None,
        end=day_after(end) if end else None,
        least_minor=least,
        most_minor=most,
        counterparty=_text(query, "counterparty"),
        text=_text(query, "q"),
    )


def _read(query: QueryDict, name: str, read: Callable[[str], Value], help_: str) -> Value | None:
    text = query.get(name)
    if text is None:
        return None
    try:
        return read(text)
    except (ValueError, InvalidAmount) as exc:
        raise ValidationError({name: help_}) from exc


def _day(query: QueryDict, name: str) -> date | None:
    return _read(query, name, read_day, "A day such as 2026-03-02.")


def _amount(query: QueryDict, name: str, currency: str) -> int | None:
    def read(text: str) -> int:
        return Money.from_major(text, currency).minor

    return _read(query, name, read, 'An amount such as "10500".')


def _kinds(query: QueryDict) -> tuple[str, ...]:
    def read(text: str) -> tuple[str, ...]:
        kinds = tuple(text.split(",", _MOST_KINDS))
        if len(kinds) > _MOST_KINDS or not all(_KIND.fullmatch(kind) for kind in kinds):
            raise ValueError(text)
        return kinds

    return _read(query, "kind", read, "Kinds such as TRANSFER,TOP_UP.") or ()


def _text(query: QueryDict, name: str) -> str:
    def read(text: str) -> str:
        if len(text) > _MOST_TEXT or not has_words(text):
            raise ValueError(text)
        return text

    return _read(query, name, read, f"Words, in at most {_MOST_TEXT} characters.") or ""

"""Reading limits and what is used of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ledger.money import Money
from wallet.limits.rules import WINDOWS, Kind, Rule, Standing, Used
from wallet.models import Period, Spend, Wallet

_PERIODS = {period.value: period for period in Period}
# Where in a row of what was used each window's amount, count and first instant stand.
_COLUMNS = ((Period.MONTH, 3), (Period.DAY, 6))
_READ = "SELECT rules, usage FROM wallet_books(%s, %s, %s, %s, %s)"
_ROOM = "SELECT cap, holds FROM wallet_room(%s, %s, %s, %s::bigint[])"


@dataclass(frozen=True, slots=True)
class Books:
    """The rules of a wallet, and what its holder used of them."""

    rules: list[Rule]
    usage: list[Used]


@dataclass(frozen=True, slots=True)
class Room:
    """The most a wallet may hold (None: no bound), and what it holds and is about to hold."""

    cap: Money | None
    holds: Money


def read(*, wallet: Wallet, at: datetime) -> Books:
    """Return the rules of a wallet and what counts against them at an instant, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            _READ, [wallet.tier, wallet.currency, wallet.holder_id, *windows_before(at)]
        )
        return books(*cursor.fetchone())


def windows_before(at: datetime) -> tuple[datetime, datetime]:
    """Return since when movements count in a day and in a month, as ``wallet_books`` asks."""
    return at - WINDOWS[Period.DAY], at - WINDOWS[Period.MONTH]


def books(rules: str | None, usage: str | None) -> Books:
    """Read the two JSON texts of ``wallet_books``; there is none where there are no rows."""
    return Books(
        [
            Rule(_PERIODS[period], Kind(purpose, means, code_kind), minor, count)
            for period, purpose, means, code_kind, minor, count in json.loads(rules or "[]")
        ],
        [
            Used(period, Kind(*row[:3]), row[at], row[at + 1], datetime.fromisoformat(row[at + 2]))
            for row in json.loads(usage or "[]")
            for period, at in _COLUMNS
            if row[at] is not None
        ],
    )


def counted(*, wallet: Wallet, found: Standing, at: datetime) -> list[tuple[datetime, int, int]]:
    """Return (instant, amount, count) of each row that a rule over time counts."""
    window = WINDOWS.get(found.rule.period)
    if window is None:
        return []
    rows = Spend.objects.filter(
        wallet__holder_id=wallet.holder_id,
        wallet__currency=wallet.currency,
        spent_at__gt=at - window,
    ).values_list("purpose", "means", "code_kind", "spent_at", "amount_minor", "count")
    return [(row[3], row[4], row[5]) for row in rows if found.rule.names(Kind(*row[:3]))]


def room_of(wallet: Wallet) -> Room:
    """Return what a wallet may hold, and what it holds and is about to hold."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, (wallet.pk, wallet.tier, wallet.currency, wallet.account_ids))
        cap, holds = cursor.fetchone()
    return room(cap, holds, wallet.currency)


def room(cap: int | None, holds: int, currency: str) -> Room:
    """Return what ``wallet_room`` says, as money."""
    return Room(None if cap is None else Money(cap, currency), Money(int(holds), currency))

"""Reading limits and what is used of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ledger.balances import balances
from ledger.money import Money
from wallet.limits.rules import WINDOWS, Kind, Rule, Standing, Used
from wallet.models import Period, Spend, Wallet

# Rules and usage come in one answer, so that a payment pays one round trip for its limits. What is
# counted is the holder's, not the wallet's: closing a wallet and opening another frees nothing.
_READ = """
    SELECT l.period, l.purpose, l.means, l.code_kind, l.amount_minor, l.count, NULL, TRUE
    FROM wallet_limit AS l WHERE l.tier = %(tier)s AND l.currency = %(currency)s
    UNION ALL
    SELECT p.period, s.purpose, s.means, s.code_kind, sum(s.amount_minor)::bigint,
        sum(s.count)::integer, min(s.spent_at), FALSE
    FROM wallet_spend AS s
    INNER JOIN (VALUES ('DAY', %(day)s::timestamptz), ('MONTH', %(month)s::timestamptz))
        AS p (period, since) ON s.spent_at > p.since
    WHERE s.wallet_id IN (
        SELECT w.id FROM wallet_wallet AS w
        WHERE w.holder_id = %(holder)s AND w.currency = %(currency)s
    ) AND s.spent_at > %(month)s::timestamptz
    GROUP BY p.period, s.purpose, s.means, s.code_kind
"""
_ROOM = """
    SELECT (
        SELECT l.amount_minor FROM wallet_limit AS l
        WHERE l.tier = %(tier)s AND l.currency = %(of)s AND l.period = 'BALANCE' LIMIT 1
    ), (
        SELECT coalesce(sum(t.amount_minor), 0) FROM wallet_topup AS t
        WHERE t.wallet_id = %(wallet)s AND t.status = 'PENDING'
    )
"""


@dataclass(frozen=True, slots=True)
class Books:
    """The rules of a wallet, and what its holder used of them."""

    rules: list[Rule]
    usage: list[Used]


def read(*, wallet: Wallet, at: datetime) -> Books:
    """Return the rules of a wallet and what counts against them at an instant, in one query."""
    parameters: dict[str, str | int | datetime | None] = {
        "tier": wallet.tier,
        "currency": wallet.currency,
        "holder": wallet.holder_id,
        "day": at - WINDOWS[Period.DAY],
        "month": at - WINDOWS[Period.MONTH],
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, parameters)
        rows = cursor.fetchall()
    books = Books([], [])
    for period, purpose, means, code_kind, amount_minor, count, since, is_rule in rows:
        kind = Kind(purpose, means, code_kind)
        if is_rule:
            books.rules.append(Rule(Period(period), kind, amount_minor, count))
        else:
            books.usage.append(Used(Period(period), kind, amount_minor, count, since))
    return books


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


def room_of(wallet: Wallet) -> tuple[Money | None, Money]:
    """Return the most that a wallet may hold (None: no bound), and what is on its way into it."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM, {"wallet": wallet.pk, "tier": wallet.tier, "of": wallet.currency})
        cap, pending = cursor.fetchone()
    bound = None if cap is None else Money(cap, wallet.currency)
    return bound, Money(int(pending), wallet.currency)


def holding(wallet: Wallet, pending: Money) -> Money:
    """Return what a wallet holds and is about to hold: available, held, and pending top-ups.

    ``pending`` was read before: a top-up that settles meanwhile counts twice, never not at all.
    """
    return sum(balances(wallet.account_ids).values(), pending)

"""What accounts hold: now, at a past instant, and as was known at one; and the trial balance.

``effective_at`` says when an entry counts, ``recorded_at`` when it was written. A question about
the past may ask for both: what the balance was at one instant, as the book knew it at another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from ledger.errors import UnknownAccount
from ledger.money import Money
from ledger.stale import reading

# The balance of an account is its own row's plus its stripes', whichever of the two it uses.
_NOW = """
    SELECT a.id, a.currency, a.normal_sign,
        a.balance_minor + coalesce((
            SELECT sum(s.balance_minor) FROM ledger_stripe AS s WHERE s.account_id = a.id
        ), 0)
    FROM ledger_account AS a WHERE a.id = ANY(%s)
"""
# Counting back from now reads only the entries since, which are few for the questions asked most.
_AT = """
    SELECT a.currency, a.normal_sign,
        a.balance_minor + coalesce((
            SELECT sum(s.balance_minor) FROM ledger_stripe AS s WHERE s.account_id = a.id
        ), 0) - coalesce((
            SELECT sum(e.amount_minor) FROM ledger_entry AS e
            WHERE e.account_id = a.id AND e.effective_at > %s
        ), 0)
    FROM ledger_account AS a WHERE a.id = %s
"""
_AT_KNOWN = """
    SELECT a.currency, a.normal_sign, coalesce((
        SELECT sum(e.amount_minor) FROM ledger_entry AS e
        INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
        WHERE e.account_id = a.id AND e.effective_at <= %s AND t.recorded_at <= %s
    ), 0)
    FROM ledger_account AS a WHERE a.id = %s
"""
_TRIAL = """
    SELECT currency, sum(minor) FROM (
        SELECT currency, sum(balance_minor) AS minor FROM ledger_account GROUP BY currency
        UNION ALL
        SELECT currency, sum(balance_minor) FROM ledger_stripe GROUP BY currency
    ) AS b GROUP BY currency ORDER BY currency
"""
_BY_ACCOUNT = """
    SELECT a.code, a.currency, a.normal_sign, a.balance_minor + coalesce(sum(s.balance_minor), 0)
    FROM ledger_account AS a LEFT JOIN ledger_stripe AS s ON s.account_id = a.id
    GROUP BY a.id ORDER BY a.currency, a.code
"""


def balance(account_id: int) -> Money:
    """Return the posted balance on the account's normal side.

    Raises:
        UnknownAccount: no account has this id.

    """
    found = balances([account_id])
    if account_id not in found:
        raise UnknownAccount(str(account_id))
    return found[account_id]


def balances(account_ids: Iterable[int]) -> dict[int, Money]:
    """Return the posted balances on the normal side, by account id; unknown ids are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [list(account_ids)])
        return {
            pk: Money(int(minor) * sign, currency)
            for pk, currency, sign, minor in cursor.fetchall()
        }


def balance_at(account_id: int, at: datetime, *, known_at: datetime | None = None) -> Money:
    """Return the balance on the normal side of everything effective up to and including ``at``.

    Args:
        account_id: the account.
        at: compared with ``effective_at``.
        known_at: leaves out what was recorded later than this; nothing is left out without it.

    Raises:
        UnknownAccount: no account has this id.

    """
    with reading().cursor() as cursor:
        if known_at is None:
            cursor.execute(_AT, [at, account_id])
        else:
            cursor.execute(_AT_KNOWN, [at, known_at, account_id])
        row = cursor.fetchone()
    if row is None:
        raise UnknownAccount(str(account_id))
    currency, sign, minor = row
    return Money(int(minor) * sign, currency)


def trial_balance() -> dict[str, int]:
    """Return debits minus credits per currency, in minor units.

    Every value must be zero; anything else means the book has been tampered with.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL)
        return {currency: int(minor) for currency, minor in cursor.fetchall()}


def account_balances() -> list[tuple[str, Money]]:
    """Return (code, balance on the normal side) of every account, by currency and code."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_ACCOUNT)
        return [
            (code, Money(int(minor) * sign, currency))
            for code, currency, sign, minor in cursor.fetchall()
        ]

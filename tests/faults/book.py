"""What the database says at the end of a run, read by plain SQL as its owner.

Nothing of the project's own reading code is used: the checkers must not share its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

# Every effect carries its idempotency key: as the memo, or as the merchant's number of the refund.
_EFFECTS = """
    SELECT memo, 'transfer', public_id::text, 'transfer:' || public_id, amount_minor
    FROM wallet_transfer WHERE memo <> ''
    UNION ALL
    SELECT memo, 'payment', number, 'payment:' || number, captured_minor
    FROM merchants_payment WHERE memo <> '' AND paid_at IS NOT NULL
    UNION ALL
    SELECT merchant_refund_no, 'refund', number, 'refund:' || number, amount_minor
    FROM merchants_refund
"""
_ACCOUNTS = """
    SELECT a.id, a.code, a.normal_sign, a.floor_minor, a.stripes,
        CASE WHEN a.stripes = 1 THEN a.balance_minor
            ELSE (SELECT sum(s.balance_minor) FROM ledger_stripe AS s WHERE s.account_id = a.id)
        END
    FROM ledger_account AS a ORDER BY a.id
"""
_ENTRIES = """
    SELECT id, transaction_id, account_id, amount_minor, balance_after_minor
    FROM ledger_entry ORDER BY id
"""
_TOLD = """
    SELECT e.kind, coalesce(e.facts->>'transfer_id', e.facts->>'number'), count(*), count(n.id),
        count(*) FILTER (WHERE e.delivered_at IS NULL)
    FROM wallet_event AS e LEFT JOIN wallet_notice AS n ON n.event_id = e.id
    WHERE e.kind IN ('transfer.sent', 'transfer.received', 'payment.succeeded')
    GROUP BY 1, 2
"""
_SETTLED = """
    SELECT t.reference, count(i.entry_id) FROM merchants_merchant AS m
    INNER JOIN ledger_entry AS e ON e.account_id = m.payable_account_id
    INNER JOIN ledger_transaction AS t ON t.id = e.transaction_id
        AND t.kind IN ('PAYMENT', 'REFUND')
    LEFT JOIN merchants_settlementitem AS i ON i.entry_id = e.id
    GROUP BY e.id, t.reference
"""


@dataclass(frozen=True, slots=True)
class Effect:
    """A row that says money moved under a key."""

    op: str
    public_id: str
    reference: str
    minor: int


@dataclass(slots=True)
class Account:
    """An account of the ledger with its stored balance, debit-positive."""

    code: str
    normal_sign: int
    floor_minor: int | None
    stripes: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger."""

    id: int
    transaction_id: int
    account_id: int
    amount_minor: int
    after_minor: int | None


@dataclass(slots=True)
class Book:
    """The final state. ``told``: per (kind, id), events, notices and undelivered events."""

    effects: dict[str, list[Effect]]
    transactions: dict[str, list[int]]  # ids by reference
    entries: list[Entry]
    accounts: dict[int, Account]
    told: dict[tuple[str, str], tuple[int, int, int]]
    settled: dict[str, list[int]]  # items of each entry, by reference
    verified: str = "nobody verified it"
    totals: list[int] = field(default_factory=list)


def read(server: psycopg.Connection) -> Book:
    """Read everything in one snapshot."""
    with server.transaction():
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        effects: dict[str, list[Effect]] = {}
        for key, *rest in _rows(server, _EFFECTS):
            effects.setdefault(key, []).append(Effect(*rest))
        transactions: dict[str, list[int]] = {}
        for reference, pk in _rows(server, "SELECT reference, id FROM ledger_transaction"):
            transactions.setdefault(reference, []).append(pk)
        settled: dict[str, list[int]] = {}
        for reference, items in _rows(server, _SETTLED):
            settled.setdefault(reference, []).append(items)
        return Book(
            effects=effects,
            transactions=transactions,
            entries=[Entry(*row) for row in _rows(server, _ENTRIES)],
            accounts={pk: Account(*rest) for pk, *rest in _rows(server, _ACCOUNTS)},
            told={(kind, key): tuple(rest) for kind, key, *rest in _rows(server, _TOLD)},
            settled=settled,
        )


def total(server: psycopg.Connection) -> int:
    """Return what all accounts that are not the bank's hold, credit-positive, in one snapshot."""
    found = server.execute(
        "SELECT -sum(balance) FROM ("
        " SELECT sum(balance_minor) AS balance FROM ledger_account"
        " WHERE stripes = 1 AND category <> 'ASSET' AND currency = 'KRW'"
        " UNION ALL SELECT sum(s.balance_minor) FROM ledger_stripe AS s"
        " JOIN ledger_account AS a ON a.id = s.account_id"
        " WHERE a.category <> 'ASSET' AND a.currency = 'KRW') AS b"
    ).fetchone()
    return int(found[0]) if found else 0


def _rows(server: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return server.execute(query).fetchall()

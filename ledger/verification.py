"""Recompute the whole book from its entries, and name the first row of each kind that is wrong.

The checks do not use the functions that post: they read the tables as an auditor would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from ledger.anchor import Anchor
from ledger.models import Seal
from ledger.seals import chain_hash, leaves_of, merkle_root, stored_leaves

# Each finds rows that break an invariant, the first of them first, and says what is wrong.
CHECKS: dict[str, str] = {
    "ledger_transaction_balances": """
        SELECT 'transaction ' || transaction_id, currency || ' is off by ' || sum(amount_minor)
        FROM ledger_entry GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0
        ORDER BY transaction_id LIMIT 1
    """,
    "ledger_transaction_has_legs": """
        SELECT 'transaction ' || t.id, 'has no entries' FROM ledger_transaction AS t
        WHERE NOT EXISTS (SELECT FROM ledger_entry AS e WHERE e.transaction_id = t.id)
        ORDER BY t.id LIMIT 1
    """,
    "ledger_entry_transaction_exists": """
        SELECT 'entry ' || e.id, 'belongs to no transaction' FROM ledger_entry AS e
        LEFT JOIN ledger_transaction AS t ON t.id = e.transaction_id
        WHERE t.id IS NULL OR t.effective_at <> e.effective_at ORDER BY e.id LIMIT 1
    """,
    "ledger_entry_currency_matches": """
        SELECT 'entry ' || e.id, 'is not in the currency of its account' FROM ledger_entry AS e
        LEFT JOIN ledger_account AS a ON a.id = e.account_id
        WHERE a.id IS NULL OR a.currency <> e.currency ORDER BY e.id LIMIT 1
    """,
    "ledger_account_balance_is_sum": """
        SELECT 'account ' || a.id, 'stores ' || a.balance_minor || ', its entries sum to '
            || coalesce(e.total, 0)
        FROM ledger_account AS a
        LEFT JOIN (
            SELECT account_id, sum(amount_minor) AS total FROM ledger_entry GROUP BY account_id
        ) AS e ON e.account_id = a.id
        WHERE a.stripes = 1 AND a.balance_minor <> coalesce(e.total, 0) ORDER BY a.id LIMIT 1
    """,
    "ledger_stripe_balance_is_sum": """
        SELECT 'stripe ' || s.account_id || '/' || s.stripe, 'stores ' || s.balance_minor
            || ', its entries sum to ' || coalesce(e.total, 0)
        FROM ledger_stripe AS s
        LEFT JOIN (
            SELECT account_id, stripe, sum(amount_minor) AS total FROM ledger_entry
            WHERE balance_after_minor IS NULL GROUP BY account_id, stripe
        ) AS e ON e.account_id = s.account_id AND e.stripe = s.stripe
        WHERE s.balance_minor <> coalesce(e.total, 0) ORDER BY s.account_id, s.stripe LIMIT 1
    """,
    "ledger_entry_balance_after_follows": """
        SELECT 'entry ' || c.id, 'leaves ' || c.balance_after_minor || ', expected ' || c.expected
        FROM (
            SELECT e.id, e.balance_after_minor,
                sum(e.amount_minor) OVER (PARTITION BY e.account_id ORDER BY e.id) AS expected
            FROM ledger_entry AS e INNER JOIN ledger_account AS a ON a.id = e.account_id
            WHERE a.stripes = 1
        ) AS c
        WHERE c.balance_after_minor IS DISTINCT FROM c.expected ORDER BY c.id LIMIT 1
    """,
    "ledger_account_bounds_hold": """
        SELECT 'account ' || id, 'is outside its floor or cap' FROM ledger_account
        WHERE balance_minor * normal_sign < floor_minor OR balance_minor * normal_sign > cap_minor
        ORDER BY id LIMIT 1
    """,
    "ledger_transaction_reversal_mirrors": """
        SELECT 'transaction ' || r.id, 'does not mirror transaction ' || r.reverses_id
        FROM ledger_transaction AS r WHERE r.reverses_id IS NOT NULL AND EXISTS (
            SELECT FROM ledger_entry AS e WHERE e.transaction_id IN (r.id, r.reverses_id)
            GROUP BY e.account_id HAVING sum(e.amount_minor) <> 0
        ) ORDER BY r.id LIMIT 1
    """,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken invariant: its name, the first row that breaks it, and how."""

    check: str
    row: str
    problem: str


def verify_ledger(anchor: Anchor | None = None) -> list[Finding]:
    """Recompute all invariants and all seals; an empty list means the book is whole.

    Args:
        anchor: holds the book against the seals that were signed and kept outside it, too.

    """
    anchored = anchor.problems() if anchor else ()
    outside = [Finding("ledger_seal_anchored", row, problem) for row, problem in anchored]
    return [*_invariants(), *_seals(), *outside]


def _invariants() -> Iterator[Finding]:
    for name, query in CHECKS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        if row:
            yield Finding(name, *row)


def _seals() -> Iterator[Finding]:
    previous: Seal | None = None
    for sealed in Seal.objects.order_by("pk").iterator():
        problem = _wrong_with(sealed, previous)
        if problem:
            yield Finding("ledger_seal_verifies", f"seal {sealed.pk}", problem)
            return
        previous = sealed


def _wrong_with(sealed: Seal, previous: Seal | None) -> str:
    if sealed.previous_id != (previous.pk if previous else None):
        return "does not follow the seal before it"
    if sealed.after_id != (previous.through_id if previous else 0):
        return "leaves a gap after the seal before it"
    found, stored = leaves_of(sealed.after_id, sealed.through_id), stored_leaves(sealed)
    for transaction_id in sorted(found.keys() | stored.keys()):
        if found.get(transaction_id) != stored.get(transaction_id):
            return f"transaction {transaction_id} was {_what(transaction_id, found, stored)}"
    root = merkle_root(found.values())
    if root != bytes(sealed.merkle_root) or len(found) != sealed.transaction_count:
        return "its Merkle root or count was changed"
    chain = chain_hash(previous, root, sealed.after_id, sealed.through_id, len(found))
    return "" if chain == bytes(sealed.chain_hash) else "its chain hash was changed"


def _what(transaction_id: int, found: dict[int, bytes], stored: dict[int, bytes]) -> str:
    if transaction_id not in found:
        return "removed after it was sealed"
    return "changed after it was sealed" if transaction_id in stored else "added to a sealed block"

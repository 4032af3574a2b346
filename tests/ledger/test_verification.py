"""Verification finds what is wrong with a book whose guards were switched off."""

from __future__ import annotations

import pytest

from ledger.verification import CHECKS, verify_ledger
from tests.ledger.sql import tampered
from tests.ledger.stories import Book, play

# Per check what breaks the third transaction of the story, and what kind of row must be named.
BROKEN: dict[str, tuple[str, str]] = {
    "ledger_transaction_balances": (
        "UPDATE ledger_entry SET amount_minor = 1 WHERE transaction_id = %s AND amount_minor > 0",
        "transaction",
    ),
    "ledger_transaction_has_legs": (
        "DELETE FROM ledger_entry WHERE transaction_id = %s",
        "transaction",
    ),
    "ledger_entry_transaction_exists": (
        "DELETE FROM ledger_transaction WHERE id = %s",
        "entry",
    ),
    "ledger_entry_currency_matches": (
        "UPDATE ledger_entry SET currency = 'USD' WHERE transaction_id = %s",
        "entry",
    ),
    "ledger_account_balance_is_sum": (
        (
            "UPDATE ledger_account SET balance_minor = balance_minor + 1"
            " WHERE id = (SELECT min(account_id) FROM ledger_entry WHERE transaction_id = %s)"
        ),
        "account",
    ),
    "ledger_stripe_balance_is_sum": (
        "UPDATE ledger_stripe SET balance_minor = balance_minor + 1 WHERE %s > 0",
        "stripe",
    ),
    "ledger_entry_balance_after_follows": (
        "UPDATE ledger_entry SET balance_after_minor = 0 WHERE transaction_id = %s",
        "entry",
    ),
    "ledger_account_bounds_hold": (
        "UPDATE ledger_account SET floor_minor = 900 WHERE code LIKE 'wallet:bob%%' AND %s > 0",
        "account",
    ),
    "ledger_transaction_reversal_mirrors": (
        "UPDATE ledger_transaction SET kind = 'REVERSAL', reverses_id = id - 1 WHERE id = %s",
        "transaction",
    ),
}


@pytest.mark.parametrize(
    ("check", "sql", "kind"), [(c, *b) for c, b in BROKEN.items()], ids=BROKEN
)
def test_verification_finds_each_broken_invariant(
    book: Book, check: str, sql: str, kind: str
) -> None:
    posted = play(
        """
        TOP_UP | bank  | alice       | 500 | posted
        FEE    | alice | fees        | 100 | posted
        PAYMENT | alice | corner_shop | 200 | posted
        """,
        book,
    )
    assert verify_ledger() == []
    for statement in sql.split(";"):
        tampered(statement, [posted[2].transaction_id] if "%s" in statement else None)
    found = {finding.check: finding for finding in verify_ledger()}

    assert check in found
    assert found[check].row.startswith(kind)
    assert found[check].problem


def test_every_check_is_seen_to_find_something() -> None:
    assert set(BROKEN) == set(CHECKS)

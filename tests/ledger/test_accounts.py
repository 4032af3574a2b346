"""Accounts are found by what was noted on them, page by page."""

from __future__ import annotations

from django.db import connection

from ledger.accounts import accounts, open_account
from ledger.models import Category


def test_accounts_are_found_by_their_metadata_page_by_page(db: None) -> None:
    pages = [
        open_account(
            code=f"wallet:{number}:available",
            currency="KRW",
            category=Category.LIABILITY,
            metadata={"tier": "basic", "number": number},
        ).pk
        for number in range(5)
    ]
    open_account(code="bank:safeguarding", currency="KRW", category=Category.ASSET)

    first = accounts(metadata={"tier": "basic"}, limit=3)
    rest = accounts(metadata={"tier": "basic"}, after_id=first[-1].pk, limit=3)

    assert [account.pk for account in first + rest] == pages
    assert [account.pk for account in accounts(metadata={"number": 3})] == [pages[3]]
    assert accounts(metadata={"tier": "full"}) == []
    assert [account.pk for account in accounts(metadata={})] == pages


def test_the_search_can_use_the_index_of_metadata(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM ledger_account"
            " WHERE NOT metadata = '{}' AND metadata @> '{\"a\": 1}'"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ledger_account_by_metadata" in plan

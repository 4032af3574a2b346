"""Stories: postings as five-column tables, played in a book with a cast that never changes.

A row reads: kind | debited | credited | minor units | outcome. The outcome is "posted" or the code
of the error that refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from django.db import connection, transaction

from ledger.accounts import open_account
from ledger.balances import balances
from ledger.errors import LedgerError
from ledger.models import Account, Category
from ledger.money import Money
from ledger.posting import Leg, Posted, credit, debit, post

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

_REFERENCES = count(1)


@dataclass(frozen=True, slots=True)
class Book:
    """The accounts of the cast, by name."""

    accounts: dict[str, Account]

    def __getitem__(self, name: str) -> Account:
        return self.accounts[name]


def open_book(*, suffix: str = "", stripes: int = 16) -> Book:
    """Open the cast's accounts in KRW; ``suffix`` keeps a second cast apart."""
    wallet = {"category": Category.LIABILITY, "floor_minor": 0, "cap_minor": 1_000_000}
    shapes: dict[str, tuple[str, dict[str, object]]] = {
        "bank": (f"bank:safeguarding{suffix}", {"category": Category.ASSET}),
        "alice": (f"wallet:alice{suffix}:available", wallet),
        "bob": (f"wallet:bob{suffix}:available", wallet),
        "corner_shop": (
            f"merchant:corner_shop{suffix}:payable",
            {"category": Category.LIABILITY},
        ),
        "fees": (
            f"income:merchant_fees{suffix}",
            {"category": Category.INCOME, "stripes": stripes},
        ),
    }
    return Book(
        {
            name: open_account(code=code, currency="KRW", **shape)  # type: ignore[arg-type]
            for name, (code, shape) in shapes.items()
        }
    )


def won(minor: int) -> Money:
    return Money(minor, "KRW")


def new_reference() -> str:
    """Return a reference no test has used before."""
    return f"story:{next(_REFERENCES)}"


def move(book: Book, debited: str, credited: str, minor: int) -> tuple[Leg, Leg]:
    """Return the two legs that debit one of the cast and credit another."""
    return debit(book[debited], won(minor)), credit(book[credited], won(minor))


def post_one(  # noqa: PLR0913 - one argument per column of the table, and when.
    book: Book,
    kind: str,
    debited: str,
    credited: str,
    minor: int,
    *,
    at: datetime | None = None,
    reference: str | None = None,
) -> Posted:
    """Post one row of a story in a database transaction of its own."""
    with transaction.atomic():
        return post(
            kind=kind,
            reference=reference or new_reference(),
            legs=move(book, debited, credited, minor),
            effective_at=at,
        )


def play(story: str, book: Book, *, at: datetime | None = None) -> list[Posted]:
    """Post each row of the story, check its outcome, and return what was posted."""
    posted: list[Posted] = []
    for row in filter(None, map(str.strip, story.splitlines())):
        kind, debited, credited, minor, expected = (cell.strip() for cell in row.split("|"))
        outcome = "posted"
        try:
            posted.append(post_one(book, kind, debited, credited, int(minor), at=at))
        except LedgerError as refusal:
            outcome = refusal.code
        assert outcome == expected, row
    return posted


def holdings(book: Book) -> dict[str, int]:
    """Return what each of the cast holds on its normal side, in minor units; zeros left out."""
    held = balances(account.pk for account in book.accounts.values())
    found = {name: held[account.pk].minor for name, account in book.accounts.items()}
    return {name: minor for name, minor in found.items() if minor}


def written() -> tuple[int, ...]:
    """Return how many transactions and entries there are, and what all balances weigh."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_transaction), count(*),"
            " (SELECT coalesce(sum(abs(balance_minor)), 0) FROM ledger_account),"
            " (SELECT coalesce(sum(abs(balance_minor)), 0) FROM ledger_stripe) FROM ledger_entry"
        )
        return tuple(int(value) for value in cursor.fetchone())


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo everything the block wrote, whatever it wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)

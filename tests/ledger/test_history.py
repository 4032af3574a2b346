"""The past can be asked: as it counted, and as the book knew it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from ledger import journal
from ledger.balances import account_balances, balance, balance_at, balances, trial_balance
from ledger.errors import UnknownAccount
from ledger.models import Transaction
from ledger.posting import post
from ledger.statements import Line, Place, latest, statement
from tests.ledger.stories import NOON, Book, holdings, move, new_reference, post_one, won

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def week(book: Book) -> Book:
    """Alice's week: topped up on day 0, paying on days 1, 2 and 3, and one line back-dated."""
    post_one(book, "TOP_UP", "bank", "alice", 1_000, at=NOON)
    for day, minor in ((1, 100), (2, 200), (3, 300)):
        post_one(book, "PAYMENT", "alice", "corner_shop", minor, at=NOON + day * DAY)
    post_one(book, "FEE", "alice", "fees", 7, at=NOON + DAY + INSTANT)
    return book


def amounts(lines: list[Line]) -> list[tuple[int, int]]:
    return [(line.amount.minor, line.balance.minor) for line in lines]


@pytest.mark.parametrize(
    ("at", "minor"),
    [
        (NOON - INSTANT, 0),
        (NOON, 1_000),
        (NOON + DAY - INSTANT, 1_000),
        (NOON + DAY, 900),
        (NOON + DAY + INSTANT, 893),
        (NOON + 2 * DAY, 693),
        (NOON + 9 * DAY, 393),
    ],
)
def test_a_past_balance_counts_everything_up_to_that_instant(
    week: Book, at: datetime, minor: int
) -> None:
    alice = week["alice"].pk
    assert balance_at(alice, at) == won(minor)
    assert balance_at(alice, at, known_at=timezone.now()) == won(minor)


def test_a_striped_accounts_past_is_as_exact(week: Book) -> None:
    fees = week["fees"].pk
    assert balance_at(fees, NOON + DAY) == won(0)
    assert balance_at(fees, NOON + 2 * DAY) == balance(fees) == won(7)
    lines, place = latest(fees)
    assert (amounts(lines), place) == ([(7, 7)], None)


def test_a_back_dated_posting_changes_the_past_but_not_what_was_known(week: Book) -> None:
    alice = week["alice"].pk
    known_before = Transaction.objects.order_by("-pk").values_list("recorded_at", flat=True)[0]
    late = post_one(week, "TOP_UP", "bank", "alice", 50, at=NOON - DAY)

    at = NOON + 2 * DAY
    assert balance_at(alice, at) == won(743)
    assert balance_at(alice, at, known_at=known_before) == won(693)
    assert balance_at(alice, at, known_at=late.recorded_at) == won(743)
    known = statement(alice, NOON, NOON + 9 * DAY, known_at=known_before)
    assert (known.opening, known.closing) == (won(0), won(393))
    now = statement(alice, NOON, NOON + 9 * DAY)
    assert (now.opening, now.closing) == (won(50), won(443))


def test_a_statement_leads_from_its_opening_to_its_closing_balance(week: Book) -> None:
    found = statement(week["alice"].pk, NOON + DAY, NOON + 3 * DAY)

    assert found.opening == won(1_000)
    assert amounts(found.lines) == [(-100, 900), (-7, 893), (-200, 693)]
    assert found.closing == won(693)
    assert [line.kind for line in found.lines] == ["PAYMENT", "FEE", "PAYMENT"]


def test_statements_of_adjoining_times_join_without_gap_or_overlap(week: Book) -> None:
    alice = week["alice"].pk
    whole = statement(alice, NOON - DAY, NOON + 9 * DAY)
    days = [statement(alice, NOON + day * DAY, NOON + (day + 1) * DAY) for day in range(-1, 9)]

    assert all(before.closing == after.opening for before, after in pairwise(days))
    assert [line for day in days for line in day.lines] == whole.lines
    assert whole.opening.minor + sum(line.amount.minor for line in whole.lines) == 393
    assert whole.closing == balance(alice)


def test_an_empty_statement_carries_its_balance(week: Book) -> None:
    found = statement(week["alice"].pk, NOON + INSTANT, NOON + DAY)
    assert (found.opening, found.lines, found.closing) == (won(1_000), [], won(1_000))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("name", ["alice", "bank", "corner_shop"])
def test_pages_of_the_latest_lines_equal_the_whole_statement(
    week: Book, limit: int, name: str
) -> None:
    account = week[name].pk
    whole = statement(account, NOON - DAY, NOON + 9 * DAY).lines[::-1]
    lines: list[Line] = []
    place: Place | None = None
    pages = 0
    while pages == 0 or place:
        page, place = latest(account, limit=limit, after=place)
        assert len(page) <= limit
        lines += page
        pages += 1

    assert lines == whole
    assert pages == -(-len(whole) // limit)


def test_what_is_posted_between_two_pages_does_not_shift_the_next(week: Book) -> None:
    alice = week["alice"].pk
    first, place = latest(alice, limit=2)
    post_one(week, "TOP_UP", "bank", "alice", 5, at=NOON + 8 * DAY)
    second, end = latest(alice, limit=9, after=place)

    assert amounts(first + second) == [
        (-300, 393),
        (-200, 693),
        (-7, 893),
        (-100, 900),
        (1_000, 1_000),
    ]
    assert end is None


def test_an_account_without_lines_has_an_empty_page(week: Book) -> None:
    assert latest(week["bob"].pk) == ([], None)


def test_unknown_accounts_are_refused(week: Book) -> None:
    for ask in (
        lambda: balance(2**39),
        lambda: balance_at(2**39, NOON),
        lambda: balance_at(2**39, NOON, known_at=NOON),
        lambda: statement(2**39, NOON, NOON + DAY),
    ):
        with pytest.raises(UnknownAccount):
            ask()
    assert balances([2**39]) == {}


def test_all_balances_stand_by_code_and_sum_to_zero(week: Book) -> None:
    assert account_balances() == [
        ("bank:safeguarding", won(1_000)),
        ("income:merchant_fees", won(7)),
        ("merchant:corner_shop:payable", won(600)),
        ("wallet:alice:available", won(393)),
        ("wallet:bob:available", won(0)),
    ]
    assert trial_balance() == {"KRW": 0}
    assert holdings(week)["alice"] == 393


def noted(book: Book, reference: str, metadata: dict[str, object]) -> None:
    with transaction.atomic():
        legs = move(book, "bank", "bob", 1)
        post(kind="GIFT", reference=reference, legs=legs, metadata=metadata)


FILTERS: dict[str, tuple[Callable[[Book], dict[str, object]], list[int]]] = {
    "everything": (lambda _: {}, [6, 5, 4, 3, 2, 1, 0]),
    "account": (lambda b: {"account_id": b["corner_shop"].pk}, [3, 2, 1]),
    "striped account": (lambda b: {"account_id": b["fees"].pk}, [4]),
    "kind": (lambda _: {"kind": "PAYMENT"}, [3, 2, 1]),
    "reference": (lambda _: {"reference": "gift:1"}, [5]),
    "from": (lambda _: {"start": NOON + 2 * DAY, "end": NOON + 9 * DAY}, [3, 2]),
    "to": (lambda _: {"end": NOON + DAY}, [0]),
    "metadata": (lambda _: {"metadata": {"tag": "a"}}, [6, 5]),
    "nested metadata": (lambda _: {"metadata": {"till": {"no": 2}}}, [6]),
    "nothing": (lambda _: {"metadata": {"tag": "b"}}, []),
    "together": (lambda b: {"kind": "PAYMENT", "account_id": b["alice"].pk, "limit": 2}, [3, 2]),
}


@pytest.mark.parametrize(("filters", "expected"), FILTERS.values(), ids=FILTERS)
def test_the_journal_is_searched_newest_first(
    week: Book, filters: Callable[[Book], dict[str, object]], expected: list[int]
) -> None:
    noted(week, "gift:1", {"tag": "a"})
    noted(week, "gift:2", {"tag": "a", "till": {"no": 2, "of": 3}})
    ids = list(Transaction.objects.order_by("pk").values_list("pk", flat=True))

    found = journal.transactions(**filters(week))  # type: ignore[arg-type]

    assert [ids.index(posted.pk) for posted in found] == expected


def test_journal_pages_equal_the_whole_and_the_stream(week: Book) -> None:
    whole = [posted.pk for posted in journal.transactions()]
    paged: list[int] = []
    while page := journal.transactions(limit=2, before_id=paged[-1] if paged else None):
        paged += [posted.pk for posted in page]

    assert paged == whole
    assert [posted.pk for posted in journal.stream()] == whole[::-1]
    between = journal.stream(start=NOON + DAY, end=NOON + 2 * DAY)
    assert [posted.kind for posted in between] == ["PAYMENT", "FEE"]


@pytest.mark.parametrize("extra", [0, 60])
def test_questions_cost_the_same_however_long_the_history(
    week: Book, extra: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(extra):
        post_one(week, "TOP_UP", "bank", "alice", 1, at=NOON, reference=new_reference())
    alice, now = week["alice"].pk, timezone.now()
    questions: list[tuple[int, Callable[[], object]]] = [
        (1, lambda: balance(alice)),
        (1, lambda: balances(account.pk for account in week.accounts.values())),
        (1, lambda: balance_at(alice, now)),
        (1, lambda: balance_at(alice, now, known_at=now)),
        (2, lambda: statement(alice, NOON, now)),
        (1, lambda: latest(alice)),
        (1, trial_balance),
        (1, account_balances),
        (2, lambda: [str(e.account) for t in journal.transactions() for e in t.entries.all()]),
    ]
    for count, ask in questions:
        with django_assert_num_queries(count):
            ask()

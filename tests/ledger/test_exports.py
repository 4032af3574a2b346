"""What the ledger exports, other accounting programs accept and add up to the same balances."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction as BeancountTransaction
from django.db import connection

from ledger import journal
from ledger.accounts import open_account
from ledger.balances import account_balances
from ledger.exports import FORMATS
from ledger.models import Account, Category
from ledger.money import Money
from ledger.posting import credit, debit, post, reverse
from tests.ledger.stories import NOON, Book, play, post_one

Balances = dict[tuple[str, str], Decimal]

NAMES = {
    "bank:safeguarding": "Assets:Bank:Safeguarding",
    "income:merchant_fees": "Income:Income:Merchant-fees",
    "merchant:corner_shop:payable": "Liabilities:Merchant:Corner-shop:Payable",
    "wallet:alice:available": "Liabilities:Wallet:Alice:Available",
    "bank:dollars": "Assets:Bank:Dollars",
    "bank:dinars": "Assets:Bank:Dinars",
    "points:liability": "Liabilities:Points:Liability",
    "expense:promotions": "Expenses:Expense:Promotions",
    "position:usd_kwd": "Equity:Position:Usd-kwd",
}
TRICKY = (
    "7f3A-b_c",
    "x-y",
    "x_y",
    "xY",
    "XY",
    "xy",
    "-x",
    "_x",
    "x-",
    "9",
    "x--y",
    "x__y",
    "X-y",
    "x_-y",
)


@pytest.fixture
def story(book: Book) -> Book:
    """KRW without decimals, USD with 2, KWD with 3 and POINT, with texts that need quoting."""
    play(
        """
        TOP_UP  | bank        | alice       | 50000 | posted
        PAYMENT | alice       | corner_shop | 12000 | posted
        FEE     | corner_shop | fees        |   120 | posted
        """,
        book,
        at=NOON,
    )
    wrong = post_one(book, "PAYMENT", "alice", "corner_shop", 7, at=NOON + timedelta(days=1))
    reverse(transaction_id=wrong.transaction_id, reference="undo:(1)", effective_at=NOON)

    def account(code: str, currency: str, category: Category) -> Account:
        return open_account(code=code, currency=currency, category=category)

    dollars, dinars = Money(12_345, "USD"), Money(3_789, "KWD")
    post(
        kind="EXCHANGE",
        reference='ex;change:"1"',
        legs=[
            debit(account("bank:dollars", "USD", Category.ASSET), dollars),
            credit(account("position:usd_kwd", "USD", Category.EQUITY), dollars),
            debit(account("position:usd_kwd", "KWD", Category.EQUITY), dinars),
            credit(account("bank:dinars", "KWD", Category.ASSET), dinars),
        ],
        effective_at=NOON,
        description='a "rate"; of \\ 0.307\nagreed | 환전 ; tag:value',
    )
    points = Money(5, "POINT")
    post(
        kind="POINTS",
        reference="points:1",
        legs=[
            debit(account("expense:promotions", "POINT", Category.EXPENSE), points),
            credit(account("points:liability", "POINT", Category.LIABILITY), points),
        ],
        effective_at=NOON,
    )
    return book


def exported(name: str) -> str:
    return "".join(FORMATS[name](journal.stream()))


def ours() -> Balances:
    """Return debit-positive balances other than zero, by code and currency."""
    signs = dict(Account.objects.values_list("code", "normal_sign"))
    return {
        (code, money.currency): Decimal(money.to_major()) * signs[code]
        for code, money in account_balances()
        if money.minor
    }


def loaded(text: str) -> tuple[list[Any], list[Any]]:
    entries, errors, _ = loader.load_string(text)
    return entries, errors


def test_beancount_accepts_the_journal_and_agrees_on_every_balance(story: Book) -> None:
    entries, errors = loaded(exported("beancount"))

    assert errors == []
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        if isinstance(entry, BeancountTransaction):
            for account, units, *_ in entry.postings:
                assert units is not None
                assert isinstance(units.number, Decimal)
                found[account, units.currency] += units.number
    theirs = {key: number for key, number in found.items() if number}
    assert theirs == {(NAMES[code], currency): n for (code, currency), n in ours().items()}
    assert len(theirs) == 10


def test_beancount_keeps_kind_reference_and_text(story: Book) -> None:
    entries, _ = loaded(exported("beancount"))
    found = {
        entry.meta["reference"]: entry
        for entry in entries
        if isinstance(entry, BeancountTransaction)
    }
    exchange = found['ex;change:"1"']
    assert exchange.payee == "EXCHANGE"
    assert exchange.narration == 'a "rate"; of \\ 0.307 agreed | 환전 ; tag:value'
    assert exchange.date == NOON.date()


def test_codes_that_look_alike_stay_apart_in_beancount(db: None) -> None:
    for part in TRICKY:
        open_account(code=f"wallet:{part}", currency="KRW", category=Category.LIABILITY)
    text = exported("beancount")

    names = [line.split()[2] for line in text.splitlines() if " open " in line]
    assert len(set(names)) == len(TRICKY)
    assert loaded(text)[1] == []


def hledger(*arguments: str, journal_text: str) -> str:
    """Run hledger over the text, which it must accept, and return what it prints."""
    program = shutil.which("hledger")
    if program is None:
        assert not os.environ.get("CI"), "hledger must be installed where CI runs"
        pytest.skip("hledger is not installed")
    done = subprocess.run(
        [program, "-f", "-", *arguments],
        input=journal_text,
        capture_output=True,
        text=True,
        env={"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hledger_accepts_the_journal_and_agrees_on_every_balance(story: Book) -> None:
    text = exported("hledger")
    hledger("check", journal_text=text)
    printed = hledger("balance", "--flat", "-N", "-O", "csv", journal_text=text)

    theirs: Balances = {}
    for row in csv.DictReader(io.StringIO(printed)):
        _, code = row["account"].split(":", 1)
        for amount in row["balance"].split(", "):
            number, currency = amount.split()
            theirs[code, currency] = Decimal(number)
    assert theirs == ours()


def test_hledger_keeps_reference_and_text(story: Book) -> None:
    printed = hledger("print", "-O", "json", journal_text=exported("hledger"))
    found = {entry["tcode"]: entry["tdescription"] for entry in json.loads(printed)}
    assert found['ex;change:"1"'].startswith('EXCHANGE a "rate", of \\ 0.307 agreed')
    assert "undo:(1]" in found


def test_json_lines_hold_the_whole_journal(story: Book) -> None:
    lines = [json.loads(line) for line in exported("jsonl").splitlines()]

    assert [line["id"] for line in lines] == [posted.pk for posted in journal.stream()]
    assert all(sum(entry["amount_minor"] for entry in line["entries"]) == 0 for line in lines)
    (exchange,) = (line for line in lines if line["kind"] == "EXCHANGE")
    assert exchange["description"] == 'a "rate"; of \\ 0.307\nagreed | 환전 ; tag:value'
    assert [(e["account"], e["amount"], e["currency"]) for e in exchange["entries"]] == [
        ("bank:dollars", "123.45", "USD"),
        ("position:usd_kwd", "-123.45", "USD"),
        ("position:usd_kwd", "3.789", "KWD"),
        ("bank:dinars", "-3.789", "KWD"),
    ]
    (undone,) = (line for line in lines if line["kind"] == "REVERSAL")
    assert undone["reverses"] in {line["id"] for line in lines}


def test_an_empty_book_is_exported_as_a_valid_file(db: None) -> None:
    assert loaded(exported("beancount"))[1] == []
    assert exported("jsonl") == ""
    hledger("check", journal_text=exported("hledger"))


def test_exports_stream_with_few_questions(story: Book) -> None:
    for name in FORMATS:
        with connection.execute_wrapper(counting := Counting()):
            exported(name)
        assert counting.count <= 3, name


class Counting:
    """Counts the statements that a connection sends."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)

"""The ledger's commands: verify, seal, export."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from ledger.models import Seal, Transaction
from tests.ledger.sql import tampered
from tests.ledger.stories import NOON, Book, open_book, play, post_one


def printed(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_verify_ledger_says_that_the_book_is_whole(book: Book) -> None:
    play("TOP_UP | bank | alice | 500 | posted", book)
    assert printed("verify_ledger") == "the ledger is whole: 1 transactions, 0 seals\n"


def test_verify_ledger_names_what_is_wrong_and_fails(book: Book) -> None:
    (posted,) = play("TOP_UP | bank | alice | 500 | posted", book)
    tampered(
        "UPDATE ledger_entry SET amount_minor = 501"
        " WHERE amount_minor = 500 AND transaction_id = %s",
        [posted.transaction_id],
    )
    out = io.StringIO()
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_ledger", stderr=out)
    assert (
        f"ledger_transaction_balances: transaction {posted.transaction_id} KRW" in out.getvalue()
    )
    assert f"ledger_account_balance_is_sum: account {book['bank'].pk} stores 500" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_seal_ledger_seals_up_to_now_and_then_nothing() -> None:
    book = open_book()
    play("TOP_UP | bank | alice | 500 | posted", book)
    through = Transaction.objects.get().pk

    said = printed("seal_ledger")

    made = Seal.objects.get()
    assert said == f"seal {made.pk}: 1 transactions through {through}\n"
    assert printed("seal_ledger") == ""
    assert printed("verify_ledger") == "the ledger is whole: 1 transactions, 1 seals\n"


def test_export_journal_writes_the_days_asked_for(book: Book) -> None:
    for day in range(3):
        post_one(book, "TOP_UP", "bank", "alice", 1 + day, at=NOON + timedelta(days=day))

    def minors(*arguments: str) -> list[int]:
        lines = printed("export_journal", "--format", "jsonl", *arguments).splitlines()
        return [abs(json.loads(line)["entries"][0]["amount_minor"]) for line in lines]

    assert minors() == [1, 2, 3]
    assert minors("--from", "2026-03-03") == [2, 3]
    assert minors("--to", "2026-03-03") == [1]
    assert minors("--from", "2026-03-03", "--to", "2026-03-04") == [2]


@pytest.mark.parametrize("name", ["beancount", "hledger", "jsonl"])
def test_export_journal_writes_each_format(book: Book, name: str) -> None:
    post_one(book, "TOP_UP", "bank", "alice", 4711, at=NOON)
    assert "4711" in printed("export_journal", "--format", name)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format", "pdf"],
        [],
        ["--format", "jsonl", "--from", "yesterday"],
        ["--format", "jsonl", "--to", "2026-02-30"],
        ["--format", "jsonl", "--to", "2026-03-02T10:00"],
    ],
)
def test_export_journal_refuses_what_it_does_not_understand(
    db: None, arguments: list[str]
) -> None:
    with pytest.raises(CommandError):
        printed("export_journal", *arguments)

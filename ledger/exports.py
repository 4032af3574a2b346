"""The journal as text for other programs: beancount, hledger and JSON lines.

Sign: positive is a debit in all three, as in the book.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

from ledger.currencies import CURRENCIES
from ledger.models import Account, Category, Entry, Transaction
from ledger.money import Money

_ROOTS = {
    Category.ASSET: "Assets",
    Category.LIABILITY: "Liabilities",
    Category.EQUITY: "Equity",
    Category.INCOME: "Income",
    Category.EXPENSE: "Expenses",
}


def beancount(transactions: Iterable[Transaction]) -> Iterator[str]:
    """Yield a beancount file: an open directive per account, then the transactions."""
    yield 'option "title" "General journal"\n'
    for account in Account.objects.order_by("pk").iterator():
        yield f"1970-01-01 open {_beancount_name(account)} {account.currency}\n"
    for transaction in transactions:
        narration = f'"{_quoted(transaction.kind)}" "{_quoted(transaction.description)}"'
        yield f"\n{_day(transaction)} * {narration}\n"
        yield f'  reference: "{_quoted(transaction.reference)}"\n'
        for entry in transaction.entries.all():
            yield f"  {_beancount_name(entry.account)}  {_amount(entry)}\n"


def hledger(transactions: Iterable[Transaction]) -> Iterator[str]:
    """Yield an hledger journal: a commodity directive per currency, then the transactions."""
    for code in Account.objects.order_by("currency").values_list("currency", flat=True).distinct():
        exponent = CURRENCIES[code].exponent
        yield f"commodity 1000.{'0' * exponent} {code}\n"
    for transaction in transactions:
        title = (
            _one_line(f"{transaction.kind} {transaction.description}").replace(";", ",").strip()
        )
        reference = _one_line(transaction.reference).replace(")", "]")
        yield f"\n{_day(transaction)} * ({reference}) {title}\n"
        for entry in transaction.entries.all():
            root = _ROOTS[Category(entry.account.category)].lower()
            yield f"    {root}:{entry.account.code}  {_amount(entry)}\n"


def jsonl(transactions: Iterable[Transaction]) -> Iterator[str]:
    """Yield one JSON object per transaction, amounts as decimal text and as minor units."""
    for transaction in transactions:
        fields = {
            "id": transaction.pk,
            "kind": transaction.kind,
            "reference": transaction.reference,
            "effective_at": transaction.effective_at.isoformat(),
            "recorded_at": transaction.recorded_at.isoformat(),
            "reverses": transaction.reverses_id,
            "description": transaction.description,
            "metadata": transaction.metadata,
            "entries": [_entry(entry) for entry in transaction.entries.all()],
        }
        yield json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"


FORMATS: dict[str, Callable[[Iterable[Transaction]], Iterator[str]]] = {
    "beancount": beancount,
    "hledger": hledger,
    "jsonl": jsonl,
}


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "account": entry.account.code,
        "currency": entry.currency,
        "amount": entry.amount.to_major(),
        "amount_minor": entry.amount_minor,
    }


def _day(transaction: Transaction) -> str:
    return transaction.effective_at.date().isoformat()


def _amount(entry: Entry) -> str:
    return f"{Money(entry.amount_minor, entry.currency).to_major()} {entry.currency}"


def _beancount_name(account: Account) -> str:
    """Spell a code the way beancount wants it: each part starts with a capital or a digit.

    Underscores become hyphens and capitals inside a part are kept apart by one, so that two codes
    never become one name.
    """
    parts = [_capital(part) for part in account.code.split(":")]
    return ":".join([_ROOTS[Category(account.category)], *parts])


def _capital(part: str) -> str:
    spelt = re.sub(r"[-_]", lambda m: "--" if m[0] == "-" else "-", part)
    if spelt[0] == "-" or spelt[0].isupper():
        spelt = f"X{spelt}"
    return spelt[0].upper() + spelt[1:]


def _quoted(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace('"', '\\"')


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""The journal as text for other programs: beancount, hledger and JSON lines.

Sign: positive is a debit in all three, as in the book.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

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
_PLAIN = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


def beancount(transactions: Iterable[Transaction]) -> Iterator[str]:
    """Yield a beancount file: an open directive per account, then the transactions."""
    yield 'option "title" "General journal"\n'
    yield from _opened()
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


def _opened() -> Iterator[str]:
    """Yield an open directive per name: one code may stand in several currencies."""
    accounts = Account.objects.order_by("code", "category", "pk").iterator()
    for name, same in groupby(accounts, key=_beancount_name):
        yield f"1970-01-01 open {name} {','.join(account.currency for account in same)}\n"


def _beancount_name(account: Account) -> str:
    """Spell a code the way beancount wants it, no two codes alike."""
    parts = [_spelt(part) for part in account.code.split(":")]
    return ":".join([_ROOTS[Category(account.category)], *parts])


def _spelt(part: str) -> str:
    """Spell a part of a code with letters, digits and hyphens, a capital or a digit in front.

    Plain words keep their look: ``merchant_fees`` becomes ``Merchant-fees``, and a hyphen becomes
    two. Any other part begins with ``X---``, which no plain word does, and marks each separator.
    """
    if _PLAIN.fullmatch(part):
        spelt = part.replace("-", "--").replace("_", "-")
        return spelt[0].upper() + spelt[1:]
    return "X---" + part.replace("-", "-h").replace("_", "-u")


def _quoted(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace('"', '\\"')


def _one_line(text: str) -> str:
    return " ".join(text.split())

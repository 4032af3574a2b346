"""SWIFT MT940: cut into statements, each read by the library mt-940, signed by its own marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

import mt940

from merchants.errors import StatementUnreadable
from merchants.statements.contents import (
    MOST_BYTES,
    NAME_LENGTH,
    REFERENCE_LENGTH,
    Balance,
    Foot,
    Head,
    Line,
    Piece,
    account_number,
    currency_code,
    fits,
    minor,
    words,
)

# A reversed credit (RC) takes money away, a reversed debit (RD) brings it back.
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}
_NONE_GIVEN = frozenset({"NONREF", "NOTPROVIDED"})
_END_TO_END = re.compile(r"(?:EREF\+|/EREF/)([^+/?\s]{1,35})")
_BATCH = re.compile(r"(?:KREF\+|/PREF/)([^+/?\s]{1,35})")
_DATE = re.compile(r"^:(?:61:|6[024][FM]?:[CD])([0-9]{6})([0-9]{4})?(?=[^0-9]|$)", re.MULTILINE)
# The library reads of a longer amount only as much as it expects.
_ODD_BALANCE = re.compile(
    r"^:6[0245][FM]?:(?![CD][0-9]{6}[A-Z]{3}[0-9]{1,15},[0-9]{0,14}\s*$)", re.MULTILINE
)
_MOVEMENT = re.compile(r"^:61:", re.MULTILINE)
_OPTIONS = mt940.Options.all()


def read(file: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of an MT940 file, statement by statement.

    Raises:
        StatementUnreadable: broken or cut off.

    """
    found = False
    for line, block in _blocks(file):
        found = True
        yield from _statement(line, block)
    if not found:
        raise StatementUnreadable(1, "there is no statement in it")


def _blocks(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield each statement's text, from its tag 20 on, with the line it begins at."""
    lines: list[str] = []
    began, size = 0, 0
    for number, raw in enumerate(iter(lambda: file.readline(MOST_BYTES + 1), b""), 1):
        text = _decoded(raw, number)
        if text.startswith(":20:"):
            if lines:
                yield began, "".join(lines)
            lines, began, size = [], number, 0
        size += len(raw)
        if size > MOST_BYTES:
            raise StatementUnreadable(number, "a statement is too large")
        if began:
            lines.append(text)
    if lines:
        yield began, "".join(lines)


def _decoded(raw: bytes, line: int) -> str:
    if b"\0" in raw:
        raise StatementUnreadable(line, "there are zero bytes in it")
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _statement(line: int, block: str) -> Iterator[Piece]:
    parsed = _parsed(line, block)
    at = _places(line, block)
    facts = parsed.data
    opening = _balance(facts, ("final_opening_balance", "intermediate_opening_balance"), at("60"))
    closing = _balance(facts, ("final_closing_balance", "intermediate_closing_balance"), at("62"))
    if opening is None:
        raise StatementUnreadable(line, "there is no opening balance")
    number = str(facts.get("statement_number") or "")
    yield Head(
        line=line,
        name=words(str(facts.get("transaction_reference") or ""), NAME_LENGTH),
        account=account_number(str(facts.get("account_identification") or ""), at("25")),
        currency=opening.currency,
        sequence=int(number) if number.isdecimal() else None,
    )
    movements = [line + block[: m.start()].count("\n") for m in _MOVEMENT.finditer(block)]
    entries = list(parsed.transactions)
    if len(movements) != len(entries):
        raise StatementUnreadable(line, f"{len(movements)} movements, {len(entries)} readable")
    for place, entry in zip(movements, entries, strict=True):
        yield _line(place, entry.data, opening.currency)
    yield Foot(line=at("62") if closing else line, opening=opening, closing=closing)


def _parsed(line: int, block: str) -> Any:
    for found in _DATE.finditer(block):
        # The library takes a day that there is not for the last one of its month.
        _real_days(found, line + block[: found.start()].count("\n"))
    odd = _ODD_BALANCE.search(block)
    if odd:
        raise StatementUnreadable(line + block[: odd.start()].count("\n"), "this is no balance")
    try:
        (parsed,) = mt940.parse_statements(block, options=_OPTIONS)
    except Exception as exc:
        # What the library raises has no base of its own: from RuntimeError to InvalidOperation.
        raise StatementUnreadable(line, f"broken MT940 ({type(exc).__name__})") from exc
    return parsed


def _real_days(found: re.Match[str], line: int) -> None:
    year, month, on = 2000 + int(found[1][:2]), int(found[1][2:4]), int(found[1][4:])
    try:
        date(year, month, on)
        if found[2]:
            # 29 February of whichever year the entry is in.
            date(2000, int(found[2][:2]), int(found[2][2:]))
    except ValueError as exc:
        raise StatementUnreadable(line, f"there is no day {found[1]}{found[2] or ''}") from exc


def _places(line: int, block: str) -> Any:
    def at(tag: str) -> int:
        found = re.search(rf"^:{tag}", block, re.MULTILINE)
        return line + (block[: found.start()].count("\n") if found else 0)

    return at


def _balance(facts: dict[str, Any], names: tuple[str, ...], line: int) -> Balance | None:
    found = next((facts[name] for name in names if facts.get(name) is not None), None)
    if found is None:
        return None
    currency = currency_code(str(found.amount.currency), line)
    value = _minor(found.amount.amount, currency, line)
    return Balance(
        line, fits(value if found.status == "C" else -value, line), currency, found.date
    )


def _minor(amount: Decimal, currency: str, line: int) -> int:
    return minor(format(abs(amount), "f"), currency, line)


def _line(line: int, facts: dict[str, Any], currency: str) -> Line:
    mark = str(facts.get("status") or "").upper()
    if mark not in _SIGNS:
        raise StatementUnreadable(line, "an entry is neither C, D, RC nor RD")
    text = words(
        " ".join(
            str(facts.get(name) or "")
            for name in ("transaction_details", "purpose", "extra_details")
        )
    )
    amount = _SIGNS[mark] * _minor(facts["amount"].amount, currency, line)
    own = str(facts.get("customer_reference") or "").strip()
    told = _END_TO_END.search(text)
    batch = _BATCH.search(text)
    return Line(
        line=line,
        part=0,
        amount_minor=fits(amount, line),
        currency=currency,
        booked_on=facts.get("entry_date") or facts["date"],
        value_on=facts["date"],
        bank_reference=words(str(facts.get("bank_reference") or ""), REFERENCE_LENGTH),
        end_to_end_id=told[1] if told else "" if own.upper() in _NONE_GIVEN else own,
        batch_id=batch[1] if batch else "",
        text=text,
        code=words(str(facts.get("id") or ""), REFERENCE_LENGTH),
        counterparty=words(str(facts.get("applicant_name") or ""), NAME_LENGTH),
        is_reversal=mark in ("RC", "RD"),
    )

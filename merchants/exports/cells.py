"""What a cell of an export is in SQL: text that no spreadsheet runs, ids, amounts, instants.

Note [Cells]: everything is made by PostgreSQL, so that a file leaves it as it is written. A text
that begins with anything below "A" in ASCII, or with a full-width form, is led by an apostrophe: a
formula ("=", "+", "-", "@", tab) is not run, a number of a hundred digits is not rounded, "00123"
keeps its zeros, "1-2" is no date, and a text that begins with an apostrophe gets another. Whoever
reads such a file takes one apostrophe away. Control characters become blanks. Ids of ours that are
bare numbers begin with a letter. Amounts are two columns: decimal text in the currency's
exponent, and ``_minor`` an integer.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.currencies import CURRENCIES

# Control characters, and those that turn the direction of a text round.
_CONTROLS = "".join(map(chr, (*range(1, 32), 127, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_BLANKS = " " * len(_CONTROLS)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a report: its name and what PostgreSQL writes into it."""

    name: str
    sql: str
    is_number: bool = False


def text(name: str, sql: str) -> Column:
    """Return a column of text that somebody else wrote; see Note [Cells]."""
    return Column(name, _safe(sql))


def reference(name: str, sql: str) -> Column:
    """Return a column of ids that somebody else made up, where "MAR1" is no date either."""
    dated = f"{sql} ~* '^({_MONTHS})[a-z]*[- ./]?[0-9]+$' OR lower({sql}) IN ('true', 'false')"
    return Column(name, f"CASE WHEN {dated} THEN '''' || {sql} ELSE {_safe(sql)} END")


def plain(name: str, sql: str) -> Column:
    """Return a column of words, dates or numbers of ours that a spreadsheet leaves alone."""
    return Column(name, sql)


def count(name: str, sql: str) -> Column:
    """Return a column of whole numbers."""
    return Column(name, sql, is_number=True)


def ours(name: str, letter: str, sql: str) -> Column:
    """Return a column of our numbers, each led by a letter."""
    return Column(name, f"'{letter}' || {sql}")


def instant(name: str, sql: str) -> Column:
    """Return a column of instants in UTC, which the reader's session shows them in."""
    return Column(name, f"btrim(to_json({sql})::text, '\"')")


def local(name: str, sql: str, zone: str) -> Column:
    """Return a column of instants by the clock of a zone, ISO 8601 with the offset there."""
    wall = f"({sql} AT TIME ZONE {zone})"
    offset = f"({wall} - ({sql} AT TIME ZONE 'UTC'))"
    sign = f"CASE WHEN {offset} < INTERVAL '0' THEN '-' ELSE '+' END"
    size = f"to_char(greatest({offset}, -{offset}), 'HH24:MI')"
    shown = f"CASE WHEN {zone} = 'Asia/Seoul' THEN '+09:00' ELSE {sign} || {size} END"
    return Column(name, f"btrim(to_json({wall})::text, '\"') || {shown}")


def amount(name: str, sql: str, currency: str) -> tuple[Column, Column]:
    """Return the two columns of an amount: decimal text, and minor units."""
    return Column(name, _decimal(sql, currency)), Column(f"{name}_minor", sql, is_number=True)


def _safe(sql: str) -> str:
    clean = f"translate({sql}, {_quoted(_CONTROLS)}, '{_BLANKS}')"
    risky = (
        f"{sql} COLLATE \"C\" < 'A' AND {sql} <> ''"
        f" OR {sql} COLLATE \"C\" >= U&'\\FF01' AND {sql} COLLATE \"C\" < U&'\\FF5F'"
    )
    return f"CASE WHEN {risky} THEN '''' ELSE '' END || {clean}"


def _quoted(text: str) -> str:
    return "U&'" + "".join(f"\\{ord(character):04X}" for character in text) + "'"


def _decimal(sql: str, currency: str) -> str:
    """Return the amount as text, with the digits that its currency has."""
    whens = [f"WHEN {currency} = 'KRW' THEN ({sql})::text"]
    by_exponent: dict[int, list[str]] = {}
    for code, found in sorted(CURRENCIES.items()):
        by_exponent.setdefault(found.exponent, []).append(f"'{code}'")
    for exponent, codes in sorted(by_exponent.items()):
        value = (
            f"({sql})::text"
            if exponent == 0
            else f"round(({sql})::numeric / 1e{exponent}, {exponent})::text"
        )
        whens.append(f"WHEN {currency} IN ({', '.join(codes)}) THEN {value}")
    return f"CASE {' '.join(whens)} END"

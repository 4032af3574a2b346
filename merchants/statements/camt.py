"""ISO 20022 camt.053 and camt.054, versions 2 to 8: read entry by entry, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from merchants.errors import StatementUnreadable
from merchants.statements.camt_entries import Entries
from merchants.statements.contents import (
    NAME_LENGTH,
    Balance,
    Foot,
    Head,
    Piece,
    account_number,
    currency_code,
    day,
    fits,
    minor,
    words,
)
from merchants.statements.guard import Guard

_NAMESPACE = re.compile(
    r"\{(urn:iso:std:iso:20022:tech:xsd:camt\.05([34])\.001\.0[2-8])\}Document"
)
_SEQUENCE = re.compile(r"[0-9]{1,18}", re.ASCII)
_NOT_BALANCED = "054"


def read(file: BinaryIO) -> Iterator[Piece]:
    """Yield the pieces of a camt file.

    Raises:
        StatementUnreadable: broken, cut off, hostile, or of another kind.

    """
    guard = Guard(file)
    try:
        yield from _read(guard)
    except etree.XMLSyntaxError as exc:
        # Without a line the exception is of what came after the error: the log has that one.
        last = exc.error_log.last_error
        logged = last is not None and not exc.lineno
        line, why = (last.line, last.message) if last and logged else (exc.lineno, exc.msg)
        line, why = line or 1, re.sub(r", line .*", "", why or "")
        raise StatementUnreadable(line, f"broken XML: {words(why, NAME_LENGTH)}") from exc


def _read(guard: Guard) -> Iterator[Piece]:
    events = etree.iterparse(
        guard,
        events=("end",),
        tag=["{*}Document", "{*}Ntry", "{*}Stmt", "{*}Ntfctn"],
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    reader: _Statements | None = None
    for _, element in events:
        if reader is None:
            reader = _Statements(_namespace(element.getroottree().getroot()), guard)
        yield from reader.take(element)
    if reader is None or not reader.count:
        raise StatementUnreadable(1, "there is no statement in it")


def _namespace(root: etree._Element) -> str:
    found = _NAMESPACE.fullmatch(str(root.tag))
    if found is None:
        raise StatementUnreadable(root.sourceline or 1, "not camt.053 or camt.054, version 2 to 8")
    return found[1]


class _Statements:
    """Takes the parser's events, and lets go of each element once it is read."""

    def __init__(self, namespace: str, guard: Guard) -> None:
        self._ns = {"n": namespace}
        self._is_booked = _NOT_BALANCED not in namespace.split(".")[1]
        prefix = f"{{{namespace}}}"
        self._entry, self._document = f"{prefix}Ntry", f"{prefix}Document"
        self._whole = f"{prefix}{'Stmt' if self._is_booked else 'Ntfctn'}"
        self._guard = guard
        self._entries = Entries(self._ns)
        self._head: Head | None = None
        self._last: etree._Element | None = None
        self.count = 0

    def take(self, element: etree._Element) -> Iterator[Piece]:
        if element.tag == self._entry:
            yield from self._take_entry(element)
        elif element.tag == self._whole:
            yield from self._take_whole(element)
        elif element.tag != self._document:
            raise StatementUnreadable(element.sourceline or 1, "an element of another kind")

    def _take_entry(self, element: etree._Element) -> Iterator[Piece]:
        parent = element.getparent()
        if parent is None or parent.tag != self._whole:
            raise StatementUnreadable(element.sourceline or 1, "an entry outside a statement")
        if self._head is None:
            self._head = self._read_head(parent)
            yield self._head
        yield from self._entries.read(element)
        self._let_go(element)

    def _take_whole(self, element: etree._Element) -> Iterator[Piece]:
        if self._head is None:
            yield self._read_head(element)
        yield self._read_foot(element)
        self._head = None
        self.count += 1
        self._let_go(element)

    def _let_go(self, element: etree._Element) -> None:
        # The parser still holds on to the element it just ended; the one before is free to go.
        element.clear()
        if self._last is not None and (parent := self._last.getparent()) is not None:
            parent.remove(self._last)
        self._last = element
        self._guard.progress()

    def _text(self, element: etree._Element, path: str) -> str:
        return (element.findtext(path, namespaces=self._ns) or "").strip()

    def _read_head(self, element: etree._Element) -> Head:
        line = element.sourceline or 1
        number = self._text(element, "n:Acct/n:Id/n:IBAN") or self._text(
            element, "n:Acct/n:Id/n:Othr/n:Id"
        )
        balance = element.find("n:Bal/n:Amt", namespaces=self._ns)
        entry = element.find("n:Ntry/n:Amt", namespaces=self._ns)
        named = next((e.get("Ccy", "") for e in (balance, entry) if e is not None), "")
        currency = self._text(element, "n:Acct/n:Ccy") or named
        sequence = self._text(element, "n:ElctrncSeqNb") or self._text(element, "n:LglSeqNb")
        if sequence and not _SEQUENCE.fullmatch(sequence):
            raise StatementUnreadable(line, "the sequence number is no number")
        return Head(
            line=line,
            name=words(self._text(element, "n:Id"), NAME_LENGTH),
            account=account_number(number, line),
            currency=currency_code(currency, line),
            sequence=int(sequence) if sequence else None,
            is_booked=self._is_booked,
        )

    def _read_foot(self, element: etree._Element) -> Foot:
        balances: dict[str, Balance] = {}
        for balance in element.iterfind("n:Bal", namespaces=self._ns):
            kind = self._text(balance, "n:Tp/n:CdOrPrtry/n:Cd")
            # Of several pages' opening balances the first counts, of the closing ones the last.
            if kind == "CLBD" or kind not in balances:
                balances[kind] = self._read_balance(balance)
        total = element.find("n:TxsSummry/n:TtlNtries", namespaces=self._ns)
        count = self._text(total, "n:NbOfNtries") if total is not None else ""
        line = element.sourceline or 1
        if count and not _SEQUENCE.fullmatch(count):
            raise StatementUnreadable(line, "the number of entries is no number")
        return Foot(
            line=line,
            opening=balances.get("OPBD", balances.get("PRCD")),
            closing=balances.get("CLBD"),
            entry_count=int(count) if count else None,
        )

    def _read_balance(self, element: etree._Element) -> Balance:
        line = element.sourceline or 1
        amount = element.find("n:Amt", namespaces=self._ns)
        if amount is None:
            raise StatementUnreadable(line, "a balance without an amount")
        currency = currency_code(amount.get("Ccy", ""), line)
        value = minor((amount.text or "").strip(), currency, line)
        sign = self._text(element, "n:CdtDbtInd")
        if sign not in ("CRDT", "DBIT"):
            raise StatementUnreadable(line, "a balance is neither CRDT nor DBIT")
        on = self._text(element, "n:Dt/n:Dt") or self._text(element, "n:Dt/n:DtTm")
        return Balance(
            line, fits(value if sign == "CRDT" else -value, line), currency, day(on, line)
        )

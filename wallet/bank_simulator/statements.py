"""Account statements of the simulated bank: ISO 20022 camt.053.001.08, one a day."""

from __future__ import annotations

from datetime import date

from lxml import etree

from ledger.money import Money
from wallet.bank_simulator.books import OPERATING, SAFEGUARDING, Books, Movement
from wallet.bank_simulator.documents import add, document, written

_SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def statement(books: Books, number: str, currency: str, day: date) -> bytes:
    """Return what moved on an account on a day, between its opening and closing balance.

    Numbers that begin with "operating" are of that account, all others of the safeguarding one.
    Statements are numbered by day, without a gap, from the first day something moved.
    """
    account = OPERATING if number.startswith(OPERATING) else SAFEGUARDING
    with books.lock:
        all_of_it = [
            m for m in books.movements if (m.account, m.money.currency) == (account, currency)
        ]
    earlier = sum(m.money.minor for m in all_of_it if m.at.date() < day)
    moved = [m for m in all_of_it if m.at.date() == day]
    first = min((m.at.date() for m in all_of_it), default=day)
    sequence = max(0, (day - first).days) + 1
    closing = earlier + sum(m.money.minor for m in moved)

    root = document(_SPACE)
    report = add(root, "BkToCstmrStmt")
    head = add(report, "GrpHdr")
    add(head, "MsgId", f"{books.run}-{account}-{day.isoformat()}"[:35])
    add(head, "CreDtTm", books.now().isoformat(timespec="seconds"))
    found = add(report, "Stmt")
    add(found, "Id", f"{account}-{day.isoformat()}")
    add(found, "ElctrncSeqNb", str(sequence))
    add(found, "CreDtTm", books.now().isoformat(timespec="seconds"))
    of = add(found, "Acct")
    add(add(add(of, "Id"), "Othr"), "Id", number)
    add(of, "Ccy", currency)
    _balance(found, "OPBD", Money(earlier, currency), day)
    _balance(found, "CLBD", Money(closing, currency), day)
    for place, movement in enumerate(moved, 1):
        _entry(found, movement, f"{sequence}-{place}")
    return written(root)


def _balance(found: etree._Element, code: str, money: Money, day: date) -> None:
    balance = add(found, "Bal")
    add(add(add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, money)
    add(add(balance, "Dt"), "Dt", day.isoformat())


def _amount(parent: etree._Element, money: Money) -> None:
    amount = add(parent, "Amt", Money(abs(money.minor), money.currency).to_major())
    amount.set("Ccy", money.currency)
    add(parent, "CdtDbtInd", "CRDT" if money.minor >= 0 else "DBIT")


def _entry(found: etree._Element, movement: Movement, place: str) -> None:
    entry = add(found, "Ntry")
    _amount(entry, movement.money)
    if movement.returned:
        add(entry, "RvslInd", "true")
    add(add(entry, "Sts"), "Cd", "BOOK")
    for name in ("BookgDt", "ValDt"):
        add(add(entry, name), "Dt", movement.at.date().isoformat())
    add(entry, "AcctSvcrRef", f"{movement.reference}/{place}"[:35])
    code = add(add(entry, "BkTxCd"), "Domn")
    add(code, "Cd", "PMNT")
    family = add(code, "Fmly")
    add(family, "Cd", "ICDT" if movement.money.minor < 0 else "RCDT")
    add(family, "SubFmlyCd", "RRTN" if movement.returned else "OTHR")
    details = add(add(entry, "NtryDtls"), "TxDtls")
    add(add(details, "Refs"), "EndToEndId", movement.end_to_end_id or "NOTPROVIDED")
    _amount(details, movement.money)
    if movement.text:
        add(add(details, "RmtInf"), "Ustrd", movement.text)
    if movement.returned:
        add(add(add(details, "RtrInf"), "Rsn"), "Cd", movement.returned)

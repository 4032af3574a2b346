"""Writing payout files: ISO 20022 pain.001, versions 001.001.09 and 001.001.03.

The versions differ in the names of three elements. Amounts have the decimals of their currency,
so that 1,000 won are 1000; control sums are exact.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lxml import etree

from ledger.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
V03 = "pain.001.001.03"
NAME_LENGTH = 70  # what every bank takes, though the schema allows twice as much
# What XML 1.0 cannot carry, and what is not shown.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Debtor:
    """Whose money is paid, from which account."""

    name: str
    account: str
    currency: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment of a file; ``bank_code`` is empty where an IBAN names the bank."""

    end_to_end_id: str
    amount: Money
    bank_code: str
    account: str
    holder: str
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the transfers."""

    message_id: str
    version: str
    created_at: datetime
    execute_on: date
    count: int
    total: Money
    debtor: Debtor


class _Writer:
    """An XML document that is written element by element, and never held as a tree."""

    def __init__(self, xml: Any) -> None:
        self.xml = xml

    @contextmanager
    def inside(self, *names: str) -> Iterator[None]:
        if not names:
            yield
            return
        with self.xml.element(names[0]), self.inside(*names[1:]):
            yield

    def text(self, name: str, value: str, **attributes: str) -> None:
        with self.xml.element(name, attributes):
            self.xml.write(value)


def write(head: Head, transfers: Iterable[Transfer]) -> bytes:
    """Return the file's bytes."""
    file = io.BytesIO()
    space = {None: NAMESPACE + head.version}
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        writer = _Writer(xml)
        with xml.element("Document", nsmap=space), writer.inside("CstmrCdtTrfInitn"):
            _group(writer, head)
            with writer.inside("PmtInf"):
                _payment(writer, head)
                for transfer in transfers:
                    _transfer(writer, transfer)
    return file.getvalue()


def _group(writer: _Writer, head: Head) -> None:
    with writer.inside("GrpHdr"):
        writer.text("MsgId", head.message_id)
        writer.text("CreDtTm", head.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        writer.text("NbOfTxs", str(head.count))
        writer.text("CtrlSum", head.total.to_major())
        with writer.inside("InitgPty"):
            writer.text("Nm", printable(head.debtor.name))


def _payment(writer: _Writer, head: Head) -> None:
    writer.text("PmtInfId", f"{head.message_id}-1")
    writer.text("PmtMtd", "TRF")
    # Each transfer is a line of its own on the account's statement.
    writer.text("BtchBookg", "false")
    writer.text("NbOfTxs", str(head.count))
    writer.text("CtrlSum", head.total.to_major())
    day = head.execute_on.isoformat()
    if head.version == V03:
        writer.text("ReqdExctnDt", day)
    else:
        with writer.inside("ReqdExctnDt"):
            writer.text("Dt", day)
    with writer.inside("Dbtr"):
        writer.text("Nm", printable(head.debtor.name))
    with writer.inside("DbtrAcct"):
        _account(writer, head.debtor.account)
        writer.text("Ccy", head.debtor.currency)
    with writer.inside("DbtrAgt", "FinInstnId", "Othr"):
        writer.text("Id", "NOTPROVIDED")
    writer.text("ChrgBr", "SLEV")


def _transfer(writer: _Writer, transfer: Transfer) -> None:
    with writer.inside("CdtTrfTxInf"):
        with writer.inside("PmtId"):
            writer.text("EndToEndId", transfer.end_to_end_id)
        amount = transfer.amount
        with writer.inside("Amt"):
            writer.text("InstdAmt", amount.to_major(), Ccy=amount.currency)
        if transfer.bank_code:
            with writer.inside("CdtrAgt", "FinInstnId", "ClrSysMmbId"):
                writer.text("MmbId", transfer.bank_code)
        with writer.inside("Cdtr"):
            writer.text("Nm", printable(transfer.holder))
        with writer.inside("CdtrAcct"):
            _account(writer, transfer.account)
        with writer.inside("RmtInf"):
            writer.text("Ustrd", printable(transfer.text))


def _account(writer: _Writer, number: str) -> None:
    with writer.inside("Id"):
        if re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", number):
            writer.text("IBAN", number)
        else:
            with writer.inside("Othr"):
                writer.text("Id", number)


def printable(text: str) -> str:
    """Return a text as a bank takes it: without what XML cannot carry, at most 70 characters."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:NAME_LENGTH] or "-"

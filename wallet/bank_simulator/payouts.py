"""Payout files at the simulated bank: pain.001 in, pain.002 out, money moved meanwhile."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from lxml import etree

from ledger.errors import LedgerError
from ledger.money import Money
from wallet.bank_simulator.books import OUTSIDE, SAFEGUARDING, Books, Record
from wallet.bank_simulator.desk import Reply
from wallet.bank_simulator.documents import add, document, written
from wallet.bank_simulator.fates import (
    CLOSED,
    CONTRADICTS,
    DROPPED,
    FAILS,
    LOST,
    SILENT,
    SLOW,
    TWICE,
    WAITS,
    fate_of,
)

_SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
_DECISIONS = {"PAID", "REJECTED", "RETURNED"}


def take_file(books: Books, number: str, raw: bytes) -> Reply:
    """Take a payout file once per message id; the same again moves nothing."""
    payments, trouble = _read(raw, number)
    fates = {payment["fate"] for payment in payments}
    with books.lock:
        if number in books.files:
            return Reply(200, {"number": number})
        if DROPPED in fates and number not in books.dropped:
            books.dropped.add(number)
            return Reply(0, silent=True)
        ids = [payment["end_to_end_id"] for payment in payments]
        if any(known in books.payments for known in ids) or len(set(ids)) < len(ids):
            trouble = trouble or "an end-to-end id was used before"
        books.files[number] = {"ids": [] if trouble else ids, "trouble": trouble}
        for payment in [] if trouble else payments:
            _pay(books, payment)
    return Reply(202, {"number": number}, silent=SILENT in fates)


def _read(raw: bytes, number: str) -> tuple[list[Record], str]:
    """Return the payments of a file, and what is wrong with it."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(raw, parser)
        payments = [_payment(found) for found in root.iterfind(".//{*}CdtTrfTxInf")]
        total = sum(Decimal(payment["amount"]) for payment in payments)
        heads = [*root.iterfind(".//{*}GrpHdr"), *root.iterfind(".//{*}PmtInf")]
        for head in heads:
            said = (head.findtext("{*}NbOfTxs"), Decimal(head.findtext("{*}CtrlSum") or "NaN"))
            if said != (str(len(payments)), total):
                return payments, "the control sums do not fit"
        if root.findtext(".//{*}MsgId") != number or not payments:
            return payments, "not the file of this number"
    except (etree.XMLSyntaxError, InvalidOperation, LedgerError):
        return [], "not a pain.001"
    return payments, ""


def _payment(found: etree._Element) -> Record:
    amount = found.find("{*}Amt/{*}InstdAmt")
    if amount is None:
        raise InvalidOperation
    money = Money.from_major(amount.text, amount.get("Ccy", ""))
    return {
        "end_to_end_id": found.findtext("{*}PmtId/{*}EndToEndId") or "",
        "amount": money.to_major(),
        "currency": money.currency,
        "text": found.findtext("{*}RmtInf/{*}Ustrd") or "",
        "fate": fate_of(money.to_major()),
        "status": "PDNG",
        "code": "",
        "reason": "",
    }


def _pay(books: Books, payment: Record) -> None:
    payment["reference"] = books.reference()
    books.payments[payment["end_to_end_id"]] = payment
    fate = payment["fate"]
    if fate in {LOST, SLOW, WAITS}:
        return
    if fate in {CLOSED, FAILS}:
        _decide(books, payment, "REJECTED", "AC04" if fate == CLOSED else "NARR")
        return
    _decide(books, payment, "PAID", "")
    if fate == TWICE:  # only the statement has it twice, and takes it back
        books.move(SAFEGUARDING, OUTSIDE, payment)
        books.move(OUTSIDE, SAFEGUARDING, payment | {"end_to_end_id": ""}, returned="DUPL")
    if fate == CONTRADICTS:
        _decide(books, payment, "RETURNED", "AC04")


def decide(books: Books, end_to_end_id: str, status: str, code: str) -> Reply:
    """Pay a payment that waits, reject it, or return one that was paid."""
    payment = books.payments.get(end_to_end_id)
    if payment is None or status not in _DECISIONS:
        return Reply(404)
    with books.lock:
        _decide(books, payment, status, code)
    return Reply(200, {"status": payment["status"]})


def _decide(books: Books, payment: Record, status: str, code: str) -> None:
    if status == "RETURNED":
        if payment["status"] == "ACSC":
            # That it came back stands on the statement alone, as it does in life.
            books.move(OUTSIDE, SAFEGUARDING, payment, returned=code or "AC04")
            payment["is_returned"] = True
        return
    if payment["status"] != "PDNG":
        return
    if status == "REJECTED":
        payment |= {"status": "RJCT", "code": code or "NARR", "reason": "not paid"}
        return
    payment["status"] = "ACSC"
    books.move(SAFEGUARDING, OUTSIDE, payment)


def answer_to_file(books: Books, number: str) -> Reply:
    """Return the pain.002 about a file."""
    known = books.files.get(number)
    if known is None:
        return Reply(404)
    payments = [books.payments[name] for name in known["ids"]]
    statuses = {payment["status"] for payment in payments}
    group = "PART" if "RJCT" in statuses else "ACSP"
    if known["trouble"] or statuses == {"RJCT"}:
        group = "RJCT"
    return Reply(200, file=_answer(books, number, group, known["trouble"], payments))


def answer_to_payment(books: Books, end_to_end_id: str) -> Reply:
    """Return the pain.002 about one payment."""
    payment = books.payments.get(end_to_end_id)
    if payment is None:
        return Reply(404)
    number = next(n for n, file in books.files.items() if end_to_end_id in file["ids"])
    return Reply(200, file=_answer(books, number, "", "", [payment]))


def _answer(books: Books, number: str, group: str, trouble: str, payments: list[Record]) -> bytes:
    root = document(_SPACE)
    report = add(root, "CstmrPmtStsRpt")
    head = add(report, "GrpHdr")
    add(head, "MsgId", books.reference())
    add(head, "CreDtTm", books.now().isoformat(timespec="seconds"))
    original = add(report, "OrgnlGrpInfAndSts")
    add(original, "OrgnlMsgId", number)
    add(original, "OrgnlMsgNmId", "pain.001")
    if group:
        add(original, "GrpSts", group)
    if trouble:
        _add_reason(original, "NARR", trouble)
    if payments:
        instruction = add(report, "OrgnlPmtInfAndSts")
        add(instruction, "OrgnlPmtInfId", f"{number}-1")
        for payment in payments:
            _add_status(add(instruction, "TxInfAndSts"), payment)
    return written(root)


def _add_status(entry: etree._Element, payment: Record) -> None:
    add(entry, "OrgnlEndToEndId", payment["end_to_end_id"])
    add(entry, "TxSts", payment["status"])
    if payment["code"]:
        _add_reason(entry, payment["code"], payment["reason"])
    add(entry, "AcctSvcrRef", payment["reference"])


def _add_reason(entry: etree._Element, code: str, text: str) -> None:
    reason = add(entry, "StsRsnInf")
    add(add(reason, "Rsn"), "Cd", code)
    add(reason, "AddtlInf", text)

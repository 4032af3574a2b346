"""Reading what the bank answers: ISO 20022 pain.002, any version, hostile XML refused."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from merchants.errors import BankAnswerUnreadable

MOST_BYTES = 64 * 1024 * 1024
ACCEPTED = frozenset({"ACTC", "ACCP", "ACSP", "ACWC", "ACFC"})
PAID = frozenset({"ACSC", "ACCC"})
REJECTED = frozenset({"RJCT"})
PARTLY = frozenset({"PART"})


@dataclass(frozen=True, slots=True)
class Status:
    """What the bank says of one payment; ``status`` is an ISO 20022 external code."""

    end_to_end_id: str
    status: str
    code: str
    reason: str
    reference: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of a file: its message id, its status, and its payments' where given."""

    message_id: str
    status: str
    code: str
    reason: str
    payments: list[Status]


def read(raw: bytes) -> Answer:
    """Return what a pain.002 says.

    Raises:
        BankAnswerUnreadable: not XML, with a document type, or not a pain.002.

    """
    if len(raw) > MOST_BYTES:
        raise BankAnswerUnreadable("too large")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as exc:
        raise BankAnswerUnreadable(f"line {exc.lineno}: not XML") from exc
    if root.getroottree().docinfo.doctype:
        raise BankAnswerUnreadable("a document type is not allowed")
    report = _child(root, "CstmrPmtStsRpt")
    group = None if report is None else _child(report, "OrgnlGrpInfAndSts")
    if report is None or group is None:
        raise BankAnswerUnreadable("not a pain.002")
    code, reason = _reason(group)
    return Answer(
        message_id=_text(group, "OrgnlMsgId"),
        status=_text(group, "GrpSts"),
        code=code,
        reason=reason,
        payments=[_status(found) for found in report.iterfind(".//{*}TxInfAndSts")],
    )


def _status(found: etree._Element) -> Status:
    code, reason = _reason(found)
    return Status(
        end_to_end_id=_text(found, "OrgnlEndToEndId"),
        status=_text(found, "TxSts"),
        code=code,
        reason=reason,
        reference=_text(found, "AcctSvcrRef")[:64],
    )


def _reason(found: etree._Element) -> tuple[str, str]:
    given = _child(found, "StsRsnInf")
    if given is None:
        return "", ""
    return _text(given, "Rsn/{*}Cd")[:4], _text(given, "AddtlInf")[:500]


def _child(parent: etree._Element, name: str) -> etree._Element | None:
    return parent.find(f"{{*}}{name}")


def _text(parent: etree._Element, path: str) -> str:
    return (parent.findtext(f"{{*}}{path}") or "").strip()

"""One entry of a camt file: its fields by one compiled XPath, which runs outside Python."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from merchants.errors import StatementUnreadable
from merchants.statements.contents import (
    NAME_LENGTH,
    REFERENCE_LENGTH,
    Line,
    Piece,
    Skipped,
    currency_code,
    day,
    fits,
    minor,
    words,
)

_DETAIL = "n:NtryDtls/n:TxDtls"
_SIGNS = {"CRDT": 1, "DBIT": -1}
_NONE_GIVEN = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF"})


_OF_DETAIL = (
    "n:Refs/n:AcctSvcrRef",
    "n:Refs/n:EndToEndId",
    "n:Refs/n:PmtInfId",
    "n:RmtInf",
    "n:RltdPties/n:Dbtr/n:Nm | n:RltdPties/n:Dbtr/n:Pty/n:Nm",
    "n:RltdPties/n:Cdtr/n:Nm | n:RltdPties/n:Cdtr/n:Pty/n:Nm",
    "n:RtrInf/n:Rsn/n:Cd | n:RtrInf/n:Rsn/n:Prtry",
)
_OF_ENTRY = (
    "n:Amt",
    "n:Amt/@Ccy",
    "n:CdtDbtInd",
    "n:RvslInd",
    "n:Sts",
    "n:BookgDt",
    "n:ValDt",
    "n:AcctSvcrRef",
    "n:NtryDtls/n:Btch/n:PmtInfId",
    "n:BkTxCd/n:Domn | n:BkTxCd/n:Prtry/n:Cd",
    "n:AddtlNtryInf",
)
_OF_PART = ("n:Amt | n:AmtDtls/n:TxAmt/n:Amt", "n:CdtDbtInd")


def _inside(path: str) -> str:
    return " | ".join(f"{_DETAIL}/{one.strip()}" for one in path.split("|"))


def _fields(paths: tuple[str, ...]) -> str:
    # normalize-space leaves no line feed in a value, so that one can part them.
    return ', "\n", '.join(f"normalize-space({path})" for path in paths)


class Entries:
    """Reads entries of one version of the format."""

    def __init__(self, namespaces: dict[str, str]) -> None:
        how: dict[str, Any] = {"namespaces": namespaces, "smart_strings": False}
        every = (*_OF_ENTRY, *(_inside(path) for path in _OF_DETAIL))
        self._all = etree.XPath(f'concat(count({_DETAIL}), "\n", {_fields(every)})', **how)
        self._details = etree.XPath(_DETAIL, **how)
        self._part = etree.XPath(f"concat({_fields((*_OF_PART, *_OF_DETAIL))})", **how)
        self._amount = etree.XPath("string(n:Amt/@Ccy | n:AmtDtls/n:TxAmt/n:Amt/@Ccy)", **how)

    def read(self, element: etree._Element) -> Iterator[Piece]:
        """Yield the lines of an entry: one, or one for each part of a batch that adds up to it.

        Raises:
            StatementUnreadable: a part of it is missing or makes no sense.

        """
        line = element.sourceline or 1
        count, amount, currency, sign, reversal, status, *rest = self._all(element).split("\n")
        if status not in ("BOOK", ""):
            yield Skipped(line)
            return
        booked, value, reference, batch, code, info, *details = rest
        signed = _signed(amount, currency, sign, line)
        booked_on = day(booked, line)
        whole = Line(
            line,
            0,
            signed,
            currency,
            booked_on,
            day(value, line) if value else booked_on,
            words(reference or details[0], REFERENCE_LENGTH),
            _given(details[1]),
            words(batch or details[2], REFERENCE_LENGTH),
            words(details[3] or info),
            words(code.replace(" ", ""), REFERENCE_LENGTH),
            words(details[4 if signed > 0 else 5], NAME_LENGTH),
            words(details[6], REFERENCE_LENGTH),
            reversal == "true",
        )
        if count in ("0", "1"):
            yield whole
        else:
            yield from self._parts(element, whole, reference)

    def _parts(self, element: etree._Element, whole: Line, reference: str) -> list[Line]:
        """Return the parts of a batch; the batch itself where its parts are not all told."""
        parts = []
        for number, detail in enumerate(self._details(element), 1):
            amount, sign, own, end_to_end, batch, text, debtor, creditor, reason = self._part(
                detail
            ).split("\n")
            if not amount or self._amount(detail) != whole.currency:
                break
            line = detail.sourceline or whole.line
            signed = _signed(
                amount,
                whole.currency,
                sign or ("CRDT" if whole.amount_minor > 0 else "DBIT"),
                line,
            )
            parts.append(
                whole._replace(
                    line=line,
                    part=number,
                    amount_minor=signed,
                    bank_reference=words(own or reference, REFERENCE_LENGTH),
                    end_to_end_id=_given(end_to_end),
                    batch_id=words(batch or whole.batch_id, REFERENCE_LENGTH),
                    text=words(text),
                    counterparty=words(debtor if signed > 0 else creditor, NAME_LENGTH),
                    return_reason=words(reason, REFERENCE_LENGTH),
                )
            )
        else:
            if sum(part.amount_minor for part in parts) == whole.amount_minor:
                return parts
        return [
            whole._replace(
                end_to_end_id="",
                counterparty="",
                bank_reference=words(reference, REFERENCE_LENGTH),
            )
        ]


def _signed(amount: str, currency: str, sign: str, line: int) -> int:
    if sign not in _SIGNS:
        raise StatementUnreadable(line, "an entry is neither CRDT nor DBIT")
    return fits(_SIGNS[sign] * minor(amount, currency_code(currency, line), line), line)


def _given(reference: str) -> str:
    return "" if reference.upper() in _NONE_GIVEN else words(reference, REFERENCE_LENGTH)

"""Statements as banks write them, in every format, made of the same movements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

ACCOUNT = "10050012345678"
DAY = date(2026, 3, 2)


@dataclass(frozen=True)
class Move:
    """One movement; ``parts`` are those of a batch that was booked as one."""

    minor: int
    reference: str = ""
    end_to_end: str = ""
    text: str = ""
    batch: str = ""
    on: date | None = None
    return_reason: str = ""
    parts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Paper:
    """A statement before it is written down."""

    moves: Sequence[Move] = field(default_factory=tuple)
    opening: int = 0
    closing: int | None = None
    sequence: int | None = 1
    account: str = ACCOUNT
    currency: str = "KRW"
    on: date = DAY

    @property
    def end(self) -> int:
        total = self.opening + sum(move.minor for move in self.moves)
        return total if self.closing is None else self.closing


def amount(minor: int, currency: str, mark: str = ".") -> str:
    if currency in ("KRW", "JPY"):
        return str(abs(minor))
    return f"{abs(minor) // 100}{mark}{abs(minor) % 100:02}"


def camt(*papers: Paper, version: int = 8, kind: str = "053", junk: str = "") -> bytes:
    """Write camt.053 or camt.054."""
    root, whole = (
        ("BkToCstmrStmt", "Stmt") if kind == "053" else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    )
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version:02}"
    body = "\n".join(_camt_statement(paper, whole, version, kind) for paper in papers)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{namespace}">\n<{root}>\n'
        "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T20:00:00+09:00</CreDtTm></GrpHdr>\n"
        f"{junk}{body}\n</{root}>\n</Document>\n"
    ).encode()


def _camt_statement(paper: Paper, whole: str, version: int, kind: str) -> str:
    sequence = "" if paper.sequence is None else f"<ElctrncSeqNb>{paper.sequence}</ElctrncSeqNb>"
    balances = (
        _camt_balance("OPBD", paper.opening, paper) + _camt_balance("CLBD", paper.end, paper)
        if kind == "053"
        else ""
    )
    entries = "\n".join(_camt_entry(move, paper, version) for move in paper.moves)
    return (
        f"<{whole}><Id>S{paper.on:%y%m%d}-{paper.sequence}</Id>{sequence}"
        f"<Acct><Id><Othr><Id>{paper.account}</Id></Othr></Id><Ccy>{paper.currency}</Ccy></Acct>"
        f"{balances}<TxsSummry><TtlNtries><NbOfNtries>{len(paper.moves)}</NbOfNtries></TtlNtries>"
        f"</TxsSummry>\n{entries}\n</{whole}>"
    )


def _camt_balance(kind: str, minor: int, paper: Paper) -> str:
    sign = "CRDT" if minor >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{paper.currency}">{amount(minor, paper.currency)}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{paper.on}</Dt></Dt></Bal>"
    )


def _camt_entry(move: Move, paper: Paper, version: int) -> str:
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version >= 8 else "<Sts>BOOK</Sts>"
    parts = move.parts or ((move.minor, move.end_to_end),)
    details = "".join(_camt_detail(minor, e2e, move, paper, version) for minor, e2e in parts)
    reference = f"<AcctSvcrRef>{move.reference}</AcctSvcrRef>" if move.reference else ""
    return (
        f'<Ntry><Amt Ccy="{paper.currency}">{amount(move.minor, paper.currency)}</Amt>'
        f"<CdtDbtInd>{'CRDT' if move.minor >= 0 else 'DBIT'}</CdtDbtInd>{status}"
        f"<BookgDt><Dt>{move.on or paper.on}</Dt></BookgDt><ValDt><Dt>{paper.on}</Dt></ValDt>"
        f"{reference}<BkTxCd><Prtry><Cd>NTRF</Cd></Prtry></BkTxCd>"
        f"<NtryDtls>{details}</NtryDtls></Ntry>"
    )


def _camt_detail(minor: int, end_to_end: str, move: Move, paper: Paper, version: int) -> str:
    batch = f"<PmtInfId>{move.batch}</PmtInfId>" if move.batch else ""
    money = f'<Amt Ccy="{paper.currency}">{amount(minor, paper.currency)}</Amt>'
    told = f"<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>" if version < 4 else money
    reason = (
        f"<RtrInf><Rsn><Cd>{move.return_reason}</Cd></Rsn></RtrInf>" if move.return_reason else ""
    )
    name = "<Pty><Nm>홍길동</Nm></Pty>" if version >= 8 else "<Nm>홍길동</Nm>"
    return (
        f"<TxDtls><Refs>{batch}<EndToEndId>{end_to_end or 'NOTPROVIDED'}</EndToEndId></Refs>"
        f"{told}<RltdPties><Dbtr>{name}</Dbtr><Cdtr>{name}</Cdtr></RltdPties>"
        f"<RmtInf><Ustrd>{escape(move.text)}</Ustrd></RmtInf>{reason}</TxDtls>"
    )


def mt940(*papers: Paper) -> bytes:
    """Write MT940."""
    return "".join(_mt940_statement(paper) for paper in papers).encode()


def _mt940_statement(paper: Paper) -> str:
    lines = [":20:STARTUMS", f":25:{paper.account}", f":28C:{paper.sequence}/1"]
    lines.append(f":60F:{_mt940_balance(paper.opening, paper)}")
    for move in paper.moves:
        mark = "C" if move.minor > 0 else "D"
        if move.return_reason:
            mark = "RD" if move.minor > 0 else "RC"
        on = move.on or paper.on
        lines.append(
            f":61:{on:%y%m%d}{on:%m%d}{mark}{amount(move.minor, paper.currency, ',')}"
            f"{',' if paper.currency == 'KRW' else ''}"
            f"NTRF{move.end_to_end or 'NONREF'}//{move.reference}"
        )
        lines.append(f":86:{move.text or 'x'}")
    lines.append(f":62F:{_mt940_balance(paper.end, paper)}")
    return "\r\n".join([*lines, "-", ""])


def _mt940_balance(minor: int, paper: Paper) -> str:
    comma = "," if paper.currency == "KRW" else ""
    sign = "C" if minor >= 0 else "D"
    return f"{sign}{paper.on:%y%m%d}{paper.currency}{amount(minor, paper.currency, ',')}{comma}"


def bai2(*papers: Paper) -> bytes:
    """Write BAI2, with its control totals."""
    groups, records, total = [], 2, 0
    for paper in papers:
        lines = [f"03,{paper.account},{paper.currency},010,{paper.opening},,,015,{paper.end},,/"]
        lines += [
            f"16,{'195' if move.minor > 0 else '495'},{abs(move.minor)},Z,{move.reference},"
            f"{move.end_to_end},{move.text}/"
            for move in paper.moves
        ]
        sums = paper.opening + paper.end + sum(abs(move.minor) for move in paper.moves)
        lines.append(f"49,{sums},{len(lines) + 1}/")
        group = [f"02,US,BANK,1,{paper.on:%y%m%d},2200,{paper.currency},2/", *lines]
        group.append(f"98,{sums},1,{len(group) + 1}/")
        groups += group
        records += len(group)
        total += sums
    end = f"99,{total},{len(papers)},{records}/"
    return "\n".join(["01,BANK,US,260302,2200,1,80,1,2/", *groups, end, ""]).encode()


PROFILE = (
    b'{"account": "=10050012345678", "currency": "=KRW", "booked_on": "day", "credit": "in",'
    b' "debit": "out", "balance": "balance", "bank_reference": "ref", "end_to_end_id": "e2e",'
    b' "text": "text", "thousands_mark": ",", "encoding": "cp949"}'
)


def sheet(paper: Paper) -> bytes:
    """Write the CSV file of a Korean bank."""
    balance, rows = paper.opening, ["day,in,out,balance,ref,e2e,text"]
    for move in paper.moves:
        balance += move.minor
        into, out = (f"{move.minor:,}", "") if move.minor > 0 else ("", f"{-move.minor:,}")
        rows.append(
            f'{move.on or paper.on},"{into}","{out}","{balance:,}",{move.reference},'
            f'{move.end_to_end},"{move.text}"'
        )
    return "\r\n".join([*rows, ""]).encode("cp949")
